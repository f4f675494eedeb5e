# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # started is set by run.sh
# seed: the 2019 log happens again, once without the gate and once with it: each of its connects is a real one, the log is
# written as it happens, and `peergate follow prysm` reads it. What 54.160.155.134 sends is routed to the node's namespace.

SEED_LOG=tests/data/prysm-2019-bad-peer.jsonl
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
	say "  without the gate: $(seed_reached without) connects reached the listener, $(seed_reached without after) of them after the verdict"
}

seed_with() {
	: >"$WORK/beacon-with.log"
	daemon_start "$NODE" enforce
	start "$NODE" follow "$BUILD/peergate" --socket "$RUN/peergate.ipc" follow --from-start prysm "$WORK/beacon-with.log"
	local follower=$started
	wait_for 10 "the follower to open the log" has_open "$follower" "$WORK/beacon-with.log"
	running "$follower" follow
	seed_replay with
	running "$follower" follow
	say "  with the gate:    $(seed_reached with) connects reached the listener, $(seed_reached with after) of them after the verdict"
	say
	ask explain "$SEED_PEER" | sed 's/^/  /'
	say
	stop "$follower"
	daemon_off
}

# seed_reached WAY [after]: how many connects the listener saw, all or after the verdict.
seed_reached() {
	local since=0
	[ "${2:-}" != after ] || since=$(jq -s 'map(select(.ev == "verdict") | .t) | first // infinite' "$WORK/replay-$1.jsonl")
	jq -s --argjson since "$since" 'map(select(.ev == "reached" and .t >= $since)) | length' "$WORK/listen-$1.jsonl"
}

act_seed() {
	say "== The log of 2019: a bad peer returns thirteen times after the node's verdict (pace x$SEED_SPEED)"
	printf '%s\n' "$SEED_PEER" | net_sources "$PEERS"
	seed_without
	seed_with
}
