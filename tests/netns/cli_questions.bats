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
	[[ $output =~ ^refused,\ reason\ bad_score\;\ ask\ again\ in\ (10\ min|9\ min\ [0-9]+\ s): ]]
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
	[[ ${lines[1]} =~ 16Uiu2HAmA\ +/ip4/203.0.113.1/tcp/4001\ +[0-9.]+\ +(newcomer|known) ]]
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

@test "admit without a daemon: exit status 3" {
	run "$BUILD/peergate" --socket "$WORK/none.ipc" admit 192.0.2.7
	[ "$status" -eq 3 ]
}
