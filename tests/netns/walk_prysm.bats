#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The ten minutes of docs/PRYSM.md, word by word: its lines are taken out of it and run beside a stand-in for a running Prysm, whose
# storm comes from another namespace. What they install, configure and make goes into mounts of the test's own; sudo and systemctl are
# stand-ins: the latter starts what the installed unit says, as the user that it says.

bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	gate_up
	. tests/demo/cage.sh
	PEER_ROLES=$BUILD/peers/peers
	for tool in setfacl useradd setpriv unshare systemd-sysusers socat; do
		command -v "$tool" >/dev/null || skip "no $tool here"
	done
	[ -x "$PEER_ROLES" ] || skip "no peers are built here"
	cage_up "pgwalk-$$" || skip "no cgroup of version 2 can be made here"
	chmod 711 "$WORK"
	mkdir "$WORK/bin" "$WORK/blocks"
	blocks
	stand_ins
}

teardown() {
	[ -z "${WALK:-}" ] || stop "$WALK"
	gate_down
	[ -z "${CAGE_FOLDER:-}" ] || wait_for 10 "the cage to be empty" cage_down
}

# blocks: the document's shell lines, a file for each piece; the interface is the test's, nothing is installed by apt, and the door for
# sockets hangs on the test's own cgroup.
blocks() {
	awk -v folder="$WORK/blocks" '
		/^## / { inside = $0 == "## Ten minutes" }
		inside && /^```sh$/ { count++; writing = 1; next }
		/^```$/ { writing = 0 }
		writing { print > (folder "/" count) }' docs/PRYSM.md
	[ "$(find "$WORK/blocks" -type f | wc -l)" -eq 4 ]
	sed -i -e '/^scripts\/setup$/d' -e "s,^interface = eth0$,interface = gate0\ncgroup = $CAGE," "$WORK/blocks/1"
}

stand_ins() {
	printf '#!/bin/sh\nexec "$@"\n' >"$WORK/bin/sudo"
	cat >"$WORK/bin/systemctl" <<-'END'
		#!/bin/bash
		# What is asked of a unit here: that it runs.
		[ "$1" != daemon-reload ] || exit 0
		name=${!#} instance=
		name=${name%.service}
		[[ $name != *@* ]] || instance=${name#*@} name=${name%%@*}@
		unit=/usr/local/lib/systemd/system/$name.service
		user=$(sed -n 's/^User=//p' "$unit")
		read -ra run < <(sed -n -e 's/%i/'"$instance"'/g' -e 's/\$FOLLOW_OPTIONS//' -e 's/^ExecStart=//p' "$unit")
		folder=$(sed -n 's/^StateDirectory=//p' "$unit")
		[ -z "$folder" ] || mkdir -p "/var/lib/$folder"
		[ -z "$user" ] ||
			run=(setpriv --reuid "$user" --regid "$user" --init-groups --bounding-set -all --no-new-privs "${run[@]}")
		"${run[@]}" >"$WORK/$name.log" 2>&1 </dev/null 3>&- &
	END
	chmod 755 "$WORK"/bin/*
}

# walk: in namespaces of its own; what it makes there ends with it. It says by files how far it is.
walk() {
	cat >"$WORK/walk" <<-'END'
		set -eu
		for folder in /etc /usr/local /var/lib /var/log; do
			mkdir -p "$WORK/over$folder/upper" "$WORK/over$folder/work"
			mount -t overlay overlay -o "lowerdir=$folder,upperdir=$WORK/over$folder/upper,workdir=$WORK/over$folder/work" "$folder"
		done
		mount -t tmpfs run /run
		mount -t bpf bpf /sys/fs/bpf
		export PATH=$WORK/bin:/usr/local/bin:/usr/local/sbin:$PATH
		echo $$ >"$CAGE_FOLDER/cgroup.procs"
		mkdir "$WORK/data"
		STANDIN="-scenarios a-tcp-mute -at $NODE_V4 -begin $BEGIN -journal $WORK/node.jsonl" \
			bash -c 'exec -a beacon-chain "$@"' - "$PEER_ROLES" --datadir="$WORK/data" --accept-terms-of-use --mainnet \
			>"$WORK/node.out" 2>"$WORK/node.err" 3>&- &
		until grep -q ready "$WORK/node.out"; do sleep 0.05; done
		would_be_refused() {
			peergate --json explain "$1" | grep -q '"verdict": *"refuse"'
		}
		wait_until() {
			for _ in $(seq 600); do
				! "$@" >/dev/null 2>&1 || return 0
				sleep 0.1
			done
			echo "waited in vain for: $*" >&2
			return 1
		}
		bash -e "$WORK/blocks/1"
		wait_until peergate status
		(cd "$WORK" && bash -e "$WORK/blocks/2") || echo "exit $?" >"$WORK/doctor"
		wait_until would_be_refused 198.51.100.1
		bash -e "$WORK/blocks/3" >"$WORK/looked"
		peergate explain 198.51.100.1 >"$WORK/explained"
		touch "$WORK/observed"
		wait_until test -e "$WORK/go-on"
		bash -e "$WORK/blocks/4"
		touch "$WORK/enforced"
		wait_until test -e "$WORK/enough"
		peergate off
	END
	export WORK NODE_V4 BEGIN CAGE_FOLDER BUILD PEER_ROLES
	start "$NODE" walk timeout 120 unshare --fork --pid --kill-child --mount --mount-proc bash "$WORK/walk"
	WALK=$started
}

# Who is refused hears nothing, or a reset.
gets_in() {
	net_in "$PEERS" timeout 2 socat -u OPEN:/dev/null "TCP:$NODE_V4:$PORT,bind=$1" 2>/dev/null
}

walked() {
	kill -0 "$WALK" 2>/dev/null || {
		cat "$WORK/walk.out" "$WORK/walk.err" "$WORK"/*.log >&2
		die "the walk ended"
	}
	[ -e "$WORK/$1" ]
}

@test "the ten minutes of docs/PRYSM.md: from nothing to enforcing, beside a running node" {
	local tale=(-scenarios a-tcp-mute -form file)
	BEGIN=$(date -d '+12 seconds' +%s)
	PEER_ROLES=$(realpath "$PEER_ROLES")
	"$PEER_ROLES" actors "${tale[@]}" -sources | net_sources "$PEERS"
	walk
	start "$PEERS" actors "$PEER_ROLES" actors "${tale[@]}" -begin "$BEGIN" -to "$NODE_V4:$PORT" -journal "$WORK/actors.jsonl"
	wait_for 90 "somebody to be as good as refused" walked observed
	cat "$WORK/walk.out" "$WORK/looked" "$WORK/explained"
	[ ! -e "$WORK/doctor" ] # it found nothing amiss
	grep -q "would_refuse" "$WORK/looked"
	grep -q "198.51.100.1/32 .*refused for io_error" "$WORK/looked"
	gets_in 198.51.100.1
	gets_in 198.51.100.24
	touch "$WORK/go-on"
	wait_for 10 "the mode" walked enforced
	run ! gets_in 198.51.100.1
	gets_in 198.51.100.24
	touch "$WORK/enough"
	wait "$WALK"
	WALK=
}
