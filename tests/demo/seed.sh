# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # started is set by run.sh
# seed: the 2019 log happens again, once without the gate and once with it: each of its connects is a real one, the log is
# written as it happens, and `peergate follow prysm` reads it. What 54.160.155.134 sends is routed to the node's namespace.

SEED_LOG=tests/data/prysm/2019-bad-peer.json.log
SEED_PEER=54.160.155.134
SEED_SPEED=20

seed_replay() {
	local way=$1
	start "$NODE" "listen-$way" "$PEER_ROLES" listen -at "$NODE_V4:13000" -journal "$WORK/listen-$way.jsonl"
	local listener=$started
	wait_for 10 "the listener" has_said "listen-$way" ready
	nsenter --net="/run/netns/$PEERS" "$PEER_ROLES" replay -log "$SEED_LOG" -out "$WORK/beacon-$way.log" \
		-from "$SEED_PEER" -to "$NODE_V4:13000" -speed "$SEED_SPEED" -journal "$WORK/replay-$way.jsonl"
	stop "$listener"
}

# Whether the process has the file open: from then on it follows.
has_open() {
	find "/proc/$1/fd" -lname "$2" 2>/dev/null | grep -q .
}

seed_without() {
	seed_replay without
	seed_say "without the gate:" without
}

seed_with() {
	: >"$WORK/beacon-with.log"
	daemon_start "$NODE" enforce --churn 0 # the log decides, and what the kernel saw bears it out
	start "$NODE" follow "$BUILD/peergate" --socket "$RUN/peergate.ipc" follow --from-start prysm "$WORK/beacon-with.log"
	local follower=$started
	wait_for 10 "the follower to open the log" has_open "$follower" "$WORK/beacon-with.log"
	running "$follower" follow
	seed_replay with
	running "$follower" follow
	seed_say "with the gate:   " with
	say
	ask explain "$SEED_PEER" | sed 's/^/  /'
	say
	stop "$follower"
	daemon_off
}

# seed_reached WAY: how many connects the listener saw of those begun before the verdict, and of the others.
seed_reached() {
	jq -rs --slurpfile listen "$WORK/listen-$1.jsonl" '
		(map(select(.ev == "verdict") | .t) | first // infinite) as $verdict |
		(map(select(.ev == "dial" and .ok and .t < $verdict) | .port)) as $before |
		[$listen[] | select(.ev == "reached") | .port] |
		"\(map(select(IN($before[]))) | length) \(map(select(IN($before[]) | not)) | length)"' "$WORK/replay-$1.jsonl"
}

seed_say() {
	local before after
	read -r before after < <(seed_reached "$2")
	say "  $1 $before connects reached the listener before the verdict, $after after it"
}

act_seed() {
	say "== The log of 2019: a bad peer returns thirteen times after the node's verdict (pace x$SEED_SPEED)"
	printf '%s\n' "$SEED_PEER" | net_sources "$PEERS"
	seed_without
	seed_with
}
