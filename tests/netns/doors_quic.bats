#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2153,SC2154
# QUIC through the gate in both directions, with real stacks that dial from the port that they listen on: answers to the node's own
# dials pass whoever sends them, dials of the same peer are judged, connections that live go on.

V6PEER=2001:db8:1000::7

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	export BUILD=${BUILD:-build}
	make -s peers >&2 || skip "the peers cannot be built here: no Go, or no modules"
}

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	gate_up
	printf '%s\n' "$V6PEER" | net_sources "$PEERS"
	ROLES=$BUILD/peers/peers
}

teardown() {
	exec 5>&- 6>&-
	gate_down
}

# speakers FLAGS…: a plain stack on the node (fd 5 commands it) and one at the peer's address (fd 6).
speakers() {
	mkfifo "$WORK/node.in" "$WORK/peer.in"
	exec 5<>"$WORK/node.in" 6<>"$WORK/peer.in"
	start_input=$WORK/node.in start "$NODE" node "$ROLES" quic -at "$(at "$HOST")" "$@"
	start_input=$WORK/peer.in start "$PEERS" peer "$ROLES" quic -at "$(at "$PEER")" "$@"
	wait_for 10 "the node" has_said node ready
	wait_for 10 "the peer" has_said peer ready
}

at() {
	case $1 in *:*) echo "[$1]:$PORT" ;; *) echo "$1:$PORT" ;; esac
}

# lines NAME WORDS: how many lines of what it said begin so.
lines() {
	grep -c "^$2" "$WORK/$1.out" || true
}

# said NAME WORDS COUNT: waits until it has said so, COUNT times in all.
said() {
	wait_for 10 "$1 to say \"$2\" $3 times" said_now "$@"
}

said_now() {
	[ "$(lines "$1" "$2")" -ge "$3" ]
}

banned_both_ways() {
	speakers "$@"
	ask ban "$PEER"
	# Twice each: the second on the ports of the first.
	for turn in 1 2; do
		echo "dial $(at "$PEER")" >&5
		said node "connected outbound" "$turn"
		echo "dial $(at "$HOST")" >&6
		said peer failed "$turn"
		echo ping >&5
		said node pong "$turn"
		echo close >&5
		said node "closed outbound" "$turn"
	done
	[ "$(lines node "connected inbound")" = 0 ]
	[ "$(lines peer "connected inbound")" = 2 ]
	ask unban "$PEER"
	echo "dial $(at "$HOST")" >&6
	said peer "connected outbound" 1
}

@test "a banned peer that the node dials connects, and cannot dial: version 1, IDs of 4 bytes" {
	HOST=$NODE_V4 PEER=$BAD
	gated
	banned_both_ways
}

@test "the same with IDs of 8 bytes" {
	HOST=$NODE_V4 PEER=$BAD
	gated
	banned_both_ways -id-length 8
}

@test "the same in version 2, IPv6, with Retry" {
	HOST=$NODE_V6 PEER=$V6PEER
	gated
	banned_both_ways -version 2 -retry -id-length 8
}

@test "the same on clsact and on native XDP" {
	HOST=$NODE_V4 PEER=$BAD
	gated --attach clsact
	banned_both_ways -id-length 8
	ask off
	exec 5>&- 6>&-
	stop_all
	rm "$WORK"/*.in
	gated --attach native
	banned_both_ways
}

# opened ADDRESS: connections of a source in all, as the witness has them.
opened() {
	bpftool -j map dump pinned "$PINS/witness" | jq --argjson key "$1" '[.[].formatted | select(.key.address == $key) |
		.value.opened] | add // 0'
}

# witnessed N: dials of the peer that proved his address.
witnessed() {
	[ "$(opened '[0,0,255,255,192,0,2,7]')" = "$1" ]
}

@test "a full node answers its own dials' answers, and refuses strangers" {
	HOST=$NODE_V4 PEER=$BAD
	gated --newcomers 1/1h --newcomers-burst 1
	speakers
	ask capacity beacon --max 10 --connected 10
	for turn in $(seq 5); do # a network has two newcomers' tokens, each spent when a dial is proven
		echo "dial $(at "$HOST")" >&6
		said peer "\(failed\|connected outbound\)" "$turn"
		echo ping >&6
		wait_for 5 "the witness" witnessed "$(lines peer "connected outbound")"
	done
	[ "$(lines peer failed)" -ge 3 ]
	ask --json status | jq -e 'any(.counters[]; .reason == "node_full" and .verdict == "refuse" and .packets > 0)'
	echo "dial $(at "$PEER")" >&5
	said node "connected outbound" 1
}

# lives ADDRESS: live connections of a source, as the witness has them.
lives() {
	bpftool -j map dump pinned "$PINS/witness" | jq --argjson key "$1" '[.[].formatted | select(.key.address == $key) |
		.value.live[].living] | add // 0'
}

lives_one() {
	[ "$(lives '[0,0,255,255,192,0,2,7]')" = 1 ]
}

@test "who dials is witnessed; a ban leaves what lives, also when it moves" {
	HOST=$NODE_V4 PEER=$BAD
	gated
	speakers
	echo "dial $(at "$HOST")" >&6
	said peer "connected outbound" 1
	echo ping >&6
	said peer pong 1
	wait_for 5 "the witness" lives_one
	ask ban "$BAD"
	echo ping >&6
	said peer pong 2
	echo "migrate $BAD:13001" >&6
	said peer migrated 1
	echo ping >&6
	said peer pong 3
}

# forgeries DIAL: real dials, in the name of somebody who does not know of them.
forgeries() {
	start "$PEERS" forger python3 tests/netns/forge.py 192.0.2.1 14000 "$GOOD" "$NODE_V4" "$PORT"
	local forger=$started
	wait_for 5 "the forger" has_said forger ready
	for turn in $(seq 5); do
		echo "dial $1" >&6
		said peer failed "$turn"
	done
	kill "$forger"
	wait_for 5 "the forger's end" has_said forger forged
	cat "$WORK/forger.out"
	[ "$(awk '/^forged/ { print $4 }' "$WORK/forger.out")" -ge 10 ]
	[ "$(bpftool -j map dump pinned "$PINS/handshakes" | jq length)" -ge 5 ]
	[ "$(opened '[0,0,255,255,192,0,2,8]')" = 0 ]
	[ "$(bpftool -j map dump pinned "$PINS/flows" | jq length)" = 0 ]
}

@test "who is forged is not witnessed: the node is quic-go, IDs of 4 bytes" {
	HOST=$NODE_V4 PEER=$BAD
	gated
	speakers
	forgeries 192.0.2.1:14000
}

@test "who is forged is not witnessed: IDs of 8 bytes" {
	HOST=$NODE_V4 PEER=$BAD
	gated
	speakers -id-length 8
	forgeries 192.0.2.1:14000
}

# libp2p_peers NODE_ROLE PEER_ROLE: hosts of libp2p on QUIC, commanded as above.
libp2p_peers() {
	mkfifo "$WORK/node.in" "$WORK/peer.in"
	exec 5<>"$WORK/node.in" 6<>"$WORK/peer.in"
	# go-libp2p dials from its listening port if its address is the route's.
	ip -n "$PEERS" route change 192.0.2.0/24 dev cable0 src "$BAD"
	# shellcheck disable=SC2086
	start_input=$WORK/node.in start "$NODE" node $1 "/ip4/$NODE_V4/udp/$PORT/quic-v1"
	# shellcheck disable=SC2086
	start_input=$WORK/peer.in start "$PEERS" peer $2 "/ip4/$BAD/udp/$PORT/quic-v1"
	wait_for 10 "the node" has_said node
	wait_for 10 "the peer" has_said peer
}

rust() {
	RUST=$BUILD/peers-rust/release/peers-rust
	[ -x "$RUST" ] || make -s peers-rust >&2 || skip "the Rust peer cannot be built here: no cargo, or no crates"
}

# multiaddr NAME ADDRESS: of a host above.
multiaddr() {
	echo "/ip4/$2/udp/$PORT/quic-v1/p2p/$(head -1 "$WORK/$1.out")"
}

libp2p_both_ways() {
	libp2p_peers "$@"
	ask ban "$BAD"
	echo "dial $(multiaddr node "$NODE_V4")" >&6
	said peer failed 1
	echo "dial $(multiaddr peer "$BAD")" >&5
	said node "connected outbound" 1
	echo close >&5
	said node closed 1
	ask unban "$BAD"
	echo "dial $(multiaddr node "$NODE_V4")" >&6
	said peer "connected outbound" 1
	wait_for 5 "the witness" lives_one
	ask ban "$BAD"
	[ "$(lines node closed)" = 1 ]
}

@test "go-libp2p, quinn dials and is dialled" {
	rust
	gated
	libp2p_both_ways "$ROLES host" "$RUST"
}

@test "a node of quinn, go-libp2p dials and is dialled" {
	rust
	gated
	libp2p_both_ways "$RUST" "$ROLES host"
}

@test "who is forged is not witnessed: a node of quinn" {
	rust
	gated
	libp2p_peers "$RUST" "$ROLES host"
	forgeries "/ip4/192.0.2.1/udp/14000/quic-v1/p2p/$(head -1 "$WORK/node.out")"
}
