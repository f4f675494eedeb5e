#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Real go-libp2p peers against the live daemon, over TCP and QUIC, IPv4 and IPv6: the good stay, the bad are refused once
# the node has judged them, and the node is asked no more.

GOOD=(203.0.113.1/tcp 203.0.113.2/quic 2001:db8:8000::1/tcp 2001:db8:8001::1/quic)
BAD=(198.51.100.1 198.51.100.2 198.51.100.3 198.51.100.4
	2001:db8:1000::1 2001:db8:1001::1 2001:db8:1002::1 2001:db8:1003::1) # mute, mute, wrong, wrong; TCP and QUIC in turn

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	export BUILD=${BUILD:-build}
	make -s peers >&2 || skip "the peers cannot be built here: no Go, or no modules"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/demo/net.sh
	. tests/demo/run.sh
	PEER_ROLES=$BUILD/peers/peers
	NODE=pgtn$$ PEERS=pgtp$$ PINS=/sys/fs/bpf/pgtest-$$
	WORK=$(mktemp -d /tmp/pgtest-XXXXXX)
	chmod 755 "$WORK"
	RUN=$WORK/run
	net_up "$NODE" "$PEERS"
	printf '%s\n' "${GOOD[@]%/*}" "${BAD[@]}" | net_sources "$PEERS"
}

teardown() {
	daemon_off
	stop_all
	net_down "$NODE" "$PEERS"
	[ ! -e "$PINS" ] || rm -rf "$PINS"
	rm -rf "$WORK"
}

peers_start() {
	local role=$1 name=$2
	shift 2
	start "$PEERS" "$name" "$PEER_ROLES" "$role" -node "$(cat "$WORK/node.out")" -v4 "$NODE_V4" -v6 "$NODE_V6" \
		-journal "$WORK/$name.jsonl" "$@"
}

everybody() {
	local IFS=,
	start "$NODE" node "$PEER_ROLES" node -v4 "$NODE_V4" -v6 "$NODE_V6" -gate "$RUN/peergate.ipc" -patience 500ms \
		-journal "$WORK/node.jsonl"
	wait_for 20 "the node" has_said node
	peers_start good good -sources "${GOOD[*]}"
	echo go >"$WORK/go"
	start_input=$WORK/go peers_start storm bad -from-v4 198.51.100.1 -from-v6 2001:db8:1000::1 -count 4 -stall 100ms
	wait_for 20 "the good peers to be connected" answered_all
}

answered_all() {
	[ "$(grep -c '"ev":"answered"' "$WORK/good.jsonl")" -ge ${#GOOD[@]} ]
}

would() {
	[ "$(ask --json explain "$1" | jq -r .verdict)" = "$2" ]
}

# The source's last three dials failed.
is_kept_out() {
	jq -es --arg source "$1" '[.[] | select(.ev == "dial" and .src == $source)] |
		length >= 4 and (.[-3:] | all(.ok | not))' "$WORK/bad.jsonl"
}

# No dial of a source that was on a wrong fork connects once peergate has answered the node's report.
none_through() {
	jq -es --slurpfile node "$WORK/node.jsonl" '
		($node | map(select(.result == "wrong_network")) | group_by(.src) |
			map({key: .[0].src, value: (map(.ack) | min)}) | from_entries) as $ban |
		($ban | length) == 4 and
		all(.[] | select(.ok and $ban[.src]); .t < $ban[.src])' "$WORK/bad.jsonl"
}

good_stayed() {
	jq -es 'all(.ev != "down") and (map(select(.ev == "dial" and .ok)) | length) == 4' "$WORK/good.jsonl"
}

@test "enforcing: the good stay, the bad are refused after the node's verdict" {
	daemon_start "$NODE" enforce
	everybody
	for source in "${BAD[@]}"; do
		wait_for 20 "$source to be refused" would "$source" refuse
		wait_for 20 "$source to be kept out" is_kept_out "$source"
	done
	none_through
	for source in "${GOOD[@]%/*}"; do
		would "$source" admit
	done
	good_stayed
}

@test "observing: the same verdicts, and nobody is refused" {
	daemon_start "$NODE" observe
	everybody
	for source in "${BAD[@]}"; do
		wait_for 20 "$source to be judged" would "$source" refuse
	done
	judged=$(date +%s.%N)
	# Each is still let in after that.
	for source in "${BAD[@]}"; do
		wait_for 20 "$source to be let in" let_in_since "$source" "$judged"
	done
	ask --json status | jq -e '[.counters[] | select(.verdict == "refuse")] == []'
	ask --json status | jq -e '[.counters[] | select(.verdict == "would_refuse") | .packets] | add > 0'
	good_stayed
}

let_in_since() {
	jq -es --arg source "$1" --argjson since "$2" \
		'any(.[]; .ev == "dial" and .src == $source and .ok and .t > $since)' "$WORK/bad.jsonl"
}
