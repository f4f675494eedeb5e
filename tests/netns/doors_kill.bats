#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A ban may end what lives: the connections that came in from there to gated ports, and no others. Both ends notice.
bats_require_minimum_version 1.5.0

load daemon

setup() {
	daemon_setup
	INSIDE=
	HELD=()
	ip -n "$PEERS" addr add 192.0.2.8/24 dev cable0
	ip -n "$PEERS" -6 addr add 2001:db8:7::1/64 dev cable0 nodad
	ip -n "$PEERS" -6 addr add 2001:db8:8::1/64 dev cable0 nodad
	ip -n "$NODE" -6 route add 2001:db8:7::/64 dev gate0
	ip -n "$NODE" -6 route add 2001:db8:8::/64 dev gate0
}

teardown() {
	for pid in "${HELD[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	daemon_teardown
	[ -z "$INSIDE" ] || ip netns del "$INSIDE"
}

# enforced FLAGS…: a daemon without any privilege, and our node behind it.
enforced() {
	daemon_start --mode enforce --user nobody --pace off "$@"
	node_serves 192.0.2.10 13000 13001
}

# hold NAMESPACE NAME ARGUMENTS…
hold() {
	nsenter --net="/run/netns/$1" python3 tests/netns/hold.py "${@:3}" >"$BATS_TEST_TMPDIR/$2" 2>&1 3>&- &
	HELD+=($!)
}

has_said() {
	for _ in $(seq 60); do
		! grep -q "$2" "$BATS_TEST_TMPDIR/$1" || return 0
		sleep 0.05
	done
	cat "$BATS_TEST_TMPDIR/$1"
	return 1
}

node_serves() {
	hold "$NODE" "node$1" serve "$@"
	has_said "node$1" ready
}

# dials NAME FROM TO PORT COUNT: connections that are answered.
dials() {
	hold "$PEERS" "$1" dial "${@:2}"
	has_said "$1" "up $5"
}

# lives NAME COUNT: so many of its connections carry bytes from now on.
lives() {
	local before
	before=$(grep -c alive "$BATS_TEST_TMPDIR/$1" || true)
	for _ in $(seq 60); do
		[ "$(grep -c alive "$BATS_TEST_TMPDIR/$1")" -lt $((before + 2)) ] || break
		sleep 0.05
	done
	[ "$(grep alive "$BATS_TEST_TMPDIR/$1" | tail -1)" = "alive $2" ]
}

cli() {
	"$BUILD/peergate" --socket "$ADMIN" "$@"
}

closings() {
	bpftool -j map dump pinned "$PINS/closures" | jq length
}

@test "a ban alone ends nothing" {
	enforced
	dials seven 192.0.2.7 192.0.2.10 13000 1
	run -0 cli --json ban 192.0.2.7
	[ "$(jq -r '.closed' <<<"$output")" = null ]
	run ! reaches 192.0.2.10 13000 192.0.2.7
	lives seven 1
}

@test "--close ends all of a source's connections, both ends notice, others stay" {
	enforced
	dials seven 192.0.2.7 192.0.2.10 13000 3
	dials eight 192.0.2.8 192.0.2.10 13000 2
	run -0 cli ban 192.0.2.7 --close
	[[ $output == *"3 live connections closed."* ]]
	has_said seven "ended 0 reset"
	has_said seven "ended 2 reset"
	has_said node192.0.2.10 "ended 192.0.2.7"
	lives eight 2
	run ! reaches 192.0.2.10 13000 192.0.2.7
	run -0 cli --json ban 192.0.2.7 --close
	[ "$(jq .closed <<<"$output")" -eq 0 ]
}

@test "the daemon has no capability for it" {
	enforced
	[ "$(awk '/^Cap(Eff|Prm|Inh|Amb)/ { print $2 }' "/proc/$DAEMON/status" | sort -u)" = 0000000000000000 ]
	dials seven 192.0.2.7 192.0.2.10 13000 1
	run -0 cli --json ban 192.0.2.7 --close
	[ "$(jq .closed <<<"$output")" -eq 1 ]
}

@test "IPv6: a /64, and a wider prefix" {
	enforced
	node_serves 2001:db8::10 13000
	dials seven 2001:db8:7::1 2001:db8::10 13000 1
	dials eight 2001:db8:8::1 2001:db8::10 13000 2
	run -0 cli --json ban 2001:db8:7::9 --close
	[ "$(jq .closed <<<"$output")" -eq 1 ]
	has_said seven "ended 0 reset"
	lives eight 2
	run -0 cli --json ban 2001:db8:8::/47 --close
	[ "$(jq .closed <<<"$output")" -eq 2 ]
	has_said eight "ended 1 reset"
}

@test "an IPv4 peer of a dual-stack listener; a prefix; ports that are not gated" {
	daemon_start --mode enforce --user nobody --pace off
	node_serves :: 13000 13001
	dials seven 192.0.2.7 192.0.2.10 13000 1
	dials other 192.0.2.7 192.0.2.10 13001 1
	run -0 cli --json ban 192.0.2.4/30 --close
	[ "$(jq .closed <<<"$output")" -eq 1 ]
	has_said seven "ended 0 reset"
	lives other 1
	# ::/0 and its like hold no IPv4 source.
	dials eight 192.0.2.8 192.0.2.10 13000 1
	run -0 cli --json ban ::/1 --force --close
	[ "$(jq .closed <<<"$output")" -eq 0 ]
	lives eight 1
}

@test "what the node dialled from the very port stays" {
	enforced
	hold "$PEERS" theirs serve 192.0.2.7 40000
	has_said theirs ready
	hold "$NODE" ours dial 192.0.2.10 192.0.2.7 40000 1 13000
	has_said ours "up 1"
	dials seven 192.0.2.7 192.0.2.10 13000 1
	run -0 cli --json ban 192.0.2.7 --close
	[ "$(jq .closed <<<"$output")" -eq 1 ]
	has_said seven "ended 0 reset"
	lives ours 1
}

@test "never a trusted source's, not even by force" {
	enforced
	dials seven 192.0.2.7 192.0.2.10 13000 1
	cli allow 192.0.2.7
	run -1 cli ban 192.0.2.7 --close --force
	[[ $output == *"not closed"* ]]
	run -1 cli ban 192.0.2.0/28 --close --force
	[[ $output == *"trusted"* ]]
	# Nothing of it was done.
	reaches 192.0.2.10 13000 192.0.2.7
	lives seven 1
}

@test "never a good peer's" {
	enforced
	dials seven 192.0.2.7 192.0.2.10 13000 1
	for event in '"event":"connected"' '"event":"handshake","result":"ok"' '"event":"status","head_slot":1'; do
		ask gate_report "{\"peer\":\"16Uiu2HAm1\",\"addr\":\"192.0.2.7\",\"direction\":\"inbound\",$event}"
	done
	run -1 cli ban 192.0.2.7 --close
	[[ $output == *"a good peer is at 192.0.2.7"* ]]
	lives seven 1
	cli ban 192.0.2.7
	lives seven 1
}

@test "observing, nothing is closed" {
	daemon_start --mode observe --user nobody
	node_serves 192.0.2.10 13000
	dials seven 192.0.2.7 192.0.2.10 13000 1
	run -1 cli ban 192.0.2.7 --close
	[[ $output == *"only observes"* ]]
	run -0 cli explain 192.0.2.7
	[[ $output != *banned* ]]
	lives seven 1
}

@test "close = bans: what reports lead to, and an operator's without a word" {
	enforced --close bans
	dials seven 192.0.2.7 192.0.2.10 13000 2
	dials eight 192.0.2.8 192.0.2.10 13000 1
	ask gate_report '{"peer":"16Uiu2HAm7","addr":"192.0.2.7","direction":"inbound","event":"handshake","result":"wrong_network"}'
	has_said seven "ended 1 reset"
	grep -q "closed 2 connections of 1 banned sources" "$LOG"
	lives eight 1
	run -0 cli --json ban 192.0.2.8
	[ "$(jq .closed <<<"$output")" -eq 1 ]
	has_said eight "ended 0 reset"
}

@test "close = bans: whom the policy spares is banned and not closed" {
	enforced --close bans
	dials seven 192.0.2.7 192.0.2.10 13000 1
	ask gate_report '[{"peer":"16Uiu2HAm1","addr":"192.0.2.7","direction":"inbound","event":"connected"},
		{"peer":"16Uiu2HAm1","addr":"192.0.2.7","direction":"inbound","event":"handshake","result":"ok"}]'
	run -0 cli ban 192.0.2.7
	[[ $output == *"What lives stays"*"good peer"* ]]
	lives seven 1
	# Another one's offence there: a short ban (law 4), which ends no link either.
	cli unban 192.0.2.7
	ask gate_report '{"peer":"16Uiu2HAm2","addr":"192.0.2.7","direction":"inbound","event":"handshake","result":"wrong_network"}'
	run ! reaches 192.0.2.10 13000 192.0.2.7
	lives seven 1
}

@test "close = bans: a hail of bans is closed together" {
	local reports=() last
	enforced --close bans
	for last in $(seq 20 59); do
		ip -n "$PEERS" addr add "192.0.2.$last/24" dev cable0
	done
	for last in $(seq 20 59); do
		hold "$PEERS" "source$last" dial "192.0.2.$last" 192.0.2.10 13000 1
		reports+=("{\"peer\":\"16Uiu2HAm$last\",\"addr\":\"192.0.2.$last\",\"direction\":\"inbound\",
			\"event\":\"handshake\",\"result\":\"wrong_network\"}")
	done
	for last in $(seq 20 59); do
		has_said "source$last" "up 1"
	done
	dials eight 192.0.2.8 192.0.2.10 13000 1
	ask gate_report "[$(IFS=,; echo "${reports[*]}")]" | jq -e '.result.taken == 40'
	for last in $(seq 20 59); do
		has_said "source$last" "ended 0 reset"
	done
	[ "$(grep -c "^.*closed .* connections of" "$LOG")" -le 2 ]
	[ "$(closings)" -eq 40 ]
	lives eight 1
}

@test "connections inside another namespace" {
	INSIDE=pg$$i
	ip netns add "$INSIDE"
	ip -n "$INSIDE" link add gate1 type veth peer name cable1 netns "$PEERS"
	ip -n "$INSIDE" -batch - <<-END
		link set gate1 up
		addr add 198.51.100.10/24 dev gate1
	END
	ip -n "$PEERS" -batch - <<-END
		link set cable1 up
		addr add 198.51.100.7/24 dev cable1
	END
	nsenter --net="/run/netns/$NODE" "$PEERGATED" --interface gate0 --service beacon=tcp:13000:9000 --mode enforce \
		--user nobody --netns "/run/netns/$INSIDE" --store none --run-dir "$RUN" --pin-dir "$PINS" 2>>"$LOG" 3>&- &
	DAEMON=$!
	for _ in $(seq 60); do
		! grep -q serves "$LOG" || break
		sleep 0.1
	done
	hold "$INSIDE" inside serve 198.51.100.10 9000 9001
	has_said inside ready
	dials seven 198.51.100.7 198.51.100.10 9000 2
	dials other 198.51.100.7 198.51.100.10 9001 1
	run -0 cli --json ban 198.51.100.7 --close
	[ "$(jq .closed <<<"$output")" -eq 2 ]
	has_said seven "ended 1 reset"
	lives other 1
}

@test "QUIC: the source is closed for as long as a connection lives in silence, then forgotten" {
	enforced --closing 2s
	cli ban 192.0.2.7 --close
	[ "$(closings)" -eq 1 ]
	cli unban 192.0.2.7
	[ "$(closings)" -eq 0 ]
	cli ban 192.0.2.8 --close
	[ "$(closings)" -eq 1 ]
	sleep 3.5
	[ "$(closings)" -eq 0 ]
	[ "$(bpftool -j map dump pinned "$PINS/settings" | jq '.[0].formatted.value.closing')" -eq 0 ]
}

@test "a closing outlives the daemon and ends under the next one" {
	enforced --closing 4s
	cli ban 192.0.2.7 --close
	daemon_stop
	daemon_start --mode enforce --user nobody --pace off
	[ "$(bpftool -j map dump pinned "$PINS/settings" | jq '.[0].formatted.value.closing')" -eq 1 ]
	for _ in $(seq 60); do
		[ "$(closings)" -gt 0 ] || break
		sleep 0.1
	done
	[ "$(closings)" -eq 0 ]
}
