#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# What the daemon may and does while it runs: privileges, interfaces that go and come, the lease, off.
bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	gate_up
}

teardown() {
	gate_down
}

status_of() {
	awk -v key="$1:" '$1 == key { print $2 }' "/proc/$DAEMON/status"
}

@test "without any capability after the start, as another user, and no way back" {
	local kind
	gated
	for kind in CapInh CapPrm CapEff CapBnd CapAmb; do
		echo "$kind $(status_of $kind)"
		[ "$(status_of $kind)" = 0000000000000000 ]
	done
	[ "$(status_of NoNewPrivs)" = 1 ]
	[ "$(status_of Seccomp)" = 2 ]
	[ "$(status_of Uid)" = "$(id -u nobody)" ]
	[ "$(status_of Groups)" = "" ]
}

@test "without privileges: bans, prefixes, a new interface, its detaching, off" {
	gated
	ask ban "$BAD"
	ask ban 198.51.100.0/24
	[ "$(arrived "$BAD")" = 0 ]
	ip -n "$NODE" tuntap add dev tap1 mode tap
	printf '%s\n' "interface = gate0" "interface = tap1" "service = beacon=tcp:$PORT,quic:$PORT" "mode = enforce" \
		"store = none" "user = nobody" "pace = off" "run-dir = $RUN" "pin-dir = $PINS" >"$WORK/peergated.conf"
	chmod 644 "$WORK/peergated.conf"
	daemon_off
	start "$NODE" peergated "$BUILD/peergated" --config "$WORK/peergated.conf"
	DAEMON=$started
	wait_for 10 "peergated" daemon_answers
	[ "$(rung_of tap1)" = native ]
	sed -i '/tap1/d' "$WORK/peergated.conf"
	kill -HUP "$DAEMON"
	wait_for 5 "tap1 to be detached" is_free tap1
	echo "interface = tap1" >>"$WORK/peergated.conf"
	kill -HUP "$DAEMON"
	wait_for 5 "tap1 to be attached" has_rung tap1 native
	ask off
	[ ! -e "$PINS" ]
}

@test "below a bpffs that only root may enter, as systemd mounts it: bans, a return of the interface, off" {
	mkdir "$WORK/bpf"
	mount -t bpf -o mode=0700 pgtest "$WORK/bpf"
	PINS=$WORK/bpf/gate
	gated
	ask ban "$BAD"
	[ "$(arrived "$BAD")" = 0 ]
	ip -n "$NODE" link del gate0
	cable
	wait_for 5 "the gate to be back" has_rung gate0 tcx
	[ "$(arrived "$BAD")" = 0 ]
	ask off
	wait_for 5 "the end" has_ended
	is_free gate0
	[ ! -e "$PINS" ] # in root's folder: the verb removed it, the daemon could not
	umount "$WORK/bpf"
}

has_rung() {
	[ "$(rung_of "$1")" = "$2" ]
}

is_free() {
	[ -z "$(net_in "$NODE" bpftool -j net show dev "$1" | jq -r '.[] | .xdp[], .tc[]')" ]
}

is_away() {
	ask --json status | jq -e --arg name "$1" '.interfaces[] | select(.name == $name) | .note | test("is gone")'
}

@test "an interface that vanishes and returns is gated again, on tcx and on native" {
	local rung
	for rung in tcx native; do
		gated --attach $rung
		ask ban "$BAD"
		ip -n "$NODE" link del gate0
		wait_for 5 "the notice" is_away gate0
		cable
		wait_for 5 "the gate to be back" has_rung gate0 $rung
		[ "$(arrived "$BAD")" = 0 ]
		[ "$(arrived "$GOOD")" = 10 ]
		daemon_off
	done
}

@test "an interface that vanished while no daemon lived is gated anew" {
	gated
	ask ban "$BAD"
	killed
	ip -n "$NODE" link del gate0
	cable
	gated
	[ "$(rung_of gate0)" = tcx ]
	[ "$(arrived "$BAD")" = 0 ]
}

@test "an interface that is named no more is let go at the next start" {
	ip -n "$NODE" tuntap add dev tap0 mode tap
	gated --interface tap0
	killed
	run ! is_free tap0
	gated
	is_free tap0
	[ ! -e "$PINS/link_tap0" ]
}

@test "the name of an interface may hold a dot" {
	ip -n "$NODE" link add tap0.5 type bridge
	gated --interface tap0.5
	killed
	gated --interface tap0.5
	[ "$(rung_of tap0.5)" = tcx ]
}

# answered: a SYN gets the node's answer (a reset: nobody listens); when the gate refuses it, silence.
answered() {
	local status=0
	net_in "$PEERS" timeout 0.5 bash -c "echo >/dev/tcp/$NODE_V4/$PORT" 2>/dev/null || status=$?
	[ $status -ne 124 ]
}

@test "without a daemon the lease ends in three seconds: the full node opens, bans hold" {
	local tries=16
	gated --unproven 1/1h --unproven-burst 2
	ask ban "$BAD"
	ask capacity beacon --max 8 --connected 8
	while ((tries-- > 0)) && answered; do :; done # what may reach the stack unproven
	echo "$tries"
	run ! answered
	killed
	run ! answered
	sleep 3.2
	answered
	answered
	[ "$(arrived "$BAD")" = 0 ]
}

nothing_left() {
	[ ! -e "$PINS" ]
	[ ! -e "${PINS}_next" ]
	is_free gate0
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
	[ "$(arrived "$BAD")" = 10 ]
}

off() {
	net_in "$NODE" "$BUILD/peergated" --off --pin-dir "$PINS"
}

@test "off, told to the daemon: all open, nothing left, the daemon ends" {
	gated
	ask ban "$BAD"
	ask off
	wait_for 5 "the end" has_ended
	nothing_left
}

has_ended() {
	! kill -0 "$DAEMON"
}

@test "off when the daemon is dead, on each rung" {
	local rung
	for rung in tcx native generic clsact; do
		gated --attach $rung
		ask ban "$BAD"
		killed
		[ "$(arrived "$BAD")" = 0 ]
		off
		nothing_left
	done
}

@test "off when the daemon is stopped: it cannot hold the gate, and ends once it goes on" {
	gated
	ask ban "$BAD"
	kill -STOP "$DAEMON"
	off
	nothing_left
	kill -CONT "$DAEMON"
	wait_for 5 "the end" has_ended
	[ ! -e "$PINS" ]
}

@test "off when pins are half gone: what runs over our maps is found" {
	gated
	ask ban "$BAD"
	rm "$PINS/link_gate0" "$PINS/gate_tc" "$PINS/settings"
	off
	nothing_left
}

@test "SIGTERM leaves the gate in place" {
	gated
	ask ban "$BAD"
	stop "$DAEMON"
	[ "$(arrived "$BAD")" = 0 ]
	off
	nothing_left
}
