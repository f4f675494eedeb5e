// SPDX-License-Identifier: BSD-2-Clause

package main

// good: peers that answer the status exchange rightly, stay, and come back politely when they are cut.

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

const (
	goodPatience = 5 * time.Second // go-libp2p's own dial timeout
	goodReturn   = 2 * time.Second
)

type goodPeer struct {
	host    host.Host
	source  netip.Addr
	over    string
	stumble int // so many times it hangs up at once, as nodes do that are starting
	journal *journal
	down    chan struct{}
}

func newGoodPeer(source netip.Addr, over string, j *journal) (*goodPeer, error) {
	h, err := newPeerHost(source, true)
	if err != nil {
		return nil, err
	}
	g := &goodPeer{host: h, source: source, over: over, journal: j, down: make(chan struct{}, 1)}
	h.SetStreamHandler(statusProtocol, func(s network.Stream) {
		defer s.Close()
		_ = s.SetDeadline(time.Now().Add(goodPatience))
		if _, err := decodeStatus(s); err == nil {
			_ = answerStatus(s, status{fork: ourFork, headSlot: 1000})
			g.write(entry{Ev: "answered"})
		}
	})
	h.Network().Notify(&network.NotifyBundle{
		DisconnectedF: func(network.Network, network.Conn) {
			select {
			case g.down <- struct{}{}:
			default:
			}
		},
	})
	return g, nil
}

func (g *goodPeer) write(e entry) {
	e.Src, e.Peer, e.Over, e.Kind = g.source.String(), g.host.ID().String(), g.over, "good"
	g.journal.write(e)
}

// stay connects, waits until it is cut, and comes back.
func (g *goodPeer) stay(ctx context.Context, to target) error {
	info, err := to.info(g.source, g.over)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		begin := time.Now()
		err := dial(ctx, g.host, info, goodPatience)
		if ctx.Err() != nil {
			return nil
		}
		e := entry{T: unixOf(begin), Ev: "dial", OK: err == nil, Ms: time.Since(begin).Seconds() * 1e3}
		if err != nil {
			e.Err = err.Error()
		}
		g.write(e)
		if err == nil && g.stumble > 0 {
			g.stumble--
			_ = g.host.Network().ClosePeer(to.id)
			<-g.down
			g.write(entry{Ev: "stumbled"})
		} else if err == nil {
			select {
			case <-ctx.Done():
				return nil
			case <-g.down:
				g.write(entry{Ev: "down"})
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(goodReturn):
		}
	}
	return nil
}

// sources reads a comma-separated list of addresses, each ADDR or ADDR/tcp or ADDR/quic (default: tcp and quic in turn).
func parseSources(list string) (addrs []netip.Addr, over []string, err error) {
	for i, text := range strings.Split(list, ",") {
		how := []string{transportTCP, transportQUIC}[i%2]
		if at := strings.LastIndexByte(text, '/'); at >= 0 {
			text, how = text[:at], text[at+1:]
		}
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, nil, err
		}
		addrs, over = append(addrs, addr), append(over, how)
	}
	return addrs, over, nil
}

func runGood(ctx context.Context, args []string) error {
	flags := newFlags("good")
	id := flags.String("node", "", "the node's peer ID")
	v4 := flags.String("v4", "", "the node's IPv4 address")
	v6 := flags.String("v6", "", "the node's IPv6 address")
	list := flags.String("sources", "", "addresses to come from: ADDR[/tcp|/quic],…")
	stumble := flags.Int("stumble", 0, "so many times each hangs up at once before it stays")
	log := flags.String("journal", "", "where to write what happens")
	_ = flags.Parse(args)

	to, err := newTarget(*id, *v4, *v6)
	if err != nil {
		return err
	}
	addrs, over, err := parseSources(*list)
	if err != nil {
		return err
	}
	j, err := openJournal(*log)
	if err != nil {
		return err
	}
	defer j.close()
	go j.flushEach(100*time.Millisecond, ctx.Done())
	peers := make([]*goodPeer, len(addrs))
	for i := range addrs {
		if peers[i], err = newGoodPeer(addrs[i], over[i], j); err != nil {
			return err
		}
		defer peers[i].host.Close()
		peers[i].stumble = *stumble
	}
	fmt.Println("ready")
	var all sync.WaitGroup
	for _, p := range peers {
		all.Go(func() { _ = p.stay(ctx, to) })
	}
	all.Wait()
	return nil
}
