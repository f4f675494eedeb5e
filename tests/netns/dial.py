#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""dial: dials as programs do, and says what the kernel answered and how long it took.

    dial.py dial [HOW:ADDR:PORT …]   one line each: HOW ADDR PORT OUTCOME MILLISECONDS
    dial.py serve                    TCP and UDP on the ports that the tests use, in both families; ends by a signal
    dial.py held CGROUP HOW:ADDR:PORT   as dial, by a socket made before the process moved into CGROUP

HOW: tcp, fastopen (data in the SYN), udp (sendto), connected (connect, then send), mapped (TCP to ::ffff:ADDR),
mapped-udp (sendto ::ffff:ADDR). OUTCOME: ok (an answer came), or the error's name.
"""
import errno
import os
import select
import socket
import sys
import time

PORTS = (53, 8551, 9000)
MSG_FASTOPEN = 0x20000000


def make(how, addr):
    family = socket.AF_INET6 if ":" in addr or how.startswith("mapped") else socket.AF_INET
    kind = socket.SOCK_STREAM if how in ("tcp", "fastopen", "mapped") else socket.SOCK_DGRAM
    sock = socket.socket(family, kind)
    sock.settimeout(2)
    return sock


def attempt(sock, how, addr, port):
    to = ("::ffff:" + addr if how.startswith("mapped") else addr, port)
    if how == "fastopen":
        sock.sendto(b"hello", MSG_FASTOPEN, to)
    elif how in ("tcp", "mapped"):
        sock.connect(to)
    elif how == "connected":
        sock.connect(to)
        sock.send(b"hello")
    else:
        sock.sendto(b"hello", to)
    return sock.recv(5)


def dial(sock, how, addr, port):
    start = time.monotonic()
    try:
        outcome = "ok" if attempt(sock, how, addr, port) == b"hello" else "closed"
    except socket.timeout:
        outcome = "timeout"
    except OSError as error:
        outcome = errno.errorcode.get(error.errno, str(error))
    print(how, addr, port, outcome, round((time.monotonic() - start) * 1000, 2), flush=True)


def split(text):
    how, rest = text.split(":", 1)
    addr, port = rest.rsplit(":", 1)
    return how, addr, int(port)


def dial_all(texts):
    for how, addr, port in map(split, texts):
        with make(how, addr) as sock:
            dial(sock, how, addr, port)


def held(cgroup, text):
    how, addr, port = split(text)
    sock = make(how, addr)
    with open(cgroup + "/cgroup.procs", "w", encoding="ascii") as procs:
        procs.write(str(os.getpid()))
    dial(sock, how, addr, port)


def listeners():
    for port in PORTS:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            sock = socket.socket(socket.AF_INET6, kind)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if kind == socket.SOCK_DGRAM:
                # The answer must come from the address that was asked.
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            sock.bind(("::", port))
            if kind == socket.SOCK_STREAM:
                sock.listen(16)
            yield sock


def answer(sock):
    if sock.type == socket.SOCK_STREAM:
        peer, _ = sock.accept()
        peer.sendall(b"hello")
        peer.close()
        return
    data, info, _, sender = sock.recvmsg(2048, 64)
    sock.sendmsg([data], info, 0, sender)


def serve():
    socks = list(listeners())
    print("ready", flush=True)
    while True:
        for sock in select.select(socks, [], [])[0]:
            answer(sock)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    elif sys.argv[1] == "held":
        held(sys.argv[2], sys.argv[3])
    else:
        dial_all(sys.argv[2:])
