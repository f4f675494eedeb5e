#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""visits: TCP connections that can be counted, at both ends.

visits.py serve TARGET PORT                             accepts, closes after the other end; "ready", and how many at SIGTERM
visits.py visit SOURCE TARGET PORT COUNT PER_SECOND     opens and closes; prints how many were established
visits.py dial TARGET PORT COUNT PER_SECOND             begins to dial and lets go; prints how many were forbidden at once
"""
import errno
import selectors
import signal
import socket
import sys
import time


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def paced(count, per_second):
    start = time.monotonic()
    for i in range(count):
        yield i
        ahead = start + (i + 1) / per_second - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


def serve(target, port):
    door = socket.socket(family(target), socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((target, port))
    door.listen(4096)
    accepted = 0

    def tell(*_):
        print(accepted, flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, tell)
    ready = selectors.DefaultSelector()
    ready.register(door, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in ready.select():
            if key.fileobj is door:
                guest = door.accept()[0]
                ready.register(guest, selectors.EVENT_READ)
                accepted += 1
            elif not key.fileobj.recv(4096):
                ready.unregister(key.fileobj)
                key.fileobj.close()


def visit(source, target, port, count, per_second):
    established = 0
    for _ in paced(count, per_second):
        out = socket.socket(family(source), socket.SOCK_STREAM)
        out.bind((source, 0))
        out.settimeout(3)
        if out.connect_ex((target, port)) == 0:
            established += 1
        out.close()
    print(established)


def dial(target, port, count, per_second):
    forbidden = 0
    for _ in paced(count, per_second):
        out = socket.socket(family(target), socket.SOCK_STREAM)
        out.setblocking(False)
        forbidden += out.connect_ex((target, port)) == errno.EPERM
        out.close()
    print(forbidden)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1] == "visit":
        visit(*sys.argv[2:4], *(int(x) for x in sys.argv[4:7]))
    else:
        dial(sys.argv[2], *(int(x) for x in sys.argv[3:6]))
