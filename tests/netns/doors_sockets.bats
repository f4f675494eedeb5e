#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The sockets door and the census: real connections of both families, whoever ends them, whatever dies meanwhile; the witness
# holds what ss shows. Both ends are sockets.py's, which says what its commands do.
bats_require_minimum_version 1.5.0

V4=198.51.100.7 V6=2001:db8:7:1::7

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	gate_up
	{
		seq -f '198.51.100.%g' 1 30
		seq -f '2001:db8:7:%g::7' 0 9
	} >"$WORK/sources"
	net_sources "$PEERS" <"$WORK/sources"
	mkfifo "$WORK/to" "$WORK/from"
	python3 tests/netns/sockets.py "$NODE" "$PEERS" "$PORT" <"$WORK/to" >"$WORK/from" 3>&- &
	PLAYER=$!
	exec {TO}>"$WORK/to" {FROM}<"$WORK/from"
}

teardown() {
	[ -z "${PLAYER:-}" ] || { kill "$PLAYER" && wait "$PLAYER"; } || true
	gate_down
}

# does COMMAND…: the player does it, and its answer is in $answer.
begin() {
	echo "$*" >&"$TO"
}

done_with() {
	read -r -t 100 answer <&"$FROM"
	echo "$*: $answer"
	[[ $answer == ok* ]]
}

does() {
	begin "$@"
	done_with "$@"
}

# record SOURCE_BYTES FILTER: of the witness, by the bytes of its key.
record() {
	bpftool -j map dump pinned "$PINS/witness" | jq -c --argjson key "$1" \
		".[].formatted | select(.key.address == \$key) | .value | $2"
}

K4='[0,0,255,255,198,51,100,7]' K6='[32,1,13,184,0,7,0,1]'

found() {
	bpftool -j map dump pinned "$PINS/census" | jq ".[0].formatted.value.$1"
}

# counted_anew: at least one whole census since this call.
counted_anew() {
	local number
	number=$(($(found number) + 2))
	wait_for 15 "a census" number_is "$number"
}

number_is() {
	[ "$(found number)" -ge "$1" ] && [ "$(found epoch)" = 0 ]
}

witnesses() {
	gated --census 1s --churn 0 --living off --living-56 off --living-48 off "$@"
}

is() {
	echo "$1 is $2"
	[ "$1" = "$2" ]
}

living() {
	record "$1" '[.live[].living] | add'
}

@test "connections of both families are counted as they open and end, and who ended them" {
	witnesses
	does listen
	does open a $V4 "$NODE_V4"
	does open b $V4 "$NODE_V4"
	does open c $V6 "$NODE_V6"
	is "$(living "$K4")" 2
	is "$(living "$K6")" 1
	does end a us
	does end b them
	is "$(record "$K4" '[.opened, .ended_by_us, .ended_by_them, .ended_unknown, .short_lived, .live[0].living]')" \
		"[2,1,1,0,2,0]"
	does open a $V4 "$NODE_V4"
	does open b $V4 "$NODE_V4"
	does end a us-reset
	does end b them-reset
	is "$(record "$K4" '[.opened, .ended_by_us, .ended_by_them, .ended_unknown, .live[0].living]')" "[4,2,2,0,0]"
	does end c half
	is "$(record "$K6" '[.opened, .ended_by_us, .ended_by_them, .live[0].living]')" "[1,0,0,1]"
	does compare "$PINS"
	does drop
	is "$(record "$K6" '[.opened, .ended_by_us, .ended_by_them, .live[0].living]')" "[1,0,1,0]"
	is "$(ask --json status | jq -c '[.counters[] | select(.door == "sockets") | [.family, .reason, .packets]] | sort')" \
		'[["ipv4","admitted",4],["ipv6","admitted",1]]'
}

@test "lifetimes: short ones make a row, one that lasts ends it, dead or alive" {
	local longest
	witnesses --churn-short 2s
	does listen
	does open a $V4 "$NODE_V4"
	does end a them
	does open a $V4 "$NODE_V4"
	does end a us-reset
	is "$(record "$K4" '[.short_lived, .lasted]')" "[2,0]"
	does open b $V4 "$NODE_V4"
	sleep 2.2
	does end b us
	is "$(record "$K4" '[.short_lived, .lasted]')" "[0,1]"
	longest=$(record "$K4" .longest_ms)
	echo "longest $longest ms"
	[ "$longest" -ge 2200 ] && [ "$longest" -lt 9000 ]
	does open b $V4 "$NODE_V4"
	does open a $V4 "$NODE_V4"
	does end a them
	is "$(record "$K4" .short_lived)" 1
	sleep 2
	counted_anew
	is "$(record "$K4" '[.short_lived, .lasted]')" "[0,2]"
	does end b us
	is "$(record "$K4" '[.short_lived, .lasted]')" "[0,2]"
}

@test "a thousand random connects, ends, kills and deaths of the daemon: the witness is what ss shows" {
	local round
	witnesses
	does listen
	for round in 1 2 3 4; do
		begin steps 250 "$round" "$WORK/sources" 3
		sleep 1
		killed
		sleep 0.5
		witnesses
		done_with "round $round"
		does compare "$PINS"
	done
	counted_anew
	does compare "$PINS"
	# Nothing was missed while nobody was there, since the programs were.
	is "$(found missed) $(found healed)" "0 0"
	does drop
	does compare "$PINS"
}

@test "under load each census finds what the events counted: nothing to mend" {
	witnesses
	does listen
	does steps 3000 7 "$WORK/sources" 6
	[ "$(found number)" -ge 4 ]
	is "$(found missed) $(found healed)" "0 0"
	does compare "$PINS"
}

@test "what lived before the daemon is counted from its first census on, and so is its end" {
	does listen
	does open a $V4 "$NODE_V4"
	does open b $V6 "$NODE_V6"
	witnesses
	counted_anew
	is "$(living "$K4") $(living "$K6")" "1 1"
	is "$(found missed)" 2
	does end a them
	# Before 6.12 the end of such a one is not seen.
	[ "$(uname -r | awk -F. "{ print \$1 * 1000 + \$2 }")" -ge 6012 ] || counted_anew
	is "$(living "$K4") $(living "$K6")" "0 1"
	is "$(record "$K4" '[.short_lived, .lasted]')" "[0,0]" # nobody knows how long it was there
	counted_anew
	does compare "$PINS"
}

@test "a gate that is adopted keeps its marks: what ends while nobody is there is taken off" {
	witnesses
	does listen
	does open a $V4 "$NODE_V4"
	does open b $V4 "$NODE_V4"
	killed
	does end a them
	is "$(living "$K4")" 1
	witnesses
	counted_anew
	is "$(found missed) $(found healed)" "0 0"
	does end b us
	is "$(living "$K4")" 0
	is "$(record "$K4" '[.ended_by_us, .ended_by_them, .ended_unknown]')" "[1,1,0]"
}

# bytes KEY: one a line.
bytes() {
	jq -r '.[]' <<<"$1"
}

# broken N: every count of every source becomes N, by hand.
broken() {
	local source key value
	for source in "$K4" "$K6"; do
		mapfile -t key < <(bytes "$source")
		mapfile -t value < <(bpftool -j map lookup pinned "$PINS/witness" key "${key[@]}" | jq -r '.value[]')
		# The first of the live counts lies behind three times eight and eight times four bytes.
		value[56]=$1
		bpftool map update pinned "$PINS/witness" key "${key[@]}" value "${value[@]}"
	done
}

@test "a count broken by hand is mended within the period, too high or too low" {
	witnesses --census 3s
	does listen
	does open a $V4 "$NODE_V4"
	does open b $V4 "$NODE_V4"
	does open c $V6 "$NODE_V6"
	counted_anew # so that the next one is far
	broken 77
	is "$(living "$K4") $(living "$K6")" "77 77"
	counted_anew
	is "$(living "$K4") $(living "$K6")" "2 1"
	is "$(found healed)" 151
	broken 0
	does end a us # never below 0
	is "$(living "$K4")" 0
	counted_anew
	is "$(living "$K4") $(living "$K6")" "1 1"
	does compare "$PINS"
	mapfile -t key < <(bytes "$K4")
	bpftool map delete pinned "$PINS/witness" key "${key[@]}"
	counted_anew
	is "$(living "$K4")" 1
}

@test "a dial of ours from the listening port is nobody's connection to us" {
	does listen
	does dial d1 192.0.2.1 4001
	does open a $V4 "$NODE_V4"
	witnesses
	does dial d2 2001:db8::1 4002
	does open b $V6 "$NODE_V6"
	counted_anew
	is "$(bpftool -j map dump pinned "$PINS/witness" | jq -c '[.[].formatted.value.live[0].living]')" "[1,1]"
	does compare "$PINS"
}

@test "wider prefixes of IPv6 are crowds: their counts are their sources' together" {
	witnesses
	does listen
	does open a 2001:db8:7:1::7 "$NODE_V6"
	does open b 2001:db8:7:2::7 "$NODE_V6"
	does open c $V4 "$NODE_V4"
	crowd() {
		bpftool -j map dump pinned "$PINS/crowds" | jq -c 'map(.formatted | [.key.length, .value.live[0].living]) | sort'
	}
	is "$(crowd)" "[[48,2],[56,2]]"
	counted_anew
	is "$(crowd)" "[[48,2],[56,2]]"
	does end a us
	is "$(crowd)" "[[48,1],[56,1]]"
}

# le BYTES NUMBER: the number as that many bytes, least first, in hexadecimal.
le() {
	python3 -c 'import sys; print(*["%02x" % b for b in int(sys.argv[2]).to_bytes(int(sys.argv[1]), "little")])' "$1" "$2"
}

# flow SECONDS_AGO_OPENED SECONDS_AGO_SEEN SECONDS_AGO_DOUBTED: as QUIC's road would have written it, of 198.51.100.7.
flow() {
	local now key value
	now=$(awk '{ print int($1) }' /proc/uptime)
	key="00 00 00 00 00 00 00 00 00 00 ff ff c6 33 64 07 $(le 2 40000) $(le 2 13000)"
	value="$(le 8 $(((now - $1) * 1000000000))) $(le 8 $(((now - $2) * 1000000000))) $(le 8 7) $(le 4 0) $(le 4 0)"
	value+=" $(le 4 $(($3 ? now - $3 : 0))) $(le 4 0)"
	# shellcheck disable=SC2086
	bpftool map update pinned "$PINS/flows" key hex $key value hex $value
}

flow_is() {
	bpftool -j map dump pinned "$PINS/flows" | jq -c ".[0].formatted.value | $1"
}

@test "QUIC that falls silent is watched, and over when it stays so; a packet saves it" {
	witnesses
	flow 30 0 0
	counted_anew
	is "$(living "$K4") $(record "$K4" .lasted) $(flow_is .doubted_s)" "1 1 0"
	is "$(ask --json status | jq .census.flows)" 1
	flow 60 25 0
	counted_anew
	is "$(living "$K4") $(flow_is '.doubted_s > 0')" "1 true"
	is "$(bpftool -j map dump pinned "$PINS/watched" | jq '[.[].formatted | select(.value > 0)] | length')" 1
	flow 60 1 8
	counted_anew
	is "$(living "$K4") $(flow_is .doubted_s)" "1 0"
	flow 90 60 40
	counted_anew
	is "$(living "$K4") $(record "$K4" .ended_unknown) $(flow_is .opened_ns)" "0 1 0"
	is "$(record "$K4" .last_ms)" 30000
}

@test "opening and closing as fast as it goes: one record" {
	local opened
	witnesses
	does listen
	does flood $V4 "$NODE_V4" 1
	opened=${answer#ok }
	[ "$opened" -gt 100 ]
	is "$(bpftool -j map dump pinned "$PINS/witness" | jq length)" 1
	is "$(record "$K4" '[.opened, .short_lived, .live[0].living]')" "[$opened,$opened,0]"
	is "$(found lost)" 0
}

@test "a full witness: the rest is counted as lost and told; what is least useful makes room, what lives stays" {
	gated --census 0 --witness-max 64 --churn 0 --living off
	does listen
	seq -f '203.0.113.%g' 1 120 | tee "$WORK/many" | net_sources "$PEERS"
	does open alive $V4 "$NODE_V4"
	while read -r source; do
		begin open x "$source" "$NODE_V4"
		begin end x them
	done <"$WORK/many"
	for _ in $(seq 240); do
		read -r -t 10 answer <&"$FROM"
		[[ $answer == ok* ]]
	done
	is "$(bpftool -j map dump pinned "$PINS/witness" | jq length)" 64
	is "$(found lost)" 57
	ask --json status | jq -e '.warnings[] | test("57 connections were not recorded")'
	killed
	gated --census 1s --witness-max 64 --churn 0 --living off
	counted_anew
	is "$(bpftool -j map dump pinned "$PINS/witness" | jq length)" 48
	is "$(living "$K4")" 1
	is "$(ask --json status | jq -c '.witness | [.entries, .max, .lost, .evicted]')" "[48,64,57,16]"
	does compare "$PINS"
}
