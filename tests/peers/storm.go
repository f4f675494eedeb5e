// SPDX-License-Identifier: BSD-2-Clause

package main

// storm: bad peers. Each has an identity of its own and an address that it may share; it is mute or on a wrong fork and holds its
// slot until it is cut, or hangs up as soon as it is in; and it is back at once.

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	kindMute   = "mute"
	kindWrong  = "wrong"
	kindHangup = "hangup"

	badPatience = time.Second // a dial that takes longer was refused
	slotMax     = 30 * time.Second
)

type badPeer struct {
	host    host.Host
	source  netip.Addr
	over    string
	kind    string
	pause   time.Duration // between a cut and the next dial
	journal *journal
	down    chan struct{}
}

func newBadPeer(source netip.Addr, over, kind string, stall time.Duration, j *journal) (*badPeer, error) {
	h, err := newPeerHost(source, false)
	if err != nil {
		return nil, err
	}
	b := &badPeer{host: h, source: source, over: over, kind: kind, journal: j, down: make(chan struct{}, 1)}
	h.SetStreamHandler(statusProtocol, func(s network.Stream) {
		defer func() { _ = s.Reset() }()
		_ = s.SetDeadline(time.Now().Add(slotMax))
		if kind == kindWrong {
			if _, err := decodeStatus(s); err != nil {
				return
			}
			time.Sleep(stall) // holds the slot as long as it dares
			_ = answerStatus(s, status{fork: wrongFork})
		}
		_, _ = io.Copy(io.Discard, s)
		holdUntilCut(s.Conn())
	})
	h.Network().Notify(&network.NotifyBundle{
		DisconnectedF: func(network.Network, network.Conn) {
			select {
			case b.down <- struct{}{}:
			default:
			}
		},
	})
	return b, nil
}

// holdUntilCut keeps a stream open without a word.
func holdUntilCut(c network.Conn) {
	for begin := time.Now(); !c.IsClosed() && time.Since(begin) < slotMax; {
		time.Sleep(100 * time.Millisecond)
	}
}

// attempt dials once, holds the connection until it is cut, and says whether it got one.
func (b *badPeer) attempt(ctx context.Context, info peer.AddrInfo) bool {
	select { // what is left of the connection before
	case <-b.down:
	default:
	}
	begin := time.Now()
	err := dial(ctx, b.host, info, badPatience)
	if ctx.Err() != nil {
		return false
	}
	e := entry{
		T: unixOf(begin), Ev: "dial", Src: b.source.String(), Peer: b.host.ID().String(), Kind: b.kind,
		Over: b.over, OK: err == nil, Ms: time.Since(begin).Seconds() * 1e3,
	}
	if err != nil {
		e.Err = err.Error()
	}
	b.journal.write(e)
	if err != nil {
		return false
	}
	b.hold(ctx, info.ID)
	b.journal.write(entry{Ev: "ended", Src: e.Src, Peer: e.Peer, Kind: e.Kind, Over: e.Over, Ms: time.Since(begin).Seconds() * 1e3})
	return true
}

// hold keeps the connection as long as its kind does.
func (b *badPeer) hold(ctx context.Context, node peer.ID) {
	if b.kind == kindHangup {
		_ = b.host.Network().ClosePeer(node)
		return
	}
	select {
	case <-ctx.Done():
	case <-b.down:
	case <-time.After(slotMax):
		_ = b.host.Network().ClosePeer(node)
	}
}

// rage is back after a cut when its pause is over; after a refused dial it takes a breath of the rest of a second.
func (b *badPeer) rage(ctx context.Context, to target, ramp time.Duration) {
	info, err := to.info(b.source, b.over)
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers storm:", err)
		return
	}
	wait := rand.N(ramp + 1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		begin := time.Now()
		wait = b.pause
		if !b.attempt(ctx, info) {
			wait = max(0, badPatience-time.Since(begin))
		}
	}
}

// nth is the address count sources behind first: IPv4 by one, IPv6 by one /48, since go-libp2p counts /48s and /56s.
func nth(first netip.Addr, count int) netip.Addr {
	raw := first.AsSlice()
	last := len(raw) - 1
	if first.Is6() {
		last = 5
	}
	for at := last; at >= 0 && count > 0; at-- {
		count += int(raw[at])
		raw[at] = byte(count)
		count >>= 8
	}
	addr, _ := netip.AddrFromSlice(raw)
	return addr
}

type stormPlan struct {
	v4, v6 string
	count  int // sources of each family
	ids    int // peers at each
	kinds  []string
	stall  time.Duration
	pause  time.Duration
}

// hosts makes the peers: TCP and QUIC, one kind and the next in turn, so that each mixture comes as often.
func (p stormPlan) hosts(j *journal) ([]*badPeer, error) {
	var all []*badPeer
	for _, text := range []string{p.v4, p.v6} {
		first, err := netip.ParseAddr(text)
		if err != nil {
			return all, err
		}
		for i := range p.count {
			over := []string{transportTCP, transportQUIC}[i%2]
			kind := p.kinds[i/2%len(p.kinds)]
			for range p.ids {
				b, err := newBadPeer(nth(first, i), over, kind, p.stall, j)
				if err != nil {
					return all, err
				}
				b.pause = p.pause
				all = append(all, b)
			}
		}
	}
	return all, nil
}

func runStorm(ctx context.Context, args []string) error {
	var plan stormPlan
	flags := newFlags("storm")
	id := flags.String("node", "", "the node's peer ID")
	v4 := flags.String("v4", "", "the node's IPv4 address")
	v6 := flags.String("v6", "", "the node's IPv6 address")
	flags.StringVar(&plan.v4, "from-v4", "", "first IPv4 source")
	flags.StringVar(&plan.v6, "from-v6", "", "first IPv6 source; the next is in the next /48")
	flags.IntVar(&plan.count, "count", 1, "sources of each family")
	flags.IntVar(&plan.ids, "ids", 1, "peers behind each source")
	kinds := flags.String("kinds", kindMute+","+kindWrong, "in turn: mute, wrong (fork), hangup")
	flags.DurationVar(&plan.pause, "pause", 0, "before a peer that was cut is back")
	flags.DurationVar(&plan.stall, "stall", 300*time.Millisecond, "how long a wrong fork waits with its answer")
	ramp := flags.Duration("ramp", time.Second, "over which the first dials are spread")
	log := flags.String("journal", "", "where to write what happens")
	_ = flags.Parse(args)
	plan.kinds = strings.Split(*kinds, ",")

	to, err := newTarget(*id, *v4, *v6)
	if err != nil {
		return err
	}
	j, err := openJournal(*log)
	if err != nil {
		return err
	}
	defer j.close()
	go j.flushEach(100*time.Millisecond, ctx.Done())
	peers, err := plan.hosts(j)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	// Starts when a line comes, so that making the hosts is no part of the storm.
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return fmt.Errorf("no word to start: %w", err)
	}
	var all sync.WaitGroup
	for _, b := range peers {
		all.Go(func() { b.rage(ctx, to, *ramp) })
	}
	all.Wait()
	return nil
}
