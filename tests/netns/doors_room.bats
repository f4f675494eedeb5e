#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# How many connections a source may hold, and who pays for a newcomer, with real connections that the sockets door sees.
bats_require_minimum_version 1.5.0

load daemon

setup() {
	daemon_setup
	HELD=()
	grep -q cgroup2 /proc/mounts || skip "needs cgroups of version 2"
	for last in $(seq 20 60); do
		echo "addr add 192.0.2.$last/24 dev cable0"
	done | ip -n "$PEERS" -batch -
	ip -n "$PEERS" -6 addr add 2001:db8:7:1::1/64 dev cable0 nodad
	ip -n "$PEERS" -6 addr add 2001:db8:7:2::1/64 dev cable0 nodad
	ip -n "$NODE" -6 route add 2001:db8:7::/48 dev gate0
}

teardown() {
	for pid in "${HELD[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	daemon_teardown
}

# hold NAMESPACE NAME ARGUMENTS…: its process is in $held.
hold() {
	nsenter --net="/run/netns/$1" python3 tests/netns/hold.py "${@:3}" >"$BATS_TEST_TMPDIR/$2" 2>&1 3>&- &
	held=$!
	HELD+=("$held")
}

has_said() {
	for _ in $(seq "${3:-60}"); do
		! grep -q "$2" "$BATS_TEST_TMPDIR/$1" || return 0
		sleep 0.05
	done
	cat "$BATS_TEST_TMPDIR/$1"
	return 1
}

serves() {
	daemon_start --mode enforce --user nobody --pace off "$@"
	hold "$NODE" node serve :: 13000
	has_said node ready
	# The sockets door hangs, and newcomers are seen.
	for _ in $(seq 40); do
		! ask gate_status | jq -e '[.result.doors[] | select(.hook == "sock_ops" and .on)] | length > 0' >/dev/null || break
		sleep 0.1
	done
	sleep 1.1
}

dials() {
	hold "$PEERS" "$1" dial "${@:2}"
	has_said "$1" "up $5"
}

refused() {
	ask gate_status | jq --arg reason "$1" '[.result.counters[] | select(.verdict == "refuse" and .reason == $reason) | .packets] | add // 0'
}

comes_in() {
	reaches 192.0.2.10 13000 "$1"
}

soon() {
	for _ in $(seq 20); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

@test "a source has its places; who leaves makes room" {
	serves --living 2
	dials one 192.0.2.20 192.0.2.10 13000 1
	first=$held
	dials two 192.0.2.20 192.0.2.10 13000 1
	run ! comes_in 192.0.2.20
	[ "$(refused source_full)" -gt 0 ]
	comes_in 192.0.2.21
	kill "$first"
	has_said node "ended ::ffff:192.0.2.20"
	soon comes_in 192.0.2.20
}

@test "so has an IPv6 site" {
	serves --living off --living-48 2
	dials one 2001:db8:7:1::1 2001:db8::10 13000 1
	dials two 2001:db8:7:2::1 2001:db8::10 13000 1
	run ! reaches "[2001:db8::10]" 13000 "[2001:db8:7:1::1]"
	[ "$(refused source_full)" -gt 0 ]
	comes_in 192.0.2.20
}

@test "a service's own number" {
	serves --living 1,beacon:3
	dials three 192.0.2.20 192.0.2.10 13000 3
	run ! comes_in 192.0.2.20
}

@test "a source has fewer places while the service is over half full" {
	serves --living 3 --living-contested 1
	dials one 192.0.2.20 192.0.2.10 13000 1
	comes_in 192.0.2.20
	ask gate_capacity '{"service":"beacon","max":10,"connected":6}'
	soon eval '! comes_in 192.0.2.20'
	[ "$(refused source_full)" -gt 0 ]
	comes_in 192.0.2.21
	ask gate_capacity '{"service":"beacon","max":10,"connected":3}'
	soon comes_in 192.0.2.20
}

@test "a trusted source is not counted against" {
	serves --living 1
	ask gate_allow '{"addr":"192.0.2.20"}'
	dials three 192.0.2.20 192.0.2.10 13000 3
	comes_in 192.0.2.20
}

# A SYN whose answer finds nobody: the address is not the peers' at that moment.
forged_syns() {
	nsenter --net="/run/netns/$PEERS" python3 - "$1" "$2" <<-'END'
		import socket, struct, sys

		def checksum(data):
		    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
		    total = (total >> 16) + (total & 0xffff)
		    return ~(total + (total >> 16)) & 0xffff

		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
		to = socket.inet_aton("192.0.2.10")
		for port in range(int(sys.argv[2])):
		    source = socket.inet_aton(sys.argv[1])
		    tcp = struct.pack("!HHIIBBHHH", 20000 + port, 13000, 1, 0, 5 << 4, 2, 1024, 0, 0)
		    tcp = tcp[:16] + struct.pack("!H", checksum(source + to + struct.pack("!HH", 6, 20) + tcp)) + tcp[18:]
		    raw.sendto(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, source, to) + tcp, ("192.0.2.10", 0))
	END
}

@test "a full node: forged starts take no newcomer's token, established ones do" {
	serves
	ask gate_capacity '{"service":"beacon","max":1,"connected":1}' | grep -q '"floor":5'
	forged_syns 192.0.2.99 100
	[ "$(ask gate_status | jq '[.result.counters[] | select(.reason == "newcomer") | .packets] | add // 0')" -ge 100 ]
	# One network has two buckets of two tokens.
	came=0
	for last in $(seq 20 29); do
		! comes_in "192.0.2.$last" || came=$((came + 1))
	done
	[ "$came" -eq 4 ]
	[ "$(refused node_full)" -gt 0 ]
}
