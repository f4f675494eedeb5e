#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The witness: what a log says counts where the kernel saw it, and connections that never last need no log.

bats_require_minimum_version 1.5.0
load gate.bash

FORGED=203.0.113.99

setup() {
	gate_up
	printf '%s\n' $FORGED 2001:db8:7::7 | net_sources "$PEERS"
}

teardown() {
	gate_down
}

# gated [FLAGS…]: without pace, so that only bans and backoffs refuse.
gated() {
	daemon_start "$NODE" enforce --user nobody --pace off "$@"
}

# served [ADDR]: a node that accepts, and closes after its peer.
served() {
	start "$NODE" server python3 tests/netns/visits.py serve "${1:-$NODE_V4}" "$PORT"
	wait_for 5 "the listener" has_said server ready
}

# churn SOURCE COUNT PAUSE_S [TARGET]: how each went is in WORK/churn.out.
churn() {
	start "$PEERS" churn python3 tests/netns/knocks.py churn "$1" "${4:-$NODE_V4}" "$PORT" "$2" "$3"
	wait "$started"
}

# hold SOURCE: a connection that stays until `let_go`.
hold() {
	mkfifo "$WORK/hold.go"
	exec {GO}<>"$WORK/hold.go"
	start_input="$WORK/hold.go" start "$PEERS" hold python3 tests/netns/knocks.py hold "$1" "$NODE_V4" "$PORT"
	HELD=$started
	wait_for 5 "the connection" has_said hold in
}

let_go() {
	exec {GO}>&-
	stop "$HELD"
	rm "$WORK/hold.go"
}

# mute ADDRESS SECONDS_AGO: a line as the node writes it of a peer that never answers.
mute() {
	local addr=$1 ago=$2
	printf '{"agent":"x","direction":"Inbound","error":"chain state: no chain status for peer","level":"debug","msg":"Initiate peer disconnection","multiaddr":"/ip4/%s/tcp/%d/p2p/16Uiu2HAmMute%s","package":"beacon-chain/p2p","remainingActivePeers":3,"time":"%s"}\n' \
		"$addr" "$((20000 + ago))" "${addr##*.}" "$(date -u -d "@$(($(date +%s) - ago))" '+%F %T.00')"
}

follow() {
	net_in "$NODE" "$BUILD/peergate" --socket "$RUN/peergate.ipc" follow prysm --from-start - 2>"$WORK/follow.err"
}

verdict_of() {
	ask --json explain "$1" | jq -r '.verdict + " " + .reason'
}

explains() {
	ask explain "$1" | grep -q "$2"
}

member() {
	ask --json witness "$1" | jq -r ".$2"
}

@test "a line that names a stranger counts for the peer, one that the kernel bears out for the source, too" {
	gated
	served
	churn "$BAD" 2 0
	[ "$(member "$BAD" opened)" -eq 2 ]
	{ mute $FORGED 3; mute $FORGED 2; mute $FORGED 1; mute "$BAD" 2; mute "$BAD" 1; } | follow
	[ "$(verdict_of "$BAD")" = "refuse io_error" ]
	[ "$(verdict_of $FORGED)" = "admit none" ]
	[ "$(ask --json status | jq .book.uncorroborated)" -ge 3 ]
	explains 16Uiu2HAmMute99 "counted for the peer only: the kernel saw no connection"
	explains $FORGED "the kernel saw no connection from here"
	explains "$BAD" "the kernel saw 2 connections from here"
	churn "$BAD" 1 0
	has_said churn out
}

@test "the slack is what it is set to, and an old visit bears nothing out" {
	gated --corroborate-slack 1s
	served
	churn "$BAD" 1 0
	for ago in 40 30 20; do
		printf '{"peer":"16Uiu2HAmOld","addr":"%s","event":"handshake","result":"timeout","secondhand":true,"at":%d}\n' \
			"$BAD" $(($(date +%s) - ago))
	done | ask report
	[ "$(verdict_of "$BAD")" = "admit none" ]
	[ "$(ask --json status | jq .book.uncorroborated)" -eq 3 ]
}

@test "corroborate = off believes a follower" {
	gated --corroborate off
	{ mute $FORGED 3; mute $FORGED 2; } | follow
	[ "$(verdict_of $FORGED)" = "refuse io_error" ]
	[ "$(ask --json status | jq .book.uncorroborated)" -eq 0 ]
}

@test "five connections that end at once are churn: refused within a second, and told" {
	gated
	served
	churn "$BAD" 40 0.05
	[ "$(head -5 "$WORK/churn.out" | grep -c in)" -eq 5 ]
	# Refused from the sixth second on at the latest: counted from the fifth.
	awk '$1 == "in" { n++; last = $2 } n == 5 && !fifth { fifth = $2 } END { exit !(n >= 5 && last - fifth < 1) }' "$WORK/churn.out"
	[ "$(tail -1 "$WORK/churn.out" | cut -d' ' -f1)" = out ]
	[ "$(verdict_of "$BAD")" = "refuse churn" ]
	[ "$(ask --json explain "$BAD" | jq -r .standing)" != banned ]
	explains "$BAD" "backoff for churn ends in 9 min"
	explains "$BAD" "in a row ended in under 15 s.*: churn"
	[ "$(member "$BAD" short_lived)" -ge 5 ]
	[ "$(member "$BAD" lasted)" -eq 0 ]
	run -0 ask witness
	[[ $output == *"192.0.2.7/32"*beacon* ]]
	[[ $output == *"5 connections in a row that end in under 15 s are churn."* ]]
	[ "$(ask --json witness | jq -r '.sources[0].addr, .seen, .next' | xargs)" = "192.0.2.7/32 1 null" ]
	[ "$(ask --json status | jq '[.counters[] | select(.reason == "churn" and .verdict == "refuse") | .packets] | add')" -gt 0 ]
	[ "$(ask --json status | jq .book.churns)" -eq 1 ]
	[ "$(verdict_of "$GOOD")" = "admit none" ]
	ask unban "$BAD"
	[ "$(verdict_of "$BAD")" = "admit none" ]
}

@test "churn over IPv6 backs the /64 off, also across a restart of the daemon" {
	gated
	served "$NODE_V6"
	churn 2001:db8:7::7 3 0.05 "$NODE_V6"
	stop "$DAEMON"
	gated
	churn 2001:db8:7::7 20 0.05 "$NODE_V6"
	[ "$(grep -c in "$WORK/churn.out")" -lt 10 ]
	[ "$(verdict_of 2001:db8:7::7)" = "refuse churn" ]
	[ "$(ask --json explain 2001:db8:7::1 | jq -r .addr)" = 2001:db8:7::/64 ]
	[ "$(member 2001:db8:7::9 addr)" = 2001:db8:7::/64 ]
	stop "$DAEMON"
	gated
	[ "$(verdict_of 2001:db8:7::7)" = "refuse churn" ]
}

@test "while the gate observes, it tells and lets pass" {
	daemon_start "$NODE" observe --user nobody --pace off
	served
	churn "$BAD" 20 0.05
	[ "$(grep -c in "$WORK/churn.out")" -eq 20 ]
	[ "$(verdict_of "$BAD")" = "refuse churn" ]
	[ "$(ask --json status | jq '[.counters[] | select(.reason == "churn" and .verdict == "would_refuse") | .packets] | add')" -gt 0 ]
	[ "$(ask --json status | jq .book.churns)" -eq 1 ]
}

@test "a connection that lasts beside the short ones saves the source" {
	gated --churn-short 3s
	served
	hold "$BAD"
	churn "$BAD" 10 0.3
	[ "$(grep -c in "$WORK/churn.out")" -eq 10 ]
	sleep 2 # until it has lasted, and was looked at
	churn "$BAD" 20 0.2
	[ "$(grep -c in "$WORK/churn.out")" -eq 20 ]
	[ "$(verdict_of "$BAD")" = "admit none" ]
	[ "$(ask --json witness "$BAD" | jq .living.beacon)" -eq 1 ]
	[ "$(member "$BAD" 'visits[0].until')" = null ]
	let_go
	[ "$(member "$BAD" lasted)" -ge 1 ]
	churn "$BAD" 20 0.1
	[ "$(verdict_of "$BAD")" = "refuse churn" ]
}

@test "one that is alive but does not last saves nobody for long" {
	gated --churn-short 3s
	served
	hold "$BAD"
	churn "$BAD" 8 0.05
	[ "$(verdict_of "$BAD")" = "admit none" ] # it may last yet
	let_go
	churn "$BAD" 30 0.1
	[ "$(verdict_of "$BAD")" = "refuse churn" ]
}

@test "the trusted are never refused for it, and churn = 0 turns it off" {
	gated
	served
	ask allow "$BAD"
	churn "$BAD" 20 0.05
	[ "$(grep -c in "$WORK/churn.out")" -eq 20 ]
	[ "$(ask --json status | jq .book.churns)" -eq 0 ]
	ask disallow "$BAD"
	[ "$(verdict_of "$BAD")" = "admit none" ]
	stop "$DAEMON"
	gated --churn 0
	churn "$GOOD" 20 0.05
	[ "$(grep -c in "$WORK/churn.out")" -eq 20 ]
	[ "$(verdict_of "$GOOD")" = "admit none" ]
	[ "$(member "$GOOD" short_lived)" -ge 19 ] # seen all the same
	run -0 ask witness
	[[ $output == *"Churn is off."* ]]
}

@test "where the kernel sees nothing, required touches no source, and says so" {
	gated --cgroup none --census 0
	served
	[ "$(ask --json status | jq '[.doors[] | select(.hook == "sock_ops" and .on)] | length')" -eq 0 ]
	churn "$BAD" 2 0
	{ mute "$BAD" 2; mute "$BAD" 1; } | follow
	[ "$(verdict_of "$BAD")" = "admit none" ]
	[[ "$(ask --json status | jq -r '.warnings[]')" == *"corroborate = off lets them be believed"* ]]
	grep -q "no follower's report can touch a source" "$WORK/peergated.err"
}

@test "what is asked wrongly is told" {
	gated
	run -1 ask witness 198.51.100.1
	[[ $output == *"no connection from 198.51.100.1/32 was seen"* ]]
	run -2 ask witness 198.51.100.300
	run -2 ask witness -n 0
	[[ $output == *"no number from 1 to"* ]]
	run -0 ask witness 198.51.100.0/24
	[[ $output == "The kernel saw no connection there." ]]
	run net_in "$NODE" socat -t 2 - "UNIX-CONNECT:$RUN/peergate.ipc" <<<'{"jsonrpc":"2.0","id":1,"method":"gate_witness","params":{"after":"x"}}'
	[[ $output == *-32602*"is no"*"of an earlier page"* ]]
	run net_in "$NODE" socat -t 2 - "UNIX-CONNECT:$RUN/peergate.ipc" <<<'{"jsonrpc":"2.0","id":1,"method":"gate_witness","params":{"limit":0}}'
	[[ $output == *-32602*"limit: 0 is outside 1 .. 1000"* ]]
}

@test "many sources come page by page, those that hurt most first" {
	gated --churn 0
	served
	for i in {1..9}; do printf '198.51.100.%d\n' "$i"; done | net_sources "$PEERS"
	for i in {1..9}; do churn "198.51.100.$i" "$i" 0; done
	run -0 ask --json witness -n 4
	[ "$(jq -r '.sources[].addr' <<<"$output" | xargs)" = "198.51.100.9/32 198.51.100.8/32 198.51.100.7/32 198.51.100.6/32" ]
	next=$(jq -r .next <<<"$output")
	run net_in "$NODE" socat -t 2 - "UNIX-CONNECT:$RUN/peergate.ipc" <<<'{"jsonrpc":"2.0","id":1,"method":"gate_witness","params":{"limit":3,"after":"'"$next"'"}}'
	[ "$(jq -r '.result.sources[].addr' <<<"$output" | xargs)" = "198.51.100.5/32 198.51.100.4/32 198.51.100.3/32" ]
	[ "$(ask --json witness | jq '.sources | length')" -eq 9 ]
	[ "$(ask --json witness 198.51.100.4/30 | jq -r '.sources[].addr' | xargs)" = \
		"198.51.100.7/32 198.51.100.6/32 198.51.100.5/32 198.51.100.4/32" ]
}
