#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# gate_rank on both roads: a plain question that is read while it comes, the same in one piece, and the same written so that only the
# library understands it, have the same answer.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/netns/cli.bash
	scene_open
}

teardown_file() {
	. tests/netns/cli.bash
	scene_close
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	. tests/netns/cli.bash
}

# question COUNT [ESCAPE]: so many candidates, every third of them with a second address and a digest; with ESCAPE their keys are escaped.
question() {
	python3 - "$@" <<'PY'
import json, sys
count, escape = int(sys.argv[1]), len(sys.argv) > 2
candidates = []
for i in range(count):
    one = {"peer": "16Uiu2HAmPeer%06d" % (i % (count - 3)), "addrs": ["/ip4/85.%d.%d.7/tcp/13000" % (i >> 8 & 255, i & 255)]}
    if i % 3 == 0:
        one["addrs"] += ["/dns4/example.org/tcp/1", "/ip6/2001:db8:%x::1/udp/9001/quic-v1" % i]
        one["digest"] = "0x01020304"
    if i % 50 == 7:
        del one["peer"]
        one["addrs"][0] += "/p2p/16Uiu2HAmTail%06d" % i
    candidates.append(one)
text = json.dumps({"jsonrpc": "2.0", "id": 5, "method": "gate_rank", "params": {"candidates": candidates, "want": 40, "seed": 11}})
print(text.replace('"want"', '"w\\u0061nt"') if escape else text)
PY
}

# ask PIECE FILE: the question written in pieces of so many bytes.
ask() {
	python3 - "$WORK/run/admin.ipc" "$1" "$2" <<'PY'
import socket, sys
text = open(sys.argv[3]).read().encode()
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
piece = int(sys.argv[2])
for at in range(0, len(text), piece):
    s.sendall(text[at:at + piece])
answer = b""
while not answer.endswith(b"\n"):
    got = s.recv(1 << 20)
    if not got:
        break
    answer += got
sys.stdout.write(answer.decode())
PY
}

@test "in pieces, at once, and by the library: one answer" {
	question 3000 >"$WORK/plain"
	question 3000 escaped >"$WORK/escaped"
	ask 100000000 "$WORK/plain" >"$WORK/at-once"
	[ "$(jq ".result.dial | length" "$WORK/at-once")" -gt 10 ]
	[ "$(jq '(.result.dial | length) + (.result.skipped | length)' "$WORK/at-once")" = 3000 ]
	ask 100000000 "$WORK/escaped" | cmp - "$WORK/at-once"
	for piece in 997 16384 70001; do
		ask "$piece" "$WORK/plain" | cmp - "$WORK/at-once"
	done
}

@test "two clients at the same time, and one that goes away in the middle" {
	question 2000 >"$WORK/plain"
	ask 100000000 "$WORK/plain" >"$WORK/at-once"
	head -c 60000 "$WORK/plain" | timeout 5 socat -t 0.1 - "UNIX:$WORK/run/admin.ipc" >/dev/null 3>&- &
	ask 4001 "$WORK/plain" >"$WORK/first" &
	first=$!
	ask 3001 "$WORK/plain" >"$WORK/second"
	wait "$first"
	cmp "$WORK/first" "$WORK/at-once"
	cmp "$WORK/second" "$WORK/at-once"
}

@test "a fault deep in a long question is named as in a short one" {
	question 3000 | sed 's|/ip4/85.9.6.7/tcp/13000|/ip4/85.9.600.7/tcp/13000|' >"$WORK/plain"
	run ask 5000 "$WORK/plain"
	[[ $output == *'"code":-32602'*'candidates[2310]: addrs[0]'* ]]
	question 3000 | sed 's|"digest": "0x01020304"|"digests": 1|' >"$WORK/plain"
	run ask 5000 "$WORK/plain"
	[[ $output == *'candidates[0]: digests: no such field'* ]]
}

@test "a notification of a long question has no answer, and the stream goes on" {
	question 1000 | sed 's/"id": 5, //' >"$WORK/plain"
	echo '{"jsonrpc":"2.0","id":6,"method":"rpc_modules"}' >>"$WORK/plain"
	run ask 3000 "$WORK/plain"
	[[ $output == '{"jsonrpc":"2.0","id":6,"result":'* ]]
}
