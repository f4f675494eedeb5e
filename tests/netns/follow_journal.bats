#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# follow --journal: a real journald, in mounts of its own, and units that write to it as systemd's do: processes in cgroups of those
# names, whose output is a stream to journald's socket. Nothing of the host's journal is touched.

bats_require_minimum_version 1.5.0
load gate.bash
load follow.bash

setup() {
	gate_up
	[ -x /lib/systemd/systemd-journald ] || skip "needs journald (package systemd)"
	CGROUPS=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$CGROUPS" ] || skip "needs cgroup v2"
	SLICE=$CGROUPS/pgtest$$.slice
	mkdir "$SLICE"
	mounts_up '
		mount -t tmpfs -o mode=755 none /run && mount -t tmpfs -o mode=755 none /var/log &&
		mkdir -p /run/systemd/journald.conf.d /run/systemd/journal /run/log/journal /var/log/journal &&
		chgrp systemd-journal /var/log/journal && chmod 2755 /var/log/journal && # as systemd-tmpfiles does
		touch /run/systemd/journal/flushed && # no start of a system: what is kept goes to the disk at once
		echo 0123456789abcdef0123456789abcdef >/run/machine-id && mount --bind /run/machine-id /etc/machine-id'
	declare -gA PIPES
}

teardown() {
	local fd
	for fd in "${PIPES[@]}"; do
		exec {fd}>&-
	done
	gate_down
	[ -z "${SLICE:-}" ] || find "$SLICE" -depth -type d -exec rmdir {} +
}

# journald [SETTING…]: starts it anew.
journald() {
	[ -z "${JOURNALD:-}" ] || stop "$JOURNALD"
	printf '%s\n' '[Journal]' Storage=persistent Audit=no ReadKMsg=no ForwardToSyslog=no ForwardToWall=no RateLimitBurst=0 "$@" |
		inside tee /run/systemd/journald.conf.d/test.conf >/dev/null
	# shellcheck disable=SC2086
	start "$NODE" journald $follow_in env SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-journald
	JOURNALD=$started
	wait_for 5 "journald" inside test -S /run/systemd/journal/stdout
	wait_for 5 "journald's file" inside test -e /var/log/journal/0123456789abcdef0123456789abcdef/system.journal
}

# unit PATH [COMMAND…]: begins a unit in a cgroup of that path below the test's slice; COMMAND goes before its writer.
unit() {
	local path=$1 name=${1##*/} fd
	shift
	mkdir -p "$SLICE/$path"
	rm -f "$WORK/$name.pipe"
	mkfifo "$WORK/$name.pipe"
	# shellcheck disable=SC2016,SC2086
	start "$NODE" "$name" sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$SLICE/$path" \
		$follow_in "$@" systemd-cat cat "$WORK/$name.pipe"
	UNIT=$started
	exec {fd}>"$WORK/$name.pipe"
	PIPES[$name]=$fd
}

# says UNIT: standard input becomes the unit's output.
says() {
	cat >&"${PIPES[$1]}"
}

# ends UNIT: its output is closed, its process gone.
ends() {
	local fd=${PIPES[$1]}
	exec {fd}>&-
	unset "PIPES[$1]"
	end_of "$UNIT"
}

# stored TEXT: whether journald has it.
stored() {
	inside journalctl --no-pager -q -o cat -g "$1" >/dev/null 2>&1
}

@test "a unit's lines are told as they come, colours and all, to the gate; another unit's are not" {
	journald
	gated
	unit prysm.service
	unit geth.service
	follow_start --journal prysm
	wait_for 5 "the unit to be waited for" said "has nothing of the unit prysm yet"
	for _ in 1 2; do
		colour_mute 198.51.100.1 | says prysm.service
		mute 198.51.100.9 0 | says geth.service
		sleep 0.1
	done
	wait_for 5 "the refusal" is_refused 198.51.100.1
	wait_for 5 "the other unit's lines" stored 198.51.100.9
	mute 198.51.100.2 5 | says prysm.service
	mute 198.51.100.2 1 | says prysm.service
	wait_for 5 "what came after them" is_refused 198.51.100.2
	run ! is_refused 198.51.100.9
	stop "$FOLLOWER"
	said "follow: 4 lines, 8 reports (8 taken"
}

@test "rotation and vacuum: each line is told once, in order" {
	journald
	unit prysm.service
	mute 198.51.100.250 0 | says prysm.service
	wait_for 5 "it to be stored" stored 198.51.100.250
	follows --journal prysm.service
	for round in 1 2 3 4; do
		for number in $(seq $((round * 50)) $((round * 50 + 49))); do
			mute 198.51.100.7 0 x $((30000 + number))
		done | says prysm.service
		kill -USR2 "$JOURNALD"
		wait_for 5 "the rotation" rotated "$round"
		[ "$round" -ne 3 ] || inside journalctl --vacuum-files=1 >/dev/null 2>&1
	done
	wait_for 10 "the last line" told_times 198.51.100.7 200
	grep '"result":"timeout"' "$WORK/follow.out" | jq -r '.addr | split("/")[4]' >"$WORK/ports"
	seq 30050 30249 | cmp - "$WORK/ports"
	[ "$(told 198.51.100.250)" -eq 0 ]
}

rotated() {
	[ "$(inside find /var/log/journal -name 'system@*' | wc -l)" -ge 1 ]
}

@test "a follower that comes back tells nothing twice; journald may come back, too" {
	journald
	unit prysm.service
	follows --journal prysm
	mute 198.51.100.1 0 | says prysm.service
	wait_for 5 "the first line" told_times 198.51.100.1 1
	stop "$FOLLOWER"
	mute 198.51.100.2 0 | says prysm.service
	wait_for 5 "what nobody followed" stored 198.51.100.2
	follows --journal prysm
	mute 198.51.100.3 0 | says prysm.service
	wait_for 5 "the next line" told_times 198.51.100.3 1
	[ "$(told)" -eq 1 ]
	ends prysm.service
	journald
	unit prysm.service
	mute 198.51.100.4 0 | says prysm.service
	wait_for 10 "what another journald keeps" told_times 198.51.100.4 1
	[ "$(told)" -eq 2 ]
	stop "$FOLLOWER"
	run -0 --separate-stderr inside "$BUILD/peergate" follow prysm --dry-run --from-start --journal prysm
	[ "$(grep -c '"result":"timeout"' <<<"$output")" -eq 4 ]
}

@test "a line that journald cuts comes whole" {
	journald
	unit prysm.service
	follows --journal prysm
	# The longest agent string, of what JSON writes as six characters each: over journald's 48 KiB.
	mute 198.51.100.1 0 "$(many 8190 '\\u0001')" | says prysm.service
	mute 198.51.100.2 0 | says prysm.service
	wait_for 5 "the next line" told_times 198.51.100.2 1
	inside journalctl -q -o export | grep -aq _LINE_BREAK=line-max
	[ "$(told 198.51.100.1)" -eq 1 ]
}

@test "a piece of a line is no entry: too long, begun before, with a NUL, without an end, in two lines" {
	journald LineMax=1024
	unit prysm.service
	forged 1024 >"$WORK/forged"
	follows --journal prysm
	says prysm.service <"$WORK/forged"
	wait_for 5 "the whole line" told_times 198.51.100.1 1
	inside journalctl -q -o cat | grep -q '^\[.*198.51.100.99.*remainingActivePeers=1$'
	head -c 1024 "$WORK/forged" | says prysm.service
	stop "$FOLLOWER"
	follows --journal prysm # between two pieces
	tail -c +1025 "$WORK/forged" | says prysm.service
	{
		printf '{"agent":"x\0'
		plain_mute 198.51.100.99
		printf '\0"}\n'
	} | says prysm.service
	mute 198.51.100.2 0 | says prysm.service
	wait_for 5 "the next line" told_times 198.51.100.2 1
	plain_mute 198.51.100.99 | says prysm.service
	ends prysm.service
	unit prysm.service
	mute 198.51.100.3 0 | says prysm.service
	wait_for 5 "the line after the end" told_times 198.51.100.3 1
	ends prysm.service
	# Who speaks to the journal itself may write newlines.
	# shellcheck disable=SC2016,SC2086
	sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$SLICE/prysm.service" $follow_in python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("/run/systemd/journal/socket")
text = ("an agent\n" + sys.argv[1]).encode()
s.send(b"MESSAGE\n" + len(text).to_bytes(8, "little") + text + b"\n")
time.sleep(0.5)' "$(plain_mute 198.51.100.99)"
	wait_for 5 "it to be stored" stored "an agent"
	unit prysm.service
	mute 198.51.100.4 0 | says prysm.service
	wait_for 5 "the last line" told_times 198.51.100.4 1
	[ "$(told)" -eq 3 ]
	[ "$(told 198.51.100.99)" -eq 0 ]
}

@test "a unit of the user's own manager is told, another user's of that name is not" {
	journald
	unit user@65533.service/app.slice/prysm.service setpriv --reuid 65533 --regid 65534 --clear-groups
	follows --journal prysm
	mute 198.51.100.1 0 | says prysm.service
	wait_for 5 "it to be stored" stored 198.51.100.1
	ends prysm.service
	unit user@0.service/app.slice/prysm.service
	mute 198.51.100.2 0 | says prysm.service
	wait_for 5 "our own" told_times 198.51.100.2 1
	[ "$(told)" -eq 1 ]
}

@test "who may not read the journal is told what to do; the group systemd-journal may" {
	journald
	unit prysm.service
	mute 198.51.100.1 0 | says prysm.service
	wait_for 5 "it to be stored" stored 198.51.100.1
	cp "$BUILD/peergate" "$WORK/peergate"
	chmod 711 "$WORK"
	nobody="setpriv --reuid 65533 --regid 65534 --bounding-set -all --no-new-privs"
	# shellcheck disable=SC2086
	run -1 inside $nobody --clear-groups "$WORK/peergate" follow prysm --dry-run --journal prysm
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"system.journal cannot be read by this user: add it to the group systemd-journal"* ]]
	# shellcheck disable=SC2086
	run -0 --separate-stderr inside $nobody --groups systemd-journal "$WORK/peergate" follow prysm --dry-run --from-start \
		--journal prysm
	[ "$(grep -c '"result":"timeout"' <<<"$output")" -eq 1 ]
	run -1 inside "$WORK/peergate" follow prysm --journal "a b"
	[[ $output == *'"a b" is no name of a unit'* ]]
}
