#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The ladder: which rung an interface gets, which are refused, and that each one judges.
bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	gate_up
}

teardown() {
	gate_down
}

# judges RUNG ON: the daemon hangs there, a banned source is refused, another one is not.
judges() {
	[ "$(rung_of gate0)" = "$1" ]
	ask ban "$BAD"
	[ "$(arrived "$BAD")" = 0 ]
	[ "$(arrived "$GOOD")" = 10 ]
	[ "$(counted refuse)" = 10 ]
}

# other_xdp MODE IFACE: somebody else's program in its slot.
other_xdp() {
	printf '%s\n' '#include <linux/bpf.h>' \
		'__attribute__((section("xdp"), used)) int other(struct xdp_md *c) { return XDP_PASS; }' >"$WORK/pass.c"
	clang -target bpf -O2 -I"/usr/include/$(gcc -print-multiarch)" -c "$WORK/pass.c" -o "$WORK/pass.o"
	bpftool prog load "$WORK/pass.o" "${PINS}x"
	net_in "$NODE" bpftool net attach "$1" pinned "${PINS}x" dev "$2"
	rm "${PINS}x"
}

@test "auto takes tcx on a veth" {
	gated
	judges tcx
}

@test "native judges on a veth that is forced to it" {
	gated --attach native
	judges native
	[[ "$(note_of gate0)" == *"no resets on a veth"* ]]
}

@test "generic judges" {
	gated --attach generic
	judges generic
}

@test "clsact judges, and leaves no qdisc" {
	gated --attach clsact
	judges clsact
	daemon_off
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
}

@test "clsact leaves a qdisc with somebody's filter alone" {
	net_in "$NODE" tc qdisc add dev gate0 clsact
	net_in "$NODE" tc filter add dev gate0 egress protocol ip prio 3 u32 match u32 0 0
	gated --attach clsact
	[ "$(rung_of gate0)" = clsact ]
	daemon_off
	[[ "$(net_in "$NODE" tc filter show dev gate0 egress)" == *u32* ]]
	[[ "$(net_in "$NODE" tc filter show dev gate0 ingress)" != *gate_tc* ]]
}

@test "native takes frames of 9000 bytes" {
	ip -n "$NODE" link set gate0 mtu 9000
	ip -n "$PEERS" link set cable0 mtu 9000
	gated --attach native
	judges native
}

@test "a device with Ethernet that is no veth gets native; its taken slot, tcx and the holder's id" {
	ip -n "$NODE" tuntap add dev tap0 mode tap
	ip -n "$NODE" link set tap0 up
	gated --interface tap0
	[ "$(rung_of tap0)" = native ]
	daemon_off
	other_xdp xdpdrv tap0
	gated --interface tap0
	[ "$(rung_of tap0)" = tcx ]
	[[ "$(note_of tap0)" =~ "slot is taken by program "[0-9]+" (other)" ]]
}

@test "a forced rung whose slot is taken is refused, nothing is left" {
	other_xdp xdpdrv gate0
	refused_to_start --interface gate0 --attach native
	[[ "$output" =~ "gate0: its XDP slot is taken by program "[0-9]+ ]]
	[ ! -e "$PINS" ]
}

@test "what has no Ethernet header gets tcx, and XDP there is refused" {
	ip -n "$NODE" tuntap add dev tun0 mode tun
	gated --interface tun0
	[ "$(rung_of tun0)" = tcx ]
	daemon_off
	refused_to_start --interface tun0 --attach generic
	[[ "$output" == *"no Ethernet header"* ]]
	refused_to_start --interface tun0 --attach native
	[[ "$output" == *"no Ethernet header"* ]]
	[ ! -e "$PINS" ]
}

@test "native where the driver has none is refused in a sentence, auto goes on" {
	ip -n "$NODE" link add br0 type bridge
	refused_to_start --interface br0 --attach native
	[[ "$output" == *"br0: its driver bridge has no native XDP"* ]]
	gated --interface br0
	[ "$(rung_of br0)" = tcx ]
}

@test "lo is refused unless forced" {
	refused_to_start --interface lo
	[[ "$output" == *"lo: every local connection"* ]]
	gated --interface lo --gate-lo yes
	[ "$(rung_of lo)" = tcx ]
}

@test "an interface that is not there: one sentence, and nothing hangs on the others" {
	refused_to_start --interface gate0 --interface gate9
	[[ "$output" == *"gate9: there is no such interface"* ]]
	[ ! -e "$PINS" ]
	[[ "$(net_in "$NODE" bpftool link show)" != *"dev gate0"* ]]
}

@test "of a stack only one is gated: a port under its bridge, a bridge over its port, a macvlan over its device" {
	ip -n "$NODE" link add br0 type bridge
	ip -n "$NODE" link set gate0 master br0
	refused_to_start --interface gate0 --interface br0
	[[ "$output" == *"br0: covered by gate0"* ]]
	refused_to_start --interface br0 --interface gate0
	[[ "$output" == *"gate0: br0 stands on it"* ]]
	ip -n "$NODE" link set gate0 nomaster
	ip -n "$NODE" link add mac0 link gate0 type macvlan
	refused_to_start --interface gate0 --interface mac0
	[[ "$output" == *"mac0: covered by gate0"* ]]
	[ ! -e "$PINS" ]
}

@test "from a bridge to its port by a restart: the old one is let go, and does not keep the new one out" {
	ip -n "$NODE" link add br0 type bridge
	ip -n "$NODE" link set gate0 master br0
	start "$NODE" peergated "$BUILD/peergated" --interface br0 --service "beacon=tcp:$PORT" --run-dir "$RUN" --pin-dir "$PINS"
	DAEMON=$started
	wait_for 10 "peergated" daemon_answers
	[ "$(rung_of br0)" = tcx ]
	stop "$DAEMON"
	gated
	[ "$(rung_of gate0)" = tcx ]
	[ -z "$(rung_of br0)" ]
}

@test "no bpffs under the pins: the remedy" {
	PINS=$WORK/pins
	refused_to_start --interface gate0
	[[ "$output" == *"mount -t bpf"* ]]
	[ ! -e "$PINS" ]
}

@test "an old kernel: which one, and which is needed" {
	run -1 timeout 10 setarch --uname-2.6 "$BUILD/peergated" --interface gate0 --service "beacon=tcp:$PORT" \
		--run-dir "$RUN" --pin-dir "$PINS"
	[[ "$output" == *"kernel 2.6."*" is too old for the gate: it needs 5.15 or later"* ]]
	[ ! -e "$PINS" ]
}

@test "without capabilities: the remedy" {
	run -1 timeout 10 nsenter --net="/run/netns/$NODE" setpriv --reuid nobody --regid nogroup --clear-groups \
		--bounding-set=-all --inh-caps=-all "$BUILD/peergated" --interface gate0 --service "beacon=tcp:$PORT" \
		--run-dir "$RUN" --pin-dir "$PINS"
	[[ "$output" == *"start as root"* ]]
}
