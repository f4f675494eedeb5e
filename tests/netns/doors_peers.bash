# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# doors_peers: what the tests of the doors against real stacks share: two namespaces, a cage for the node, hosts of both libp2ps
# and plain quic-go that do what they are told.

PEER=203.0.113.31 OTHER=203.0.113.32 PEER6=2001:db8:31::1

stacks_ready() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	export BUILD=${BUILD:-build}
	make -s peers >&2 || skip "the peers cannot be built here: no Go, or no modules"
	make -s peers-rust >&2 || export NO_RUST="the Rust peer cannot be built here: no Rust 1.75 or later, or no crates"
}

stacks_up() {
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

stacks_down() {
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
