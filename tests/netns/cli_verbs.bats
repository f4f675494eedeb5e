#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The CLI's questions and commands against a live daemon.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/netns/cli.bash
	scene_open
}

teardown_file() {
	. tests/netns/cli.bash
	scene_close
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/netns/cli.bash
}

@test "status tells mode, rung, service and tables" {
	run gate status
	[ "$status" -eq 0 ]
	[[ $output == *"mode enforce"* ]]
	[[ $output =~ node0\ +(tcx|clsact|native|generic) ]]
	[[ $output == *"beacon"*"tcp:13000, quic:13000"* ]]
	[[ $output == *"sources "*" 131072 "* ]]
	[[ $output != *$'\033'* ]]
}

@test "--json prints the daemon's object, before and behind the verb" {
	[ "$(gate --json status | jq -r '.mode, .services[0].name, .interfaces[0].name' | tr '\n' ' ')" = "enforce beacon node0 " ]
	[ "$(gate status --json | jq -r .mode)" = enforce ]
	[ "$(gate --json status | wc -l)" -eq 1 ]
}

@test "ban refuses a source, explain says so, unban ends it" {
	reaches 198.51.100.1
	run gate ban 198.51.100.2 --for 10m --reason bad_score
	[ "$status" -eq 0 ]
	[[ $output =~ ^198.51.100.2/32\ is\ banned\ until\ [0-9:]+\ \(10\ min\),\ reason\ bad_score\.$ ]]
	is_kept_from 198.51.100.1
	run gate explain 198.51.100.2
	[ "$status" -eq 0 ]
	[[ $output =~ ^198.51.100.2/32\ is\ refused\ until\ .*,\ reason\ bad_score\;\ standing\ banned ]]
	[ "$(gate --json explain 198.51.100.2 | jq -r '.verdict, .reason' | tr '\n' ' ')" = "refuse bad_score " ]
	run gate unban 198.51.100.2
	[ "$status" -eq 0 ]
	[[ $output == "198.51.100.2/32 is banned no more." ]]
	reaches 198.51.100.1
	[[ $(gate explain 198.51.100.2) == *"is admitted; standing neutral"* ]]
}

@test "a bare IPv6 address means its /64, and the answer says so" {
	run gate ban 2001:db8:2::2 --for 1m
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "2001:db8:2::/64 is banned until "* ]]
	[[ ${lines[1]} == "An IPv6 address alone means its /64." ]]
	is_kept_from 2001:db8:1::1
	gate unban 2001:db8:2::2
	reaches 2001:db8:1::1
}

@test "a ban ends by itself" {
	gate ban 198.51.100.2 --for 1s
	is_kept_from 198.51.100.1
	wait_for reaches 198.51.100.1
}

@test "bans that lock out are refused with a sentence, but for --force" {
	for addr in 198.51.100.1 0.0.0.0/0 ::/0 198.0.0.0/7; do
		run gate ban "$addr"
		[ "$status" -eq 1 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == "peergate: "* ]]
	done
	gate ban 198.51.100.1 --force --for 1m
	gate unban 198.51.100.1
}

@test "allow beats a ban of the same network, disallow ends it" {
	gate ban 198.51.100.0/24 --for 1m --force
	is_kept_from 198.51.100.1
	run gate allow 198.51.100.2
	[[ $output == "198.51.100.2/32 is trusted now"* ]]
	reaches 198.51.100.1
	run gate disallow 198.51.100.2
	[[ $output == "198.51.100.2/32 is trusted no more." ]]
	is_kept_from 198.51.100.1
	gate unban 198.51.100.0/24
}

@test "unban and disallow of what is not held suggest what is" {
	gate ban 203.0.113.77 --for 1m
	run gate unban 203.0.113.7
	[ "$status" -eq 1 ]
	[[ $output == *"did you mean 203.0.113.77/32?" ]]
	gate unban 203.0.113.77
	run gate disallow 203.0.113.7
	[ "$status" -eq 1 ]
	[[ $output != *"did you mean"* ]]
}

@test "wrong words are named, the nearest right one suggested, exit status 2" {
	while IFS='|' read -r line expected; do
		# shellcheck disable=SC2086 # words are meant
		run gate $line
		[ "$status" -eq 2 ]
		[[ $output == *"$expected"* ]] || { echo "$line: $output"; return 1; }
	done <<-'END'
		stauts|did you mean status?
		frobnicate|`peergate help` lists them
		mode enforc|did you mean enforce?
		ban 192.0.2.300|did you mean 192.0.2.30?
		ban 192.0.2.7/24|did you mean 192.0.2.0/24?
		ban 192.0.2.7 --for 10|did you mean 10s?
		ban 192.0.2.7 --for soon|is no duration
		ban 192.0.2.7 --reason bad_scor|did you mean bad_score?
		ban 192.0.2.7 --reason node_full|is no reason for a ban
		ban|it needs ADDR
		ban 192.0.2.7 192.0.2.8|one word too many
		ban 192.0.2.7 --fore|unrecognized option
		explain localhost|is no address
		admit localhost|is no address
		rank --want many|is no number
		mesh --want 5000|is no number from 0 to 4096
		prune|prune needs --want N
		breaker open|is no action
		breaker resum|did you mean resume?
		node --syncing yess|did you mean yes?
		node --head-slot -1|is no number
		rank --seed -1|is no number
		admit 192.0.2.7 --direction ouut|did you mean out?
		peers --standing bannd|did you mean banned?
		peers --sort scor|did you mean score?
		capacity beacon --max 7|needs both
		capacity beacon --max 7 --connected -1|is no number
		top -n 0|is no number of times
		help stauts|did you mean status?
	END
}

@test "help lists every verb, and each verb has its own" {
	run gate help
	[ "$status" -eq 0 ]
	for verb in status explain admit rank mesh prune node breaker top watch peers ban unban allow disallow report capacity mode off version help; do
		[[ $output == *"  $verb "* ]]
		[[ $("$BUILD/peergate" help "$verb") == "Usage: peergate $verb"* ]]
		[[ $("$BUILD/peergate" "$verb" --help) == "Usage: peergate $verb"* ]]
	done
}

@test "mode observes and enforces" {
	gate ban 198.51.100.2 --for 1m
	run gate mode observe
	[ "$status" -eq 0 ]
	[[ $output == "The gate is now in mode observe"* ]]
	reaches 198.51.100.1
	gate mode enforce
	is_kept_from 198.51.100.1
	gate unban 198.51.100.2
}

@test "capacity sets the floor, and a wrong service is named" {
	run gate capacity beacon --max 70 --connected 7
	[ "$status" -eq 0 ]
	[ "$output" = "The floor is open, every score is admitted: the service is not full (7 of 70)." ]
	run gate capacity beacon --max 70 --connected 7 --inbound-max 30
	[ "$status" -eq 0 ]
	run gate capacity bacon --max 70 --connected 7
	[ "$status" -eq 1 ]
	[[ $output == *"beacon"* ]]
}

@test "a full node whose floor is open: capacity, status and explain name the cold start" {
	local cold="cold start: *the floor is open however full the node is"
	stop_daemon -TERM
	MORE="--cold-start 5m" start_daemon
	run gate capacity beacon --max 1 --connected 1
	[[ $output == "The floor is open, every score is admitted: "$cold* ]]
	run gate status
	[[ $output == *$cold* ]]
	run gate explain 192.0.2.77
	[[ $output == *$cold* ]]
	stop_daemon -TERM
	start_daemon
	run gate capacity beacon --max 1 --connected 1
	[ "$output" = "The floor is 5: sources with a lower score are refused." ]
	run gate explain 192.0.2.77
	[[ $output != *"cold start"* ]]
	gate capacity beacon --max 70 --connected 7
}

@test "peers pages through all, filters and sorts" {
	seq 1 2500 | jq -c '{peer: "16Uiu2HAmPage\(.)", event: "status"}' | gate report
	[ "$(gate --json peers | jq '[.peers[] | select(.peer | startswith("16Uiu2HAmPage"))] | length')" -eq 2500 ]
	gate ban 203.0.113.9 --for 1m
	gate ban 203.0.113.10 --for 2m
	[ "$(gate --json peers --standing banned --sort addr | jq -r '[.peers[].addr] | join(" ")')" = \
		"203.0.113.9/32 203.0.113.10/32" ]
	run gate peers --standing banned
	[[ $output =~ 203.0.113.9/32\ +banned\ +[0-9-]+\ +refused\ for\ operator\ until ]]
	gate unban 203.0.113.9
	gate unban 203.0.113.10
	[[ $(gate peers --standing banned) == "No peer is known that is so." ]]
}

@test "without a daemon: exit status 3, one sentence" {
	for verb in status "ban 192.0.2.7" report top watch peers; do
		# shellcheck disable=SC2086 # words are meant
		run "$BUILD/peergate" --socket "$WORK/none.ipc" $verb </dev/null
		[ "$status" -eq 3 ]
		[ "$output" = "peergate: no daemon at $WORK/none.ipc: is peergated running?" ]
	done
	PEERGATE_SOCKET=$WORK/none.ipc run "$BUILD/peergate" status
	[ "$status" -eq 3 ]
	run "$BUILD/peergate" version
	[ "$status" -eq 0 ]
}

@test "the common socket takes questions, not commands" {
	run "$BUILD/peergate" --socket "$WORK/run/peergate.ipc" explain 192.0.2.7
	[ "$status" -eq 0 ]
	run "$BUILD/peergate" --socket "$WORK/run/peergate.ipc" ban 192.0.2.7
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "output that cannot be written is a failure" {
	gate status >/dev/full 2>"$WORK/full.err" && return 1
	grep -q "cannot write" "$WORK/full.err"
}
