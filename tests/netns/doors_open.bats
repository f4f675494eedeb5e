#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Two nodes that dial each other at the same time, from bound ports (DCUtR): the SYN that comes in answers our own dial.
# The node's SYN is lost (its link address for the peer is nobody's until the peer dials), so the peer's comes in first.
bats_require_minimum_version 1.5.0

load daemon

NOWHERE=02:00:00:00:00:99

setup() {
	daemon_setup
	OTHER=$(ip -n "$PEERS" -j link show cable0 | jq -r '.[0].address')
}

teardown() {
	for pid in ${NODE_SIDE:-} ${PEER_SIDE:-}; do
		kill "$pid" 2>/dev/null || true
	done
	daemon_teardown
}

# learn LLADDR: where the node sends what is for the peer.
learn() {
	for peer in 192.0.2.7 2001:db8::1; do
		ip -n "$NODE" neigh replace "$peer" lladdr "$1" dev gate0 nud permanent
	done
}

wait_line() {
	for _ in $(seq 100); do
		grep -q "^$2" "$1" && return
		sleep 0.02
	done
	return 1
}

# meet OURS THEIRS: our dial first, whose SYN is lost; then theirs. Their side's last line is in $met.
meet() {
	learn $NOWHERE
	nsenter --net="/run/netns/$NODE" python3 tests/netns/open.py "$1" 13000 "$2" 40000 5 \
		>"$BATS_TEST_TMPDIR/node" < <(sleep 20) 3>&- &
	NODE_SIDE=$!
	wait_line "$BATS_TEST_TMPDIR/node" dials
	learn "$OTHER"
	nsenter --net="/run/netns/$PEERS" python3 tests/netns/open.py "$2" 40000 "$1" 13000 "${3:-5}" \
		>"$BATS_TEST_TMPDIR/peer" < <(sleep 20) 3>&- &
	PEER_SIDE=$!
	wait_line "$BATS_TEST_TMPDIR/peer" '[cf]' || true
	met=$(tail -1 "$BATS_TEST_TMPDIR/peer")
	echo "$met"
}

# tally VERDICT WORD: starts to the beacon node that were counted so.
tally() {
	ask gate_status | jq --arg verdict "$1" --arg word "$2" '[.result.counters[] | select(.verdict == $verdict and
		.reason == $word and .door == "ingress") | .packets] | add // 0'
}

back_off() {
	ask gate_report "{\"peer\":\"16Uiu2HAm1\",\"addr\":\"$1\",\"direction\":\"outbound\",\"event\":\"goodbye\",
		\"reason\":\"too_many_peers\",\"service\":\"beacon\"}" | tee "$BATS_TEST_TMPDIR/answer"
	jq -e '.result.taken == 1' <"$BATS_TEST_TMPDIR/answer"
}

# opens RUNG REASON OURS THEIRS: a start of theirs is refused for the reason, an answer to our own dial is not.
opens() {
	run ! reaches "$(bracketed "$3")" 13000 "$(bracketed "$4")"
	refused=$(tally refuse "$2")
	[ "$refused" -gt 0 ]
	meet "$3" "$4"
	[[ $met =~ ^connected ]]
	# At once, not by the repeat of our own SYN a second later.
	[ "${met#connected }" -lt 500 ]
	[ "$(tally refuse "$2")" -eq "$refused" ]
	[ "$(tally pass answer)" -eq 1 ]
	[ "$(ask gate_status | jq -r '.result.interfaces[0].rung')" = "$1" ]
}

after_backoff() {
	daemon_start --mode enforce --attach "$1"
	back_off 192.0.2.7
	opens "$1" too_many_peers 192.0.2.10 192.0.2.7
}

# The peer is our gateway in IPv6, which law 5 protects: but not from the pace.
over_pace() {
	daemon_start --mode enforce --attach "$1" --pace 1/1h --pace-burst 1 --leak 0
	reaches "[2001:db8::10]" 13000 "[2001:db8::1]" || true
	opens "$1" source_pace 2001:db8::10 2001:db8::1
}

bracketed() {
	if [[ $1 == *:* ]]; then echo "[$1]"; else echo "$1"; fi
}

@test "under a backoff, tcx, IPv4" {
	after_backoff tcx
}

@test "over its pace, tcx, IPv6" {
	over_pace tcx
}

@test "under a backoff, native, IPv4" {
	after_backoff native
}

@test "over its pace, native, IPv6" {
	over_pace native
}

@test "under a backoff, clsact, IPv4" {
	after_backoff clsact
}

@test "over its pace, clsact, IPv6" {
	over_pace clsact
}

@test "under a backoff, generic, IPv4" {
	after_backoff generic
}

@test "over its pace, generic, IPv6" {
	over_pace generic
}

@test "a ban holds" {
	daemon_start --mode enforce
	ask gate_ban '{"addr":"192.0.2.7","ttl":600}' | grep -q 192.0.2.7
	meet 192.0.2.10 192.0.2.7 1
	# Their SYN is refused; ours goes out again, and their answer to it is no start: bans stop those who come in.
	[ "$(tally refuse operator)" -gt 0 ]
	[ "$(tally pass answer)" -eq 0 ]
}
