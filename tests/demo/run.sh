# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# run: processes that a demonstration or a test starts, each in a namespace, each ended by its id; waiting for a
# condition, never for a while. The caller sets WORK (a folder of its own) and says in NODE and PEERS where things run.

STARTED=() # ids of the processes that live, in the order of their start
EVER=()    # of all that were ever started
started=   # of the last one

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s\n' "demo: $*" >&2
	exit 1
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds; fails, naming WHAT, after so many seconds.
wait_for() {
	local deadline=$((SECONDS + $1)) what=$2
	shift 2
	while ! "$@"; do
		((SECONDS < deadline)) || die "waited in vain for $what"
		sleep 0.05
	done
}

# start NAMESPACE NAME COMMAND…: in the background; output to WORK/NAME.out and WORK/NAME.err. Its id is in $started. Standard input is $start_input, or nothing.
start() {
	local namespace=$1 name=$2
	shift 2
	nsenter --net="/run/netns/$namespace" "$@" <"${start_input:-/dev/null}" >"$WORK/$name.out" 2>"$WORK/$name.err" &
	started=$!
	STARTED+=("$started")
	EVER+=("$started")
}

# stop PID…: ends them and waits; one that has ended already is welcome.
stop() {
	local pid
	for pid in "$@"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "$@"; do
		end_of "$pid"
	done
}

# A process has ten seconds to end by itself, then it is killed.
end_of() {
	local pid=$1 deadline=$((SECONDS + 10))
	while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do
		sleep 0.05
	done
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

stop_all() {
	[ ${#STARTED[@]} -eq 0 ] || stop "${STARTED[@]}"
	STARTED=()
}

has_said() {
	grep -qs "${2:-.}" "$WORK/$1.out"
}

# running PID NAME: or dies with what it said.
running() {
	kill -0 "$1" 2>/dev/null || {
		cat "$WORK/$2.err" >&2
		die "$2 has ended: its words are above"
	}
}

# daemon_start NODE MODE [FLAGS…]: peergated on gate0 of the namespace; ready when it answers.
daemon_start() {
	local node=$1 mode=$2
	shift 2
	start "$node" peergated "$BUILD/peergated" --interface gate0 --service beacon=tcp:13000,quic:13000 \
		--mode "$mode" --store none --run-dir "$RUN" --pin-dir "$PINS" "$@"
	DAEMON=$started
	wait_for 20 "peergated to answer" daemon_answers
}

daemon_answers() {
	running "$DAEMON" peergated && ask --json status >/dev/null 2>&1
}

# ask VERB…: the CLI on the admin socket.
ask() {
	"$BUILD/peergate" --socket "$RUN/admin.ipc" "$@"
}

# daemon_off: the gate goes, and the daemon with it.
daemon_off() {
	[ -n "${DAEMON:-}" ] || return 0
	ask off --pin-dir "$PINS" >"$WORK/off.out" 2>&1 || true
	end_of "$DAEMON"
	DAEMON=
}
