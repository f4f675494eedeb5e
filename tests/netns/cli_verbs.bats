#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Every verb of the CLI against a live daemon:
#
#   peer namespace                     node namespace
#   peer0 198.51.100.2, 2001:db8:2::2 ──── node0 198.51.100.1, 2001:db8:1::1   (peergated, port 13000)
#
# One daemon for the whole file: each test takes back what it did.

peer() {
	nsenter --net="/run/netns/$PEER" "$@"
}

gate() {
	"$BUILD/peergate" --socket "$WORK/run/admin.ipc" "$@"
}

wait_for() {
	local tries=200
	until "$@"; do
		((tries--)) || return 1
		sleep 0.05
	done
}

answers() {
	gate version 2>/dev/null | grep -q '^peergated '
}

start_daemon() {
	nsenter --net="/run/netns/$NODE" "$BUILD/peergated" --interface node0 --service beacon=tcp:13000,quic:13000 --mode enforce --run-dir "$WORK/run" \
		--pin-dir "$PINS" --protect 198.51.100.1 >"$WORK/daemon.log" 2>&1 3>&- &
	echo $! >"$WORK/daemon.pid"
	wait_for answers || { cat "$WORK/daemon.log" >&2; return 1; }
}

stop_daemon() {
	local pid
	pid=$(cat "$WORK/daemon.pid")
	kill "$1" "$pid" 2>/dev/null
	while [ -e "/proc/$pid/exe" ]; do sleep 0.05; done # one that is dead and not waited for has none
}

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	mountpoint -q /sys/fs/bpf || skip "needs a BPF file system"
	export BATS_TEST_TIMEOUT=60 BUILD=${BUILD:-build} NODE=pgcn$$ PEER=pgcp$$ PINS=/sys/fs/bpf/pgtest-cli-$$
	WORK=$(mktemp -d /tmp/pgtest-cli-XXXXXX)
	export WORK
	chmod 755 "$WORK"
	mkdir "$WORK/run"
	ip netns add "$NODE"
	ip netns add "$PEER"
	ip -n "$NODE" link add node0 type veth peer name peer0 netns "$PEER"
	ip -n "$NODE" addr add 198.51.100.1/24 dev node0
	ip -n "$NODE" addr add 2001:db8:1::1/64 dev node0 nodad
	ip -n "$PEER" addr add 198.51.100.2/24 dev peer0
	ip -n "$PEER" addr add 2001:db8:2::2/64 dev peer0 nodad
	ip -n "$NODE" link set node0 up
	ip -n "$PEER" link set peer0 up
	ip -n "$NODE" route add 2001:db8:2::/64 dev node0
	ip -n "$PEER" route add 2001:db8:1::/64 dev peer0
	nsenter --net="/run/netns/$NODE" socat TCP6-LISTEN:13000,fork,reuseaddr,ipv6only=0 SYSTEM:true 3>&- &
	echo $! >"$WORK/listener.pid"
	start_daemon
}

teardown_file() {
	[ -n "${WORK:-}" ] || return 0
	[ ! -e "$WORK/daemon.pid" ] || stop_daemon -KILL
	[ ! -e "$WORK/listener.pid" ] || kill "$(cat "$WORK/listener.pid")"
	[ ! -e "$PINS" ] || "$BUILD/peergated" --off --pin-dir "$PINS"
	ip netns del "$NODE"
	ip netns del "$PEER"
	rm -rf "$WORK"
	[ ! -e "$PINS" ]
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	GATE=("$BUILD/peergate" --socket "$WORK/run/admin.ipc") # for the background: $! is then its own pid
}

reaches() {
	peer timeout 0.5 bash -c "exec 3<>/dev/tcp/$1/13000" 2>/dev/null
}

# A line beginning with ! fails no test.
is_kept_from() {
	! reaches "$1"
}

wait_and() {
	wait_for grep -q "$2" "$1"
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
	for verb in status explain top watch peers ban unban allow disallow report capacity mode off version help; do
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
	[[ $output == "The floor is"* ]]
	run gate capacity bacon --max 70 --connected 7
	[ "$status" -eq 1 ]
	[[ $output == *"beacon"* ]]
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
	[[ $output == *"1 reports taken."* ]]
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
	run timeout 10 socat -t 5 SYSTEM:'sleep 1.5; printf q; sleep 1' \
		"EXEC:$BUILD/peergate --socket $WORK/run/admin.ipc top,pty,setsid,ctty,stderr"
	[ "$status" -eq 0 ]
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
	run gate off --pin-dir "$PINS"
	[ "$status" -eq 0 ]
	reaches 198.51.100.1
	stop_daemon -KILL
	start_daemon
	gate ban 198.51.100.2 --for 1m
	stop_daemon -KILL
	is_kept_from 198.51.100.1
	run gate off
	[ "$status" -eq 3 ] # another socket than the usual one: which pins?
	is_kept_from 198.51.100.1
	run gate off --pin-dir "$PINS"
	[ "$status" -eq 0 ]
	reaches 198.51.100.1
	[ ! -e "$PINS" ]
	start_daemon
}
