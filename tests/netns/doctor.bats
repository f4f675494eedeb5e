#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The doctor on a host with a daemon, with nodes that are only said to be such: listeners with a client's name and arguments.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/netns/cli.bash
	MORE='--cgroup none' scene_open
	# A node has both transports; the scene's has TCP only.
	nsenter --net="/run/netns/$NODE" socat -u UDP6-RECV:13000 /dev/null 3>&- &
	echo $! >"$WORK/quic.pid"
}

teardown_file() {
	. tests/netns/cli.bash
	[ ! -e "$WORK/quic.pid" ] || kill "$(cat "$WORK/quic.pid")"
	scene_close
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/netns/cli.bash
}

teardown() {
	[ -z "${node:-}" ] || kill "$node" 2>/dev/null || true
	[ -z "${web:-}" ] || kill "$web" 2>/dev/null || true
	ip -n "$NODE" link del spare0 2>/dev/null || true
}

doctor() {
	nsenter --net="/run/netns/$NODE" "$BUILD/peergate" --socket "$WORK/run/admin.ipc" doctor "$@"
}

# The daemon looks at listeners every few seconds.
is_well() {
	doctor --json >/dev/null
}

# of CHECK HEALTH: the findings of that check and health, from the last run with --json.
of() {
	jq -r --arg check "$1" --arg health "$2" '.findings[] | select(.check == $check and .health == $health) | .finding' <<<"$output"
}

# node_of PORT ARGUMENT…: a listener in the node's namespace that calls itself beacon-chain.
node_of() {
	local port=$1
	shift
	nsenter --net="/run/netns/$NODE" bash -c 'exec -a /opt/beacon-chain perl "$@"' - -MIO::Socket::INET -e \
		"IO::Socket::INET->new(Listen => 1, LocalPort => $port)->accept" -- "$@" 3>&- &
	node=$!
	wait_for listens "$port"
}

listens() {
	[ -n "$(ip netns exec "$NODE" ss -Hltn "sport = :$1")" ]
}

@test "a gate that enforces has no fault, and the kernel is told" {
	wait_for is_well
	run doctor --json
	[ "$status" -eq 0 ]
	[[ $(of kernel well) == "Linux $(uname -r)" || $(of kernel note) == "Linux $(uname -r)"* ]]
	[[ $(of interface well) == "node0 is gated on the rung "* ]]
	[[ $(of daemon well) == "peergated "*" enforces" ]]
	run doctor
	[ "$status" -eq 0 ]
	[[ $output == *"All is well." ]]
}

@test "mode observe is a note, no fault" {
	gate mode observe
	run doctor --json
	gate mode enforce
	[ "$status" -eq 0 ]
	[[ $(of daemon note) == *"only observes"* ]]
}

@test "a client on a port that is not gated is a fault with the line for the configuration" {
	node_of 14000 --p2p-tcp-port 14000
	run doctor --json
	[ "$status" -eq 1 ]
	[ "$(of ports fault)" = "Prysm (pid $node) listens on tcp:14000, which is not gated" ]
	[[ $(jq -r '.findings[] | select(.health == "fault").remedy' <<<"$output") == *"service = beacon=tcp:14000" ]]
	run doctor
	[[ $output == *"FAULT ports: Prysm (pid $node) listens on tcp:14000"*"1 fault."* ]]
}

@test "a client in another network namespace is told as a container" {
	node_of 14001 --p2p-tcp-port=14001
	run gate doctor --json
	[[ $(of container note) == "Prysm (pid $node) runs in a network namespace of its own" ]]
}

@test "the log of a running client must be there and readable" {
	node_of 14002 --p2p-tcp-port=14002 --datadir="$WORK/data"
	run doctor --json
	[ "$status" -eq 1 ]
	[[ $(of log fault) == "the log $WORK/data/logs/beacon-chain.log: No such file"* ]]
	mkdir -p "$WORK/data/logs"
	echo line >"$WORK/data/logs/beacon-chain.log"
	run doctor --json
	[[ $(of log well) == "the log $WORK/data/logs/beacon-chain.log can be read" ]]
	[[ $(of follower fault) == "no follower runs"* ]]
	touch -d '1 hour ago' "$WORK/data/logs/beacon-chain.log"
	run doctor --json
	[[ $(of log note) == "nothing was written to the log"* ]]
}

@test "an API that does not answer, one that syncs, one that is none" {
	run doctor --json --api http://127.0.0.1:9
	[ "$status" -eq 1 ]
	[[ $(of api fault) == "the Beacon API http://127.0.0.1:9 does not answer: "* ]]
	# shellcheck disable=SC2016 # the script's own $1
	printf '#!/bin/sh\nread -r line\nprintf "HTTP/1.1 $1 X\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"\n' >"$WORK/answer"
	chmod +x "$WORK/answer"
	for code in 200 206 404; do
		nsenter --net="/run/netns/$NODE" socat TCP-LISTEN:3500,reuseaddr,fork EXEC:"$WORK/answer $code" 3>&- &
		web=$!
		wait_for listens 3500
		ip -n "$NODE" link set lo up
		run doctor --json --api http://127.0.0.1:3500
		kill "$web"
		wait "$web" 2>/dev/null || true
		case $code in
		200) [[ $(of api well) == *answers ]] ;;
		206) [[ $(of api note) == *"the node is syncing" ]] ;;
		404) [[ $(of api fault) == *"status 404" ]] ;;
		esac
	done
}

@test "somebody else's XDP program is told" {
	printf '%s\n' 'struct xdp_md;' '__attribute__((section("xdp"), used)) int other(struct xdp_md *c) { return 2; }' >"$WORK/pass.c"
	clang -O2 -target bpf -c -o "$WORK/pass.o" "$WORK/pass.c"
	ip -n "$NODE" link add spare0 type veth peer name spare1
	ip -n "$NODE" link set spare0 xdpgeneric object "$WORK/pass.o" section xdp
	run doctor --json
	[[ $(of xdp note) == "the XDP slot of spare0 is taken by program "*", which is not peergate's" ]]
	[ "$status" -eq 0 ]
}

@test "without a daemon the rest is still told" {
	run "$BUILD/peergate" --socket "$WORK/none.ipc" doctor --json
	[ "$status" -eq 1 ]
	[[ $(of daemon fault) == "peergated does not answer: "* ]]
	[ -n "$(of btf well)" ]
}
