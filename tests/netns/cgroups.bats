#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Which processes are the nodes: cgroups found by who listens, by path, unit and container, followed when they are made
# anew; namespaces of containers. The daemon is nobody's, without any capability, when it finds them.
#
# Everything is below two folders of the test's own, $TOP and $SLICE, in whatever hierarchy of cgroup v2 this host has.

load daemon
bats_require_minimum_version 1.5.0

setup() {
	daemon_setup
	CGROUPS=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$CGROUPS" ] || skip "needs cgroup v2"
	NAME=pgtest-$$-$BATS_TEST_NUMBER
	TOP=$CGROUPS/$NAME SLICE=$CGROUPS/pgtest$$x$BATS_TEST_NUMBER.slice
	mkdir "$TOP" "$SLICE"
	STARTED=()
}

teardown() {
	daemon_stop
	[ ${#STARTED[@]} -eq 0 ] || stop "${STARTED[@]}"
	for top in "${TOP:-}" "${SLICE:-}"; do
		[ ! -d "$top" ] || find "$top" -depth -type d -exec rmdir {} +
	done
	[ ! -e "/run/netns/${INSIDE:-none}" ] || ip netns del "$INSIDE"
	[ -z "${CONF:-}" ] || rm -f "$CONF"
	daemon_teardown
}

stop() {
	kill "$@"
	wait "$@" || true
} 2>/dev/null

# in_cgroup FOLDER NAMESPACE COMMAND…: in the background; its id is in $started.
in_cgroup() {
	local folder=$1 namespace=$2
	shift 2
	# shellcheck disable=SC2016 # it is for the inner shell
	nsenter --net="/run/netns/$namespace" sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$folder" "$@" 3>&- &
	started=$!
	STARTED+=("$started")
}

# node FOLDER [NAMESPACE] [PORT]: listens on TCP and UDP, as a node does.
node() {
	in_cgroup "$1" "${2:-$NODE}" socat -u "TCP6-LISTEN:${3:-13000},ipv6only=0,fork,reuseaddr" /dev/null
	TCP=$started
	in_cgroup "$1" "${2:-$NODE}" socat -u "UDP6-RECV:${3:-13000},ipv6only=0" /dev/null
	UDP=$started
}

# dials FOLDER: why a dial to a private address from there failed.
dials() {
	in_cgroup "$1" "$NODE" timeout 1 socat -u /dev/null TCP:10.1.2.3:9000,connect-timeout=0.3 2>"$BATS_TEST_TMPDIR/dial"
	wait "$started" || true
	cat "$BATS_TEST_TMPDIR/dial"
}

is_refused() {
	[[ $(dials "$1") == *"Operation not permitted"* ]]
}

# status JQ: of the daemon's state.
status() {
	ask gate_status | jq -c ".result | $1"
}

# until SECONDS COMMAND…: or it fails and says what the state was.
until_true() {
	local tries=$(($1 * 10))
	shift
	while ! "$@"; do
		if [ $((tries--)) -eq 0 ]; then
			status '.listeners, .warnings, .doors'
			cat "$LOG"
			return 1
		fi
		sleep 0.1
	done
}

# says JQ: the expression is true of the state.
says() {
	[ "$(status "$1")" = true ]
}

# warns PART: some warning says so.
warns() {
	says "[.warnings[] | contains(\"$1\")] | any"
}

# hangs FOLDER [HOOK]: a door hangs there.
hangs() {
	says "[.doors[] | select(.place == \"$1\" and .hook == \"${2:-connect4}\") | .on] == [true]"
}

begin() {
	daemon_start --user nobody --mode enforce --dial private "$@"
}

@test "auto: the dial door hangs where the node listens, and judges nobody else" {
	mkdir "$TOP/node" "$TOP/other"
	node "$TOP/node"
	begin
	until_true 7 hangs "$TOP/node"
	says '[.listeners[] | select(.cgroup == "/'"$NAME"'/node" and .service == "beacon" and .inside and .dial)
		| "\(.transport):\(.port)"] | sort == ["quic:13000", "tcp:13000"]'
	says '[.warnings[] | select(contains("listen"))] == []'
	is_refused "$TOP/node"
	run ! is_refused "$TOP/other"
	run ! is_refused "$CGROUPS"
}

@test "auto: a node that is restarted in a cgroup made anew is followed, before it listens" {
	mkdir "$TOP/node"
	node "$TOP/node"
	begin
	until_true 7 hangs "$TOP/node"
	stop "$TCP" "$UDP"
	STARTED=()
	rmdir "$TOP/node"
	until_true 7 says '[.doors[] | select(.place == "'"$TOP/node"'")] == []'
	warns "nothing listens on tcp:13000, quic:13000"
	mkdir "$TOP/node"
	until_true 3 hangs "$TOP/node"
	is_refused "$TOP/node"
}

# By the second's tick alone three of ten would be early enough.
@test "a cgroup made anew carries its doors at once: before the node's first dial, not within a second" {
	local early=0
	mkdir "$TOP/node"
	begin --cgroup "/$NAME/node"
	for _ in $(seq 8); do
		rmdir "$TOP/node"
		mkdir "$TOP/node"
		sleep 0.25
		! is_refused "$TOP/node" || early=$((early + 1))
		while [ -s "$TOP/node/cgroup.procs" ]; do sleep 0.05; done
	done
	echo "$early of 8"
	[ "$early" -ge 7 ]
}

@test "auto: a node that moves is followed, one in the root cgroup is told, and the root never gets the dial door" {
	mkdir "$TOP/one" "$TOP/two"
	node "$TOP/one"
	begin
	until_true 7 hangs "$TOP/one"
	stop "$TCP" "$UDP"
	node "$TOP/two"
	until_true 7 hangs "$TOP/two"
	says '[.doors[] | select(.place == "'"$TOP/one"'")] == []'
	stop "$TCP" "$UDP"
	node "$CGROUPS"
	until_true 7 warns "is listened on in /, the cgroup of all the rest of the host"
	says '[.listeners[] | select(.cgroup == "/") | .inside and (.dial | not)] == [true, true]'
	run ! hangs "$CGROUPS"
}

@test "auto: neither a login session nor a container engine gets the dial door" {
	local scope=$SLICE/session-3.scope engine=$SLICE/docker.service
	mkdir "$scope" "$engine"
	node "$scope"
	begin
	until_true 7 warns "session-3.scope, the cgroup of a login session and its shell"
	run ! hangs "$scope"
	run ! is_refused "$scope"
	stop "$TCP" "$UDP"
	node "$engine"
	until_true 7 warns "docker.service, the cgroup of docker, which holds the port for a container"
	run ! hangs "$engine"
}

@test "a path: waited for, followed, and a listener outside of it is named" {
	begin --cgroup "/$NAME/node"
	warns "cgroup /$NAME/node is not there"
	mkdir "$TOP/node" "$TOP/outside"
	until_true 7 hangs "$TOP/node"
	run ! warns "is not there"
	rmdir "$TOP/node"
	mkdir "$TOP/node"
	until_true 3 is_refused "$TOP/node"
	node "$TOP/outside"
	until_true 7 warns "is listened on in /$NAME/outside on this host, outside the named cgroups"
	says '[.listeners[] | .inside or .dial] == [false, false]'
	run ! is_refused "$TOP/outside"
	until_true 1 says '[.doors[] | select(.hook == "sock_ops") | .place] == ["'"$TOP/node"'"]'
}

@test "a unit: below nested slices; of two with one name the first is taken and both are told" {
	local unit=pgnode$$
	local one=$SLICE/$unit-a.slice
	mkdir "$one"
	begin --cgroup "unit:$unit"
	warns "cgroup unit:$unit is not there"
	mkdir "$one/$unit.service"
	until_true 7 hangs "$one/$unit.service"
	mkdir "$TOP/$unit.service" # of a systemd in a container: not in a slice
	kill -HUP "$DAEMON" # walks the hierarchy at once
	sleep 1
	run ! warns "may be"
	rmdir "$TOP/$unit.service"
	mkdir "$SLICE/$unit.service"
	kill -HUP "$DAEMON"
	until_true 7 warns "cgroup unit:$unit may be"
}

@test "a container: by the first digits of its ID, as docker lays it out" {
	local id=0123456789abcdef0123456789abcdef0123456789abcdef
	id=$id$(printf '%016x' $$)
	begin --cgroup "container:$id"
	warns "cgroup container:$id is not there"
	mkdir "$TOP/docker-$id.scope"
	until_true 7 hangs "$TOP/docker-$id.scope"
	rmdir "$TOP/docker-$id.scope"
	mkdir "$TOP/$id"
	until_true 7 hangs "$TOP/$id"
}

@test "none: no door hangs on any cgroup; a reload changes it" {
	mkdir "$TOP/node"
	node "$TOP/node"
	CONF=$(mktemp /tmp/pgtest-XXXXXX)
	chmod 644 "$CONF"
	echo 'cgroup = none' >"$CONF"
	begin --config "$CONF"
	says '[.doors[] | select(.rung == "cgroup")] == []'
	says '[.listeners[].port] == [13000, 13000]'
	echo "cgroup = /$NAME/node" >"$CONF"
	kill -HUP "$DAEMON"
	until_true 3 hangs "$TOP/node"
}

@test "a container's namespace: its port, its cgroup, and no thread keeps it when it ends" {
	local id
	INSIDE=pg$$i
	id=$(printf '%016x%048x' $$ 1)
	mkdir "$TOP/$id"
	ip netns add "$INSIDE"
	ip -n "$INSIDE" link set lo up
	node "$TOP/$id" "$INSIDE" 9000
	# Docker's proxy has the published port, in this host's namespace.
	mkdir "$TOP/proxy"
	node "$TOP/proxy"
	# shellcheck disable=SC2034 # daemon_start reads it
	SERVICE=beacon=tcp:13000:9000,quic:13000:9000
	daemon_start --user nobody --netns "container:${id:0:16}"
	until_true 7 hangs "$TOP/$id"
	run ! hangs "$TOP/proxy"
	says '[.listeners[] | select(.netns == "container:'"${id:0:16}"'" and .port == 9000 and .dial) | .transport] | sort == ["quic", "tcp"]'
	says '[.services[].ports[]] == ["tcp:13000:9000", "quic:13000:9000"]'
	[ "$(listener_ports)" = "9000 13000" ]
	for task in /proc/"$DAEMON"/task/*; do
		grep -q '^CapEff:.0000000000000000$' "$task/status"
		grep -q '^CapPrm:.0000000000000000$' "$task/status"
		grep -q '^Seccomp:.2$' "$task/status"
	done
	[ "$(threads_elsewhere)" -eq 1 ]
	stop "${STARTED[@]}"
	STARTED=()
	rmdir "$TOP/$id"
	until_true 3 warns "container:${id:0:16} is gone"
	[ "$(threads_elsewhere)" -eq 0 ]
	[ "$(listener_ports)" = 13000 ]
}

@test "without cgroup v2: said in a sentence, listeners are found and the front door is gated nevertheless" {
	local real=$PEERGATED
	cat >"$BATS_TEST_TMPDIR/peergated" <<-END
		#!/bin/sh
		exec unshare --mount sh -c 'while umount -l "$CGROUPS"; do :; done 2>/dev/null; exec "\$0" "\$@"' "$real" "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/peergated"
	PEERGATED=$BATS_TEST_TMPDIR/peergated
	mkdir "$TOP/node"
	node "$TOP/node"
	begin
	PEERGATED=$real
	until_true 1 warns "dials over TCP are not judged"
	run ! warns "may not"
	says '[.doors[] | select(.rung == "cgroup")] == []'
	says '[.listeners[] | .inside or .dial] == [false, false]'
	says '[.interfaces[].attached] == [true]'
	run ! is_refused "$TOP/node"
}

# living SOURCE: connections that the witness counts of it; the last four bytes of its key are the address.
living() {
	local key="[0,0,255,255,${1//./,}]"
	bpftool -j map dump pinned "$PINS/witness" | jq "[.[] | select(.formatted.key.address == $key) | .formatted.value.live[].living] | add // 0"
}

lives() {
	[ "$(living "$1")" -eq "$2" ]
}

# stay SOURCE: a connection to the container's port, from inside, until it is stopped.
stay() {
	nsenter --net="/run/netns/$INSIDE" socat -u "TCP:127.0.0.1:9000,bind=$1" /dev/null 3>&- &
	started=$!
	STARTED+=("$started")
}

@test "a container's connections are counted: those from before by a census in its namespace, those after at once" {
	local first
	INSIDE=pg$$i
	mkdir "$TOP/node"
	ip netns add "$INSIDE"
	ip -n "$INSIDE" link set lo up
	ip -n "$INSIDE" addr add 203.0.113.5/32 dev lo
	in_cgroup "$TOP/node" "$INSIDE" socat TCP-LISTEN:9000,fork,reuseaddr PIPE
	sleep 0.3
	stay 203.0.113.5
	first=$started
	sleep 0.3
	# shellcheck disable=SC2034 # daemon_start reads it
	SERVICE=beacon=tcp:13000:9000
	daemon_start --user nobody --census 2s --netns "/run/netns/$INSIDE"
	until_true 5 lives 203.0.113.5 1
	stay 203.0.113.5
	until_true 1 lives 203.0.113.5 2
	stop "$first" "$started"
	# Only the census sees the end of what was there before the door.
	until_true 6 lives 203.0.113.5 0
}

# Which ports the doors that see sockets look for.
listener_ports() {
	bpftool -j map dump pinned "$PINS/listeners" | jq -r '[.[].formatted.key.port.port] | unique | join(" ")'
}

# How many threads of the daemon are in another namespace than the daemon.
threads_elsewhere() {
	local own count=0
	own=$(readlink "/proc/$DAEMON/ns/net")
	for task in /proc/"$DAEMON"/task/*; do
		[ "$(readlink "$task/ns/net")" = "$own" ] || count=$((count + 1))
	done
	echo "$count"
}

@test "a namespace by path: deleted, it is left at once; one that is not there is told" {
	INSIDE=pg$$i
	ip netns add "$INSIDE"
	mkfifo "$BATS_TEST_TMPDIR/fifo" # who opens one waits for its other end
	daemon_start --user nobody --netns "/run/netns/$INSIDE" --netns /run/netns/pg-not-there --netns "$BATS_TEST_TMPDIR/fifo"
	warns "/run/netns/pg-not-there cannot be opened"
	warns "$BATS_TEST_TMPDIR/fifo is no namespace"
	[ "$(threads_elsewhere)" -eq 1 ]
	ip netns del "$INSIDE"
	until_true 3 warns "/run/netns/$INSIDE is gone"
	[ "$(threads_elsewhere)" -eq 0 ]
	ask gate_status | jq -e '.result.warnings | length > 0'
}
