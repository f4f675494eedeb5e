# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# cli: what the tests of the CLI share: two namespaces, one daemon for a whole file (each test takes back what it did).
#
#   peer namespace                               node namespace
#   peer0 198.51.100.2, 2001:db8:2::2 ──── node0 198.51.100.1, 2001:db8:1::1   (peergated, port 13000)

peer() {
	nsenter --net="/run/netns/$PEER" "$@"
}

gate() {
	"$BUILD/peergate" --socket "$WORK/run/admin.ipc" "$@"
}

wait_for() {
	local tries=200
	until "$@"; do
		((tries--)) || return 1
		sleep 0.05
	done
}

answers() {
	gate version 2>/dev/null | grep -q '^peergated '
}

# With the options of $MORE.
start_daemon() {
	local more
	read -ra more <<<"${MORE:-}"
	nsenter --net="/run/netns/$NODE" "$BUILD/peergated" --interface node0 --service beacon=tcp:13000,quic:13000 --mode enforce \
		--store none --run-dir "$WORK/run" --pin-dir "$PINS" --protect 198.51.100.1 --churn 0 --cold-start 0 ${more[@]+"${more[@]}"} >"$WORK/daemon.log" 2>&1 3>&- &
	echo $! >"$WORK/daemon.pid"
	wait_for answers || { cat "$WORK/daemon.log" >&2; return 1; }
}

stop_daemon() {
	local pid
	pid=$(cat "$WORK/daemon.pid")
	kill "$1" "$pid" 2>/dev/null
	while [ -e "/proc/$pid/exe" ]; do sleep 0.05; done # one that is dead and not waited for has none
}

# Makes both namespaces and starts the daemon.
scene_open() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	mountpoint -q /sys/fs/bpf || skip "needs a BPF file system"
	export BATS_TEST_TIMEOUT=60 BUILD=${BUILD:-build} NODE=pgcn$$ PEER=pgcp$$ PINS=/sys/fs/bpf/pgtest-cli-$$
	WORK=$(mktemp -d /tmp/pgtest-cli-XXXXXX)
	export WORK
	chmod 755 "$WORK"
	mkdir "$WORK/run"
	ip netns add "$NODE"
	ip netns add "$PEER"
	ip -n "$NODE" link add node0 type veth peer name peer0 netns "$PEER"
	ip -n "$NODE" addr add 198.51.100.1/24 dev node0
	ip -n "$NODE" addr add 2001:db8:1::1/64 dev node0 nodad
	ip -n "$PEER" addr add 198.51.100.2/24 dev peer0
	ip -n "$PEER" addr add 2001:db8:2::2/64 dev peer0 nodad
	ip -n "$NODE" link set node0 up
	ip -n "$PEER" link set peer0 up
	ip -n "$NODE" route add 2001:db8:2::/64 dev node0
	ip -n "$PEER" route add 2001:db8:1::/64 dev peer0
	nsenter --net="/run/netns/$NODE" socat TCP6-LISTEN:13000,fork,reuseaddr,ipv6only=0 SYSTEM:true 3>&- &
	echo $! >"$WORK/listener.pid"
	start_daemon
}

scene_close() {
	[ -n "${WORK:-}" ] || return 0
	[ ! -e "$WORK/daemon.pid" ] || stop_daemon -KILL
	[ ! -e "$WORK/listener.pid" ] || kill "$(cat "$WORK/listener.pid")"
	[ ! -e "$PINS" ] || "$BUILD/peergated" --off --pin-dir "$PINS"
	ip netns del "$NODE"
	ip netns del "$PEER"
	rm -rf "$WORK"
	[ ! -e "$PINS" ]
}

reaches() {
	peer timeout 0.5 bash -c "exec 3<>/dev/tcp/$1/13000" 2>/dev/null
}

# A line beginning with ! fails no test.
is_kept_from() {
	! reaches "$1"
}

wait_and() {
	wait_for grep -q "$2" "$1"
}
