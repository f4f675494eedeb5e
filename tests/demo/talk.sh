# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# talk: programs that take a command a line and say an event a line (peers host, peers quic, peers-rust). Each is started by
# `start` or `start_caged` (run.sh, cage.sh), with a pipe of its own at its standard input.

declare -gA TALK=() # descriptors through which they are spoken to

# talk STARTER NAMESPACE NAME COMMAND…: started, and it has said its first line.
talk() {
	local starter=$1 name=$3 word
	shift
	rm -f "$WORK/$name.in"
	mkfifo "$WORK/$name.in"
	exec {word}<>"$WORK/$name.in"
	TALK[$name]=$word
	start_input=$WORK/$name.in "$starter" "$@"
	wait_for 10 "$name" has_said "$name"
}

# tell NAME WORD…: one command.
tell() {
	echo "${*:2}" >&"${TALK[$1]}"
}

# id_of NAME: the peer ID, a host's first line.
id_of() {
	head -1 "$WORK/$1.out"
}

# has_said_times NAME PATTERN COUNT: so many of its lines match, at least.
has_said_times() {
	[ "$(grep -cs -- "$2" "$WORK/$1.out")" -ge "$3" ]
}

# times NAME PATTERN: how many of its lines match.
times() {
	grep -cs -- "$2" "$WORK/$1.out" || true
}

# dials NAME MULTIADDR: whether it gets a connection; it says so or that it failed, at the latest when its patience ends.
dials() {
	local before failed
	before=$(times "$1" '^connected outbound') failed=$(times "$1" '^failed')
	tell "$1" dial "$2"
	wait_for 10 "the dial of $1 to $2 to end" dial_ended "$1" "$before" "$failed"
	[ "$(times "$1" '^connected outbound')" -gt "$before" ]
}

dial_ended() {
	[ "$(times "$1" '^connected outbound')" -gt "$2" ] || [ "$(times "$1" '^failed')" -gt "$3" ]
}

# hangs_up NAME OTHER: all connections of NAME end, and OTHER has seen it.
hangs_up() {
	local before
	before=$(times "$2" '^closed')
	tell "$1" close
	wait_for 5 "$2 to see the end of its connection" has_said_times "$2" '^closed' $((before + 1))
}
