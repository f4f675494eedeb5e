#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What outlives the process, the reboot, the disk. A reboot is a start without pins.
load daemon
bats_require_minimum_version 1.5.0

setup() {
	daemon_setup
	STORE=$BATS_TEST_TMPDIR/book/book.db
}

teardown() {
	daemon_teardown
	umount "$BATS_TEST_TMPDIR/small" 2>/dev/null || true
	[ -z "${OPEN:-}" ] || rm -r "$OPEN"
}

start() {
	: >"$LOG"
	daemon_start --store "$STORE" "$@"
}

die() {
	kill -9 "$DAEMON"
	wait "$DAEMON" || true
	DAEMON=
}

reboot() {
	"$PEERGATED" --off --pin-dir "$PINS" 2>/dev/null
}

explain() {
	ask gate_explain "{\"addr\": \"$1\"}"
}

status() {
	ask gate_status | jq -c .result.store
}

@test "an operator's words and the peers are back after a reboot" {
	start
	ask gate_ban '{"addr": "198.51.100.7", "ttl": 600}' | jq -e '.result.durable == true'
	ask gate_ban '{"addr": "2001:db8:bad::/48"}'
	ask gate_allow '{"addr": "203.0.113.0/24"}'
	ask gate_ban '{"addr": "198.51.100.8"}' && ask gate_unban '{"addr": "198.51.100.8"}'
	ask gate_report '[{"peer": "Good", "addr": "192.0.2.1", "event": "handshake", "result": "ok", "direction": "inbound"}]'
	daemon_stop
	reboot
	start
	explain 198.51.100.7 | jq -e '.result.verdict == "refuse" and .result.reason == "operator"'
	explain 2001:db8:bad::1 | jq -e '.result.verdict == "refuse"'
	explain 203.0.113.9 | jq -e '.result.standing == "trusted"'
	explain 198.51.100.8 | jq -e '.result.verdict != "refuse"'
	ask gate_peers | jq -e '[.result.peers[].peer] | index("Good") != null'
	ask gate_status | jq -e '.result.store | .state == "good" and .records >= 4 and .note == ""'
	bpftool map dump pinned "$PINS/sources" | grep -q banned
}

@test "whatever was acknowledged before kill -9 is back" {
	start
	python3 "$BATS_TEST_DIRNAME/words.py" "$ADMIN" 20000 >"$BATS_TEST_TMPDIR/acknowledged" 3>&- &
	local words=$!
	until [ "$(wc -l <"$BATS_TEST_TMPDIR/acknowledged")" -gt 500 ]; do kill -0 "$words" && sleep 0.01; done
	die
	wait "$words" || true
	reboot
	start --sources-max 65536
	python3 "$BATS_TEST_DIRNAME/words.py" "$ADMIN" --check <"$BATS_TEST_TMPDIR/acknowledged"
}

@test "a restart without a reboot agrees with the kernel" {
	start
	ask gate_ban '{"addr": "198.51.100.7", "ttl": 600}'
	ask gate_report '[{"peer": "Bad", "addr": "192.0.2.66", "event": "response", "result": "invalid", "direction": "inbound"}]'
	before=$(bpftool map dump pinned "$PINS/sources")
	die
	start
	[ "$(bpftool map dump pinned "$PINS/sources")" = "$before" ]
	explain 198.51.100.7 | jq -e '.result.reason == "operator"'
}

@test "a damaged file is kept aside and said, and the gate goes on" {
	start
	ask gate_ban '{"addr": "198.51.100.7", "ttl": 600}'
	daemon_stop
	printf 'This is not a database at all, whatever its name may say about it.' | dd of="$STORE" conv=notrunc status=none
	start
	grep -c damaged "$LOG" | grep -qx 1
	ls "$STORE".damaged-*
	# What the kernel still holds is in force, and is in the new file.
	explain 198.51.100.7 | jq -e '.result.verdict == "refuse"'
	ask gate_status | jq -e '.result.warnings | map(select(contains("damaged"))) | length == 1'
	ask gate_ban '{"addr": "198.51.100.9"}' | jq -e '.result.durable == true'
	daemon_stop
	reboot
	start
	explain 198.51.100.7 | jq -e '.result.verdict == "refuse"'
}

@test "a full disk is no reason to stop, and is said with each word" {
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o size=512k small "$BATS_TEST_TMPDIR/small"
	STORE=$BATS_TEST_TMPDIR/small/book.db
	start
	head -c 1M /dev/zero >"$BATS_TEST_TMPDIR/small/ballast" 2>/dev/null || true
	for i in $(seq 30); do
		ask gate_ban "{\"addr\": \"198.51.100.$i\"}" >"$BATS_TEST_TMPDIR/answer"
		jq -e '.result.durable == false' "$BATS_TEST_TMPDIR/answer" && break
	done
	jq -e '.result | .durable == false and (.undurable | contains("full"))' "$BATS_TEST_TMPDIR/answer"
	explain 198.51.100.1 | jq -e '.result.verdict == "refuse"'
	ask gate_status | jq -e '.result.store | .state == "retrying" and (.note | contains("full"))'
	rm "$BATS_TEST_TMPDIR/small/ballast"
	mount -o remount,size=16m "$BATS_TEST_TMPDIR/small"
	until status | jq -e '.state == "good" and .pending == 0'; do sleep 0.2; done
	die
	reboot
	start
	explain 198.51.100.1 | jq -e '.result.verdict == "refuse"'
	daemon_stop
}

@test "the daemon's own user has the file" {
	id nobody >/dev/null || skip "there is no user nobody"
	OPEN=$(mktemp -d)
	chmod 755 "$OPEN"
	STORE=$OPEN/book/book.db
	start --user nobody
	ask gate_ban '{"addr": "198.51.100.7"}' | jq -e '.result.durable == true'
	[ "$(stat -c %U "$STORE")" = nobody ]
	[ "$(stat -c %U:%a "${STORE%/*}")" = nobody:750 ]
}

# peergate VERB…: the command line at this daemon.
peergate() {
	"$BUILD/peergate" --socket "$ADMIN" "$@"
}

# What a book says of each peer and source, without what is of the moment.
book() {
	peergate --json peers | jq -S '[.peers[] | {peer, addr, standing, score: ((.score - 3) / 10 | floor), verdict, reason}] | sort_by(.peer, .addr)'
	for who in 198.51.100.7 192.0.2.66 192.0.2.1; do
		peergate --json explain "$who" | jq -S '{verdict, reason, standing, score: ((.score - 3) / 10 | floor), ends: (.until != null)}'
	done
}

@test "a book moves to another daemon by export and import, once" {
	start
	ask gate_ban '{"addr": "198.51.100.7", "ttl": 6000}'
	ask gate_allow '{"addr": "203.0.113.0/24"}'
	ask gate_report '[{"peer": "Good", "addr": "192.0.2.1", "event": "handshake", "result": "ok", "direction": "inbound"},
		{"peer": "Bad", "addr": "192.0.2.66", "event": "response", "result": "invalid", "direction": "inbound"}]'
	peergate export "$BATS_TEST_TMPDIR/lines"
	until=$(explain 198.51.100.7 | jq .result.until)
	book >"$BATS_TEST_TMPDIR/before"
	daemon_stop
	reboot
	STORE=$BATS_TEST_TMPDIR/second/book.db
	start
	run -0 peergate import "$BATS_TEST_TMPDIR/lines"
	[[ $output == *" 0 bad." ]]
	run -0 peergate import - <"$BATS_TEST_TMPDIR/lines"
	[[ $output == "0 taken,"* ]]
	book >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	explain 198.51.100.7 | jq -e ".result.until - $until | fabs <= 1"
	# And it is on this one's disk.
	daemon_stop
	reboot
	start
	book | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a plain list is banned by the same guard, bad lines are named" {
	start
	printf '%s\n' '# a list' '198.51.100.1' '  198.51.100.0/28   # a comment' '' '192.0.2.300' '192.0.2.10' '2001:db8:5::7' >"$BATS_TEST_TMPDIR/list"
	run -1 peergate import --ttl 1d --reason bad_score "$BATS_TEST_TMPDIR/list"
	[[ $output == *"line 5: 192.0.2.300: "* ]]
	[[ $output == *"line 6: 192.0.2.10: "* ]] # this host's own address
	[[ $output == *"3 taken, 0 known already, 2 bad."* ]]
	explain 198.51.100.1 | jq -e '.result | .verdict == "refuse" and .reason == "bad_score"'
	run -1 peergate import --strict "$BATS_TEST_TMPDIR/list"
	[[ $output == *"stopped at the first"* && $output != *"line 6"* ]]
	run -0 peergate import --allow - <<<203.0.113.9
	explain 203.0.113.9 | jq -e '.result.standing == "trusted"'
	run -1 peergate import - <<<'{"addr": "198.51.100.3", "operater": {}}'
	[[ $output == *"did you mean operator?"* ]]
}
