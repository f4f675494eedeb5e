#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""knocks: TCP connections that do not last, and one that does.

knocks.py churn SOURCE TARGET PORT COUNT PAUSE_S    one after the other, each closed at once; a line each: "in" or "out" and the second
knocks.py hold SOURCE TARGET PORT                   one, until standard input ends; "in" when it is there
"""
import socket
import sys
import time

PATIENCE_S = 0.25  # a SYN that is dropped is not answered


def dial(source, target, port):
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    line.settimeout(PATIENCE_S)
    line.bind((source, 0))
    line.connect((target, int(port)))
    return line


def hang_up(line):
    """Until the other side has closed, too: it is over for both."""
    line.settimeout(5)
    line.shutdown(socket.SHUT_WR)
    while line.recv(1024):
        pass
    line.close()


def churn(source, target, port, count, pause):
    began = time.monotonic()
    for _ in range(int(count)):
        try:
            hang_up(dial(source, target, port))
            word = "in"
        except (TimeoutError, ConnectionRefusedError):
            word = "out"
        print(word, round(time.monotonic() - began, 3), flush=True)
        time.sleep(float(pause))


def hold(source, target, port):
    line = dial(source, target, port)
    print("in", flush=True)
    sys.stdin.read()
    hang_up(line)


{"churn": churn, "hold": hold}[sys.argv[1]](*sys.argv[2:])
