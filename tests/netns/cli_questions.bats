#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The CLI's faces of the three questions against a live daemon.

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

@test "admit says whether it may go on, and so does its exit status" {
	run gate admit 203.0.113.7
	[ "$status" -eq 0 ]
	[[ $output == allowed* ]]
	gate ban 203.0.113.7 --for 10m --reason bad_score
	run gate admit 203.0.113.7:4001 --direction in --service beacon
	[ "$status" -eq 1 ]
	[[ $output =~ ^refused,\ reason\ bad_score\;\ ask\ again\ in\ (10\ min(\ 1\ s)?|9\ min\ [0-9]+\ s): ]]
	run gate --json admit 203.0.113.7
	[ "$status" -eq 1 ]
	[ "$(jq -r '.allow, .reason' <<<"$output" | tr '\n' ' ')" = "false bad_score " ]
	gate unban 203.0.113.7
}

@test "admit by peer, and of a peer at an address" {
	gate report <<<'{"peer":"16Uiu2HAmBad","addr":"198.51.100.2:4001","event":"verdict","result":"ban"}'
	run gate admit 16Uiu2HAmBad
	[ "$status" -eq 1 ]
	run gate admit 203.0.113.9:4001 --peer 16Uiu2HAmBad
	[ "$status" -eq 1 ]
	run gate admit 203.0.113.9:4001 --peer 16Uiu2HAmGood --direction out
	[ "$status" -eq 0 ]
	gate report <<<'{"peer":"16Uiu2HAmBad","addr":"198.51.100.2:4001","event":"verdict","result":"clear"}'
}

candidates() {
	cat <<-'END'
		{"peer":"16Uiu2HAmA","addrs":["/ip4/203.0.113.1/tcp/4001"]}

		{"peer":"16Uiu2HAmB","addrs":["/ip4/192.0.2.1/tcp/4001"]}
	END
}

@test "rank puts candidates in order, those left out last" {
	gate report <<<'{"peer":"16Uiu2HAmB","event":"verdict","result":"ban"}'
	run gate rank --seed 7 < <(candidates)
	[ "$status" -eq 0 ]
	[[ ${lines[0]} =~ peer\ +address\ +key\ +why ]]
	[[ ${lines[1]} =~ 16Uiu2HAmA\ +/ip4/203.0.113.1/tcp/4001\ +[0-9.]+\ +newcomer ]]
	[[ ${lines[2]} =~ 16Uiu2HAmB\ .*refused ]]
	[[ ${lines[3]} == "1 to dial, best first; 1 left out; seed 7." ]]
	candidates >"$WORK/candidates"
	[ "$(gate --json rank "$WORK/candidates" --want 1 | jq -r '.dial[0].peer, .skipped[0].why' | xargs)" = "16Uiu2HAmA refused" ]
	gate report <<<'{"peer":"16Uiu2HAmB","event":"verdict","result":"clear"}'
	run gate rank - </dev/null
	[ "$output" = "0 to dial, best first; 0 left out; seed ${output##* seed }" ]
}

@test "rank names bad lines by their number" {
	run gate rank < <(candidates; echo nonsense; echo '[]')
	[ "$status" -eq 1 ]
	[[ $output == *"peergate: line 4: "*"peergate: line 5: a candidate is an object"*"16Uiu2HAmA"* ]]
	run gate rank < <(candidates; echo '{"peer":"x","addrs":["nowhere"]}')
	[ "$status" -eq 1 ]
	[[ $output == "peergate: line 4: addrs[0]: "* ]]
	run gate rank "$WORK/no such file"
	[ "$status" -eq 1 ]
	[[ $output == *"No such file"* ]]
}

here() {
	printf '{"peer":"%s","addr":"%s:4001","direction":"%s","event":"connected"}\n' "$1" "$2" "$3"
	printf '{"peer":"%s","addr":"%s:4001","event":"status"}\n' "$1" "$2"
}

@test "mesh lists who is here, prune whom to let go of" {
	[ "$(gate mesh)" = "There is none." ]
	[ "$(gate prune --want 3)" = "There is none." ]
	{ here 16Uiu2HAmIn 203.0.113.1 inbound; here 16Uiu2HAmOut 203.0.114.1 outbound; } | gate report
	run gate mesh
	[ "$status" -eq 0 ]
	[[ ${lines[0]} =~ peer\ +source\ +direction\ +standing\ +score\ +for\ +why ]]
	[[ $output =~ 16Uiu2HAmIn\ +203.0.113.1/32\ +inbound\ +neutral ]]
	[[ $output =~ 16Uiu2HAmOut\ +203.0.114.1/32\ +outbound\ +neutral ]]
	[ "$(gate --json mesh --want 1 --service beacon | jq '.peers | length')" -eq 1 ]
	run gate prune --want 2
	[[ $output != *16Uiu2HAmOut* ]]
	printf '{"peer":"16Uiu2HAm%s","event":"disconnected"}\n' In Out | gate report
	[ "$(gate mesh)" = "There is none." ]
}

@test "breaker is shown, held and resumed; status tells of it" {
	[[ $(gate breaker) == "The breaker is closed"* ]]
	[[ $(gate status) == *"The breaker is closed"* ]]
	run gate breaker hold
	[ "$status" -eq 0 ]
	[[ $output == "The breaker is open for good"* ]]
	[[ $(gate status) == *"The breaker is open"*"Warning: the breaker is open"* ]]
	[ "$(gate --json breaker | jq -r '.open, .by, .until' | xargs)" = "true operator null" ]
	run "$BUILD/peergate" --socket "$WORK/run/peergate.ipc" breaker resume
	[ "$status" -eq 1 ]
	[[ $(gate breaker resume) == "The breaker is closed"* ]]
	[ "$(gate --json breaker | jq -r '.open, .by, .since' | xargs)" = "false null null" ]
}

@test "node tells what the node is; a candidate of another fork is left out" {
	run gate node --digest 0x01020304 --head-slot 123 --syncing no --protocols /eth2/a/1,/eth2/b/1
	[ "$status" -eq 0 ]
	[ "$output" = "Taken for beacon." ]
	run gate node
	[ "$status" -eq 1 ]
	[[ $output == *"nothing is told"* ]]
	run gate node --digest 1234
	[ "$status" -eq 1 ]
	[[ $output == *"digest: "*"0x01020304"* ]]
	run gate node --service bacon --syncing no
	[[ $output == *"did you mean beacon?"* ]]
}

@test "admit without a daemon: exit status 3" {
	run "$BUILD/peergate" --socket "$WORK/none.ipc" admit 192.0.2.7
	[ "$status" -eq 3 ]
}
