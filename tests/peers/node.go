// SPDX-License-Identifier: BSD-2-Clause

package main

// node: does with its peers what a consensus client does: asks each inbound peer for its status, judges the answer,
// sends bad ones away, and (when there is one) tells peergate. Its own limits are go-libp2p's defaults, unless told otherwise.

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// strikesMax is how many failed status exchanges, on connections of their own, make a verdict.
const strikesMax = 3

type node struct {
	host     host.Host
	journal  *journal
	gate     *gate
	patience time.Duration // for an answer to our status
	max      int           // peers wanted

	connects, denied, handshakes atomic.Uint64

	mutex   sync.Mutex
	good    map[peer.ID]bool
	strikes map[peer.ID]int
	denials map[string]int64 // by the limit that denied
}

// counting is go-libp2p's own resource manager; it only counts what is asked of it.
type counting struct {
	network.ResourceManager
	node *node
}

func (c counting) OpenConnection(dir network.Direction, fd bool, remote ma.Multiaddr) (network.ConnManagementScope, error) {
	scope, err := c.ResourceManager.OpenConnection(dir, fd, remote)
	if dir == network.DirInbound {
		c.node.connects.Add(1)
		if err != nil {
			c.node.deny(err)
		}
	}
	return scope, err
}

// deny counts by the limit that denied: those by address in their own words, all others are one.
func (n *node) deny(err error) {
	n.denied.Add(1)
	limit := "other limits"
	for _, words := range []string{"rate limit exceeded", "connections per ip limit exceeded"} {
		if strings.HasPrefix(err.Error(), words) {
			limit = words
		}
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.denials[limit]++
}

func defaultLimits() (network.ResourceManager, error) {
	limits := rcmgr.DefaultLimits
	libp2p.SetDefaultServiceLimits(&limits)
	return rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(limits.AutoScale()))
}

func (n *node) listen(addrs []string, limited bool) error {
	var limits network.ResourceManager = &network.NullResourceManager{}
	var err error
	if limited {
		if limits, err = defaultLimits(); err != nil {
			return err
		}
	}
	key, err := newKey()
	if err != nil {
		return err
	}
	n.host, err = libp2p.New(
		libp2p.Identity(key),
		libp2p.ListenAddrStrings(addrs...),
		libp2p.ResourceManager(counting{limits, n}),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Transport(libp2pquic.NewTransport),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.UserAgent("peers/node"),
	)
	return err
}

func (n *node) status() status { return status{fork: ourFork, headSlot: 1000} }

func sourceOf(c network.Conn) string {
	ip, err := manet.ToIP(c.RemoteMultiaddr())
	if err != nil {
		return ""
	}
	addr, _ := netip.AddrFromSlice(ip)
	return addr.Unmap().String()
}

func overOf(c network.Conn) string {
	if strings.Contains(c.RemoteMultiaddr().String(), "/quic") {
		return transportQUIC
	}
	return transportTCP
}

// connected runs for each upgraded inbound connection, in a goroutine of its own.
func (n *node) connected(ctx context.Context, c network.Conn) {
	begin := time.Now()
	answer, err := n.exchange(ctx, c)
	switch {
	case err == nil && answer.fork == ourFork:
		n.welcome(c, answer)
	case err == nil:
		n.tell(c, "handshake", "wrong_network")
		_ = c.Close()
	case ctx.Err() != nil || c.IsClosed(): // we, or the peer, went away
	case time.Since(begin) >= n.patience:
		n.strike(c, "timeout")
	default:
		n.strike(c, "error")
	}
}

func (n *node) exchange(ctx context.Context, c network.Conn) (status, error) {
	ctx, cancel := context.WithTimeout(network.WithNoDial(ctx, "status"), n.patience)
	defer cancel()
	s, err := n.host.NewStream(ctx, c.RemotePeer(), statusProtocol)
	if err != nil {
		return status{}, err
	}
	defer func() { _ = s.Reset() }()
	deadline, _ := ctx.Deadline()
	_ = s.SetDeadline(deadline)
	if _, err := s.Write(n.status().encode()); err != nil {
		return status{}, err
	}
	if err := s.CloseWrite(); err != nil {
		return status{}, err
	}
	return readAnswer(s)
}

func (n *node) welcome(c network.Conn, answer status) {
	n.mutex.Lock()
	n.good[c.RemotePeer()] = true
	n.mutex.Unlock()
	n.journal.write(entry{Ev: "welcome", Src: sourceOf(c), Peer: c.RemotePeer().String(), Over: overOf(c)})
	n.tell(c, "handshake", "ok")
	n.tellStatus(c, answer.headSlot)
}

// strike: each exchange that fails is told; several make the node's own verdict.
func (n *node) strike(c network.Conn, result string) {
	n.mutex.Lock()
	n.strikes[c.RemotePeer()]++
	strikes := n.strikes[c.RemotePeer()]
	n.mutex.Unlock()
	n.tell(c, "handshake", result)
	if strikes >= strikesMax {
		n.tell(c, "verdict", "ban")
	}
	_ = c.Close()
}

func (n *node) disconnected(c network.Conn) {
	n.mutex.Lock()
	was := n.good[c.RemotePeer()]
	if was && n.host.Network().Connectedness(c.RemotePeer()) != network.Connected {
		delete(n.good, c.RemotePeer())
	} else {
		was = false
	}
	n.mutex.Unlock()
	if was {
		n.journal.write(entry{Ev: "lost", Src: sourceOf(c), Peer: c.RemotePeer().String()})
		n.tell(c, "disconnected", "")
	}
}

func (n *node) goodPeers() int {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return len(n.good)
}

func (n *node) denialsNow() map[string]int64 {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return maps.Clone(n.denials)
}

func cpuMs() uint64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return uint64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// beat writes the totals four times a second and tells peergate each second how full the node is.
func (n *node) beat(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n.journal.write(entry{
			Ev: "tick", Connects: n.connects.Load(), Denied: n.denied.Load(),
			Handshakes: n.handshakes.Load(), CPUms: cpuMs(), Good: n.goodPeers(),
			Held: len(n.host.Network().Conns()), Totals: n.denialsNow(),
		})
		n.journal.flush()
		if i%4 == 0 {
			n.gate.capacity(n.max, n.goodPeers())
		}
	}
}

func runNode(ctx context.Context, args []string) error {
	flags := newFlags("node")
	v4 := flags.String("v4", "", "own IPv4 address")
	v6 := flags.String("v6", "", "own IPv6 address")
	socket := flags.String("gate", "", "peergate's socket; none: nobody is told")
	service := flags.String("service", "beacon", "the service's name in peergate")
	log := flags.String("journal", "", "where to write what happens")
	patience := flags.Duration("patience", time.Second, "how long a peer may take to answer the status")
	max := flags.Int("max", 70, "peers wanted")
	limited := flags.Bool("limits", true, "keep go-libp2p's default limits")
	_ = flags.Parse(args)

	n := &node{patience: *patience, max: *max, good: map[peer.ID]bool{}, strikes: map[peer.ID]int{},
		denials: map[string]int64{}}
	addrs := []string{}
	for _, text := range []string{*v4, *v6} {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return err
		}
		addrs = append(addrs, listenAddrs(addr)...)
	}
	var err error
	if n.journal, err = openJournal(*log); err != nil {
		return err
	}
	defer n.journal.close()
	n.gate = newGate(*socket, *service, n.journal)
	defer n.gate.close()
	if err := n.listen(addrs, *limited); err != nil {
		return err
	}
	defer n.host.Close()
	n.host.Network().Notify(&network.NotifyBundle{
		ConnectedF: func(_ network.Network, c network.Conn) {
			n.handshakes.Add(1)
			go n.connected(ctx, c)
		},
		DisconnectedF: func(_ network.Network, c network.Conn) { go n.disconnected(c) },
	})
	fmt.Println(n.host.ID()) // the one line of output: ready, and who we are
	n.beat(ctx)
	return nil
}
