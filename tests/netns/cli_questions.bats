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

@test "admit without a daemon: exit status 3" {
	run "$BUILD/peergate" --socket "$WORK/none.ipc" admit 192.0.2.7
	[ "$status" -eq 3 ]
}
