# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# net: two namespaces and one cable. The node's side is gated; the other side holds every address that peers come from.
#
#   NODE (gate0)  192.0.2.10, 2001:db8::10  ────veth────  (cable0) 192.0.2.1, 2001:db8::1  PEERS
#                 default routes ─────────────────────────►  lo: peers' own addresses
#
# The addresses are of the documentation ranges (RFC 5737, RFC 3849) and of the 2019 log: nothing leaves the namespaces.

NODE_V4=192.0.2.10
NODE_V6=2001:db8::10

# net_up NODE PEERS: makes both namespaces, named so.
net_up() {
	local node=$1 peers=$2
	ip netns add "$node" && ip netns add "$peers" || return
	ip -n "$node" link add gate0 type veth peer name cable0 netns "$peers" || return
	ip -n "$node" -batch - <<-END || return
		link set lo up
		link set gate0 up
		addr add $NODE_V4/24 dev gate0
		addr add $NODE_V6/64 dev gate0 nodad
		route add default via 192.0.2.1
		route add default via 2001:db8::1
	END
	ip -n "$peers" -batch - <<-END || return
		link set lo up
		link set cable0 up
		addr add 192.0.2.1/24 dev cable0
		addr add 2001:db8::1/64 dev cable0 nodad
	END
}

# net_sources PEERS: gives the peers' side the addresses on standard input, one a line.
net_sources() {
	sed -e 's,^[^/]*:[^/]*$,addr add &/128 dev lo nodad,' -e 's,^[0-9.]*$,addr add &/32 dev lo,' |
		ip -n "$1" -batch -
}

# net_down NODE PEERS: removes both, and with them the cable.
net_down() {
	local name
	for name in "$@"; do
		[ -e "/run/netns/$name" ] && ip netns del "$name"
	done
	return 0
}

# net_in NAME COMMAND…: runs it in the namespace's network only, with our own mounts (bpffs stays visible).
net_in() {
	local name=$1
	shift
	nsenter --net="/run/netns/$name" "$@"
}
