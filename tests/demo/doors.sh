# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # what other files of the demonstration set and read
# doors: what the other doors do for a node: its dials to private ranges never leave, a good peer that was banned by mistake
# can still be dialled, and the live connections of who is banned end at once.

DOORS_RANGES=10.0.0.0/8,100.64.0.0/10,fc00::/7
DOORS_PRIVATE=(/ip4/10.1.2.3/tcp/4001 /ip4/10.1.2.3/udp/4001/quic-v1 /ip4/100.64.7.8/tcp/4001 /ip4/100.64.7.8/udp/4001/quic-v1
	/ip6/fc00::7:8/tcp/4001 /ip6/fc00::7:8/udp/4001/quic-v1)
DOORS_DNS=10.0.0.53 # a resolver in a private range, as most have
DOORS_MISTAKEN=203.0.113.31
CLOSE_COUNT=50 # addresses of each family whose live connections are closed
CLOSE_HELD=100

doors_addresses() {
	local i
	for ((i = 0; i < CLOSE_COUNT; i++)); do
		printf '203.0.113.%d\n2001:db8:%x::1\n' $((64 + i)) $((0x4000 + i))
	done
	for ((i = 0; i < 10; i++)); do
		printf '203.0.113.%d\n2001:db8:%x::1\n' $((170 + i)) $((0x5000 + i))
	done
	printf '%s\n' "$DOORS_MISTAKEN" "$DOORS_DNS"
}

doors_mark() {
	printf '{"t":%s,"ev":"%s","ok":%s}\n' "$(date +%s.%N)" "$1" "${2:-true}" >>"$WORK/doors-marks.jsonl"
}

# is COMMAND…: true or false, as JSON has it.
is() {
	if "$@"; then echo true; else echo false; fi
}

doors_cast() {
	doors_addresses | net_sources "$PEERS"
	start "$PEERS" dns "$PEER_ROLES" dns -at "$DOORS_DNS:53"
	start "$PEERS" wire "$PEER_ROLES" wire -at cable0 -to "$DOORS_RANGES" -journal "$WORK/wire.jsonl"
	daemon_start "$NODE" observe --dial private --cgroup "$CAGE"
	talk start_caged "$NODE" host "$PEER_ROLES" host -patience 1s "/ip4/$NODE_V4/tcp/13000" "/ip4/$NODE_V4/udp/13000/quic-v1" \
		"/ip6/$NODE_V6/tcp/13000" "/ip6/$NODE_V6/udp/13000/quic-v1"
	# From its own address, and with it from the port that it listens on.
	ip -n "$PEERS" route add "$NODE_V4/32" dev cable0 src "$DOORS_MISTAKEN"
	talk start "$PEERS" mistaken "$PEER_ROLES" host -patience 1s "/ip4/$DOORS_MISTAKEN/udp/13000/quic-v1"
	wait_for 10 "the name server" has_said dns ready
	wait_for 10 "the tap on the wire" has_said wire ready
}

# Each of the private ranges, over TCP and QUIC; all have failed when it ends.
doors_private() {
	local before addr
	before=$(times host '^failed')
	for addr in "${DOORS_PRIVATE[@]}"; do
		doors_mark private
		tell host dial "$addr"
	done
	wait_for 10 "the dials to private ranges to end" has_said_times host '^failed' $((before + ${#DOORS_PRIVATE[@]}))
}

doors_dial() {
	doors_mark dial_observe
	sleep 0.6 # two of the tap's beats, here and below
	doors_private
	sleep 0.6
	ask mode enforce >/dev/null
	doors_mark dial_enforce
	sleep 0.6
	doors_private
	tell host resolve node.example "$DOORS_DNS:53"
	doors_mark resolved "$(is wait_for 5 "the name server's answer" has_said host '^resolved node.example')"
	sleep 0.6
	doors_mark dial_over
}

doors_mistake() {
	local node peer
	node=/ip4/$NODE_V4/udp/13000/quic-v1/p2p/$(id_of host)
	peer=/ip4/$DOORS_MISTAKEN/udp/13000/quic-v1/p2p/$(id_of mistaken)
	doors_mark its_dial_before "$(is dials mistaken "$node")"
	hangs_up mistaken host
	ask ban "$DOORS_MISTAKEN" >/dev/null
	doors_mark own_dial "$(is dials host "$peer")"
	hangs_up host mistaken
	doors_mark its_dial "$(is dials mistaken "$node")"
}

doors_close() {
	start_caged "$NODE" bare "$PEER_ROLES" listen -at "[::]:13000" -journal "$WORK/bare.jsonl"
	wait_for 10 "the listener" has_said bare ready
	net_in "$PEERS" "$PEER_ROLES" close -v4 "$NODE_V4" -v6 "$NODE_V6" -gate "$RUN/admin.ipc" -from-v4 203.0.113.64 \
		-from-v6 2001:db8:4000::1 -count "$CLOSE_COUNT" -free-v4 203.0.113.170 -free-v6 2001:db8:5000::1 -held "$CLOSE_HELD" \
		-journal "$WORK/close.jsonl" || FAULTS+=("the closing of live connections ended before its time")
}

act_doors() {
	say "== The other doors: dials to private ranges, a good peer banned by mistake, live connections of $((2 * CLOSE_COUNT)) sources closed"
	doors_cast
	local host=${STARTED[-2]}
	doors_dial
	doors_mistake
	ask --json status | jq -r '.counters[] | select(.door == "dial") |
		"  dial door: \(.family) \(.verdict) \(.reason) \(.packets)"'
	stop "$host"
	doors_close
	stop_all
	daemon_off
}
