#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""TCP connections that are held open, and whose ends are told.

hold.py serve ADDR PORT…        accepts for ever; prints "ready", "came ADDR PORT", "ended ADDR PORT WHY"
hold.py dial FROM TO PORT COUNT  [FROM_PORT]  prints "up COUNT" when all are there, then "ended PORT WHY" for each end, and every
                                second "alive N" for those over which a byte just came back

WHY is "reset" or "closed".
"""
import ipaddress
import select
import socket
import sys
import time


def family_of(address):
    return socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET


def say(*words):
    print(*words, flush=True)


def ended(connection):
    """None while it lives; what came is sent back."""
    try:
        data = connection.recv(4096)
        if data:
            connection.sendall(data)
        return None if data else "closed"
    except OSError as error:
        return "reset" if error.errno in (104, 103) else str(error)


def serve(address, ports):
    listeners = []
    for port in ports:
        one = socket.socket(family_of(address), socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind((address, int(port)))
        one.listen(4096)
        listeners.append(one)
    say("ready")
    lives = {}
    while True:
        for one in select.select(listeners + list(lives), [], [])[0]:
            if one in listeners:
                connection, peer = one.accept()
                lives[connection] = peer
                say("came", peer[0], peer[1])
                continue
            why = ended(one)
            if why:
                say("ended", *lives.pop(one)[:2], why)
                one.close()


def open_one(source, target, port, own):
    one = socket.socket(family_of(source), socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind((source, own))
    one.settimeout(3)
    one.connect((target, int(port)))
    return one


def beat(lives):
    for one in lives:
        one.sendall(b"x")
    waiting, answered, until = set(lives), 0, time.monotonic() + 0.5
    while waiting and time.monotonic() < until:
        for one in select.select(list(waiting), [], [], 0.1)[0]:
            waiting.discard(one)
            why = None
            try:
                answered += bool(one.recv(4096))
            except OSError:
                why = "reset"
            if why:
                say("ended", lives.pop(one), why)
    say("alive", answered)


def dial(source, target, port, count, own=0):
    lives = {open_one(source, target, port, int(own)): n for n in range(int(count))}
    say("up", len(lives))
    pause = time.monotonic() + 1
    while True:
        for one in select.select(list(lives), [], [], max(0, pause - time.monotonic()))[0]:
            try:
                why = None if one.recv(4096) else "closed"
            except OSError:
                why = "reset"
            if why:
                say("ended", lives.pop(one), why)
        if time.monotonic() >= pause:
            beat(lives)
            pause = time.monotonic() + 1


if sys.argv[1] == "serve":
    serve(sys.argv[2], sys.argv[3:])
else:
    dial(*sys.argv[2:])
