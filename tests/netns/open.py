#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One side of a simultaneous open: dials from a port of its own to a port where nobody listens.

open.py ADDR PORT PEER_ADDR PEER_PORT SECONDS: prints "dials" when the SYN is out, then "connected MILLISECONDS" and stays until its
standard input ends; or "failed WHY".
"""
import ipaddress
import select
import socket
import sys
import time

here, port, there, peer_port, seconds = sys.argv[1:]
family = socket.AF_INET6 if ipaddress.ip_address(here).version == 6 else socket.AF_INET
dial = socket.socket(family, socket.SOCK_STREAM)
dial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
dial.bind((here, int(port)))
dial.setblocking(False)
began = time.monotonic()
dial.connect_ex((there, int(peer_port)))
print("dials", flush=True)
ready = select.select([], [dial], [], float(seconds))[1]
error = dial.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
if not ready or error:
    print("failed", socket.errno.errorcode.get(error, error) if ready else "nothing came", flush=True)
    sys.exit(1)
print("connected", round((time.monotonic() - began) * 1000), flush=True)
sys.stdin.read()
