#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2154
# follow_storm: real storms of Prysm 7.1.6 nodes replayed with real packets, at their own pace, the gate enforcing with its default settings
# (the kernel must have seen whatever the log says): the bad are refused on the wire and none gets in after that, the good always do.
# tests/demo/prysm.sh says how; beside it the same without a gate, which shows that every connection reaches the node then.

bats_require_minimum_version 1.5.0
load gate.bash

setup() {
	gate_up
	PEER_ROLES=$BUILD/peers/peers
	make -s peers >&2 || skip "the peers cannot be built here: no Go, or no modules"
	. tests/demo/seed.sh
	. tests/demo/prysm.sh
	NODE_BARE=pggnb$$ PEERS_BARE=pggpb$$
	net_up "$NODE_BARE" "$PEERS_BARE"
}

teardown() {
	stop_all
	net_down "${NODE_BARE:-}" "${PEERS_BARE:-}"
	gate_down
}

# played SCENARIOS FORM SECONDS: the storm, and what the judge of it says.
played() {
	PRYSM_SCENARIOS=$1 PRYSM_FORM=$2 PRYSM_SECONDS=$3
	prysm_cast
	prysm_play
	run "$PEER_ROLES" rows -dir "$WORK"
	echo "$output"
	tail -1 "$WORK/follow.err"
	[ "$status" -eq 0 ]
}

# refused_for SOURCE REASON…: in the judge's row of it.
refused_for() {
	local addr=$1 reason
	shift
	for reason; do
		grep -qE "^\| $addr \|.*\| $reason \|" <<<"$output" && return
	done
	echo "$addr was not refused for $*"
	return 1
}

@test "JSON: mute over TCP and QUIC, and hostile agents" {
	played a-tcp-mute,b-quic-mute,f-hostile-agent json 22
	for addr in 198.51.100.{1,2,3,6,7,11,12}; do
		refused_for "$addr" io_error
	done
	refused_for 198.51.100.13 unviable_fork
	refused_for 198.51.100.8 churn
}

@test "the debug file, mode 0600, with the node's API" {
	played a-tcp-mute,c-wrongfork file 31
	for addr in 198.51.100.{1,2,3}; do
		refused_for "$addr" io_error
	done
	[ "$(stat -c %a "$PRYSM_LOG")" = 600 ]
	for addr in 198.51.100.{9,10,25}; do
		refused_for "$addr" unviable_fork churn
	done
}
