# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # what other files of the demonstration set and read
# prysm: storms of real Prysm 7.1.6 nodes happen again, at their own pace: every connection is a real one from the peer's address and
# port, the node's log is written as it happened, and the follower reads it. Once without the gate and once with it, side by side in two
# pairs of namespaces. The daemon's settings are its defaults.

PRYSM_SCENARIOS=a-tcp-mute,a2-tcp-quickdrop,b-quic-mute,c-wrongfork,f-hostile-agent,h-badscore
PRYSM_FORM=json
PRYSM_SECONDS=30.5 # of each: the mute ones are refused after twenty, and come back at twenty and thirty
PRYSM_SPEED=1

# prysm_tale: what both ends are told alike.
prysm_tale() {
	PRYSM_TALE=(-scenarios "$PRYSM_SCENARIOS" -form "$PRYSM_FORM" -speed "$PRYSM_SPEED" -most "$PRYSM_SECONDS" -together)
}

# prysm_node NAMESPACE WAY: the node's stand-in; its log is PRYSM_LOG.
prysm_node() {
	local name=prysm-node-$2
	start "$1" "$name" "$PEER_ROLES" standin "${PRYSM_TALE[@]}" -begin "$PRYSM_BEGIN" -at "$NODE_V4" -datadir "$WORK/$name" \
		-journal "$WORK/$name.jsonl"
	wait_for 10 "the stand-in" has_said "$name" ready
	PRYSM_LOG=$WORK/$name.err
	[ "$PRYSM_FORM" != file ] || PRYSM_LOG=$WORK/$name/logs/beacon-chain.log
}

# prysm_peers NAMESPACE WAY: all of them, until the story is over; its id is in $started.
prysm_peers() {
	start "$1" "prysm-$2" "$PEER_ROLES" actors "${PRYSM_TALE[@]}" -begin "$PRYSM_BEGIN" -to "$NODE_V4:13000" -journal "$WORK/prysm-$2.jsonl"
}

# prysm_follow: the follower, and it has the log open.
prysm_follow() {
	start "$NODE" follow "$BUILD/peergate" --socket "$RUN/peergate.ipc" follow --api http://127.0.0.1:3500 prysm "$PRYSM_LOG"
	FOLLOWER=$started
	wait_for 10 "the follower to open the log" has_open "$FOLLOWER" "$PRYSM_LOG"
}

# Both pairs are ready before the story begins.
prysm_cast() {
	prysm_tale
	"$PEER_ROLES" actors "${PRYSM_TALE[@]}" -sources >"$WORK/prysm-sources"
	net_sources "$PEERS" <"$WORK/prysm-sources" 2>/dev/null || true # some are another act's, too
	net_sources "$PEERS_BARE" <"$WORK/prysm-sources"
	daemon_start "$NODE" enforce --samples 5000
	start "$NODE" prysm-meter "$PEER_ROLES" meter -gate "$RUN/peergate.ipc" -journal "$WORK/prysm-meter.jsonl"
	wait_for 10 "the meter" has_said prysm-meter ready
	PRYSM_BEGIN=$(date -d '+1 second' +%s.%N)
	prysm_node "$NODE_BARE" without
	prysm_node "$NODE" with
	prysm_follow
}

# prysm_play: from the first connection to the last.
prysm_play() {
	local without
	prysm_peers "$PEERS_BARE" without
	without=$started
	prysm_peers "$PEERS" with
	wait "$without" "$started" || die "the peers of the storm ended before its time: see $WORK/prysm-with.err"
	running "$FOLLOWER" follow
	running "$DAEMON" peergated
	sleep 0.3 # the meter's last beat
}

act_prysm() {
	say "== Storms of real Prysm 7.1.6 nodes, at their own pace: $PRYSM_SECONDS s of six of them at once"
	net_up "$NODE_BARE" "$PEERS_BARE"
	prysm_cast
	prysm_play
	ask explain 198.51.100.1 | sed 's/^/  /'
	say
	stop_all
	daemon_off
}
