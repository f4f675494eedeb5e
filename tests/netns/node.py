#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for a Prysm beacon node, as far as a follower sees one: its arguments, its debug file, its standard error, its API.

exec -a beacon-chain python3 node.py [--datadir D] [--http-port P] [--verbosity V] [--log-format F] [--config-file F] [other options]

What happens is told on the named pipe in the environment's NODE_CONTROL, a line each:
mute ADDR PORT   a peer comes in from there (the API says so), says nothing, and is cut with the line that Prysm writes of it
The debug file DATADIR/logs/beacon-chain.log is made with mode 0600, as Prysm makes it.
"""
import http.server
import json
import os
import sys
import threading
import time


def options():
    told = {"datadir": os.path.expanduser("~/.eth2"), "http-port": "3500", "verbosity": "info", "log-format": "text"}
    words = sys.argv[1:]

    def take(name, value):
        told[name] = value

    while words:
        name, is_one, value = words.pop(0).lstrip("-").partition("=")
        take(name, value if is_one else (words.pop(0) if words and not words[0].startswith("-") else "true"))
    if "config-file" in told:
        for line in open(told["config-file"]):
            name, _, value = line.partition(":")
            if name not in [word.lstrip("-").partition("=")[0] for word in sys.argv[1:]]:
                take(name.strip(), value.strip())
    return told


class Node:
    def __init__(self, told):
        self.told, self.peers, self.asked = told, [], 0
        folder = os.path.join(told["datadir"], "logs")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.file = os.fdopen(os.open(os.path.join(folder, "beacon-chain.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w")

    def write(self, agent, addr, port, peer):
        now = time.strftime("%Y-%m-%d %H:%M:%S.00", time.gmtime())
        address, cause = f"/ip4/{addr}/tcp/{port}/p2p/{peer}", "chain state: no chain status for peer"
        message = "Initiate peer disconnection"
        print(f'time="{now}" level=debug msg="{message}" agent="{agent}" direction=Inbound error="{cause}" multiaddr="{address}" '
              'package="beacon-chain/p2p" remainingActivePeers=1', file=self.file, flush=True)
        if self.told["verbosity"] in ("debug", "trace"):
            line = {"agent": agent, "direction": "Inbound", "error": cause, "level": "debug", "msg": message, "multiaddr": address,
                    "package": "beacon-chain/p2p", "remainingActivePeers": 1, "time": now}
            print(json.dumps(line), file=sys.stderr, flush=True)

    def state(self, addr, port, peer, state):
        """As the API says it from now on, and until it was asked for; nobody may be asking."""
        self.peers = [{"peer_id": peer, "enr": None, "last_seen_p2p_address": f"/ip4/{addr}/tcp/{port}", "state": state,
                       "direction": "inbound"}]
        asked, deadline = self.asked, time.monotonic() + 8
        while self.asked == asked and time.monotonic() < deadline:
            time.sleep(0.02)

    def mute(self, addr, port):
        peer = "16UiuMute" + addr.rpartition(".")[2]
        self.state(addr, port, peer, "connected")
        self.write("x", addr, port, peer)
        self.state(addr, port, peer, "disconnected")


def serve(node, port):
    class Api(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"data": node.peers, "meta": {"count": len(node.peers)}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            node.asked += 1

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    told = options()
    node = Node(told)
    serve(node, int(told["http-port"]))
    # For reading and writing: it never ends when a writer does.
    for line in os.fdopen(os.open(os.environ["NODE_CONTROL"], os.O_RDWR), "r"):
        word, *rest = line.split()
        if word == "mute":
            node.mute(*rest)


main()
