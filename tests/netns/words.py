#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""words.py SOCKET COUNT: bans COUNT addresses, all requests under way at once, and prints each that is acknowledged as durable.
words.py SOCKET --check: reads such addresses and fails unless each of them is refused."""
import json
import select
import socket
import sys


def request(number, method, params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"


def answers(requests):
    """Sends as fast as the socket takes it; yields answers as they come, until the daemon goes."""
    link = socket.socket(socket.AF_UNIX)
    link.connect(sys.argv[1])
    link.setblocking(False)
    out, left, waiting, rest = b"", iter(requests), 0, b""
    while True:
        while len(out) < 65536 and (one := next(left, None)):
            out += one
            waiting += 1
        if not waiting:
            return
        readable, writable, _ = select.select([link], [link] if out else [], [])
        try:
            if writable:
                out = out[link.send(out):]
            if readable:
                got = link.recv(65536)
                if not got:
                    return
                *lines, rest = (rest + got).split(b"\n")
                for line in lines:
                    waiting -= 1
                    yield json.loads(line)
        except ConnectionError:
            return


def ban_all(count):
    names = [f"198.{18 + i // 65536}.{i // 256 % 256}.{i % 256}" for i in range(count)]
    bans = (request(i, "gate_ban", {"addr": name, "ttl": 3600}) for i, name in enumerate(names))
    for answer in answers(bans):
        if answer["result"].get("durable") is True:
            print(answer["result"]["addr"], flush=True)


def check_all():
    names = [line.split("/")[0].strip() for line in sys.stdin if line.endswith("\n")]
    asked = (request(i, "gate_explain", {"addr": name}) for i, name in enumerate(names))
    lost = [names[a["id"]] for a in answers(asked) if a["result"]["verdict"] != "refuse"]
    print(f"{len(names)} acknowledged, {len(lost)} lost: {lost[:5]}")
    sys.exit(1 if lost or not names else 0)


check_all() if sys.argv[2] == "--check" else ban_all(int(sys.argv[2]))
