#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2153,SC2154
# What the doors keep from real stacks: more connections than one address may have, dials to private ranges, live connections of
# who is banned, peers whose connections never last.
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

# hosts_at NAME SOURCE/OVER COUNT: so many hosts there.
hosts_at() {
	local list
	list=$(printf "$2,%.0s" $(seq "$3"))
	start "$PEERS" "$1" "$GO" good -node "$(cat "$WORK/node.out")" -v4 "$NODE_V4" -v6 "$NODE_V6" -sources "${list%,}" \
		-journal "$WORK/$1.jsonl"
}

# many OVER: as many hosts as the setting allows are in, others at that address stay out, who comes from elsewhere is let in.
many() {
	start_caged "$NODE" node "$GO" node -v4 "$NODE_V4" -v6 "$NODE_V6" -journal "$WORK/node.jsonl"
	wait_for 20 "the node" has_said node
	hosts_at first "$PEER/$1" 3
	first=$started
	wait_for 20 "three to be in" answered first 3
	hosts_at late "$PEER/$1" 2
	wait_for 20 "the others to be refused" is_refused source_full
	hosts_at elsewhere "$OTHER/$1" 1
	wait_for 20 "somebody from elsewhere to be in" answered elsewhere 1
	[ "$(grep -c answered "$WORK/late.jsonl")" = 0 ]
}

answered() {
	[ "$(grep -cs '"ev":"answered"' "$WORK/$1.jsonl")" -ge "$2" ] 2>/dev/null
}

is_refused() {
	[ "$(refused "$1")" -gt 0 ]
}

@test "source_full over TCP: three hosts behind one address are in, more are not until these leave; another address is let in" {
	gated --living 3
	many tcp
	stop "$first"
	wait_for 10 "the others to be in" answered late 2
}

@test "source_full over QUIC: more than three behind one address are not let in; another address is" {
	gated --living 3
	many quic # that one of these has ended is seen a minute later: nobody says so on the wire
}

PRIVATE=(10.1.2.3 172.16.5.6 192.168.7.8 100.64.7.8 169.254.9.9 fc00::7:8)
RANGES=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7

dial_private() {
	local address family before
	before=$(times node '^failed')
	for address in "${PRIVATE[@]}"; do
		[[ $address == *:* ]] && family=ip6 || family=ip4
		tell node dial "/$family/$address/tcp/4001"
		tell node dial "/$family/$address/udp/4001/quic-v1"
	done
	wait_for 20 "all dials to fail" has_said_times node '^failed' $((before + 2 * ${#PRIVATE[@]}))
	sleep 0.6 # the tap's next beat
}

left() {
	jq -s '(map(select(.ev == "wire")) | last).totals | del(.dns) | add // 0' "$WORK/wire.jsonl"
}

@test "dials to private ranges: none leaves, DNS works, others' dials leave; observing, all leave" {
	printf '%s\n' 10.0.0.53 | net_sources "$PEERS"
	start "$PEERS" dns "$GO" dns -at 10.0.0.53:53
	start "$PEERS" wire "$GO" wire -at cable0 -to "$RANGES" -journal "$WORK/wire.jsonl"
	daemon_start "$NODE" observe --cgroup "$CAGE" --dial private
	talk start_caged "$NODE" node "$GO" host -patience 1500ms "$(addr node tcp)" "$(addr node quic)" "$(addr node tcp 6)" "$(addr node quic 6)"
	wait_for 5 "the tap" has_said wire
	dial_private
	[ "$(left)" -ge $((2 * ${#PRIVATE[@]})) ]
	ask --json status | jq -e '[.counters[] | select(.door == "dial" and .verdict == "would_refuse") | .packets] | add > 0'
	ask mode enforce
	before=$(left)
	dial_private
	[ "$(left)" = "$before" ]
	ask --json status | jq -e '[.counters[] | select(.door == "dial" and .verdict == "refuse" and .reason == "private") | .packets] | add > 0'
	tell node resolve node.example 10.0.0.53:53
	wait_for 5 "a name to be resolved" has_said node '^resolved node.example 192.0.2.1'
	# Somebody who is not in the node's cgroup may dial what he likes.
	net_in "$NODE" timeout 0.5 bash -c 'exec 3<>/dev/tcp/10.1.2.3/4001' || true
	sleep 0.6
	[ "$(left)" -gt "$before" ]
}

@test "a ban closes the live TCP connections of that source, of no other; without --close they live on" {
	gated
	hosts go go
	dials peer "$(addr node tcp)/p2p/$(id_of node)"
	talk start "$PEERS" other "$GO" host
	ip -n "$PEERS" route replace "$NODE_V4/32" dev cable0 src "$OTHER"
	dials other "$(addr node tcp)/p2p/$(id_of node)"
	ask ban "$PEER"
	sleep 1
	run ! has_said peer '^closed'
	ask unban "$PEER"
	ask --json ban "$PEER" --close | jq -e '.closed == 1'
	wait_for 1 "the connection to be closed" has_said peer '^closed outbound'
	run ! has_said other '^closed'
}

@test "a ban closes a live QUIC connection: what its source sends is refused, reason closing" {
	gated
	quics "-idle 2s" "-idle 2s"
	dials peer "$NODE_V4:13000"
	ask ban "$PEER" --close
	tell peer ping
	wait_for 5 "the connection to be dead" has_said peer '^failed ping'
	wait_for 5 "the node to give it up" has_said node '^closed inbound'
	[ "$(refused closing)" -gt 0 ]
}

# The bad ones: two hosts at each of four addresses; the good ones stumble twice.
churn() {
	printf '%s\n' 198.51.100.{1..8} 2001:db8:100{0..7}::1 203.0.113.{1,2} 2001:db8:800{0,1}::1 | net_sources "$PEERS"
	start_caged "$NODE" node "$GO" node -v4 "$NODE_V4" -v6 "$NODE_V6" -patience 300ms -limits=false -journal "$WORK/node.jsonl"
	wait_for 20 "the node" has_said node
	start "$PEERS" good "$GO" good -node "$(cat "$WORK/node.out")" -v4 "$NODE_V4" -v6 "$NODE_V6" -stumble 2 \
		-sources 203.0.113.1/tcp,203.0.113.2/quic,2001:db8:8000::1/tcp,2001:db8:8001::1/quic -journal "$WORK/good.jsonl"
	echo go >"$WORK/go"
	start_input=$WORK/go start "$PEERS" bad "$GO" storm -node "$(cat "$WORK/node.out")" -v4 "$NODE_V4" -v6 "$NODE_V6" \
		-from-v4 198.51.100.1 -from-v6 2001:db8:1000::1 -count 8 -ids 2 -kinds hangup,mute -pause 100ms -journal "$WORK/bad.jsonl"
	wait_for 30 "the good peers to be in" answered good 4
}

would() {
	[ "$(ask --json explain "$1" | jq -r "$3")" = "$2" ]
}

@test "churn alone: nobody reports, the bad are backed off, good ones that stumble first are not" {
	gated --pace off
	churn
	for source in 198.51.100.{1..8} 2001:db8:100{0..7}::1; do
		wait_for 30 "$source to be backed off" would "$source" churn .reason
	done
	for source in 203.0.113.{1,2} 2001:db8:800{0,1}::1; do
		would "$source" admit .verdict
	done
	jq -es 'all(.ev != "down") and all(.ev != "dial" or .ok)' "$WORK/good.jsonl"
	ask --json status | jq -e '.book.reports == 0 and .book.bans == 0'
}

@test "churn while observing: told, and nobody is refused" {
	daemon_start "$NODE" observe --cgroup "$CAGE" --pace off
	churn
	for source in 198.51.100.{1..8} 2001:db8:100{0..7}::1; do
		wait_for 30 "$source to be backed off" would "$source" churn .reason
	done
	ask --json status | jq -e '[.counters[] | select(.verdict == "refuse")] == []'
	ask --json status | jq -e '[.counters[] | select(.verdict == "would_refuse" and .reason == "churn") | .packets] | add > 0'
}
