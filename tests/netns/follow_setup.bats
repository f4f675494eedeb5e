#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# follow --setup: what it prints is a shell script; here it is run, in mount and PID namespaces of the test's own whose /etc and /var/log
# are copies, so that its user and groups are made for real and go with the namespace. Only systemctl is a stand-in that writes down
# what it was asked.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	for tool in setfacl useradd setpriv unshare; do
		command -v "$tool" >/dev/null || skip "no $tool here"
	done
	BUILD=$(realpath "${BUILD:-build}")
	WORK=$(mktemp -d /tmp/pgtest-XXXXXX)
	NODE_USER=64123 # nobody's
	chmod 711 "$WORK"
	mkdir "$WORK/bin" "$WORK/data"
	mkfifo "$WORK/control"
	cp "$BUILD/peergate" "$WORK/bin/"
	printf '#!/bin/sh\necho "$*" >>%s/systemctl\n' "$WORK" >"$WORK/bin/systemctl"
	chmod 755 "$WORK/bin/systemctl"
	chown "$NODE_USER:$NODE_USER" "$WORK/data" "$WORK/control"
	chmod 700 "$WORK/data"
	PYTHON=/usr/bin/python3 # others must be able to run it, too
	cat >"$WORK/prelude" <<-'END'
		set -eu
		for folder in /etc /var/log; do
			mkdir -p "$WORK/copy$folder"
			[ "$folder" != /etc ] || cp -a /etc/. "$WORK/copy/etc"
			mount --bind "$WORK/copy$folder" "$folder"
		done
		groupadd gate
		PATH=$WORK/bin:$PATH
		node() {
			setpriv --reuid "$NODE_USER" --regid "$NODE_USER" --clear-groups env NODE_CONTROL="$WORK/control" \
				bash -c 'umask 022; exec -a beacon-chain "$@"' - "$PYTHON" "$NODE_PY" --datadir="$WORK/data" "$@" &
			until [ -e "$WORK/data/logs/beacon-chain.log" ]; do sleep 0.05; done
		}
		as_follower() {
			setpriv --reuid peergate-follow --regid peergate-follow --init-groups --bounding-set -all --no-new-privs "$@"
		}
	END
	cp tests/netns/node.py "$WORK/node.py"
	chmod 755 "$WORK/node.py"
	LOG=$WORK/data/logs/beacon-chain.log
}

teardown() {
	[ -z "${WORK:-}" ] || rm -rf "$WORK"
}

# caged: runs standard input as a script in namespaces of its own, behind the prelude; all that it starts ends with it.
caged() {
	{ cat "$WORK/prelude"; cat; } >"$WORK/script"
	export WORK NODE_USER PYTHON LOG NODE_PY=$WORK/node.py
	timeout 20 unshare --fork --pid --kill-child --mount --mount-proc bash "$WORK/script" 3>&-
}

@test "it is shell, without a node and with one, and changes nothing" {
	"$BUILD/peergate" --socket "$WORK/none.ipc" follow prysm --no-discovery --setup >"$WORK/any"
	run -0 caged <<-'END'
		node --http-port=3777
		find "$WORK/data" -exec stat -c '%n %a %U' {} + >"$WORK/before"
		peergate --socket "$WORK/none.ipc" follow prysm --setup >"$WORK/setup"
		find "$WORK/data" -exec stat -c '%n %a %U' {} + >"$WORK/after"
	END
	cmp "$WORK/before" "$WORK/after"
	for script in any setup; do
		bash -n "$WORK/$script"
		dash -n "$WORK/$script"
		shellcheck -s sh "$WORK/$script"
	done
	grep -q "^# Prysm runs as process [0-9]*, user $NODE_USER" "$WORK/setup"
	grep -qF "setfacl -m u:peergate-follow:r,m::r '$LOG'" "$WORK/setup"
	grep -qF "setfacl -m u:peergate-follow:x '$WORK/data'" "$WORK/setup"
	[ ! -e "$WORK/systemctl" ]
}

@test "what it prints lets a user of its own follow, and what it says of undoing takes that back" {
	run -0 caged <<-'END'
		node --http-port=3777
		python3 -c 'import os, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])' "$WORK/peergate.ipc"
		chgrp gate "$WORK/peergate.ipc"
		peergate --socket "$WORK/peergate.ipc" follow prysm --setup >"$WORK/setup"
		sh -e "$WORK/setup"
		sh -e "$WORK/setup" # twice does no harm
		id -nG peergate-follow >"$WORK/groups"
		getent passwd peergate-follow >"$WORK/user"
		as_follower head -c 0 "$LOG"
		# It reads, and no more; others do not even that.
		! as_follower sh -c 'echo x >>"$1"' - "$LOG" 2>/dev/null
		! setpriv --reuid 64124 --regid 64124 --clear-groups head -c 0 "$LOG" 2>/dev/null
		as_follower timeout 3 peergate follow prysm --dry-run 2>"$WORK/follow.err" </dev/null || true
		sed -n 's/^#   //p' "$WORK/setup" | grep -E '^(setfacl|userdel|systemctl disable)' >"$WORK/undo"
		sh -e "$WORK/undo"
		getfacl -pR "$WORK/data/logs" >"$WORK/acl"
	END
	[ "$(cat "$WORK/groups")" = "peergate-follow gate" ]
	[[ $(cat "$WORK/user") == peergate-follow:*:/nonexistent:/usr/sbin/nologin ]]
	grep -q "reads $LOG" "$WORK/follow.err"
	grep -q "$LOG from its end on" "$WORK/follow.err"
	[ "$(sort -u "$WORK/systemctl")" = "$(printf '%s\n' "disable --now peergate-follow@prysm.service" "enable --now peergate-follow@prysm.service")" ]
	[ "$(grep -c peergate-follow "$WORK/acl")" -eq 0 ]
}

# lumberjack, which rotates Prysm's file, gives the new one the mode of the old one; the first of all it makes with 0600.
@test "the file's ACL: rotation keeps it, a file made anew with mode 0600 masks it" {
	run -0 caged <<-'END'
		groupadd peergate
		node
		peergate follow prysm --setup >"$WORK/setup"
		sh -e "$WORK/setup"
		cat >"$WORK/rotate.py" <<-'PY'
		import os, sys
		log, is_rotation = sys.argv[1], sys.argv[2] == "rotate"
		mode = os.stat(log).st_mode & 0o777
		if is_rotation:
		    os.rename(log, log + ".old")
		else:
		    os.remove(log)
		os.close(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode if is_rotation else 0o600))
		PY
		rotate() {
			setpriv --reuid "$NODE_USER" --regid "$NODE_USER" --clear-groups bash -c 'umask 077; exec "$@"' - \
				"$PYTHON" "$WORK/rotate.py" "$LOG" "$1"
			as_follower head -c 0 "$LOG" 2>/dev/null && echo "$1: readable" || echo "$1: masked"
		}
		chmod 755 "$WORK/rotate.py"
		rotate rotate
		rotate rotate
		rotate anew
		rotate rotate
		setfacl -m u:peergate-follow:r,m::r "$LOG"
		rotate rotate
	END
	[ "$(grep -E '^(rotate|anew): ' <<<"$output" | xargs)" = \
		"rotate: readable rotate: readable anew: masked rotate: masked rotate: readable" ]
}
