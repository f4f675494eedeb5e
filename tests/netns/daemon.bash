# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# daemon: for bats files: a daemon of our own in a namespace of its own.
#
#   $NODE (gate0)  192.0.2.10, 2001:db8::10  ────veth────  (cable0) 192.0.2.1, 2001:db8::1  $PEERS
#
# Every test gets new namespaces, pins and sockets, and everything goes with it.

BUILD=$(realpath "${BUILD:-build}")
PEERGATED=$BUILD/peergated

daemon_setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	mountpoint -q /sys/fs/bpf || skip "needs a BPF file system"
	NODE=pg$$n PEERS=pg$$p PINS=/sys/fs/bpf/pgtest-$$-$BATS_TEST_NUMBER
	RUN=$BATS_TEST_TMPDIR/run LOG=$BATS_TEST_TMPDIR/log
	# shellcheck disable=SC2034 # COMMON is for the tests
	ADMIN=$RUN/admin.ipc COMMON=$RUN/peergate.ipc
	ip netns add "$NODE" && ip netns add "$PEERS"
	ip -n "$NODE" link add gate0 type veth peer name cable0 netns "$PEERS"
	ip -n "$NODE" -batch - <<-END
		link set lo up
		link set gate0 up
		addr add 192.0.2.10/24 dev gate0
		addr add 2001:db8::10/64 dev gate0 nodad
		route add default via 192.0.2.1
		route add default via 2001:db8::1
	END
	ip -n "$PEERS" -batch - <<-END
		link set lo up
		link set cable0 up
		addr add 192.0.2.1/24 dev cable0
		addr add 192.0.2.7/24 dev cable0
		addr add 2001:db8::1/64 dev cable0 nodad
	END
}

# daemon_start FLAGS…: in the node's namespace; waits until it serves. Short connections are not held against anybody.
daemon_start() {
	nsenter --net="/run/netns/$NODE" "$PEERGATED" --interface gate0 --service "${SERVICE:-beacon=tcp:13000,quic:13000}" \
		--store none --run-dir "$RUN" --pin-dir "$PINS" --churn 0 --cold-start 0 "$@" 2>>"$LOG" 3>&- &
	DAEMON=$!
	for _ in $(seq 100); do
		[ -S "$ADMIN" ] && grep -q serves "$LOG" && return
		kill -0 "$DAEMON" || break
		sleep 0.1
	done
	cat "$LOG"
	return 1
}

daemon_stop() {
	[ -z "${DAEMON:-}" ] || { kill "$DAEMON" && wait "$DAEMON"; } || true
	DAEMON=
}

daemon_teardown() {
	daemon_stop
	[ -z "${PINS:-}" ] || "$PEERGATED" --off --pin-dir "$PINS" || true
	for name in ${NODE:-} ${PEERS:-}; do
		[ ! -e "/run/netns/$name" ] || ip netns del "$name"
	done
	[ ! -e "${PINS:-}" ]
} 2>/dev/null

# send TEXT [SOCKET]: writes it as it is and prints the answers.
send() {
	printf '%s' "$1" | socat -t 2 - "UNIX-CONNECT:${2:-$ADMIN}"
}

# ask METHOD PARAMS [SOCKET]: one request, one answer.
ask() {
	send "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":${2:-[]}}" "${3:-$ADMIN}"
}

# reaches ADDR PORT [SOURCE]: a TCP connection from the peers' side; a closed port answers too, silence does not.
reaches() {
	timeout 2 nsenter --net="/run/netns/$PEERS" socat -u /dev/null "TCP:$1:$2,connect-timeout=1${3:+,bind=$3}"
}

# listen PORT: a listener on the node's side, until the test ends.
listen() {
	nsenter --net="/run/netns/$NODE" socat -u "TCP6-LISTEN:$1,ipv6only=0,fork,reuseaddr" /dev/null 3>&- &
	# shellcheck disable=SC2034 # for the tests
	LISTENER=$!
	for _ in $(seq 50); do
		nsenter --net="/run/netns/$NODE" ss -Hltn "sport = :$1" | grep -q . && return
		sleep 0.05
	done
	return 1
}
