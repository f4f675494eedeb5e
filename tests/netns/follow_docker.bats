#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# follow --docker: the files of Docker's json-file driver as Docker writes them (daemon/logger/copier.go: a line of more than 16 KiB comes
# as several records without a newline; loggerutils/logfile.go: rotation between any two records), in a folder mounted over Docker's.

bats_require_minimum_version 1.5.0
load gate.bash
load follow.bash

ID=aaaa1111bbbb2222cccc3333dddd4444eeee5555ffff6666aaaa7777bbbb8888
OTHER=aaaa9999bbbb2222cccc3333dddd4444eeee5555ffff6666aaaa7777bbbb8888

setup() {
	gate_up
	mkdir -p "$WORK/docker/containers" /var/lib/docker
	mounts_up "mount --bind '$WORK/docker' /var/lib/docker"
	container $ID prysm json-file
}

teardown() {
	gate_down
	rmdir --ignore-fail-on-non-empty /var/lib/docker
}

# container ID NAME DRIVER
container() {
	FOLDER=$WORK/docker/containers/$1
	LOG=$FOLDER/$1-json.log
	mkdir -p "$FOLDER"
	printf '{"ID":"%s","Name":"/%s","LogPath":"/var/lib/docker/containers/%s/%s-json.log"}' "$1" "$2" "$1" "$1" \
		>"$FOLDER/config.v2.json"
	printf '{"LogConfig":{"Type":"%s","Config":{"max-size":"1m","max-file":"3"}}}' "$3" >"$FOLDER/hostconfig.json"
}

# records [STREAM]: standard input as Docker keeps it.
records() {
	python3 -c '
import json, sys
for line in sys.stdin.buffer.read().decode("utf-8", "replace").splitlines(keepends=True):
    data = line.encode()
    for at in range(0, len(data), 16384):
        print(json.dumps({"log": data[at:at + 16384].decode("utf-8", "replace"), "stream": sys.argv[1], "time": "2026-11-22T22:23:03.1Z"}))
' "${1:-stderr}"
}

# rotate: as Docker does: the file gets another name, and another file its name.
rotate() {
	[ ! -e "$LOG.1" ] || mv "$LOG.1" "$LOG.2"
	mv "$LOG" "$LOG.1"
	: >"$LOG"
}

@test "a container by name, by short and by whole ID, to the gate" {
	gated
	: >"$LOG"
	for container in prysm aaaa1111bbbb $ID; do
		follow_start --docker "$container"
		wait_for 5 "it to begin" said "from its end on"
		colour_mute "198.51.100.${#container}" | records >>"$LOG"
		sleep 0.1
		colour_mute "198.51.100.${#container}" | records stdout >>"$LOG"
		wait_for 5 "the refusal" is_refused "198.51.100.${#container}"
		stop "$FOLLOWER"
		said "follow: 2 lines, 4 reports (4 taken"
	done
}

@test "a container that is not started yet, starts again, is made anew" {
	follows --docker prysm
	said "is not there yet: waiting for it"
	mute 198.51.100.1 0 | records >>"$LOG"
	wait_for 5 "the first line" told_times 198.51.100.1 1
	mute 198.51.100.2 0 | records >>"$LOG" # the same file goes on
	wait_for 5 "the line of the second start" told_times 198.51.100.2 1
	rm -r "$FOLDER"
	container $OTHER prysm json-file
	mute 198.51.100.3 0 | records >>"$LOG"
	wait_for 15 "the line of the new one" told_times 198.51.100.3 1
	mute 198.51.100.4 0 | records >>"$LOG"
	wait_for 6 "the next line" told_times 198.51.100.4 1
	[ "$(told)" -eq 4 ]
}

@test "rotation by size: each line is told once, in order, and a line across two files is none" {
	: >"$LOG"
	follows --docker prysm
	for round in 1 2 3 4; do
		for number in $(seq $((round * 50)) $((round * 50 + 49))); do
			mute 198.51.100.7 0 x $((30000 + number))
		done | records >>"$LOG"
		rotate
	done
	wait_for 10 "the last line" told_times 198.51.100.7 200
	grep '"result":"timeout"' "$WORK/follow.out" | jq -r '.addr | split("/")[4]' | cmp - <(seq 30050 30249)
	forged 16384 | records >"$WORK/forged"
	head -1 "$WORK/forged" >>"$LOG"
	rotate
	tail -n +2 "$WORK/forged" >>"$LOG"
	mute 198.51.100.2 0 | records >>"$LOG"
	wait_for 10 "the line after it" told_times 198.51.100.2 1
	[ "$(told)" -eq 201 ]
}

@test "a long line comes whole, and pieces of the two outputs are kept apart" {
	: >"$LOG"
	follows --docker prysm
	# The longest agent string, of what JSON writes as six characters each.
	mute 198.51.100.1 0 "$(many 8190 '\\u0001')" | records stderr >"$WORK/long"
	[ "$(wc -l <"$WORK/long")" -eq 4 ]
	forged 16384 | sed 's/198.51.100.1/198.51.100.2/' | records stdout >"$WORK/other"
	paste -d '\n' "$WORK/long" "$WORK/other" | grep . >>"$LOG"
	wait_for 5 "the one" told_times 198.51.100.1 1
	wait_for 5 "the other" told_times 198.51.100.2 1
	[ "$(told)" -eq 2 ]
}

@test "a piece is no entry: begun before, or in a file that is gone, or behind a record that is none" {
	forged 16384 | records >"$WORK/forged"
	head -1 "$WORK/forged" >"$LOG"
	follows --docker prysm
	tail -n +2 "$WORK/forged" >>"$LOG"
	mute 198.51.100.2 0 | records >>"$LOG"
	wait_for 5 "the next line" told_times 198.51.100.2 1
	{
		head -1 "$WORK/forged"
		head -c 5000 /dev/zero
		echo
		tail -n +2 "$WORK/forged"
		mute 198.51.100.3 0 | records
	} >>"$LOG"
	wait_for 5 "the line behind the hole" told_times 198.51.100.3 1
	stop "$FOLLOWER"
	said "skipped: 1 no entries"
	[ "$(told)" -eq 2 ]
	head -1 "$WORK/forged" >"$LOG.1"
	tail -n +2 "$WORK/forged" >"$LOG"
	mute 198.51.100.4 0 | records >>"$LOG"
	from_start >"$WORK/told"
	[ "$(grep -c 198.51.100.4 "$WORK/told")" -eq 1 ]
	run ! grep 198.51.100.99 "$WORK/told"
	mv "$LOG.1" "$LOG.1.gz" # packed, or so it seems: nobody knows how it ends
	from_start | cmp - "$WORK/told"
}

from_start() {
	inside "$BUILD/peergate" follow prysm --dry-run --from-start --docker prysm 2>"$WORK/err" | grep '"result":"timeout"'
}

@test "an old log is moved so that it ends now, wrapped as it is" {
	mute 198.51.100.1 7205 | records >"$LOG"
	mute 198.51.100.1 7200 | records >>"$LOG"
	gated
	follow_start --from-start --docker prysm
	wait_for 5 "the refusal" is_refused 198.51.100.1
	said "ends 7[12][0-9][0-9]\..* s ago: all its times are moved"
}

@test "other drivers, and containers that are none, are told with what to do" {
	container "$OTHER" geth local
	refuses geth 'logs by the driver local, not json-file: use docker logs -f --tail 0 geth 2>&1 | peergate follow CLIENT -'
	container "$OTHER" geth journald
	refuses geth 'logs by the driver journald'
	refuses aaaa '2 containers have an ID that begins with "aaaa": write more of it'
	refuses prism 'no container "prism"'
	: >"$LOG"
	chmod 700 "$WORK/docker/containers"
	inside setpriv --reuid 65533 --regid 65534 --clear-groups "$BUILD/peergate" follow prysm --docker prysm 2>"$WORK/err" && return 1
	grep "Docker's logs are for root, or whom an ACL lets in" "$WORK/err"
}

# refuses CONTAINER SENTENCE
refuses() {
	inside "$BUILD/peergate" follow prysm --docker "$1" 2>"$WORK/err" && return 1
	grep -F "$2" "$WORK/err"
}
