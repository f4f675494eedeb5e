#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Both ends of TCP connections between two namespaces: a listener in one, dials from the other.

sockets.py NODE PEERS PORT: reads a command a line on standard input, answers each with a line: "ok …" or "error …".
  listen                     a dual-stack listener in NODE; connections are accepted from then on
  open NAME SOURCE ADDR      a connection from SOURCE, called NAME
  dial NAME ADDR PORT        NODE dials from the listening port itself; PEERS listens there
  end NAME HOW               us, them: who closes first; us-reset, them-reset; half: they send a FIN and we keep our side
  random COUNT SEED SOURCES  so many opens and ends in random order, from a file with a source a line
  flood SOURCE ADDR SECONDS  opens and closes as fast as it goes; answers how many
  steps COUNT SEED SOURCES SECONDS  like random, spread over that time
  compare PINS               holds the living in the map `witness` against what ss shows
  drop                       closes everything
"""
import collections
import ctypes
import ipaddress
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time

node, peers, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)
BIND_NO_PORT = 24  # IP_BIND_ADDRESS_NO_PORT
places = {name: os.open("/run/netns/" + name, os.O_RDONLY) for name in (node, peers)}
pairs, children = {}, []
listener = None


def enter(name):
    if libc.setns(places[name], 0):
        raise OSError(ctypes.get_errno(), "setns")


def stream(name, addr):
    enter(name)
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return sock


def listen():
    global listener
    listener = stream(node, "::")
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("::", port))
    listener.listen(4096)


def connect(source, addr):
    theirs = stream(peers, addr)
    theirs.setsockopt(socket.IPPROTO_IP, BIND_NO_PORT, 1)
    theirs.bind((source, 0))
    theirs.settimeout(10)
    theirs.connect((addr, port))
    ours, remote = listener.accept()
    if remote[1] != theirs.getsockname()[1]:
        raise RuntimeError("another one was accepted")
    return ours, theirs


def dial(addr, to_port):
    there = stream(peers, addr)
    there.bind((addr, to_port))
    there.listen(1)
    ours = stream(node, addr)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    ours.bind(("::" if ":" in addr else "0.0.0.0", port))
    ours.connect((addr, to_port))
    theirs, _ = there.accept()
    there.close()
    return ours, theirs


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def end(pair, how):
    ours, theirs = pair
    first, second = (ours, theirs) if how.startswith("us") else (theirs, ours)
    if how == "half":
        theirs.shutdown(socket.SHUT_WR)
    elif how.endswith("reset"):
        reset(first)
        second.close()
    else:
        first.close()
        second.settimeout(10)
        second.recv(1)
        second.close()


def kill_some(count, rand):
    """A process that holds some ends of either side is killed; the other ends stay until they are dropped."""
    names = [name for name in pairs if len(pairs[name]) == 2][:count]
    side = rand.randrange(2)
    child = os.fork()
    if not child:
        for name in list(pairs):
            for which, sock in enumerate(pairs[name]):
                if name not in names or which != side:
                    os.close(sock.detach())
        listener.close()
        time.sleep(600)
        os._exit(0)
    for name in names:
        pair = pairs[name]
        pair[side].close()
        pairs[name] = (pair[1 - side],)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def step(rand, sources, number):
    whole = [name for name in pairs if len(pairs[name]) == 2]
    if rand.random() < 0.6 or len(whole) < 10:
        source = rand.choice(sources)
        addr = "2001:db8::10" if ":" in source else "192.0.2.10"
        pairs["r%d" % number] = connect(source, addr)
        return
    if rand.random() < 0.03:
        kill_some(5, rand)
        return
    name = rand.choice(whole)
    how = rand.choice(["us", "them", "us-reset", "them-reset", "half"])
    end(pairs[name], how)
    if how == "half":
        pairs[name] = (pairs[name][0],)
    else:
        del pairs[name]


def steps(count, seed, path, seconds=0.0):
    rand = random.Random(seed)
    with open(path) as lines:
        sources = lines.read().split()
    began = time.monotonic()
    for number in range(int(count)):
        step(rand, sources, number + 1000000 * int(seed))
        late = began + float(seconds) * number / int(count) - time.monotonic()
        if late > 0:
            time.sleep(late)
    return "%d hold on, after %.1f s" % (len(pairs), time.monotonic() - began)


def flood(source, addr, seconds):
    until, count = time.monotonic() + float(seconds), 0
    while time.monotonic() < until:
        ours, theirs = connect(source, addr)
        reset(theirs)
        ours.close()
        count += 1
    return str(count)


def source_of(text):
    addr = ipaddress.ip_address(text.strip("[]").split("%")[0])
    if addr.version == 6 and addr.ipv4_mapped:
        addr = addr.ipv4_mapped
    if addr.version == 4:
        return "0,0,255,255," + ",".join(str(b) for b in addr.packed)
    return ",".join(str(b) for b in addr.packed[:8])


def shown():
    """What ss shows of accepted connections. One that we dialled from the listening port has no listener's memory: told apart by name."""
    dialled = {"%s %d" % pair[0].getpeername()[:2] for name, pair in pairs.items()
               if name.startswith("d") and pair[0].fileno() >= 0}
    command = ["nsenter", "--net=/run/netns/" + node, "ss", "-Htn"]
    for state in ("established", "fin-wait-1", "close-wait", "last-ack", "closing"):
        command += ["state", state]
    found = collections.Counter()
    for line in subprocess.check_output(command + ["sport", "=", ":%d" % port], text=True).splitlines():
        addr, remote_port = line.split()[-1].rsplit(":", 1)
        if "%s %s" % (addr.strip("[]"), remote_port) not in dialled:
            found[source_of(addr)] += 1
    return found


def witnessed(pins):
    dump = json.loads(subprocess.check_output(["bpftool", "-j", "map", "dump", "pinned", pins + "/witness"]))
    living = collections.Counter()
    for entry in dump:
        entry = entry["formatted"]
        living[",".join(str(b) for b in entry["key"]["address"])] = sum(x["living"] for x in entry["value"]["live"])
    return +living


def compare(pins):
    found, living = shown(), witnessed(pins)
    if found != living:
        raise RuntimeError("ss: %s, witness: %s" % (dict(found - living), dict(living - found)))
    return "%d connections of %d sources" % (sum(found.values()), len(found))


def drop():
    for pair in pairs.values():
        for sock in pair:
            reset(sock)
    pairs.clear()


def perform(verb, *words):
    if verb == "listen":
        return listen()
    if verb == "open":
        pairs[words[0]] = connect(*words[1:])
        return None
    if verb == "dial":
        pairs[words[0]] = dial(words[1], int(words[2]))
        return None
    if verb == "end":
        return end(pairs.pop(words[0]) if words[1] != "half" else pairs[words[0]], words[1])
    return {"random": steps, "steps": steps, "flood": flood, "compare": compare, "drop": drop}[verb](*words)


for command in sys.stdin:
    try:
        print("ok", perform(*command.split()) or "", flush=True)
    except Exception as error:  # whatever it is, the test shows it
        print("error", type(error).__name__, str(error).replace("\n", " "), flush=True)
