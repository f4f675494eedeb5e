#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2153,SC2154
# The doors against real stacks: go-libp2p (quic-go, connection IDs of 4 bytes), rust-libp2p (quinn, 8 bytes) and plain quic-go
# (version 2, Retry, no IDs), each as the node behind the gate and as its peer, over TCP and QUIC.
bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/doors_peers.bash"
	stacks_ready
}

setup() {
	. "$BATS_TEST_DIRNAME/doors_peers.bash"
	stacks_up
}

teardown() {
	stacks_down
}

both_ways() {
	local who over family
	for family in 4 6; do
		for over in tcp quic; do
			for who in peer node; do
				connects $who $over $family
			done
		done
	done
	nobody_was_refused
}

# A good peer was banned by mistake: we can still dial it; what it begins itself is refused, on the very same 4-tuple too.
mistaken() {
	local over
	connects peer quic
	connects peer tcp
	ask ban "$PEER"
	for over in quic tcp; do
		connects node $over
		fails peer $over
		connects node $over
	done
	[ "$(refused operator)" -gt 0 ]
	ask unban "$PEER"
	connects peer quic
	connects peer tcp
}

@test "go-libp2p and go-libp2p: TCP and QUIC, both ways, both families" {
	gated
	hosts go go
	both_ways
}

@test "a node of go-libp2p, a peer of rust-libp2p" {
	needs_rust
	gated
	hosts go rust
	both_ways
}

@test "a node of rust-libp2p, a peer of go-libp2p" {
	needs_rust
	gated
	hosts rust go
	both_ways
}

@test "banned by mistake: a node of go-libp2p dials it, its own dial is refused" {
	gated
	hosts go go
	mistaken
}

@test "banned by mistake: the same with a peer of rust-libp2p" {
	needs_rust
	gated
	hosts go rust
	mistaken
}

@test "banned by mistake: the same with a node of rust-libp2p, whose connection IDs have 8 bytes" {
	needs_rust
	gated
	hosts rust go
	mistaken
}

@test "with dial-banned the node does not dial it either, over TCP or QUIC; unbanned, it does" {
	local over who
	gated --dial-banned yes
	hosts go go
	ask ban "$PEER"
	for over in tcp quic; do
		for who in node peer; do
			fails $who $over
		done
	done
	# TCP fails at once, not when the patience ends.
	awk '/^failed/ && /tcp/ { ms = $3 } END { exit !(ms != "" && ms < 500) }' "$WORK/node.out"
	ask unban "$PEER"
	for over in tcp quic; do
		connects node $over
	done
}

@test "plain quic-go: version 2, Retry, IDs of no bytes, both ways, also to a banned peer" {
	gated
	for flags in "-version 1" "-version 2" "-version 1 -retry" "-version 2 -retry" "-id-length 0" "-id-length 20"; do
		# Only who listens sends a Retry; who has no IDs does not listen.
		caller=${flags%-retry} listener=${flags#-id-length 0}
		quics "$listener" "$caller"
		dials peer "$NODE_V4:13000"
		quic_ended
		quics "$caller" "$listener"
		dials node "$PEER:13000"
		quic_ended
		ask ban "$PEER"
		quics "$caller" "$listener"
		dials node "$PEER:13000"
		quic_ended
		ask unban "$PEER"
	done
	nobody_was_refused
}

@test "a live QUIC connection moves to another address, also to one that is banned; 0-RTT on the old 4-tuple" {
	gated
	quics "" ""
	dials peer "$NODE_V4:13000"
	ask ban "$OTHER"
	tell peer migrate "$OTHER:13001"
	wait_for 5 "the connection to move" has_said peer '^migrated'
	tell peer ping
	wait_for 5 "an echo on the new path" has_said peer '^pong'
	quic_ended
	quics "" ""
	dials peer "$NODE_V4:13000"
	tell peer close
	wait_for 5 "the node to see it" has_said node '^closed inbound'
	dials peer "$NODE_V4:13000"
	has_said peer '0-rtt$'
	ask --json status | jq -e '[.counters[] | select(.verdict != "pass")] == []'
}
