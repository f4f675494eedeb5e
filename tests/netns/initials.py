#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""initials: sends QUIC Initials that can be counted, or counts what arrives.

initials.py send SOURCE TARGET PORT COUNT PER_SECOND   prints how many it sent
initials.py count TARGET PORT                          one line "SOURCE NUMBER" each when it gets SIGTERM
"""
import os
import signal
import socket
import sys
import time

SO_RCVBUFFORCE = 33  # asm-generic/socket.h; Python has no name for it

def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def initial():
    """Version 1, a fresh destination ID of 8 bytes, padded to what a client pads to (RFC 9000, 14.1)."""
    head = b"\xc3\x00\x00\x00\x01\x08" + os.urandom(8) + b"\x00\x00" + b"\x44\x90"
    return head + bytes(1200 - len(head))


def send(source, target, port, count, per_second):
    out = socket.socket(family(source), socket.SOCK_DGRAM)
    out.bind((source, 0))
    start = time.monotonic()
    for i in range(count):
        out.sendto(initial(), (target, port))
        ahead = start + i / per_second - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    print(count)


def count(target, port):
    seen = {}
    sink = socket.socket(family(target), socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    sink.bind((target, port))

    def tell(*_):
        sink.setblocking(False)
        try:
            while True:
                source = sink.recvfrom(2048)[1][0]
                seen[source] = seen.get(source, 0) + 1
        except BlockingIOError:
            pass
        for source, number in seen.items():
            print(source, number)
        sys.exit(0)

    signal.signal(signal.SIGTERM, tell)
    print("ready", flush=True)
    while True:
        source = sink.recvfrom(2048)[1][0]
        seen[source] = seen.get(source, 0) + 1


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
    else:
        count(sys.argv[2], int(sys.argv[3]))
