#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The dial door: what a node in its cgroup may dial, by TCP and by datagrams, and what leaves for the wire.
#
#   the test's cgroup: dial.py, socat ── NODE (gate0) ──veth── (cable0) PEERS: dial.py serve, on private, bogon and public addresses
bats_require_minimum_version 1.5.0

PRIVATE4=10.1.2.3 PRIVATE4_NEAR=10.1.3.3 SHARED4=100.64.1.3 EXECUTION=172.18.0.3 BOGON4=203.0.113.9 PUBLIC4=8.8.4.4
PRIVATE6=fd00:1::3 BOGON6=3fff::3 PUBLIC6=2a00::3
EVERYWHERE=("$PRIVATE4" "$PRIVATE4_NEAR" "$SHARED4" "$EXECUTION" "$BOGON4" "$PUBLIC4" "$PRIVATE6" "$BOGON6" "$PUBLIC6")

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	HIERARCHY=$(findmnt -n -t cgroup2 -o TARGET | head -1)
	[ -n "$HIERARCHY" ] || skip "no cgroup v2 here"
	gate_up
	CGROUP=$HIERARCHY/pgdial-$$-$BATS_TEST_NUMBER
	mkdir "$CGROUP"
	printf '%s\n' "${EVERYWHERE[@]}" | net_sources "$PEERS"
	start "$PEERS" serve python3 tests/netns/dial.py serve
	wait_for 5 "the peers" has_said serve ready
}

teardown() {
	exec 5>&-
	gate_down
	[ ! -e "${CGROUP:-}" ] || rmdir "$CGROUP"
}

# within COMMAND…: in the node's namespace and cgroup; the sockets are made there, too.
within() {
	(
		echo "$BASHPID" >"$CGROUP/cgroup.procs"
		exec nsenter --net="/run/netns/$NODE" "$@"
	)
}

dials() {
	within python3 tests/netns/dial.py dial "$@"
}

# outcomes HOW:ADDR:PORT…: their outcomes on a line.
outcomes() {
	dials "$@" | tee -a "$WORK/dials" | awk '{ printf "%s%s", sep, $4; sep = " " } END { print "" }'
}

# dial_counted VERDICT REASON [FAMILY]: what status says of the door.
dial_counted() {
	ask --json status | jq --arg verdict "$1" --arg reason "$2" --arg family "${3:-}" '[.counters[] | select(.door == "dial" and
		.verdict == $verdict and .reason == $reason and ($family == "" or .family == $family)) | .packets] | add // 0'
}

dial_explained() {
	ask --json explain "$1" | jq -r '.dial | .verdict + " " + .reason'
}

door_hangs() {
	[ "$(bpftool cgroup show "$CGROUP" | grep -cE 'gate_(connect|sendmsg)[46]')" = 4 ]
}

# node DIAL [FLAGS…]: the gate, whose dial door hangs at the cgroup of the test.
node() {
	local dial=$1
	shift
	gated --dial "$dial" --cgroup "${CGROUP#"$HIERARCHY"}" "$@"
	wait_for 10 "the door" door_hangs
}

# wire_begin: counts what leaves for the peers but neighbour discovery; wire_count ADDR…: packets to these.
wire_begin() {
	start "$PEERS" wire tcpdump -i cable0 -n -l --immediate-mode 'ip or ip6 and not icmp6'
	WIRE=$started
	wait_for 5 "tcpdump" grep -qs listening "$WORK/wire.err"
}

wire_count() {
	local addr count=0
	stop "$WIRE" # one that has ended is welcome
	for addr in "$@"; do
		count=$((count + $(grep -cF "> $addr." "$WORK/wire.out" || true)))
	done
	echo "$count"
}

@test "private: TCP and datagrams fail at once in both families, and nothing leaves" {
	node private
	wire_begin
	[ "$(outcomes tcp:$PRIVATE4:9000 fastopen:$PRIVATE4:9000 udp:$PRIVATE4:9000 connected:$PRIVATE4:9000 mapped:$PRIVATE4:9000 \
		mapped-udp:$PRIVATE4:9000 tcp:$SHARED4:9000)" = "EPERM EPERM EPERM EPERM EPERM EPERM EPERM" ]
	[ "$(outcomes tcp:$PRIVATE6:9000 fastopen:$PRIVATE6:9000 udp:$PRIVATE6:9000 connected:$PRIVATE6:9000)" = "EPERM EPERM EPERM EPERM" ]
	run -1 --separate-stderr within socat -u /dev/null "TCP:$PRIVATE4:9000"
	[[ $stderr == *"Operation not permitted"* ]]
	[ "$(outcomes tcp:$PUBLIC4:9000 udp:$PUBLIC4:9000 tcp:$PUBLIC6:9000 udp:$PUBLIC6:9000)" = "ok ok ok ok" ]
	awk '$4 == "EPERM" && $5 > 50 { print; slow = 1 } END { exit slow }' "$WORK/dials"
	[ "$(wire_count "$PUBLIC4" "$PUBLIC6")" -gt 0 ]
	[ "$(wire_count "$PRIVATE4" "$SHARED4" "$PRIVATE6")" = 0 ]
	[ "$(dial_counted refuse private ipv4)" = 8 ]
	[ "$(dial_counted refuse private ipv6)" = 4 ]
}

@test "what is no peer stays: DNS, the execution client, loopback, other processes" {
	node bogon
	[ "$(outcomes udp:$PRIVATE4:53 tcp:$PRIVATE4:53 connected:$PRIVATE6:53 tcp:$EXECUTION:8551)" = "ok ok ok ok" ]
	start "$NODE" local python3 tests/netns/dial.py serve
	wait_for 5 "the local server" has_said local ready
	[ "$(outcomes tcp:127.0.0.1:9000 udp:127.0.0.1:9000 tcp:::1:9000 tcp:0.0.0.0:9000)" = "ok ok ok ok" ]
	[ "$(outcomes tcp:$PRIVATE4:9000)" = "EPERM" ]
	nsenter --net="/run/netns/$NODE" python3 tests/netns/dial.py dial "tcp:$PRIVATE4:9000" "udp:$PRIVATE6:9000" |
		awk '$4 != "ok" { exit 1 }'
}

@test "private leaves bogons alone, bogon does not, off asks nothing; each by SIGHUP, without a break" {
	printf '%s\n' "interface = gate0" "service = beacon=tcp:$PORT,quic:$PORT" "mode = enforce" "user = nobody" "pace = off" \
		"cgroup = ${CGROUP#"$HIERARCHY"}" "run-dir = $RUN" "pin-dir = $PINS" "store = none" "dial = private" >"$WORK/peergated.conf"
	chmod 644 "$WORK/peergated.conf"
	start "$NODE" peergated "$BUILD/peergated" --config "$WORK/peergated.conf"
	DAEMON=$started
	wait_for 10 "peergated" daemon_answers
	wait_for 10 "the door" door_hangs
	[ "$(outcomes tcp:$BOGON4:9000 tcp:$BOGON6:9000 tcp:$PRIVATE4:9000)" = "ok ok EPERM" ]
	reload_dial bogon
	[ "$(outcomes tcp:$BOGON4:9000 udp:$BOGON6:9000 tcp:$PRIVATE4:9000)" = "EPERM EPERM EPERM" ]
	[ "$(dial_counted refuse bogon ipv4) $(dial_counted refuse bogon ipv6)" = "1 1" ]
	reload_dial off
	[ "$(outcomes tcp:$BOGON4:9000 udp:$BOGON6:9000 tcp:$PRIVATE4:9000)" = "ok ok ok" ]
}

# reload_dial VALUE: and waits until it is in force.
reload_dial() {
	local before
	before=$(grep -c reloaded "$WORK/peergated.err" || true)
	sed -i "s/^dial = .*/dial = $1/" "$WORK/peergated.conf"
	kill -HUP "$DAEMON"
	wait_for 5 "the reload" reloaded_after "$before"
}

reloaded_after() {
	[ "$(grep -c reloaded "$WORK/peergated.err")" -gt "$1" ]
}

@test "allow is the exception, disallow its end" {
	node private
	[ "$(outcomes tcp:$PRIVATE4:9000 tcp:$PRIVATE6:9000)" = "EPERM EPERM" ]
	[ "$(dial_explained "$PRIVATE4") $(dial_explained "$PUBLIC4")" = "refuse private admit none" ]
	ask explain "$PRIVATE4" | grep 'dials of the node to it are refused, reason private'
	ask allow 10.1.2.0/24
	[ "$(dial_explained "$PRIVATE4") $(dial_explained "$PRIVATE4_NEAR")" = "admit none refuse private" ]
	ask allow fd00:1::/32
	[ "$(outcomes tcp:$PRIVATE4:9000 udp:$PRIVATE4:9000 tcp:$PRIVATE6:9000 tcp:$PRIVATE4_NEAR:9000)" = "ok ok ok EPERM" ]
	ask disallow 10.1.2.0/24
	[ "$(outcomes tcp:$PRIVATE4:9000)" = "EPERM" ]
}

@test "banned destinations are a setting of their own, and a ban's reason is told" {
	node off --dial-banned no
	ask ban "$PUBLIC4"
	ask ban "$PUBLIC6"
	[ "$(outcomes tcp:$PUBLIC4:9000 tcp:$PUBLIC6:9000)" = "ok ok" ]
	daemon_off
	node off --dial-banned yes
	ask ban "$PUBLIC4"
	ask ban "$PUBLIC6"
	[ "$(outcomes tcp:$PUBLIC4:9000 tcp:$PUBLIC6:9000 tcp:$PRIVATE4:9000)" = "EPERM EPERM ok" ]
	[ "$(dial_counted refuse operator)" = 2 ]
	[ "$(dial_explained "$PUBLIC4")" = "refuse operator" ]
	[ "$(outcomes udp:$PUBLIC4:9000)" = "ok" ]
	ask unban "$PUBLIC4"
	[ "$(outcomes tcp:$PUBLIC4:9000)" = "ok" ]
}

@test "observe: all of it leaves, and what would be refused is counted at this door" {
	daemon_start "$NODE" observe --user nobody --pace off --dial private --cgroup "${CGROUP#"$HIERARCHY"}"
	wait_for 10 "the door" door_hangs
	[ "$(ask --json status | jq -r '[.doors[] | select(.hook | test("^(connect|sendmsg)[46]$")) | select(.on) | .hook] | sort | join(" ")')" \
		= "connect4 connect6 sendmsg4 sendmsg6" ]
	[ "$(outcomes tcp:$PRIVATE4:9000 udp:$PRIVATE6:9000)" = "ok ok" ]
	run ! grep -q 'no cgroup carries' <(ask --json status)
	[ "$(dial_counted would_refuse private ipv4) $(dial_counted would_refuse private ipv6)" = "1 1" ]
	[ "$(dial_counted refuse private)" = 0 ]
}

@test "a killed daemon leaves the door shut; off opens it" {
	node private
	killed
	[ "$(outcomes tcp:$PRIVATE4:9000 tcp:$PUBLIC4:9000)" = "EPERM ok" ]
	nsenter --net="/run/netns/$NODE" "$BUILD/peergated" --off --pin-dir "$PINS"
	[ "$(outcomes tcp:$PRIVATE4:9000)" = "ok" ]
}

@test "a socket belongs to the cgroup in which it was made" {
	node private
	[ "$(nsenter --net="/run/netns/$NODE" python3 tests/netns/dial.py held "$CGROUP" "tcp:$PRIVATE4:9000" | awk '{ print $4 }')" = ok ]
}

@test "a refusal is told to watchers, with the destination's address and port" {
	node private
	start "$NODE" watch "$BUILD/peergate" --socket "$RUN/admin.ipc" watch
	start "$NODE" watch_json "$BUILD/peergate" --socket "$RUN/admin.ipc" --json watch
	wait_for 5 "the event" refused_and_said "our dial to $PRIVATE4, tcp:9000, reason private"
	jq -es --arg addr "$PRIVATE4" 'map(select(.door == "dial"))[0] | .addr == $addr and .source_port == 9000 and .family == "ipv4" and
		.transport == "tcp" and .verdict == "refuse" and .reason == "private"' "$WORK/watch_json.out"
}

# refused_and_said WORDS: a dial is refused, and both watchers, once they listen, say so.
refused_and_said() {
	outcomes "tcp:$PRIVATE4:9000"
	has_said watch "$1" && has_said watch_json judgement
}

# host_start: a go-libp2p host in the node's cgroup, which listens on the gated port and dials from there; it obeys lines on descriptor 5.
host_start() {
	mkfifo "$WORK/commands"
	exec 5<>"$WORK/commands"
	(
		echo 0 >"$CGROUP/cgroup.procs"
		exec nsenter --net="/run/netns/$NODE" "$BUILD/peers/peers" host "/ip4/$NODE_V4/tcp/$PORT" "/ip4/$NODE_V4/udp/$PORT/quic-v1" \
			"/ip6/$NODE_V6/tcp/$PORT" "/ip6/$NODE_V6/udp/$PORT/quic-v1"
	) <"$WORK/commands" >"$WORK/host.out" 2>"$WORK/host.err" 3>&- &
	STARTED+=("$!")
	wait_for 10 "the node's host" has_said host
}

# libp2p_dials MULTIADDR…: and waits until each has connected or failed.
libp2p_dials() {
	local addr
	for addr in "$@"; do
		echo "dial $addr" >&5
	done
	for addr in "$@"; do
		wait_for 10 "$addr" has_said host "$addr"
	done
}

@test "go-libp2p: dials to private addresses fail at once over TCP and QUIC, and none leaves; public ones connect" {
	[ -x "$BUILD/peers/peers" ] || skip "no $BUILD/peers/peers: make peers"
	local id private public=() addr
	start "$PEERS" remote "$BUILD/peers/peers" host "/ip4/$PUBLIC4/tcp/$PORT" "/ip4/$PUBLIC4/udp/$PORT/quic-v1" "/ip6/$PUBLIC6/tcp/$PORT"
	wait_for 10 "the remote host" has_said remote
	id=$(head -1 "$WORK/remote.out")
	node private
	host_start
	wire_begin
	private=("/ip4/$PRIVATE4/tcp/$PORT" "/ip4/$PRIVATE4/udp/$PORT/quic-v1" "/ip4/$SHARED4/tcp/$PORT" "/ip4/$SHARED4/udp/$PORT/quic-v1"
		"/ip6/$PRIVATE6/tcp/$PORT" "/ip6/$PRIVATE6/udp/$PORT/quic-v1")
	libp2p_dials "${private[@]}"
	awk '$1 == "failed" && $3 <= 100 { n++ } END { exit n != 6 }' "$WORK/host.out" || { cat "$WORK/host.out" && false; }
	for addr in "/ip4/$PUBLIC4/tcp/$PORT" "/ip6/$PUBLIC6/tcp/$PORT" "/ip4/$PUBLIC4/udp/$PORT/quic-v1"; do
		public+=("$addr")
		echo "dial $addr/p2p/$id" >&5
		wait_for 10 "$addr" has_said host "connected outbound $addr"
		echo close >&5
		wait_for 10 "its end" has_said host "closed outbound $addr"
	done
	[ "$(wire_count "$PUBLIC4" "$PUBLIC6")" -gt 0 ]
	[ "$(wire_count "$PRIVATE4" "$SHARED4" "$PRIVATE6")" = 0 ]
	[ "$(dial_counted refuse private)" -ge 6 ]
}

@test "without a cgroup the egress serves alone: QUIC dials to private and banned addresses are dropped, TCP is not judged" {
	[ -x "$BUILD/peers/peers" ] || skip "no $BUILD/peers/peers: make peers"
	local id
	start "$PEERS" remote "$BUILD/peers/peers" host "/ip4/$PUBLIC4/udp/$PORT/quic-v1" "/ip4/$PRIVATE4/udp/$PORT/quic-v1" \
		"/ip6/$PUBLIC6/udp/$PORT/quic-v1"
	wait_for 10 "the remote host" has_said remote
	id=$(head -1 "$WORK/remote.out")
	gated --dial private --dial-banned yes --cgroup none
	ask status | grep 'the node may not dial: private addresses, nor who is banned'
	ask --json status | jq -e '.dial.ranges == "private" and .dial.banned and (.dial.ports | index(8551)) != null'
	ask --json status | jq -r '.warnings[]' | grep 'no cgroup carries the hooks'
	[ "$(ask --json status | jq -r '.doors[] | select(.hook == "egress") | .on')" = true ]
	ask ban "$PUBLIC4"
	host_start
	wire_begin
	# To strangers: dials to one peer ID at a time would be one dial.
	libp2p_dials "/ip4/$PRIVATE4/udp/$PORT/quic-v1" "/ip4/$PUBLIC4/udp/$PORT/quic-v1"
	echo "dial /ip6/$PUBLIC6/udp/$PORT/quic-v1/p2p/$id" >&5
	wait_for 10 "the dial that may go" has_said host "connected outbound /ip6/$PUBLIC6/udp"
	[ "$(grep -c '^failed' "$WORK/host.out")" = 2 ]
	[ "$(wire_count "$PRIVATE4" "$PUBLIC4")" = 0 ]
	[ "$(dial_counted refuse private)" -ge 1 ]
	[ "$(dial_counted refuse operator)" -ge 1 ]
	[ "$(outcomes "tcp:$PRIVATE4:9000")" = ok ]
}
