# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # started is set by run.sh
# storm: a node with good peers, and bad ones from hundreds of addresses, all go-libp2p hosts. First the gate observes,
# then it enforces; a second wave of bad peers and new good ones come while it does.

STORM_COUNT=132 # bad peers of each family, in the first wave
WAVE_COUNT=64   # and in the second
STORM_FLOOD=203.0.113.200
STORM_GOOD=(203.0.113.1 203.0.113.2 203.0.113.3 203.0.113.4 2001:db8:8000::1 2001:db8:8001::1 2001:db8:8002::1 2001:db8:8003::1)
STORM_NEW=(203.0.113.11 203.0.113.12 203.0.113.13 203.0.113.14 2001:db8:8010::1 2001:db8:8011::1 2001:db8:8012::1 2001:db8:8013::1)

# How long the node waits for a mute peer, and a wrong fork with its answer; the node's slots and the allowance of each address (16 at once) last
# for these windows.
STORM_PATIENCE=1s
STORM_STALL=800ms
OBSERVE_S=10
ENFORCE_S=14
WAVE_AFTER_S=3

declare -A GO=() # descriptors through which a wave is told to begin

storm_addresses() {
	local i
	for ((i = 0; i < STORM_COUNT; i++)); do
		printf '198.51.100.%d\n2001:db8:%x::1\n' $((1 + i)) $((0x1000 + i))
	done
	for ((i = 0; i < WAVE_COUNT; i++)); do
		printf '198.51.100.%d\n2001:db8:%x::1\n' $((151 + i)) $((0x2000 + i))
	done
	printf '%s\n' "${STORM_GOOD[@]}" "${STORM_NEW[@]}" "$STORM_FLOOD"
}

mark() {
	printf '{"t":%s,"ev":"%s"}\n' "$(date +%s.%N)" "$1" >>"$WORK/marks.jsonl"
}

joined() {
	local IFS=,
	printf '%s' "$*"
}

# storm_peers ROLE NAME FLAGS…: peers of the storm; they know the node.
storm_peers() {
	local role=$1 name=$2
	shift 2
	start "$PEERS" "$name" "$PEER_ROLES" "$role" -node "$NODE_ID" -v4 "$NODE_V4" -v6 "$NODE_V6" -journal "$WORK/$name.jsonl" "$@"
}

# storm_ready NAME V4 V6 COUNT FLAGS…: makes a wave's hosts; they wait for a word through the pipe WORK/NAME.go.
storm_ready() {
	mkfifo "$WORK/$1.go"
	local word
	exec {word}<>"$WORK/$1.go"
	GO[$1]=$word
	start_input="$WORK/$1.go" storm_peers storm "$1" -from-v4 "$2" -from-v6 "$3" -count "$4" "${@:5}"
	wait_for 60 "the hosts of the $1" has_said "$1" ready
}

# answered NAME COUNT: as many good peers have answered the status exchange.
answered() {
	[ "$(grep -cs '"ev":"answered"' "$WORK/$1.jsonl")" -ge "$2" ] 2>/dev/null
}

storm_cast() {
	storm_addresses | net_sources "$PEERS"
	daemon_start "$NODE" observe --samples 5000
	start "$NODE" meter "$PEER_ROLES" meter -gate "$RUN/peergate.ipc" -journal "$WORK/meter.jsonl"
	METER=$started
	start "$NODE" node "$PEER_ROLES" node -v4 "$NODE_V4" -v6 "$NODE_V6" -gate "$RUN/peergate.ipc" \
		-patience "$STORM_PATIENCE" -journal "$WORK/node.jsonl"
	NODE_PID=$started
	wait_for 20 "the node" has_said node
	NODE_ID=$(cat "$WORK/node.out")
	wait_for 10 "the meter" has_said meter ready
	storm_peers good good -sources "$(joined "${STORM_GOOD[@]}")"
	wait_for 20 "the good peers to be connected" answered good ${#STORM_GOOD[@]}
	storm_ready storm 198.51.100.1 2001:db8:1000::1 "$STORM_COUNT" -stall "$STORM_STALL"
	storm_ready wave 198.51.100.151 2001:db8:2000::1 "$WAVE_COUNT" -stall "$STORM_STALL"
}

storm_observe() {
	mark storm
	echo go >&"${GO[storm]}"
	start "$PEERS" flood "$PEER_ROLES" flood -to "$NODE_V4:13000" -from "$STORM_FLOOD" -rate 500
	sleep "$OBSERVE_S" # the window that is measured
}

storm_enforce() {
	ask mode enforce >/dev/null
	mark enforce
	sleep "$WAVE_AFTER_S"
	mark newcomers
	echo go >&"${GO[wave]}"
	storm_peers good newcomers -sources "$(joined "${STORM_NEW[@]}")"
	sleep $((ENFORCE_S - WAVE_AFTER_S)) # the window that is measured
	# Who is missing then is a fault that the report names.
	(wait_for 10 "the new good peers to be connected" answered newcomers ${#STORM_NEW[@]}) || true
	mark over
	running "$NODE_PID" node
	running "$METER" meter
}

# Three records of the map, as anybody may see them, and two accounts.
storm_show() {
	say "== bpftool map dump pinned $PINS/sources (the first records)"
	"$BPFTOOL" map dump pinned "$PINS/sources" | jq -c '.[:3][] | .formatted // .' 2>/dev/null |
		cut -c1-200 | sed 's/^/  /'
	say "== peergate explain: a bad peer, a good peer"
	ask explain 198.51.100.1 | sed 's/^/  /'
	say
	ask explain "${STORM_GOOD[0]}" | sed 's/^/  /'
}

# No good peer may be one that peergate would refuse.
storm_innocent() {
	local address verdict
	for address in "${STORM_GOOD[@]}" "${STORM_NEW[@]}"; do
		verdict=$(ask --json explain "$address" | jq -r .verdict)
		[ "$verdict" = admit ] || FAULTS+=("the good peer $address: peergate would $verdict it")
	done
}

act_storm() {
	say "== A storm: 8 good peers, $((2 * STORM_COUNT)) bad ones (then $((2 * WAVE_COUNT)) more), one flood; $OBSERVE_S s observed, $ENFORCE_S s enforced"
	storm_cast
	storm_observe
	storm_enforce
	# shellcheck disable=SC2034 # for the report
	ATTACH=$(ask --json status | jq -r '.interfaces[0].rung')
	storm_show
	storm_innocent
	stop_all
	daemon_off
}
