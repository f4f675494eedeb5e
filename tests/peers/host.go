// SPDX-License-Identifier: BSD-2-Clause

package main

// host: a go-libp2p host that dials from one given source address, over TCP+Noise+yamux or over QUIC.

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
)

const (
	transportTCP  = "tcp"
	transportQUIC = "quic"
)

// nodePort is the port that the node listens on, TCP and UDP alike (Prysm's).
const nodePort = 13000

// listenAddrs gives the node's two multiaddrs for one address.
func listenAddrs(addr netip.Addr) []string {
	return []string{nodeAddr(addr, transportTCP), nodeAddr(addr, transportQUIC)}
}

func nodeAddr(addr netip.Addr, transport string) string {
	family := "ip6"
	if addr.Is4() {
		family = "ip4"
	}
	if transport == transportQUIC {
		return fmt.Sprintf("/%s/%s/udp/%d/quic-v1", family, addr, nodePort)
	}
	return fmt.Sprintf("/%s/%s/tcp/%d", family, addr, nodePort)
}

// newKey makes a secp256k1 identity, as consensus clients have.
func newKey() (crypto.PrivKey, error) {
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	return key, err
}

// newPeerHost makes a host that listens nowhere and whose every connection leaves from source.
func newPeerHost(source netip.Addr, limits bool) (host.Host, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	ip := net.IP(source.AsSlice())
	dialer := func(ma.Multiaddr) (tcp.ContextDialer, error) {
		return &net.Dialer{LocalAddr: &net.TCPAddr{IP: ip}}, nil
	}
	bind := func(udp string, laddr *net.UDPAddr) (net.PacketConn, error) {
		return net.ListenUDP(udp, &net.UDPAddr{IP: ip, Port: laddr.Port})
	}
	options := []libp2p.Option{
		libp2p.Identity(key),
		libp2p.NoListenAddrs,
		libp2p.Transport(tcp.NewTCPTransport, tcp.WithDialerForAddr(dialer)),
		libp2p.Transport(libp2pquic.NewTransport),
		libp2p.QUICReuse(quicreuse.NewConnManager, quicreuse.OverrideListenUDP(bind)),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.UserAgent("peers/demo"),
		// A refused dial must not teach this host that UDP or IPv6 do not work here.
		libp2p.UDPBlackHoleSuccessCounter(nil),
		libp2p.IPv6BlackHoleSuccessCounter(nil),
	}
	if !limits { // a bad peer has no reason to hold itself back
		options = append(options, libp2p.ResourceManager(&network.NullResourceManager{}))
	}
	return libp2p.New(options...)
}

// target is the node as a peer dials it.
type target struct {
	id     peer.ID
	v4, v6 netip.Addr
}

func newTarget(id, v4, v6 string) (target, error) {
	var t target
	var err error
	if t.id, err = peer.Decode(id); err != nil {
		return t, fmt.Errorf("node ID %q: %w", id, err)
	}
	if t.v4, err = netip.ParseAddr(v4); err != nil {
		return t, err
	}
	t.v6, err = netip.ParseAddr(v6)
	return t, err
}

// info is the node's one address in the family of source over transport.
func (t target) info(source netip.Addr, transport string) (peer.AddrInfo, error) {
	addr := t.v6
	if source.Is4() {
		addr = t.v4
	}
	m, err := ma.NewMultiaddr(nodeAddr(addr, transport))
	return peer.AddrInfo{ID: t.id, Addrs: []ma.Multiaddr{m}}, err
}

// dial makes one attempt at the one address of to, without what the host remembers of earlier failures or has heard of
// the node's other addresses, and gives up after patience. It succeeds when the connection is there, secured and
// multiplexed; nothing is left of it otherwise.
func dial(ctx context.Context, h host.Host, to peer.AddrInfo, patience time.Duration) error {
	if s, ok := h.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(to.ID)
	}
	h.Peerstore().ClearAddrs(to.ID)
	h.Peerstore().AddAddrs(to.ID, to.Addrs, time.Minute)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := h.Network().DialPeer(ctx, to.ID)
	if err != nil {
		_ = h.Network().ClosePeer(to.ID)
	}
	return err
}
