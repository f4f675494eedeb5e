#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""capture: writes down the UDP frames of one port at one interface, a frame a line, until SIGTERM or a count.

capture.py IFACE PORT MOST FILE    appends; see README.md for the form of a line
"""
import signal
import socket
import struct
import sys
import time

ETH_P_ALL = 3  # linux/if_ether.h
PACKET_OUTGOING = 4  # linux/if_packet.h
V1, V2 = 1, 0x6B3343CF  # RFC 9000, RFC 9369
# Long packet types by version: RFC 9000, 17.2; RFC 9369, 3.2.
TYPES = {V1: ("initial", "0-rtt", "handshake", "retry"), V2: ("retry", "initial", "0-rtt", "handshake")}


def payload(frame, port):
    """The UDP payload of an untagged frame, when it is from or to the port."""
    kind = struct.unpack_from(">H", frame, 12)[0]
    if kind == 0x0800 and frame[23] == socket.IPPROTO_UDP:
        at = 14 + (frame[14] & 15) * 4
    elif kind == 0x86DD and frame[20] == socket.IPPROTO_UDP:
        at = 54
    else:
        return None
    source, target, length = struct.unpack_from(">HHH", frame, at)
    return frame[at + 8 : at + length] if port in (source, target) else None


def varint(data, at):
    size = 1 << (data[at] >> 6)
    return int.from_bytes(data[at : at + size], "big") & ((1 << (8 * size - 2)) - 1), at + size


def one(data):
    """What the first packet of the datagram is, and how many bytes it has."""
    if not data[0] & 0x80:
        return "short", len(data)
    version = struct.unpack_from(">I", data, 1)[0]
    destination = data[6 : 6 + data[5]]
    at = 6 + data[5]
    source = data[at + 1 : at + 1 + data[at]]
    at += 1 + data[at]
    ids = f"dcid={destination.hex() or '-'} scid={source.hex() or '-'}"
    if version not in TYPES:
        return f"{'version-negotiation' if version == 0 else hex(version)} {ids}", len(data)
    name = TYPES[version][data[0] >> 4 & 3]
    head = f"{name} v{1 if version == V1 else 2} {ids}"
    if name == "retry":
        return f"{head} token={len(data) - at - 16}", len(data)
    if name == "initial":
        size, at = varint(data, at)
        head += f" token={size}"
        at += size
    size, at = varint(data, at)
    return head, at + size


def what(data):
    parts, left = [], data
    while left and any(left):
        try:
            name, size = one(left)
        except (IndexError, struct.error):
            parts.append("not understood")
            break
        parts.append(name)
        left = left[size:]
    return " + ".join(parts) + f"; {len(data)} bytes"


def main(iface, port, most, path):
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    tap.bind((iface, 0))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    begin, count = None, 0
    print("ready", flush=True)
    with open(path, "a", encoding="ascii") as out:
        while count < most:
            frame, sender = tap.recvfrom(65536)
            data = payload(frame, port)
            if not data or len(frame) > 1514:  # longer: several in one, on their way to be cut
                continue
            now = time.monotonic_ns()
            begin = begin or now
            way = "out" if sender[2] == PACKET_OUTGOING else "in"
            print(way, now - begin, frame.hex(), "#", what(data), file=out, flush=True)
            count += 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
