#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# follow without a source: it finds the running node, its log, its API and its wishes by itself. The node is a stand-in (node.py) that
# calls itself beacon-chain. Follower and node live in a PID namespace of the test's own, so that nobody else's nodes are found.

bats_require_minimum_version 1.5.0
load gate.bash
load follow.bash

setup() {
	gate_up
	CONTROL=$WORK/control PYTHON=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')
	mkfifo "$CONTROL"
	start "$NODE" cage unshare --fork --pid --kill-child --mount-proc sleep infinity
	wait_for 5 "the namespace" has_ended_or_child "$started"
	CAGE=$(pgrep -P "$started")
}

teardown() {
	[ -n "${BATS_TEST_COMPLETED:-}" ] || tail -n 20 "$WORK"/{follow,node}*.err || true
	gate_down
}

# caged NAME COMMAND…: in the namespace, in the background; its id, as the host counts, is in $caged.
caged() {
	local name=$1
	shift
	start "$NODE" "$name" nsenter --target "$CAGE" --pid --mount --wd="$PWD" "$@"
	wait_for 5 "$name to begin" has_ended_or_child "$started"
	caged=$(pgrep -P "$started" || true)
}

has_ended_or_child() {
	! kill -0 "$1" 2>/dev/null || [ -n "$(pgrep -P "$1")" ]
}

# node_start NAME [ARGUMENTS…]
node_start() {
	local name=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's own
	caged "$name" env NODE_CONTROL="$CONTROL" bash -c 'exec -a /opt/beacon-chain-v7.1.6-linux-amd64 "$@"' - \
		"$PYTHON" "$PWD/tests/netns/node.py" "$@"
	BEACON=$caged
}

# follow_start [FLAGS…]
follow_start() {
	caged follow "$BUILD/peergate" --socket "$RUN/peergate.ipc" follow prysm "$@"
	FOLLOWER=$caged
}

# end PID: and until it is gone; it is no child of ours.
end() {
	kill "$1"
	wait_for 10 "process $1 to end" is_gone "$1"
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

# mute ADDRESS: twice, as the node writes it of a peer that never answers: that is refused.
mute() {
	echo "mute $1 20001" >"$CONTROL"
	echo "mute $1 20002" >"$CONTROL"
}

@test "a running node's debug file and API are found, and its bad peer is refused" {
	gated
	node_start node --datadir "$WORK/data" --p2p-max-peers=7
	wait_for 5 "its debug file" test -e "$WORK/data/logs/beacon-chain.log"
	follow_start
	wait_for 5 "it to begin" said "$WORK/data/logs/beacon-chain.log from its end on"
	said "follow: Prysm runs as process [0-9]* (user root)"
	said "follow: not its standard error: at verbosity info no bad peer is named there; --verbosity=debug would"
	said "follow: asks its API at http://127.0.0.1:3500"
	said "follow: it wants 7 peers$"
	mute 198.51.100.1
	wait_for 20 "the peer to be told" is_refused 198.51.100.1
	said "follow: how full the node is is told of the service beacon"
	end "$FOLLOWER"
	said ", 4 reports (4 taken"
}

@test "a node that starts after the follower is waited for, and one that comes back elsewhere is found again" {
	gated
	follow_start --service beacon
	wait_for 5 "it to wait" said "no running Prysm is found: waiting for one"
	node_start node --datadir="$WORK/one"
	wait_for 10 "the node to be found" said "$WORK/one/logs/beacon-chain.log from its end on"
	mute 198.51.100.1
	wait_for 20 "its peer to be told" is_refused 198.51.100.1
	end "$BEACON"
	wait_for 10 "its end to be seen" said "has ended: looking for the next Prysm"
	printf '# flags\ndatadir: %s\nhttp-port: 3600\n' "$WORK/two" >"$WORK/prysm.yaml"
	node_start node2 -config-file "$WORK/prysm.yaml"
	wait_for 10 "the next node" said "$WORK/two/logs/beacon-chain.log from its end on"
	said "asks its API at http://127.0.0.1:3600"
	mute 198.51.100.2
	wait_for 20 "its peer to be told" is_refused 198.51.100.2
	end "$BEACON"
	node_start node3 --config-file="$WORK/prysm.yaml"
	wait_for 10 "the same again" said "runs again, as process [0-9]*, with the same log and API"
	[ "$(grep -c "waiting for one" "$WORK/follow.err")" -eq 1 ]
}

# asked SECONDS [FLAGS…]: what a follower in the namespace says in so many seconds, at most; standard input as it is. The exit status is the follower's, or 124.
asked() {
	local seconds=$1
	shift
	nsenter --net="/run/netns/$NODE" nsenter --target "$CAGE" --pid --mount --wd="$PWD" timeout "$seconds" \
		"$BUILD/peergate" --socket "$WORK/none.ipc" follow prysm --dry-run "$@" 2>&1
}

@test "what is given explicitly wins, and is joined with no other node's API" {
	node_start one --datadir="$WORK/one"
	local first=$BEACON
	wait_for 5 "its debug file" test -e "$WORK/one/logs/beacon-chain.log"
	# Standard input, when somebody feeds it, is what is read: node or not.
	run -0 asked 10 <tests/data/prysm/2019-bad-peer.json.log
	[ "$(grep -c '"event":"connected"' <<<"$output")" -eq 19 ]
	[[ $output != *"runs as process"* ]]
	run -0 asked 10 - < <(cat tests/data/prysm/2019-bad-peer.json.log)
	[ "$(grep -c '"event":"connected"' <<<"$output")" -eq 19 ]
	: >"$WORK/other.log"
	run -124 asked 2 "$WORK/other.log" </dev/null
	[[ $output == *"other.log from its end on"* && $output != *"asks its API"* ]]
	ln -s one/logs/beacon-chain.log "$WORK/link.log"
	run -124 asked 2 "$WORK/link.log" </dev/null
	[[ $output == *"link.log from its end on"* && $output == *"asks its API at http://127.0.0.1:3500"* ]]
	run -124 asked 2 --no-discovery "$WORK/link.log" </dev/null
	[[ $output != *"asks its API"* ]]
	node_start two --datadir="$WORK/two" --http-port=3600
	wait_for 5 "its debug file" test -e "$WORK/two/logs/beacon-chain.log"
	run -1 asked 10 </dev/null
	[[ $output == *"2 nodes of Prysm run here, as processes "*": say which with --pid, or name its log"* ]]
	run -1 asked 10 --pid 1 </dev/null
	[[ $output == *"process 1 is no running Prysm"* ]]
	run -124 asked 2 --pid "$(awk '/^NSpid:/ { print $NF }' "/proc/$BEACON/status")" </dev/null
	[[ $output == *"reads $WORK/two/logs/beacon-chain.log"*"asks its API at http://127.0.0.1:3600"* ]]
	end "$BEACON"
	end "$first"
}

@test "a log that may not be read is said, with the remedy; standard error in a file is better than the debug file" {
	node_start one --datadir="$WORK/one" --verbosity=debug --p2p-max-peers=9
	wait_for 5 "its debug file" test -e "$WORK/one/logs/beacon-chain.log"
	run -124 asked 2 </dev/null
	[[ $output == *"reads $WORK/one.err"*"it wants 9 peers"* ]]
	cp "$BUILD/peergate" "$WORK/peergate"
	run -1 nsenter --target "$CAGE" --pid --mount setpriv --reuid 65533 --regid 65533 --clear-groups timeout 10 \
		"$WORK/peergate" follow prysm --dry-run </dev/null
	[[ $output == *"not its debug file $WORK/one/logs/beacon-chain.log: Permission denied"* ]]
	[[ $output == *"can be read: peergate follow prysm --setup prints what lets a follower in"* ]]
	end "$BEACON"
}
