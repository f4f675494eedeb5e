# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# gate: what the tests of the gate's attaching share: two namespaces and a cable (tests/demo/net.sh), the real daemon,
# Initials that can be counted. Everything made here is removed by gate_down.

BAD=192.0.2.7 GOOD=192.0.2.8 PORT=13000

gate_up() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf || skip "no BPF file system"
	BUILD=${BUILD:-build}
	. tests/demo/net.sh
	. tests/demo/run.sh
	NODE=pggn$$ PEERS=pggp$$ PINS=/sys/fs/bpf/pgtest-$$
	WORK=$(mktemp -d /tmp/pgtest-XXXXXX)
	chmod 755 "$WORK"
	RUN=$WORK/run
	net_up "$NODE" "$PEERS"
	printf '%s\n' "$BAD" "$GOOD" | net_sources "$PEERS"
}

gate_down() {
	[ -n "${WORK:-}" ] || return 0
	stop_all
	[ ! -e "$PINS" ] || net_in "$NODE" "$BUILD/peergated" --off --pin-dir "$PINS" || true
	net_down "$NODE" "$PEERS"
	if mountpoint -q "$WORK/bpf"; then umount "$WORK/bpf"; fi
	rm -rf "$WORK"
	[ ! -e "$PINS" ] && [ ! -e "${PINS}_next" ]
}

# gated [FLAGS…]: the daemon, enforcing, without pace and churn, so that only bans refuse.
gated() {
	daemon_start "$NODE" enforce --user nobody --pace off --churn 0 --cold-start 0 "$@"
}

# refused_to_start FLAGS…: the daemon must end by itself and say why; its words are in $output.
refused_to_start() {
	run -1 timeout 10 nsenter --net="/run/netns/$NODE" "$BUILD/peergated" --service beacon=tcp:$PORT,quic:$PORT \
		--store none --run-dir "$RUN" --pin-dir "$PINS" "$@"
	echo "$output"
}

killed() {
	kill -9 "$DAEMON"
	wait "$DAEMON" 2>/dev/null || true
}

rung_of() {
	ask --json status | jq -r --arg name "$1" '.interfaces[] | select(.name == $name) | .rung'
}

note_of() {
	ask --json status | jq -r --arg name "$1" '.interfaces[] | select(.name == $name) | .note'
}

# counted VERDICT [FAMILY]: starts to the service that got it, over all reasons.
counted() {
	ask --json status | jq --arg verdict "$1" --arg family "${2:-}" '[.counters[] | select(.verdict == $verdict and
		.service == "beacon" and ($family == "" or .family == $family)) | .packets] | add // 0'
}

listen() {
	start "$NODE" sink python3 tests/netns/initials.py count "$NODE_V4" "$PORT"
	SINK=$started
	wait_for 5 "the listener" has_said sink ready
}

# send NAME SOURCE COUNT PER_SECOND: in the background; its id is in $started.
send() {
	start "$PEERS" "$1" python3 tests/netns/initials.py send "$2" "$NODE_V4" "$PORT" "$3" "$4"
}

# heard SOURCE: how many of its Initials reached the listener, which ends by this.
heard() {
	if kill -0 "$SINK" 2>/dev/null; then
		kill "$SINK"
		wait "$SINK" || true
	fi
	awk -v source="$1" '$1 == source { n = $2 } END { print n + 0 }' "$WORK/sink.out"
}

# lost: what the cable's end dropped before anything could judge it (a full backlog).
lost() {
	ip -n "$NODE" -s -j link show gate0 | jq '.[0].stats64.rx.dropped'
}

# is_refused [SOURCE]: ten Initials, none of which arrives.
arrived() {
	listen
	send probe "${1:-$BAD}" 10 1000
	wait "$started"
	sleep 0.3
	heard "${1:-$BAD}"
}

# other_build NAME FILE SED: a daemon built from a copy of the tree in which FILE (or a pattern) is changed; its path is in $OTHER.
other_build() {
	local tree=$WORK/$1
	mkdir "$tree"
	cp -a bpf include user scripts Makefile "$tree"
	cp -a "$BUILD" "$tree/build"
	# shellcheck disable=SC2086 # FILE may be a pattern
	sed -i "$3" "$tree"/$2
	make -s -C "$tree" BUILD=build build/peergated >&2
	OTHER=$tree/build/peergated
}

# other_daemon [FLAGS…]: that build, in the place of the one before.
other_daemon() {
	local build=$BUILD
	mkdir -p "$WORK/bin"
	ln -sf "$OTHER" "$WORK/bin/peergated"
	ln -sf "$(realpath "$BUILD/peergate")" "$WORK/bin/peergate"
	BUILD=$WORK/bin
	gated "$@"
	BUILD=$build
}

# cable: the interface is back, another one of the same name.
cable() {
	ip -n "$NODE" link add gate0 type veth peer name cable0 netns "$PEERS"
	ip -n "$NODE" -batch - <<-END
		addr add $NODE_V4/24 dev gate0
		link set gate0 up
		route add default via 192.0.2.1
	END
	ip -n "$PEERS" -batch - <<-END
		addr add 192.0.2.1/24 dev cable0
		link set cable0 up
	END
}
