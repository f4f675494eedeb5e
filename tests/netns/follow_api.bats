#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# follow --api: a node's Beacon API that answers well, badly, slowly, for ever or not at all (tests/netns/api.py), in the node's namespace.

bats_require_minimum_version 1.5.0
load gate.bash
load follow.bash

setup() {
	gate_up
	LOG=$WORK/node.log
	: >"$LOG"
	peers 1
}

teardown() {
	gate_down
}

# peers COUNT [STATE]: what the API answers with from now on.
peers() {
	seq "$1" | jq -cn --arg state "${2:-connected}" '[inputs | {peer_id: "16UiuPeer\(.)", enr: ("enr:-" + "x" * 280),
		last_seen_p2p_address: "/ip4/198.51.\(. / 250 | floor).\(. % 250 + 1)/tcp/4001", state: $state, direction: "inbound"}] |
		{data: ., meta: {count: length}}' >"$WORK/peers.new"
	mv "$WORK/peers.new" "$WORK/peers.json"
}

# api MODE [HOST [PORT [CERTIFICATE]]]: begins to serve, or goes on in another mode.
api() {
	echo "$1" >"$WORK/mode.new"
	mv "$WORK/mode.new" "$WORK/mode"
	: >"$WORK/asked"
	[ -z "${API:-}" ] || return 0
	start "$NODE" api python3 tests/netns/api.py "$WORK" "${@:2}"
	API=$started
	wait_for 5 "the API" listens "${3:-3500}"
}

listens() {
	net_in "$NODE" ss -Hltn "sport = :$1" | grep -q .
}

api_stop() {
	stop "$API"
	API=
}

asked() {
	wc -l <"$WORK/asked"
}

asked_times() {
	[ "$(asked)" -ge "$1" ]
}

# gaps: the seconds between the questions, one a line.
gaps() {
	jq -s '[.[].at] | [.[1:], .[:-1]] | transpose[] | .[0] - .[1]' "$WORK/asked"
}

@test "each bad answer is said once, with its reason; the log is followed meanwhile; then it answers again" {
	local mode words
	while IFS='|' read -r mode words; do
		api "$mode"
		follow_start --dry-run --api http://127.0.0.1:3500 "$LOG"
		wait_for 10 "$mode to be said" said "API does not answer, .*$words"
		colour_mute 198.51.100.1 >>"$LOG"
		wait_for 5 "the log" told_times 198.51.100.1 1
		api ok
		wait_for 10 "$mode to be over" said "answers again, after [1-9][0-9]* failures"
		[ "$(grep -c 'does not answer' "$WORK/follow.err")" -eq 1 ]
		stop "$FOLLOWER"
	done <<-END
		503|http://127.0.0.1:3500/eth/v1/node/peers: answers with status 503
		500|answers with status 500
		404|answers with status 404
		html|the answer (text/html) is not JSON
		ssz|the answer (application/octet-stream) is not JSON
		no-list|no list "data": is it a Beacon API
		truncated|transfer closed with [0-9]* bytes remaining
		redirect|status 302, a redirection, which is not followed
		endless|longer than 64 MiB
		bomb|longer than 64 MiB
		drips|timed out
	END
}

@test "packed, in chunks, with a path before it, over IPv6: it is understood, and asked for JSON" {
	for mode in gzip chunked; do
		api $mode
		follow_start --dry-run --api http://127.0.0.1:3500/node/one// "$LOG"
		wait_for 5 "$mode" asked_times 1
		sleep 0.5
		run ! said "does not answer"
		[ "$(jq -r '.path + " " + .accept' "$WORK/asked" | head -1)" = "/node/one/eth/v1/node/peers application/json" ]
		stop "$FOLLOWER"
	done
	api_stop
	api ok ::1 3501
	follow_start --dry-run --api "http://[::1]:3501" "$LOG"
	wait_for 5 "IPv6" asked_times 1
	sleep 0.5
	run ! said "does not answer"
}

@test "a redirection leads nowhere, a password is sent and never said, a certificate must be good" {
	start "$NODE" elsewhere socat -u TCP-LISTEN:3501,fork,reuseaddr OPEN:"$WORK/elsewhere",creat,append
	wait_for 5 "the other server" listens 3501
	api redirect
	follow_start --dry-run --api http://user:secret@127.0.0.1:3500 "$LOG"
	wait_for 5 "the redirection" said "http://127.0.0.1:3500/eth/v1/node/peers: answers with status 302"
	wait_for 5 "the password" grep -q "Basic $(printf user:secret | base64)" "$WORK/asked"
	run ! said secret
	stop "$FOLLOWER"
	[ ! -s "$WORK/elsewhere" ]
	api_stop
	openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
		-keyout "$WORK/key" -out "$WORK/cert" 2>/dev/null
	cat "$WORK/key" "$WORK/cert" >"$WORK/both"
	api ok 127.0.0.1 3502 "$WORK/both"
	follow_start --dry-run --api https://127.0.0.1:3502 "$LOG"
	wait_for 5 "the certificate" said "API does not answer.*certificate"
	[ "$(asked)" -eq 0 ]
	run -1 "$BUILD/peergate" follow prysm --api "http://127.0.0.1:3500/?token=x" "$LOG"
	[[ $output == *"is no address of an HTTP API"* ]]
}

@test "it is asked each six seconds, each second while somebody waits, ever more rarely while it fails" {
	api ok
	follow_start --dry-run --api http://127.0.0.1:3500 "$LOG"
	wait_for 15 "three questions" asked_times 3
	gaps | jq -es 'all(. > 5.9 and . < 7)'
	: >"$WORK/asked"
	for _ in 1 2 3 4 5 6 7 8; do
		file_mute 203.0.113.99 >>"$LOG" # waits for an answer that bears it out
		sleep 0.5
	done
	asked_times 3
	gaps | jq -es 'all(. > 0.95)'
	api 503
	wait_for 20 "five failures" asked_times 5
	gaps | jq -es 'length >= 4 and (. as $g | [range(1; length)] | all($g[.] > $g[. - 1] * 1.7))'
}

@test "a node that starts later, and again" {
	follow_start --dry-run --api http://127.0.0.1:3500 "$LOG"
	wait_for 5 "it to be missed" said "does not answer, .*Couldn't connect"
	api ok
	wait_for 10 "the node" said "answers again"
	api_stop
	wait_for 10 "its end" said_times "does not answer" 2
	api ok
	wait_for 20 "it again" said_times "answers again" 2
}

said_times() {
	[ "$(grep -c "$1" "$WORK/follow.err")" -eq "$2" ]
}

@test "fifty thousand peers, and all of them anew: bounded memory, and the log does not wait" {
	peers 50000
	[ "$(stat -c %s "$WORK/peers.json")" -gt 20000000 ]
	api ok
	follow_start --dry-run --api http://127.0.0.1:3500 "$LOG"
	wait_for 10 "the first answer" asked_times 1
	colour_mute 198.51.100.1 >>"$LOG"
	wait_for 3 "the log" told_times 198.51.100.1 1
	wait_for 20 "the second" asked_times 2
	high=$(peak)
	peers 50000 disconnected
	wait_for 40 "the fourth" asked_times 4
	sleep 1
	run ! said "does not answer"
	echo "peak $high, then $(peak) KiB"
	[ "$(peak)" -lt 262144 ]
	[ "$(peak)" -lt $((high * 3 / 2)) ]
}

peak() {
	awk '/^VmHWM/ { print $2 }' "/proc/$FOLLOWER/status"
}

@test "where log and API name different hosts, the milder reading is told, of the peer alone, and counted" {
	sed -i 's,/ip4/[0-9.]*/,/ip4/198.51.100.77/,; s,16UiuPeer1,16UiuMute1,' "$WORK/peers.json"
	api ok
	follow_start --dry-run --api http://127.0.0.1:3500 "$LOG"
	wait_for 10 "the first answer" asked_times 1
	sleep 0.5
	colour_mute 198.51.100.1 >>"$LOG"
	colour_mute 198.51.100.2 >>"$LOG" # of whom the API says nothing
	wait_for 5 "who is not disputed" told_times 198.51.100.2 1
	[ "$(grep -c 16UiuMute1 "$WORK/follow.out")" -eq 0 ] # the API may think again for 15 s
	wait_for 20 "who is" grep -q '"peer":"16UiuMute1","direction":"inbound","event":"handshake","result":"timeout"' "$WORK/follow.out"
	run ! grep -E '"addr":"/ip4/198.51.100.(1|77)/' "$WORK/follow.out"
	stop "$FOLLOWER"
	said "2 disputed"
}

floor() {
	ask --json status | jq -r '.services[] | select(.name == "beacon") | .floor'
}

is_open() {
	[ "$(floor)" = -100 ]
}

is_shut() {
	! is_open
}

reaches() {
	net_in "$PEERS" timeout 2 socat -u /dev/null "TCP:$NODE_V4:$PORT,connect-timeout=1,bind=$1" 2>/dev/null
}

@test "a full node's floor rises, and opens when a peer leaves, the API dies, the follower ends" {
	gated --cold-start 0 --capacity-stale 9s
	start "$NODE" listener socat -u "TCP-LISTEN:$PORT,fork,reuseaddr" OPEN:/dev/null
	wait_for 5 "the listener" listens "$PORT"
	# Neither a newcomer, of whom a few may come in, nor refused for itself.
	for event in '"event": "handshake", "result": "ok"' '"event": "response", "result": "bad"'; do
		printf '{"peer": "16UiuPoor", "addr": "/ip4/%s/tcp/4001", "direction": "inbound", %s}\n' "$BAD" "$event"
	done | ask report
	peers 3
	api ok
	follow_start --api http://127.0.0.1:3500 --service beacon --max 4 "$LOG"
	wait_for 5 "the first answer" asked_times 1
	sleep 0.3
	is_open
	reaches "$BAD"
	peers 4
	wait_for 10 "the floor" is_shut
	run ! reaches "$BAD"
	sleep 10 # it stays, for it is told again
	is_shut
	peers 3
	wait_for 10 "the room" is_open
	reaches "$BAD"
	peers 4
	wait_for 10 "the floor again" is_shut
	api 503
	wait_for 20 "the end of what the API said" is_open
	api ok
	wait_for 30 "it to answer again" is_shut
	stop "$FOLLOWER"
	wait_for 12 "the end of what the follower said" is_open
	reaches "$BAD"
}
