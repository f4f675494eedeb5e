# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # what other files of the demonstration set and read
# churn: a second storm, against a node that tells nobody anything and whose log nobody reads: what the kernel saw of the
# connections must do. Good peers come as nodes do that are starting: they hang up twice before they stay.

CHURN_COUNT=16 # bad peers of each family: TCP and QUIC, hanging up at once and mute
CHURN_S=14
CHURN_PATIENCE=500ms
CHURN_PAUSE=250ms
CHURN_GOOD=(203.0.113.21 203.0.113.22 203.0.113.23 203.0.113.24 2001:db8:8020::1 2001:db8:8021::1 2001:db8:8022::1 2001:db8:8023::1)

churn_addresses() {
	local i
	for ((i = 0; i < CHURN_COUNT; i++)); do
		printf '198.51.100.%d\n2001:db8:%x::1\n' $((216 + i)) $((0x3000 + i))
	done
	printf '%s\n' "${CHURN_GOOD[@]}"
}

churn_cast() {
	churn_addresses | net_sources "$PEERS"
	daemon_start "$NODE" enforce --samples 5000 --cgroup "$CAGE"
	start "$NODE" churn-meter "$PEER_ROLES" meter -gate "$RUN/peergate.ipc" -journal "$WORK/churn-meter.jsonl"
	start_caged "$NODE" churn-node "$PEER_ROLES" node -v4 "$NODE_V4" -v6 "$NODE_V6" -patience "$CHURN_PATIENCE" \
		-journal "$WORK/churn-node.jsonl"
	wait_for 20 "the node" has_said churn-node
	NODE_ID=$(cat "$WORK/churn-node.out")
	wait_for 10 "the meter" has_said churn-meter ready
	storm_peers good churn-good -sources "$(joined "${CHURN_GOOD[@]}")" -stumble 2
	storm_ready churn 198.51.100.216 2001:db8:3000::1 "$CHURN_COUNT" -kinds hangup,mute -pause "$CHURN_PAUSE"
}

act_churn() {
	say "== A storm that nobody reports: $((2 * CHURN_COUNT)) peers whose connections never last, ${#CHURN_GOOD[@]} good ones that stumble first; $CHURN_S s"
	churn_cast
	echo go >&"${GO[churn]}"
	sleep "$CHURN_S" # the window that is measured
	printf '{"t":%s,"ev":"over"}\n' "$(date +%s.%N)" >>"$WORK/churn-marks.jsonl"
	[ "$(ask --json status | jq .book.reports)" = 0 ] || FAULTS+=("the second storm: somebody reported something")
	ask explain 198.51.100.216 | sed 's/^/  /'
	say
	stop_all
	daemon_off
}
