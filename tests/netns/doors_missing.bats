#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# Doors that cannot hang as they should: older kernels, other rungs, places that are taken. Status says why, the rest serves.
bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	. "$BATS_TEST_DIRNAME/doors.bash"
	gate_up
	doors_up
}

teardown() {
	local status=0
	gate_down || status=$?
	[ -z "${GROUP:-}" ] || doors_down || status=$?
	return $status
}

@test "the same build takes all pinned programs as they are, with the reasons of those that are not there" {
	refusing_kernel gate_census gate_sendmsg6
	LD_PRELOAD=$PRELOAD doored
	ask status
	[[ "$(door_note census)" == "this kernel refuses gate_census: Invalid argument"* ]]
	[[ "$(door_note sendmsg6)" == "this kernel refuses gate_sendmsg6: Invalid argument"* ]]
	door_on sock_ops "$HIERARCHY$GROUP"
	door_on connect6
	ask ban "$BAD"
	[ "$(arrived "$BAD")" = 0 ]
	killed
	doored
	# Nothing was asked of the kernel again: it would have taken them now.
	[[ "$(door_note census)" == "this kernel refuses gate_census: Invalid argument"* ]]
	door_on egress gate0
	killed
	rm "$PINS/build"
	doored
	all_on
	[ "$(arrived "$BAD")" = 0 ]
}

@test "a kernel that takes none of them still has the gate, and status says why for each" {
	local hook
	refusing_kernel gate_egress gate_egress_bare gate_sockops gate_connect4 gate_connect6 gate_sendmsg4 gate_sendmsg6 \
		gate_census gate_flows gate_settle gate_settle_crowds gate_kill
	LD_PRELOAD=$PRELOAD doored
	for hook in $HOOKS census flows settle crowds kill; do
		run ! door_on "$hook"
		[[ "$(door_note "$hook")" == "this kernel refuses gate_"* ]]
	done
	[ "$(bpftool -j map dump pinned "$PINS/interfaces" | jq '.[0].formatted.value.remembers')" = 0 ]
	ask ban "$BAD"
	[ "$(arrived "$BAD")" = 0 ]
	[ "$(arrived "$GOOD")" = 10 ]
	# The next kernel, or build, takes them: the interface that is gated already gets its other side.
	killed
	rm "$PINS/build"
	doored
	all_on
	[ "$(bpftool -j map dump pinned "$PINS/interfaces" | jq '.[0].formatted.value.remembers')" = 1 ]
	note_all
	daemon_off
	wait_for 5 "the kernel to let go" all_gone
}

@test "a kernel without TCX: clsact on both sides, adopted, upgraded, off" {
	local before
	refusing_kernel tcx
	other_programs
	export LD_PRELOAD=$PRELOAD
	doored
	unset LD_PRELOAD
	ask status
	[ "$(rung_of gate0)" = clsact ]
	ask --json status | jq -e '.doors[] | select(.hook == "egress") | .rung == "clsact"'
	[[ "$(egress_filter)" == *gate_egress* ]]
	[[ "$(ask --json status | jq -c .privileges.kept)" == *cap_net_admin* ]]
	before=$(egress_filter)
	killed
	LD_PRELOAD=$PRELOAD doored
	[ "$(egress_filter)" = "$before" ]
	killed
	LD_PRELOAD=$PRELOAD other_daemon --cgroup "$GROUP" --dial private
	[[ "$(egress_filter)" == *gate_egress* ]]
	[ "$(egress_filter)" != "$before" ]
	killed
	net_in "$NODE" "$BUILD/peergated" --off --pin-dir "$PINS"
	[ -z "$(egress_filter)" ]
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
	[ ! -e "$PINS" ]
	# Native beside a filter on the way out: told to the daemon, which takes off its own qdisc too.
	LD_PRELOAD=$PRELOAD doored --attach native
	[[ "$(egress_filter)" == *gate_egress* ]]
	daemon_off
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
}

@test "another rung at the front leaves what leaves the interface alone" {
	local before rung
	doored --attach tcx
	before=$(links id)
	for rung in native clsact generic tcx; do
		killed
		doored --attach $rung
		[ "$(rung_of gate0)" = $rung ]
		[ "$(links id)" = "$before" ]
	done
	daemon_off
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
	refusing_kernel tcx
	for rung in clsact native clsact generic; do
		[ -z "${DAEMON:-}" ] || killed
		LD_PRELOAD=$PRELOAD doored --attach $rung
		[ "$(rung_of gate0)" = $rung ]
		[[ "$(egress_filter)" == *gate_egress* ]]
		[ -e "$PINS/qdisc_gate0" ]
	done
	daemon_off
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
}

@test "a cgroup where another program suffers no other: a sentence, the rest hangs, and it is tried again" {
	local sole=/sys/fs/bpf/pgsole-$$
	gated --cgroup none
	bpftool prog pin id "$(bpftool -j prog show pinned "$PINS/gate_connect4" | jq .id)" "$sole"
	bpftool cgroup attach "$HIERARCHY$GROUP" cgroup_inet4_connect pinned "$sole"
	daemon_off
	doored
	door_note connect4
	[[ "$(door_note connect4)" == *"suffers no other"* ]]
	door_on connect6
	door_on sock_ops
	bpftool cgroup detach "$HIERARCHY$GROUP" cgroup_inet4_connect pinned "$sole"
	rm "$sole"
	wait_for 15 "another try" door_on connect4
}
