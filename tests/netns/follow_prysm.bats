#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# follow: Prysm's logs become refusals in the real gate, whatever happens to the file, to the lines and to the daemon.

bats_require_minimum_version 1.5.0
load gate.bash
load follow.bash

SEED=54.160.155.134
DATA=tests/data/prysm

setup() {
	gate_up
	echo "$SEED" | net_sources "$PEERS"
	LOG=$WORK/node.log
}

teardown() {
	gate_down
}

# follow [FLAGS…]: from the outside of any namespace: it needs the socket and nothing else.
follow() {
	"$BUILD/peergate" --socket "$RUN/peergate.ipc" follow prysm "$@"
}

@test "a dry run prints the reports of the 2019 log" {
	run -0 --separate-stderr follow --dry-run --from-start $DATA/2019-bad-peer.json.log
	[ "$(grep -c '"event":"connected"' <<<"$output")" -eq 19 ]
	[ "$(grep -c '"result":"error"' <<<"$output")" -eq 3 ]
	[ "$(jq -c 'select(.event == "verdict") | [.result, .reason, .addr, .secondhand, .at + 0]' <<<"$output")" = \
		'["ban","bad_score","/ip4/54.160.155.134/tcp/33192",true,1576199800]' ]
	run -0 --separate-stderr follow --dry-run <$DATA/2019-full-node.json.log
	[ "$(jq -c '[.event, .reason, .code, .direction, .addr]' <<<"$output" | sort | uniq -c | xargs)" = \
		'15 [goodbye,too_many_peers,129,outbound,null]' ]
}

@test "the 2019 log shuts its bad peer out, on the wire" {
	gated
	start "$NODE" listener socat "TCP-LISTEN:$PORT,fork,reuseaddr" SYSTEM:"echo in"
	wait_for 5 "the listener" reaches "$SEED"
	start_input=$DATA/2019-bad-peer.json.log follow_start --service beacon -
	wait_for 5 "the ban" is_refused "$SEED"
	[ "$(ask --json explain "$SEED" | jq -r '.standing + " " + .reason')" = "banned bad_score" ]
	run ! reaches "$SEED"
	reaches "$GOOD"
}

reaches() {
	[ "$(net_in "$PEERS" timeout 1 socat -T1 - "TCP:$NODE_V4:$PORT,bind=$1" </dev/null 2>/dev/null)" = in ]
}

# taken N: the daemon has had so many reports.
taken() {
	[ "$(ask --json status | jq '.book.reports + .book.reports_ignored')" -ge "$1" ]
}

@test "the logs of 7.1.6: refused as expected, nobody else" {
	local reports=0
	gated
	for scenario in $(jq -r 'keys[] | select(startswith("2019") | not)' $DATA/expected.json); do
		reports=$((reports + $(follow --dry-run --from-start "$DATA/$scenario.json.log" | wc -l)))
		follow_start --from-start "$DATA/$scenario.json.log"
		wait_for 10 "$scenario to be read" said "times are moved"
		wait_for 10 "$scenario to be told" taken "$reports"
		stop "$FOLLOWER"
		said " 0 refused, 0 dropped, 0 waiting"
	done
	for addr in $(jq -r '.[].refused[] | select(startswith("198."))' $DATA/expected.json); do
		is_refused "$addr" || { echo "$addr passes"; false; }
	done
	local may
	may=$(jq -r '.[] | .refused[], .may[]' $DATA/expected.json)
	for addr in 198.51.100.{1..50} 203.0.113.{9..13} 203.0.113.99; do
		grep -qxF "$addr" <<<"$may" && continue
		if is_refused "$addr"; then
			echo "$addr is refused"
			return 1
		fi
	done
}

@test "a file that is not there yet, grows, is rotated, is truncated" {
	gated
	follow_start "$LOG"
	wait_for 5 "it to wait" said "not there yet"
	mute 198.51.100.1 30 >"$LOG"
	sleep 0.2
	mute 198.51.100.1 20 >>"$LOG"
	wait_for 3 "what was appended" is_refused 198.51.100.1
	mv "$LOG" "$LOG.1"
	mute 198.51.100.2 30 >>"$LOG.1" # the node goes on writing to the old one for a while
	mute 198.51.100.2 20 >"$LOG"
	wait_for 3 "what came across the rotation" is_refused 198.51.100.2
	mute 198.51.100.3 30 >"$LOG"
	wait_for 3 "the truncation to be seen" said "begins anew.*"
	mute 198.51.100.3 20 >>"$LOG"
	wait_for 3 "what came after the truncation" is_refused 198.51.100.3
	stop "$FOLLOWER"
	said "follow: 6 lines, 12 reports (12 taken"
}

@test "a file that was cut and is as long again before anybody looked" {
	gated
	{ mute 198.51.100.1 30; mute 198.51.100.1 20; } >"$LOG"
	follow_start "$LOG"
	wait_for 5 "it to begin" said "from its end on"
	{ mute 198.51.100.3 30; mute 198.51.100.3 20; } >"$WORK/anew"
	dd if="$WORK/anew" of="$LOG" conv=notrunc status=none
	wait_for 3 "what was written anew" is_refused 198.51.100.3
	[ "$(verdict_of 198.51.100.1)" = admit ]
}

@test "what was in the file before is not told, unless asked for" {
	gated
	{ mute 198.51.100.1 30; mute 198.51.100.1 20; } >"$LOG"
	follow_start "$LOG"
	wait_for 5 "it to begin" said "from its end on"
	mute 198.51.100.2 10 >>"$LOG"
	sleep 0.2
	mute 198.51.100.2 1 >>"$LOG"
	wait_for 3 "the new lines" is_refused 198.51.100.2
	[ "$(verdict_of 198.51.100.1)" = admit ]
	stop "$FOLLOWER"
	follow_start --from-start "$LOG"
	wait_for 3 "the old lines" is_refused 198.51.100.1
}

@test "the daemon goes and comes back: what was said meanwhile is told then" {
	gated
	: >"$LOG"
	follow_start "$LOG"
	wait_for 5 "it to begin" said "from its end on"
	mute 198.51.100.1 30 >>"$LOG"
	wait_for 5 "the first line" knows 16UiuMute1
	stop "$DAEMON"
	mute 198.51.100.2 20 >>"$LOG"
	sleep 0.2
	mute 198.51.100.2 10 >>"$LOG"
	wait_for 5 "the loss to be said" said "the daemon takes no reports"
	gated
	wait_for 5 "what waited" is_refused 198.51.100.2
	said "the daemon takes reports again"
	stop "$FOLLOWER"
	said " 0 dropped, 0 waiting"
}

knows() {
	ask --json peers | grep -q "$1"
}

@test "bad lines are skipped and counted, and the follower goes on" {
	gated
	{
		mute 198.51.100.1 30
		head -c 10000000 /dev/zero | tr '\0' x
		echo
		head -c 3000 /dev/urandom | tr -d '\n'
		echo
		mute 198.51.100.9 25 | head -c 100
		echo
		mute 198.51.100.9 -7200
		mute 198.51.100.9 -7200
		mute not-an-address 5
		mute 198.51.100.1 20
	} >"$WORK/bad.log"
	: >"$LOG"
	follow_start "$LOG"
	wait_for 5 "it to begin" said "from its end on"
	mute 198.51.100.3 1 >>"$LOG" # now it knows the node's clock
	wait_for 5 "the first line" knows 16UiuMute3
	cat "$WORK/bad.log" >>"$LOG"
	wait_for 5 "the last line" is_refused 198.51.100.1
	[ "$(awk '/^VmHWM/ { print $2 }' "/proc/$FOLLOWER/status")" -lt 65536 ]
	[ "$(verdict_of 198.51.100.9)" = admit ]
	stop "$FOLLOWER"
	tail -1 "$WORK/follow.err"
	said "skipped: 2 no entries, 0 unproven, 0 near those, 1 too long, 0 cut, 2 from the future, 1 without a peer"
}

@test "a log in which peers can write entries is told of, and nothing in it is believed" {
	gated
	{
		head -1 $DATA/a-tcp-mute.file.log
		echo 'time="2026-11-22 22:27:50.32" level=debug msg="Peer disconnected" agent="x'
		mute 203.0.113.99 20
		mute 203.0.113.99 10
		echo '" package=beacon-chain/p2p'
	} >"$LOG"
	follow_start --from-start "$LOG"
	wait_for 5 "the advice" said "or start it with --log-format=json"
	stop "$FOLLOWER"
	said "follow: 5 lines, 0 reports"
}

# api_start: a stand-in for the node's API, in the node's namespace: it answers with $WORK/peers.json and counts how often.
api_start() {
	echo '{"data":[],"meta":{"count":0}}' >"$WORK/peers.json"
	cat >"$WORK/api.py" <<-'EOF'
		import http.server, sys
		class Api(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        body = open(sys.argv[1], "rb").read()
		        self.send_response(200)
		        self.send_header("Content-Type", "application/json")
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)
		        open(sys.argv[2], "a").write("asked\n")
		    def log_message(self, *words):
		        pass
		http.server.HTTPServer(("127.0.0.1", 3500), Api).serve_forever()
	EOF
	: >"$WORK/asked"
	start "$NODE" api python3 "$WORK/api.py" "$WORK/peers.json" "$WORK/asked"
}

# api_says STATE PORT: of the peer at 198.51.100.1; and waits until that was asked for.
api_says() {
	printf '{"data":[{"peer_id":"16UiuMute1","enr":null,"last_seen_p2p_address":"/ip4/198.51.100.1/tcp/%d","state":"%s","direction":"inbound"}],"meta":{"count":1}}' \
		"$2" "$1" >"$WORK/peers.new"
	mv "$WORK/peers.new" "$WORK/peers.json"
	: >"$WORK/asked"
	wait_for 10 "the API to be asked" grep -q asked "$WORK/asked"
}

@test "the debug file is believed where the node's API bears it out" {
	gated
	: >"$LOG"
	api_start
	follow_start --api http://127.0.0.1:3500 --service becon --max 1 "$LOG"
	wait_for 10 "the count to be told, of a service that is none" said "how full the node is was refused: .*becon"
	stop "$FOLLOWER"
	: >"$WORK/asked"
	follow_start --api http://127.0.0.1:3500 --service beacon --max 1 "$LOG"
	wait_for 10 "the API to be asked" grep -q asked "$WORK/asked"
	for number in 20001 20002; do
		api_says connected "$number"
		file_mute 198.51.100.1 "$number" >>"$LOG"
		file_mute 203.0.113.99 "$number" >>"$LOG"
		api_says disconnected "$number"
	done
	wait_for 10 "both to be told" is_refused 198.51.100.1
	[ "$(verdict_of 203.0.113.99)" = admit ]
	stop "$FOLLOWER"
	run ! said "was refused"
	said ", 4 reports (4 taken"
	said "skipped: 0 no entries, 4 unproven"
}

@test "a service that is none, and a daemon that is none, are said" {
	run -3 follow - <$DATA/2019-bad-peer.json.log
	[[ $output == *"25 reports were not delivered"* ]]
	gated
	run -0 follow --service becon - <$DATA/2019-bad-peer.json.log
	[[ $output == *"a report was refused: "*becon* ]]
	[[ $output == *"(0 taken, 25 refused, 0 dropped, 0 waiting)"* ]]
}

@test "it needs nothing but the socket's group" {
	gated --group nogroup
	chmod 711 "$WORK"
	{ mute 198.51.100.1 30; mute 198.51.100.1 20; } >"$LOG"
	chmod 644 "$LOG"
	cp "$BUILD/peergate" "$WORK/peergate"
	start "$NODE" follow setpriv --reuid 65533 --regid nogroup --clear-groups --bounding-set -all --no-new-privs \
		"$WORK/peergate" --socket "$RUN/peergate.ipc" follow prysm --from-start "$LOG"
	wait_for 5 "its reports" is_refused 198.51.100.1
}

@test "who is no client, and what is no file, is said" {
	run -2 "$BUILD/peergate" follow prysm --max 5 "$LOG"
	[[ $output == *"--max needs --api"* ]]
	run -2 "$BUILD/peergate" follow prysm --api http://127.0.0.1:1 --service x --max none "$LOG"
	[[ $output == *'not "none"'* ]]
	run -2 "$BUILD/peergate" follow prysm --journal x "$LOG"
	[[ $output == *"follow reads one log"* ]]
	run -2 "$BUILD/peergate" follow prism "$LOG"
	[[ $output == *"did you mean prysm"* ]]
	run -1 follow "$WORK"
	[[ $output == *"is no regular file"* ]]
}
