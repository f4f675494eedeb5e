#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""initials: sends starts of connections that can be counted, or counts what arrives.

initials.py send SOURCE TARGET PORT COUNT PER_SECOND [OWN_PORT]   prints how many it sent
initials.py count TARGET PORT                          one line "SOURCE NUMBER" each when it gets SIGTERM
initials.py frames IFACE MAC SOURCE TARGET PORT COUNT [ETHERTYPE:VLAN …]   SYNs in raw frames with these tags
initials.py tun IFACE SOURCE TARGET PORT COUNT         SYNs as they come out of a tun device
"""
import fcntl
import os
import signal
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000  # linux/if_tun.h
SO_RCVBUFFORCE = 33  # asm-generic/socket.h; Python has no name for it

def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def initial():
    """Version 1, a fresh destination ID of 8 bytes, padded to what a client pads to (RFC 9000, 14.1)."""
    head = b"\xc3\x00\x00\x00\x01\x08" + os.urandom(8) + b"\x00\x00" + b"\x44\x90"
    return head + bytes(1200 - len(head))


def send(source, target, port, count, per_second, own_port=0):
    out = socket.socket(family(source), socket.SOCK_DGRAM)
    out.bind((source, own_port))
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


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def syn(source, target, port, number):
    """An IP packet with a TCP SYN, checksums and all."""
    a, b = (socket.inet_pton(family(x), x) for x in (source, target))
    tcp = struct.pack(">HHIIBBHHH", 20000 + number, port, number, 0, 5 << 4, 2, 65535, 0, 0)
    total = checksum(a + b + struct.pack(">II", len(tcp), socket.IPPROTO_TCP) + tcp)
    tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
    if ":" in source:
        return struct.pack(">IHBB", 6 << 28, len(tcp), socket.IPPROTO_TCP, 64) + a + b + tcp
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, socket.IPPROTO_TCP, 0) + a + b
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + tcp


def frames(iface, mac, source, target, port, count, tags):
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((iface, 0))
    head = bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("020000000001")
    for tag in tags:
        ethertype, vlan = tag.split(":")
        head += struct.pack(">HH", int(ethertype, 16), int(vlan))
    head += struct.pack(">H", 0x86DD if ":" in source else 0x0800)
    for i in range(count):
        out.send(head + syn(source, target, port, i))


def tun(iface, source, target, port, count):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", iface.encode(), IFF_TUN | IFF_NO_PI))
    for i in range(count):
        os.write(device, syn(source, target, port, i))


if __name__ == "__main__":
    if sys.argv[1] == "frames":
        frames(*sys.argv[2:6], int(sys.argv[6]), int(sys.argv[7]), sys.argv[8:])
    elif sys.argv[1] == "tun":
        tun(*sys.argv[2:5], int(sys.argv[5]), int(sys.argv[6]))
    elif sys.argv[1] == "send":
        send(sys.argv[2], sys.argv[3], *(int(x) for x in sys.argv[4:8]))
    else:
        count(sys.argv[2], int(sys.argv[3]))
