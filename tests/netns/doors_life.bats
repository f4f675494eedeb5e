#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The doors beside the front one outlive the daemon as it does: adopted, upgraded, migrated and taken off, nothing unseen.
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

COUNT=2000 PER_SECOND=500 PRIVATE=10.9.8.7

# traffic: for four seconds connections come in, and the node dials a private address; over QUIC from outside the cgroup, so that
# what leaves the interface is looked at.
traffic() {
	start_grouped server python3 tests/netns/visits.py serve "$NODE_V4" "$PORT"
	SERVER=$started
	wait_for 5 "the server" has_said server ready
	start "$PEERS" visitor python3 tests/netns/visits.py visit "$GOOD" "$NODE_V4" "$PORT" "$COUNT" "$PER_SECOND"
	VISITOR=$started
	start_grouped dialler python3 tests/netns/visits.py dial "$PRIVATE" "$PORT" "$COUNT" "$PER_SECOND"
	DIALLER=$started
	start "$NODE" quic python3 tests/netns/initials.py send "$NODE_V4" "$PRIVATE" "$PORT" "$COUNT" "$PER_SECOND" "$PORT"
	QUIC=$started
	sleep 0.5
}

still_traffic() {
	kill -0 "$VISITOR" "$DIALLER" "$QUIC"
}

# opened [SOURCE]: connections of the visitor, or another, that the kernel saw.
opened() {
	bpftool -j map dump pinned "$PINS/witness" | jq --arg source "${1:-$GOOD}" '[.[].formatted |
		select((.key.address[4:] | map(tostring) | join(".")) == $source) | .value.opened] | add // 0'
}

# all_seen: each connection was witnessed, each dial refused.
all_seen() {
	wait "$VISITOR" "$DIALLER" "$QUIC"
	[ "$(cat "$WORK/visitor.out")" = "$COUNT" ]
	[ "$(cat "$WORK/dialler.out")" = "$COUNT" ]
	echo "witnessed $(opened) of $COUNT, $(counted_dials) of $((2 * COUNT)) dials counted"
	[ "${1:-}" = anew ] || [ "$(opened)" = "$COUNT" ]
	[ "$(counted_dials)" = $((2 * COUNT)) ]
	stop "$SERVER"
}

# some_history: a guest, and a dial of our own over QUIC that waits for its answer.
some_history() {
	start_grouped guests python3 tests/netns/visits.py serve "$NODE_V4" "$PORT"
	wait_for 5 "the server" has_said guests ready
	net_in "$PEERS" python3 tests/netns/visits.py visit "$BAD" "$NODE_V4" "$PORT" 5 50
	stop "$started"
	net_in "$NODE" python3 tests/netns/initials.py send "$NODE_V4" 192.0.2.1 "$PORT" 1 1 "$PORT"
	history >"$WORK/history"
	cat "$WORK/history"
	[ "$(opened "$BAD")" = 5 ]
	[ "$(jq -s '.[1] | length' "$WORK/history")" = 1 ]
}

# history: what the doors know of both.
history() {
	bpftool -j map dump pinned "$PINS/witness" | jq -c '[.[].formatted | select(.key.address[7] == 7) | .value |
		{first_ns, opened, ended_by_them, short_lived, visits}]'
	bpftool -j map dump pinned "$PINS/dialled" | jq -c '[.[].formatted | {key, until: .value.until}]'
}

counted_dials() {
	ask --json status | jq '[.counters[] | select(.door == "dial" and .verdict == "refuse" and .reason == "private") |
		.packets] | add // 0'
}

@test "each door hangs, and says so" {
	doored
	ask status
	all_on
	[[ "$(ask status)" == *"egress "*gate0*tcx* ]]
	[[ "$(ask status)" == *"sock_ops "*"$GROUP"*cgroup* ]]
	[ "$(bpftool -j map dump pinned "$PINS/interfaces" | jq '.[0].formatted.value.remembers')" = 1 ]
}

@test "kill -9 under traffic: nothing unseen, and the next daemon adopts every link" {
	local before
	doored
	before=$(links id)
	traffic
	killed
	sleep 1
	doored
	still_traffic
	all_on
	echo "$before"
	[ "$(links id)" = "$before" ]
	all_seen
}

@test "an upgrade of the programs under traffic: others behind the same links" {
	local before programs
	other_programs
	doored
	before=$(links id)
	programs=$(links prog_id)
	traffic
	killed
	other_daemon --cgroup "$GROUP" --dial private
	still_traffic
	all_on
	[ "$(links id)" = "$before" ]
	[ -z "$(comm -12 <(sort <<<"$programs") <(links prog_id | sort))" ]
	all_seen
}

# walks PROGRAM MAP: the pinned program uses the pinned map.
walks() {
	local map
	map=$(bpftool -j map show pinned "$PINS/$2" | jq .id)
	bpftool -j prog show pinned "$PINS/$1" | jq -e --argjson map "$map" '.map_ids | index($map)' >/dev/null
}

@test "another size of sources under traffic: the witness goes on counting" {
	local before
	doored --sources-max 1024
	before=$(links id)
	traffic
	killed
	doored --sources-max 4096
	still_traffic
	all_on
	[ "$(links id)" = "$before" ]
	all_seen
	some_history
	killed
	doored --sources-max 4096 --witness-max 1024
	history | diff "$WORK/history" -
	[ "$(opened)" = $COUNT ]
}

@test "another ABI under traffic: the links stay, dials are forbidden all the time, the census walks the new maps" {
	local before
	other_build other "include/peergate/abi*.h" '
		s/PEERGATE_ABI = [0-9]*/PEERGATE_ABI = 99/
		/^struct witness {/,/^};/ { s/^\t__u64 first_ns/\t__u64 added;\n&/ }'
	doored
	before=$(links id)
	some_history
	traffic
	killed
	other_daemon --cgroup "$GROUP" --dial private
	still_traffic
	all_on
	history | diff "$WORK/history" -
	[ "$(links id)" = "$before" ]
	walks gate_flows flows
	walks gate_settle witness
	walks gate_settle_crowds crowds
	all_seen anew
	[ "$(opened)" -gt 100 ]
	[ "$(opened)" -le "$COUNT" ]
}

@test "off, told to the daemon, with it stopped, with it dead: nothing is left of any door" {
	local how
	for how in alive stopped dead; do
		doored
		note_all
		case $how in
		alive)
			ask off
			;;
		stopped)
			kill -STOP "$DAEMON"
			net_in "$NODE" "$BUILD/peergated" --off --pin-dir "$PINS"
			nothing_hangs
			kill -CONT "$DAEMON"
			;;
		dead)
			killed
			net_in "$NODE" "$BUILD/peergated" --off --pin-dir "$PINS"
			;;
		esac
		wait_for 5 "the daemon to end" has_ended
		wait_for 5 "the kernel to let go" all_gone
	done
}

has_ended() {
	! kill -0 "$DAEMON" 2>/dev/null
}

@test "off finds links whose pins are lost" {
	doored
	note_all
	rm "$PINS/egress_gate0" "$PINS/cgroup_$(group_id)_connect4" "$PINS/gate_connect4"
	net_in "$NODE" "$BUILD/peergated" --off --pin-dir "$PINS"
	wait_for 5 "the daemon to end" has_ended
	wait_for 5 "the kernel to let go" all_gone
}

@test "an interface that vanishes takes its egress hook along, and has it again when it is back" {
	local rung
	for rung in tcx clsact native; do
		doored --attach $rung
		ip -n "$NODE" link del gate0
		wait_for 5 "the notice" ask_gone
		run ! door_on egress
		[ ! -e "$PINS/egress_gate0" ]
		cable
		wait_for 5 "the gate to be back" door_on egress gate0
		[ "$(bpftool -j map dump pinned "$PINS/interfaces" | jq -c '[.[].formatted.value.remembers]')" = '[1]' ]
		door_on sock_ops
		daemon_off
	done
}

ask_gone() {
	ask --json status | jq -e '.interfaces[0].attached | not' >/dev/null
}

@test "an interface that vanished while no daemon lived: a new hook, no dead pin" {
	local before
	doored
	before=$(net_in "$NODE" bpftool -j link show pinned "$PINS/egress_gate0" | jq .id)
	killed
	ip -n "$NODE" link del gate0
	cable
	doored
	door_on egress gate0
	[ "$(net_in "$NODE" bpftool -j link show pinned "$PINS/egress_gate0" | jq .id)" != "$before" ]
}

@test "an interface that is named no more, alive or gone, loses its egress hook too" {
	ip -n "$NODE" tuntap add dev tap0 mode tap
	doored --interface tap0
	door_on egress tap0
	killed
	doored
	[ ! -e "$PINS/egress_tap0" ]
	run ! door_on egress tap0
	killed
	doored --interface tap0
	killed
	ip -n "$NODE" link del tap0
	doored
	[ ! -e "$PINS/egress_tap0" ]
	door_on egress gate0
}

@test "a device without an Ethernet header has the bare egress hook" {
	ip -n "$NODE" tuntap add dev tun0 mode tun
	doored --interface tun0
	door_on egress tun0
	[ "$(net_in "$NODE" bpftool -j link show pinned "$PINS/egress_tun0" | jq .prog_id)" = \
		"$(bpftool -j prog show pinned "$PINS/gate_egress_bare" | jq .id)" ]
}

@test "a cgroup that went away while no daemon lived, or is named no more, is let go" {
	local id
	doored
	id=$(group_id)
	killed
	rmdir "$HIERARCHY$GROUP"
	mkdir "$HIERARCHY$GROUP"
	doored
	all_on
	[ "$(group_id)" != "$id" ]
	[ ! -e "$PINS/cgroup_${id}_connect4" ]
	killed
	gated --cgroup none
	run ! door_on sock_ops
	[ -z "$(bpftool cgroup show "$HIERARCHY$GROUP")" ]
	[ "$(find "$PINS" -name 'cgroup_*')" = "" ]
}

@test "without any privilege: links of a cgroup are made, dropped and made again" {
	doored
	[ "$(awk '$1 == "CapEff:" { print $2 }' "/proc/$DAEMON/status")" = 0000000000000000 ]
	bpftool link detach pinned "$PINS/cgroup_$(group_id)_connect4"
	wait_for 15 "the link to be made anew" connect4_hangs
	rmdir "$HIERARCHY$GROUP"
	mkdir "$HIERARCHY$GROUP"
	wait_for 15 "the doors of the new one" connect4_hangs
	wait_for 15 "all of them" all_on
	find "$PINS" ! -user nobody
	[ "$(find "$PINS" ! -user nobody)" = "" ]
}

connect4_hangs() {
	[[ "$(bpftool cgroup show "$HIERARCHY$GROUP")" == *gate_connect4* ]]
}

@test "a start that fails leaves the doors as they were" {
	local before
	doored
	before=$(links id)
	killed
	refused_to_start --interface gate0 --interface nowhere0 --cgroup "$GROUP"
	[ "$(links id)" = "$before" ]
	doored
	all_on
}
