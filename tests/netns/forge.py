#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forge: dials of QUIC in a victim's name, by somebody who sees none of the answers.

forge.py AT PORT VICTIM TARGET TARGET_PORT

What a real client sends to AT:PORT goes to TARGET as from VICTIM, each client's port from another one of the victim's, and behind it
for a while all that somebody without keys can make up: long headers with the client's own ID to random IDs, and short ones. On
SIGTERM it prints "forged DATAGRAMS answers ANSWERS".
"""
import os
import random
import select
import signal
import socket
import sys
import time

FORGE_S = 4.0  # longer than our stacks wait before they repeat a handshake
EVERY_S = 0.01


def ids(datagram):
    """A long header's destination and source ID."""
    size = datagram[5]
    source = datagram[6 + size]
    return datagram[6 : 6 + size], datagram[7 + size : 7 + size + source]


def long_header(first, to, source):
    head = bytes([first, 0, 0, 0, 1, len(to)]) + to + bytes([len(source)]) + source
    head += b"\x00\x44\x00" if first & 0x30 == 0 else b"\x44\x00"
    return head + os.urandom(1200 - len(head))


class Victim:
    def __init__(self, address, first):
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.out.bind((address, 0))
        self.out.setblocking(False)
        self.source = ids(first)[1]
        self.until = time.monotonic() + FORGE_S
        self.guesses = [os.urandom(n) for n in (4, 8, 4, 8)]
        self.answers = 0

    def junk(self):
        guess = random.choice(self.guesses + [os.urandom(8)])
        return random.choice(
            [
                long_header(0xC3, guess, self.source),
                long_header(0xE3, guess, self.source),
                bytes([0x40 | random.randrange(32)]) + guess + os.urandom(random.randrange(40, 1200)),
            ]
        )

    def hear(self):
        try:
            while True:
                self.out.recv(2048)
                self.answers += 1
        except OSError:
            pass


def main():
    at, port, victim, target, target_port = sys.argv[1:6]
    to = (target, int(target_port))
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind((at, int(port)))
    victims, forged = {}, 0
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    print("ready", flush=True)
    while not stop:
        if select.select([ear], [], [], EVERY_S)[0]:
            datagram, client = ear.recvfrom(2048)
            if datagram[0] & 0x80:
                key = (client, ids(datagram)[1])
                if key not in victims:
                    victims[key] = Victim(victim, datagram)
                victims[key].out.sendto(datagram, to)
                forged += 1
        for one in victims.values():
            one.hear()
            if time.monotonic() < one.until:
                one.out.sendto(one.junk(), to)
                forged += 1
    print("forged", forged, "answers", sum(v.answers for v in victims.values()), flush=True)


main()
