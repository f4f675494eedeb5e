#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The CLI's verbs that stay for a while, and what ends them: report, watch, top, off.

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
	GATE=("$BUILD/peergate" --socket "$WORK/run/admin.ipc") # for the background: $! is then its own pid
}

@test "report takes good lines, names bad ones, and exits with 1" {
	run gate report <<-'END'
		{"peer": "16Uiu2HAmQ1", "addr": "203.0.113.5", "event": "connected", "direction": "inbound"}
		{"peer": "16Uiu2HAmQ1", "event": "sneezed"}

		not JSON
		[{"peer": "16Uiu2HAmQ2", "event": "status"}, {"peer": "16Uiu2HAmQ3", "event": "status"}]
		"text"
	END
	[ "$status" -eq 1 ]
	[[ $output == *"peergate: line 2: "*"sneezed"* ]]
	[[ $output == *"peergate: line 4: "* ]]
	[[ $output == *"peergate: line 6: a report is an object, or a list of them"* ]]
	[[ $output == *"3 reports taken."* ]]
	[ "$(gate --json report <<<'{"peer": "16Uiu2HAmQ2", "event": "status"}')" = '{"taken":1}' ]
}

@test "report names a line that is too long for the daemon, or for itself" {
	printf '{"event": "status", "peer": "16Uiu2HAmQ4"}\n{"event": "%s"}\n{"event": "%s"}\n{"event": 7}\n' \
		"$(head -c 1048550 /dev/zero | tr '\0' x)" "$(head -c 1048600 /dev/zero | tr '\0' x)" >"$WORK/long"
	run gate report <"$WORK/long"
	[ "$status" -eq 1 ]
	[[ $output == *"line 2: "*"line 4: "* ]] || [[ $output == *"line 4: "*"line 2: "* ]]
	[[ $output == *"line 3: longer than 1 MiB"* ]]
	[[ $output == *"1 report taken."* ]]
}

@test "report answers while its input is still open" {
	mkfifo "$WORK/fifo"
	"${GATE[@]}" report <"$WORK/fifo" 2>"$WORK/report.err" >"$WORK/report.out" 3>&- &
	local pid=$!
	exec 7>"$WORK/fifo"
	echo '{"event": 7}' >&7
	wait_and "$WORK/report.err" "line 1:"
	exec 7>&-
	local status=0
	wait "$pid" || status=$?
	[ "$status" -eq 1 ]
	grep -q '^0 reports taken' "$WORK/report.out"
}

@test "report sends 20,000 lines" {
	seq 1 20000 | jq -c '{peer: "16Uiu2HAm\(. % 500)", event: "status"}' >"$WORK/many"
	run gate report <"$WORK/many"
	[ "$status" -eq 0 ]
	[ "$output" = "20000 reports taken." ]
}

@test "watch shows decisions and judgements as they happen" {
	"${GATE[@]}" watch >"$WORK/watch.txt" 3>&- &
	local text=$!
	"${GATE[@]}" --json watch >"$WORK/watch.json" 3>&- &
	local json=$!
	sleep 0.3
	gate ban 198.51.100.2 --for 1m --reason bad_score
	is_kept_from 198.51.100.1
	wait_and "$WORK/watch.txt" "decided .*198.51.100.2/32: standing banned"
	wait_and "$WORK/watch.txt" "refused .*198.51.100.2 to tcp:13000, service beacon, reason bad_score"
	wait_and "$WORK/watch.json" judgement
	jq -es 'map(.type) | index("decision") != null and index("judgement") != null' "$WORK/watch.json"
	gate unban 198.51.100.2
	kill "$text" "$json"
}

@test "top tells refusals by reason and by source" {
	gate ban 198.51.100.2 --for 1m --reason bad_score
	(for _ in 1 2 3 4; do reaches 198.51.100.1 || true; done) 3>&- &
	local storm=$!
	run gate top -n 2
	[ "$status" -eq 0 ]
	[[ $output =~ bad_score\ +[0-9]+\ +0\ +[1-9] ]]
	[[ $output =~ 198.51.100.2/32\ +[0-9.]+\ +bad_score ]]
	[ "$(gate --json top --once | jq -r '.reasons[] | select(.reason == "bad_score") | .refused > 0')" = true ]
	gate unban 198.51.100.2
	wait "$storm"
}

@test "on a terminal, top draws until q is pressed" {
	run timeout 10 script -qec "$BUILD/peergate --socket $WORK/run/admin.ipc top" /dev/null < <(sleep 1.5 && printf q && sleep 1)
	[ "$status" -eq 0 ]
	[[ $output == *"q ends"* ]]
}

@test "watch says when the daemon goes, exit status 3" {
	"${GATE[@]}" watch 2>"$WORK/gone.err" >/dev/null 3>&- &
	local pid=$! status=0
	sleep 0.3
	stop_daemon -TERM
	wait "$pid" || status=$?
	[ "$status" -eq 3 ]
	grep -q "hung up" "$WORK/gone.err"
	start_daemon
}

@test "off opens everything, through the daemon" {
	gate ban 198.51.100.2 --for 1m
	is_kept_from 198.51.100.1
	run gate off
	[ "$status" -eq 0 ]
	[[ $output == "The gate is off: detached from 1 "* ]]
	reaches 198.51.100.1
	[ ! -e "$PINS" ]
	start_daemon
}

@test "off works when the daemon is stopped, and when it is dead" {
	gate ban 198.51.100.2 --for 1m
	is_kept_from 198.51.100.1
	kill -STOP "$(cat "$WORK/daemon.pid")"
	run gate off
	[ "$status" -eq 0 ]
	reaches 198.51.100.1
	stop_daemon -KILL
	start_daemon
	gate ban 198.51.100.2 --for 1m
	stop_daemon -KILL
	is_kept_from 198.51.100.1
	local gate_link
	gate_link=$(find "$WORK" -name gate -type l)
	mv "$gate_link" "$gate_link.away"
	run gate off
	[ "$status" -eq 3 ] # another socket than the usual one, and no link: which pins?
	is_kept_from 198.51.100.1
	mv "$gate_link.away" "$gate_link"
	run gate off
	[ "$status" -eq 0 ]
	reaches 198.51.100.1
	[ ! -e "$PINS" ]
	start_daemon
	gate ban 198.51.100.2 --for 1m
	stop_daemon -KILL
	is_kept_from 198.51.100.1
	run gate off --pin-dir "$PINS"
	[ "$status" -eq 0 ]
	reaches 198.51.100.1
	[ ! -e "$PINS" ]
	start_daemon
}
