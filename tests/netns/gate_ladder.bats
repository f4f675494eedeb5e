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

@test "packets without an Ethernet header are judged, in both families" {
	ip -n "$NODE" tuntap add dev tun0 mode tun
	ip -n "$NODE" link set tun0 up
	for rung in tcx clsact; do
		gated --interface tun0 --attach $rung
		ask ban "$BAD"
		ask ban 2001:db8:7::1
		net_in "$NODE" python3 tests/netns/initials.py tun tun0 "$BAD" "$NODE_V4" "$PORT" 3
		net_in "$NODE" python3 tests/netns/initials.py tun tun0 2001:db8:7::9 "$NODE_V6" "$PORT" 4
		net_in "$NODE" python3 tests/netns/initials.py tun tun0 "$GOOD" "$NODE_V4" "$PORT" 5
		ask --json status | jq -c '.counters[]'
		[ "$(counted refuse ipv4)" = 3 ]
		[ "$(counted refuse ipv6)" = 4 ]
		[ "$(counted pass ipv4)" = 5 ]
		daemon_off
	done
}

# tagged TAG…: frames with these tags, of a banned and of another source in both families, are told apart.
tagged() {
	local mac before after
	mac=$(ip -n "$NODE" -j link show gate0 | jq -r '.[0].address')
	before="$(counted refuse ipv4) $(counted refuse ipv6) $(counted pass ipv4) $(counted pass ipv6)"
	frames_from() {
		net_in "$PEERS" python3 tests/netns/initials.py frames cable0 "$mac" "$1" "$2" "$PORT" "$3" "${@:4}"
	}
	frames_from "$BAD" "$NODE_V4" 3 "$@"
	frames_from 2001:db8:7::9 "$NODE_V6" 4 "$@"
	frames_from "$GOOD" "$NODE_V4" 5 "$@"
	frames_from 2001:db8:8::9 "$NODE_V6" 6 "$@"
	sleep 0.1
	after="$(counted refuse ipv4) $(counted refuse ipv6) $(counted pass ipv4) $(counted pass ipv6)"
	echo "tags '$*': from $before to $after"
	[ "$(for i in 1 2 3 4; do echo $(($(cut -d' ' -f$i <<<"$after") - $(cut -d' ' -f$i <<<"$before"))); done | xargs)" = "3 4 5 6" ]
}

@test "tagged frames are judged on each rung: 802.1Q, 802.1ad, two tags" {
	for rung in tcx clsact generic native; do
		gated --attach $rung
		ask ban "$BAD"
		ask ban 2001:db8:7::1
		tagged
		tagged 8100:5
		tagged 88a8:7
		tagged 88a8:7 8100:5
		tagged 8100:7 8100:5
		daemon_off
	done
}

# told SOURCE TARGET: what its connect is told: connected, refused (a reset) or silence.
told() {
	net_in "$PEERS" python3 - "$1" "$2" "$PORT" <<-'END'
		import socket, sys
		source, target, port = sys.argv[1:]
		s = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET)
		s.settimeout(2)
		s.bind((source, 0))
		try:
		    s.connect((target, int(port)))
		    print("connected")
		except ConnectionRefusedError:
		    print("refused")
		except TimeoutError:
		    print("silence")
	END
}

reached() {
	[ "$(told "$1" "$2")" = connected ]
}

@test "resets reach the refused on each rung that can send them; the status says where they cannot" {
	local bad6=2001:db8:7::9
	echo $bad6 | net_sources "$PEERS"
	start "$NODE" listener socat "TCP6-LISTEN:$PORT,fork,reuseaddr,ipv6only=0" /dev/null
	for rung in tcx clsact generic native; do
		gated --attach $rung --resets operator
		wait_for 5 "the listener" reached "$GOOD" "$NODE_V4"
		wait_for 10 "a way for IPv6" reached $bad6 "$NODE_V6"
		ask ban "$BAD"
		ask ban $bad6
		if [ $rung = native ]; then
			[ "$(told "$BAD" "$NODE_V4")" = silence ]
			ask --json status | jq -e '.interfaces[0] | .resets == false'
		else
			[ "$(told "$BAD" "$NODE_V4")" = refused ]
			[ "$(told $bad6 "$NODE_V6")" = refused ]
			ask --json status | jq -e '.interfaces[0] | .resets == true'
		fi
		[ "$(told "$GOOD" "$NODE_V4")" = connected ]
		daemon_off
	done
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
	start "$NODE" peergated "$BUILD/peergated" --interface br0 --service "beacon=tcp:$PORT" --store none --run-dir "$RUN" --pin-dir "$PINS"
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
		--store none --run-dir "$RUN" --pin-dir "$PINS"
	[[ "$output" == *"kernel 2.6."*" is too old for the gate: it needs 5.15 or later"* ]]
	[ ! -e "$PINS" ]
}

@test "without capabilities: the remedy" {
	run -1 timeout 10 nsenter --net="/run/netns/$NODE" setpriv --reuid nobody --regid nogroup --clear-groups \
		--bounding-set=-all --inh-caps=-all "$BUILD/peergated" --interface gate0 --service "beacon=tcp:$PORT" \
		--store none --run-dir "$RUN" --pin-dir "$PINS"
	[[ "$output" == *"start as root"* ]]
}
