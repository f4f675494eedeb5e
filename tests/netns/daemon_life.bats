#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The daemon from its start to its end: what it gates, what it keeps, how it is told to change, what it takes.

load daemon

setup() {
	daemon_setup
}

teardown() {
	daemon_teardown
}

@test "a ban refuses the next SYN, an unban lets it in" {
	daemon_start --mode enforce
	listen 13000
	reaches 192.0.2.10 13000 192.0.2.7
	run ask gate_ban '{"addr":"192.0.2.7","ttl":60,"reason":"bad_score"}'
	[[ $output == *'"addr":"192.0.2.7/32","widened":false'* ]]
	run reaches 192.0.2.10 13000 192.0.2.7
	[ "$status" -ne 0 ]
	reaches 192.0.2.10 13000 192.0.2.1
	run ask gate_status
	[[ $output == *'"verdict":"refuse","reason":"bad_score"'* ]]
	ask gate_unban '{"addr":"192.0.2.7"}'
	reaches 192.0.2.10 13000 192.0.2.7
	kill "$LISTENER"
}

@test "a bare IPv6 address is its /64, and the answer says so" {
	daemon_start
	run ask gate_ban '{"addr":"2001:db8:5::9","ttl":60}'
	[[ $output == *'"addr":"2001:db8:5::/64","widened":true'*'"note":"a bare IPv6'* ]]
	run ask gate_ban '{"addr":"2001:db8:6::9/128","ttl":60}'
	[[ $output == *'"addr":"2001:db8:6::9/128","widened":false'* ]]
	run ask gate_status
	[[ $output == *'{"name":"prefixes","entries":1'* && $output == *'{"name":"sources","entries":1'* ]]
}

@test "unban and disallow of what is not there: refused" {
	daemon_start
	run ask gate_unban '{"addr":"192.0.2.7"}'
	[[ $output == *'"code":-32000'* ]]
	run ask gate_disallow '{"addr":"192.0.2.7"}'
	[[ $output == *'"code":-32000'* ]]
}

@test "mode: observed is counted and passes, and a restart keeps what was told" {
	daemon_start
	listen 13000
	ask gate_ban '{"addr":"192.0.2.7","ttl":60}'
	reaches 192.0.2.10 13000 192.0.2.7
	run ask gate_status
	[[ $output == *'"mode":"observe"'* && $output == *'"would_refuse","reason":"operator"'* ]]
	run ask gate_mode '{"mode":"enforce"}'
	[[ $output == *'"mode":"enforce","before":"observe"'* ]]
	run reaches 192.0.2.10 13000 192.0.2.7
	[ "$status" -ne 0 ]
	daemon_stop
	run reaches 192.0.2.10 13000 192.0.2.7
	[ "$status" -ne 0 ]
	daemon_start
	run ask gate_status
	[[ $output == *'"mode":"enforce"'* ]]
	run ask gate_explain '{"addr":"192.0.2.7"}'
	[[ $output == *'"verdict":"refuse","reason":"operator"'* ]]
	kill "$LISTENER"
}

@test "an operator's bans last as told over a restart, however many are in one network and whatever their reason" {
	daemon_start --sources-max 1000
	for i in $(seq 50); do
		printf '{"jsonrpc":"2.0","id":%d,"method":"gate_ban","params":{"addr":"2001:db8:9:%x::","ttl":600,"reason":"bad_score"}}' "$i" "$i"
	done | socat -t 2 - "UNIX-CONNECT:$ADMIN" | grep -c '"result"' | grep -x 50
	daemon_stop
	daemon_start --sources-max 1000
	run ask gate_status
	[[ $output == *'"bans":50'*'"evicted":0'* ]]
}

@test "SIGHUP: ports and pace change, run-dir waits for a restart, an error changes nothing" {
	cat >"$BATS_TEST_TMPDIR/conf" <<-END
		mode = enforce
	END
	daemon_start --config "$BATS_TEST_TMPDIR/conf"
	echo "mode = observe
	pin-dir = /sys/fs/bpf/elsewhere" | sed 's/^\s*//' >"$BATS_TEST_TMPDIR/conf"
	kill -HUP "$DAEMON"
	for _ in $(seq 30); do grep -q reloaded "$LOG" && break || sleep 0.1; done
	run ask gate_status
	[[ $output == *'"mode":"observe"'* ]]
	echo "moode = enforce" >"$BATS_TEST_TMPDIR/conf"
	kill -HUP "$DAEMON"
	for _ in $(seq 30); do grep -q "stays as it is" "$LOG" && break || sleep 0.1; done
	grep -q 'conf:1: unknown key "moode"; did you mean mode?' "$LOG"
	run ask gate_status
	[[ $output == *'"mode":"observe"'* ]]
}

@test "SIGHUP: interfaces and services come and go, sizes wait for a restart" {
	ip -n "$NODE" link add gate1 type veth peer name far1
	ip -n "$NODE" link set gate1 up
	conf=$BATS_TEST_TMPDIR/conf
	printf 'sources-max = 4096\ninterface = gate0\nservice = beacon=tcp:13000\n' >"$conf"
	nsenter --net="/run/netns/$NODE" "$PEERGATED" --config "$conf" --store none --run-dir "$RUN" --pin-dir "$PINS" 2>>"$LOG" 3>&- &
	DAEMON=$!
	for _ in $(seq 50); do grep -q serves "$LOG" && break || sleep 0.1; done
	printf 'sources-max = 8192\ninterface = gate1\nservice = beacon=tcp:14000\n' >"$conf"
	kill -HUP "$DAEMON"
	for _ in $(seq 30); do grep -q reloaded "$LOG" && break || sleep 0.1; done
	grep -q 'sources-max changes with the next restart only' "$LOG"
	run ask gate_status
	[[ $output == *'"name":"gate1"'* && $output != *'"name":"gate0"'* ]]
	[[ $output == *'"tcp:14000"'* && $output != *'"tcp:13000"'* ]]
	[[ $output == *'{"name":"sources","entries":0,"max":4096,'* ]]
}

@test "SIGHUP: an interface that is none takes nothing off; one that is away is waited for" {
	conf=$BATS_TEST_TMPDIR/conf
	printf 'interface = gate0\nservice = beacon=tcp:13000\n' >"$conf"
	nsenter --net="/run/netns/$NODE" "$PEERGATED" --config "$conf" --store none --run-dir "$RUN" --pin-dir "$PINS" 2>>"$LOG" 3>&- &
	DAEMON=$!
	for _ in $(seq 50); do grep -q serves "$LOG" && break || sleep 0.1; done
	printf 'interface = gaet0\nservice = beacon=tcp:14000\n' >"$conf"
	kill -HUP "$DAEMON"
	for _ in $(seq 30); do grep -q "stays as it is" "$LOG" && break || sleep 0.1; done
	grep -q 'gaet0: there is no such interface.*everything stays as it is' "$LOG"
	run ask gate_status
	[[ $output == *'"name":"gate0","ifindex":'*'"attached":true'* && $output == *'"tcp:13000"'* ]]
	ip -n "$NODE" link del gate0
	for _ in $(seq 30); do grep -q "gate0 is not gated now" "$LOG" && break || sleep 0.1; done
	printf 'interface = gate0\nservice = beacon=tcp:14000\n' >"$conf"
	kill -HUP "$DAEMON"
	for _ in $(seq 30); do grep -q reloaded "$LOG" && break || sleep 0.1; done
	ip -n "$NODE" link add gate0 type veth peer name far0
	for _ in $(seq 30); do grep -q "gate0 is gated again" "$LOG" && break || sleep 0.1; done
	run ask gate_status
	[[ $output == *'"attached":true'* && $output == *'"tcp:14000"'* ]]
}

@test "off: the answer comes, the pins go, the daemon ends with 0" {
	daemon_start
	run ask gate_off
	[[ $output == *'"detached":1'* ]]
	wait "$DAEMON"
	DAEMON=
	[ ! -e "$PINS" ] && [ ! -e "$ADMIN" ]
}

@test "a second daemon: refused, and the first goes on" {
	daemon_start
	run nsenter --net="/run/netns/$NODE" "$PEERGATED" --interface gate0 --service b=tcp:1 --store none --run-dir "$RUN.2" --pin-dir "$PINS"
	[ "$status" -eq 1 ]
	[[ $output == *"$DAEMON"* ]]
	run nsenter --net="/run/netns/$NODE" "$PEERGATED" --service b=tcp:1 --store none --run-dir "$RUN" --pin-dir "$PINS-2"
	[ "$status" -eq 1 ]
	[[ $output == *"another daemon serves $COMMON"* ]]
	[ ! -e "$PINS-2" ] || "$PEERGATED" --off --pin-dir "$PINS-2"
	run ask rpc_modules
	[[ $output == *result* ]]
}

@test "what is wrong with the configuration: one sentence, exit 1, nothing attached" {
	while read -r flags part; do
		# shellcheck disable=SC2086 # words are wanted
		run nsenter --net="/run/netns/$NODE" "$PEERGATED" --store none --run-dir "$RUN" --pin-dir "$PINS" ${flags//;/ }
		[ "$status" -eq 1 ] && [[ ${lines[-1]} == *"${part//_/ }"* ]] || { echo "$flags: $status $output" && return 1; }
		[ ! -e "$RUN" ]
	done <<-'END'
		--interface;gate0 no_service
		--interface;gate0;--interface;gate0;--service;a=tcp:1 twice
		--interface;nowhere0;--service;a=tcp:1 nowhere0
		--service;a=tcp:1;--service;b=tcp:1 in_a_and_b
		--service;a=tcp:1-3,tcp:2 twice
		--service;a=udp:1 neither_tcp_nor_quic
		--service;a=tcp:0 no_port
		--service;a=tcp:70000 no_port
		--service;a=tcp:9-8 ends_before
		--service;a no_service
		--service;a=tcp:1;--service;a=tcp:2 twice
		--mode;enforced did_you_mean_enforce?
		--attach;xdp auto,_native
		--lease;1s lease
		--lease;soon no_duration
		--pace;fast no_rate
		--leak;2 no_share
		--resets;unknwon did_you_mean_unknown?
		--pace;1/1h;--pace-burst;100 longer_than_a_day
		--ban-max;13h outside
		--sources-max;9999999999 outside
		--sources-max;-1 no_whole
		--user;nobody-like-that no_user
		--config;/nonexistent/file /nonexistent/file
	END
	[ ! -e "$PINS" ]
}

@test "--check: says what is wrong with a file, by line" {
	conf=$BATS_TEST_TMPDIR/conf
	printf '# fine\ninterface = eth0\nservise = a=tcp:1\n' >"$conf"
	run "$PEERGATED" --check --config "$conf"
	[ "$status" -eq 1 ]
	[[ $output == *"conf:3: unknown key \"servise\"; did you mean service?"* ]]
	printf 'mode = enforce\n[section]\nmode = observe\n' >"$conf"
	run "$PEERGATED" --check --config "$conf"
	[[ $status -eq 1 && $output == *"conf:3: [section]"* ]]
	printf 'interface = eth0\nservice = a=tcp:1\n' >"$conf"
	"$PEERGATED" --check --config "$conf"
	"$PEERGATED" --check --config docs/peergate.conf.example
	run "$PEERGATED" --check --config "$conf" --user nosuchuser
	[[ $status -eq 1 && $output == *"there is no user nosuchuser"* ]]
	run "$PEERGATED" --check --config "$BATS_TEST_TMPDIR"
	[[ $status -eq 1 && $output == *"Is a directory"* ]]
	# Every key has its line in the example, and no other.
	diff <(sed -n 's/^# \([a-z-]*\) = .*/\1/p' docs/peergate.conf.example | sort -u) \
		<("$PEERGATED" --help | sed -n 's/^ *\(-., \)\?--\([a-z-]*\)=.*/\2/p' | grep -vx 'config' | sort -u)
}

@test "10,000 connections, one that never reads, one a byte at a time: others are served" {
	daemon_start
	python3 - "$COMMON" "$ADMIN" "$DAEMON" <<-'END'
		import json, resource, socket, subprocess, sys, time
		common, admin, pid = sys.argv[1:]
		def connect(path):
		    s = socket.socket(socket.AF_UNIX)
		    s.settimeout(5)
		    s.connect(path)
		    return s
		def kib():
		    return int(next(l for l in open(f"/proc/{pid}/status") if l.startswith("VmRSS")).split()[1])
		ask = b'{"jsonrpc":"2.0","id":1,"method":"gate_status"}'
		before = kib()
		held, refused = [], 0
		for _ in range(10000):
		    s = connect(common)
		    held.append(s)
		    if len(held) > 64:
		        told = held.pop().recv(4096)
		        assert b"-32000" in told and b"too many connections" in told, told
		        refused += 1
		assert refused == 10000 - 64, refused
		# Another process is served, although this one holds every place.
		told = subprocess.run(["socat", "-t2", "-", f"UNIX-CONNECT:{common}"], input=ask, stdout=subprocess.PIPE).stdout
		assert b'"version"' in told, told
		for s in held: s.close()
		# One that asks and never reads: what is queued for it is bounded.
		deaf = connect(common)
		deaf.setblocking(False)
		sent, quiet = 0, 0
		while quiet < 20 and sent < 50_000_000:
		    try:
		        sent += deaf.send(ask * 1000)
		        quiet = 0
		    except BlockingIOError:
		        quiet += 1
		        time.sleep(0.05)
		assert sent < 5_000_000, f"{sent} bytes were taken from one that does not read"
		slow = connect(admin)
		for byte in ask[:10]:
		    slow.send(bytes([byte]))
		    time.sleep(0.05)
		other = connect(common)
		other.send(ask)
		assert b'"version"' in other.recv(65536)
		slow.send(ask[10:])
		assert b'"version"' in slow.recv(65536)
		assert kib() - before < 16384, f"{kib() - before} KiB more"
	END
}

@test "a slow watcher is told how many events it missed" {
	daemon_start --output-max 4096
	python3 - "$ADMIN" <<-'END'
		import json, socket, sys, time
		def connect():
		    s = socket.socket(socket.AF_UNIX)
		    s.settimeout(5)
		    s.connect(sys.argv[1])
		    return s
		watcher, admin = connect(), connect()
		watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		watcher.send(b'{"jsonrpc":"2.0","id":1,"method":"gate_subscribe","params":["events"]}')
		lines = watcher.makefile()
		assert "0x" in json.loads(lines.readline())["result"]
		COUNT = 5000
		bans = admin.makefile()
		for i in range(COUNT):
		    admin.send(json.dumps({"jsonrpc": "2.0", "id": i, "method": "gate_ban",
		        "params": {"addr": f"198.51.{i // 250}.{i % 250}", "ttl": 60}}).encode())
		    assert "result" in json.loads(bans.readline())
		time.sleep(0.2)
		seen, missed = 0, 0
		watcher.settimeout(2)
		def more():
		    # One event after the silence brings the count of what was missed. Each of another address: the same ban again is none.
		    admin.send(b'{"jsonrpc":"2.0","id":1,"method":"gate_ban","params":{"addr":"203.0.%d.%d","ttl":60}}' % (COUNT // 250, COUNT % 250))
		    bans.readline()
		while True:
		    event = json.loads(lines.readline())["params"]["result"]
		    if event["type"] == "missed":
		        missed += event["missed"]
		        break
		    seen += event["type"] == "decision"
		    if seen % 50 == 0:
		        more(); COUNT += 1
		assert missed > 0, (seen, missed)
		assert seen + missed <= COUNT, (seen, missed, COUNT)
	END
}

@test "as another user without any privilege: bans, guard, reload, interfaces, watchers and the end" {
	# Below a folder that another user may enter, as /etc and /run are.
	open=$(mktemp -d)
	chmod 755 "$open"
	conf=$open/conf RUN=$open/run
	ADMIN=$RUN/admin.ipc COMMON=$RUN/peergate.ipc
	echo "pace = 1/s" >"$conf"
	daemon_start --config "$conf" --user nobody --group nogroup --mode enforce
	[ "$(stat -c %U:%G:%a "$COMMON")" = root:nogroup:660 ]
	[ "$(stat -c %U:%a "$ADMIN")" = root:600 ]
	grep -q '^Uid:\s65534\s65534\s65534\s65534' "/proc/$DAEMON/status"
	grep -q '^CapEff:\s0000000000000000' "/proc/$DAEMON/status"
	listen 13000
	ask gate_ban '{"addr":"192.0.2.7","ttl":60}'
	run reaches 192.0.2.10 13000 192.0.2.7
	[ "$status" -ne 0 ]
	run ask gate_status
	[[ $output == *'"reason":"operator"'* && $output == *'"privileges":{"uid":65534,"kept":[]'* ]]
	run ask gate_ban '{"addr":"192.0.2.10"}'
	[[ $output == *"an address of this host"* ]]
	ip -n "$NODE" link add gate1 type veth peer name far1
	printf 'pace = 2/s\n' >"$conf"
	kill -HUP "$DAEMON"
	for _ in $(seq 30); do grep -q reloaded "$LOG" && break || sleep 0.1; done
	grep -q 'reload: pace changes' "$LOG"
	run timeout 10 nsenter --net="/run/netns/$PEERS" setpriv --reuid 65534 --regid 65534 --clear-groups socat -t 2 - "UNIX-CONNECT:$COMMON" \
		<<<'{"jsonrpc":"2.0","id":1,"method":"rpc_modules"}'
	[[ $output == *result* ]]
	run timeout 10 setpriv --reuid 65533 --regid 65533 --clear-groups socat -t 2 - "UNIX-CONNECT:$COMMON" <<<'{}'
	[[ $output == *"ermission denied"* ]]
	run timeout 10 setpriv --reuid 65534 --regid 65534 --clear-groups socat -t 2 - "UNIX-CONNECT:$ADMIN" <<<'{}'
	[[ $output == *"ermission denied"* ]]
	daemon_stop
	[ ! -e "$COMMON" ] && [ ! -e "$ADMIN" ]
	rm -r "$open"
	kill "$LISTENER"
}

@test "the service manager is told when it serves, and the log names the rung" {
	socat -u "UNIX-RECV:$BATS_TEST_TMPDIR/notify" "CREATE:$BATS_TEST_TMPDIR/told" 3>&- &
	manager=$!
	until [ -S "$BATS_TEST_TMPDIR/notify" ]; do sleep 0.05; done
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify daemon_start --log-format json
	for _ in $(seq 30); do [ -s "$BATS_TEST_TMPDIR/told" ] && break || sleep 0.1; done
	kill "$manager"
	[ "$(cat "$BATS_TEST_TMPDIR/told")" = READY=1 ]
	jq -e . "$LOG" >/dev/null
	grep -q 'gate0 is gated: tcx' "$LOG" || grep -q 'gate0 is gated: clsact' "$LOG"
}
