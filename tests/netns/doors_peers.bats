#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2153,SC2154
# The doors against real stacks: go-libp2p (quic-go, connection IDs of 4 bytes), rust-libp2p (quinn, 8 bytes) and plain quic-go
# (version 2, Retry, no IDs), each as the node behind the gate and as its peer, over TCP and QUIC.
bats_require_minimum_version 1.5.0

PEER=203.0.113.31 OTHER=203.0.113.32 PEER6=2001:db8:31::1
GO=build/peers/peers RUST=build/peers-rust/release/peers-rust

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	export BUILD=${BUILD:-build}
	make -s peers >&2 || skip "the peers cannot be built here: no Go, or no modules"
	make -s peers-rust >&2 || export NO_RUST="the Rust peer cannot be built here: no Rust 1.75 or later, or no crates"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/demo/net.sh
	. tests/demo/run.sh
	. tests/demo/cage.sh
	. tests/demo/talk.sh
	GO=$BUILD/peers/peers RUST=$BUILD/peers-rust/release/peers-rust
	NODE=pgdn$$ PEERS=pgdp$$ PINS=/sys/fs/bpf/pgtest-$$
	WORK=$(mktemp -d /tmp/pgtest-XXXXXX)
	chmod 755 "$WORK"
	RUN=$WORK/run
	net_up "$NODE" "$PEERS"
	printf '%s\n' "$PEER" "$OTHER" "$PEER6" | net_sources "$PEERS"
	# Whoever does not say where from comes from there, and with that from the port that it listens on.
	ip -n "$PEERS" route add "$NODE_V4/32" dev cable0 src "$PEER"
	ip -n "$PEERS" route add "$NODE_V6/128" dev cable0 src "$PEER6"
	cage_up "pgtest-$$" || skip "no cgroup of version 2 can be made here"
}

teardown() {
	[ -z "$(jobs -p)" ] || report_on_failure
	daemon_off
	stop_all
	cage_down || true
	net_down "$NODE" "$PEERS"
	[ ! -e "$PINS" ] || rm -rf "$PINS"
	rm -rf "$WORK"
}

report_on_failure() {
	[ -n "${BATS_TEST_COMPLETED:-}" ] && return
	tail -n 5 "$WORK"/*.out "$WORK"/*.err
	ask --json status | jq -c '.counters[], .doors[]?'
}

needs_rust() {
	[ -z "${NO_RUST:-}" ] || skip "$NO_RUST"
}

# gated [FLAGS…]: the daemon, enforcing; the node's cgroup is the cage.
gated() {
	daemon_start "$NODE" enforce --cgroup "$CAGE" "$@"
}

# addr SIDE OVER [FAMILY]: the multiaddr of the node or the peer.
addr() {
	local host=/ip4/$NODE_V4
	case $1${3:-4} in
	node6) host=/ip6/$NODE_V6 ;;
	peer4) host=/ip4/$PEER ;;
	peer6) host=/ip6/$PEER6 ;;
	esac
	case $2 in
	tcp) echo "$host/tcp/13000" ;;
	quic) echo "$host/udp/13000/quic-v1" ;;
	esac
}

# hosts NODE PEER: libp2p hosts, go or rust each, that listen on everything.
hosts() {
	local -A program=([go]="$GO host -patience 1500ms" [rust]="$RUST")
	local side kind
	for side in node peer; do
		[ $side = node ] && kind=$1 || kind=$2
		# shellcheck disable=SC2046,SC2086 # words are wanted
		talk "$([ $side = node ] && echo start_caged || echo start)" "$([ $side = node ] && echo "$NODE" || echo "$PEERS")" $side \
			${program[$kind]} $(addr $side tcp) $(addr $side quic) $(addr $side tcp 6) $(addr $side quic 6)
		wait_for 5 "the $side to listen" listens "$side" "$kind"
	done
}

# Go's listens when it says who it is; Rust's says so.
listens() {
	[ "$2" = go ] || has_said_times "$1" '^listening' 4
}

other() {
	[ "$1" = node ] && echo peer || echo node
}

# connects WHO OVER [FAMILY]: to the other side; then hangs up, and the other side has seen it.
connects() {
	local to
	to=$(other "$1")
	dials "$1" "$(addr "$to" "$2" "${3:-4}")/p2p/$(id_of "$to")"
	wait_for 5 "the $to to see it" has_said "$to" '^connected inbound'
	hangs_up "$1" "$to"
}

fails() {
	local to
	to=$(other "$1")
	if dials "$1" "$(addr "$to" "$2" "${3:-4}")/p2p/$(id_of "$to")"; then return 1; fi
}

# refused REASON: packets refused for it.
refused() {
	ask --json status | jq --arg reason "$1" '[.counters[] | select(.verdict == "refuse" and .reason == $reason) | .packets] | add // 0'
}

nobody_was_refused() {
	[ "$(ask --json status | jq -c '[.counters[] | select(.verdict != "pass")]')" = '[]' ]
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

# quics NODE_FLAGS PEER_FLAGS: plain quic-go on both sides; the flags are words.
quics() {
	# shellcheck disable=SC2086 # words are wanted
	talk start_caged "$NODE" node "$GO" quic -at "$NODE_V4:13000" $1
	# shellcheck disable=SC2086
	talk start "$PEERS" peer "$GO" quic -at "$PEER:13000" $2
}

quic_ended() {
	stop "${STARTED[-1]}" "${STARTED[-2]}"
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

# hosts_at NAME SOURCE/OVER COUNT: so many hosts there.
hosts_at() {
	local list
	list=$(printf "$2,%.0s" $(seq "$3"))
	start "$PEERS" "$1" "$GO" good -node "$(cat "$WORK/node.out")" -v4 "$NODE_V4" -v6 "$NODE_V6" -sources "${list%,}" \
		-journal "$WORK/$1.jsonl"
}

# many OVER SECONDS: as many hosts as the setting allows are in, the others stay out until these have left, which is seen so soon.
many() {
	local first
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
	stop "$first"
	wait_for "$2" "the others to be in" answered late 2
}

answered() {
	[ "$(grep -cs '"ev":"answered"' "$WORK/$1.jsonl")" -ge "$2" ] 2>/dev/null
}

is_refused() {
	[ "$(refused "$1")" -gt 0 ]
}

@test "source_full over TCP: three hosts behind one address are in, more are not until these leave; another address is let in" {
	gated --living 3
	many tcp 10
}

@test "source_full over QUIC" {
	gated --living 3
	many quic 45 # a silent connection is given up after 20 s, at the next census
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
