// SPDX-License-Identifier: BSD-2-Clause

package main

// host: a go-libp2p host that judges nobody, reports nothing and keeps whoever comes. It listens on the given multiaddrs and
// dials from there. A line on standard input is a command (`dial MULTIADDR`, `close`, `resolve NAME SERVER`), a line on
// standard output an event; tests/peers-rust speaks the same.

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
)

// obeyLines hands each line of standard input to obey, until ctx ends; the input may end before that.
func obeyLines(ctx context.Context, obey func(verb, rest string)) {
	lines := make(chan string)
	go func() {
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			lines <- in.Text()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-lines:
			verb, rest, _ := strings.Cut(line, " ")
			obey(verb, rest)
		}
	}
}

func newPlainHost(addrs []string) (host.Host, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	return libp2p.New(
		libp2p.Identity(key),
		libp2p.ListenAddrStrings(addrs...),
		// No limits of its own: what is refused here, peergate refused.
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Transport(libp2pquic.NewTransport),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.UDPBlackHoleSuccessCounter(nil),
		libp2p.IPv6BlackHoleSuccessCounter(nil),
		libp2p.UserAgent("peers/host"),
	)
}

func announce(word string, c network.Conn) {
	way := "outbound"
	if c.Stat().Direction == network.DirInbound {
		way = "inbound"
	}
	fmt.Println(word, way, c.RemoteMultiaddr(), c.RemotePeer())
}

// stranger is somebody at an address, when nobody is named: what a dial finds in a stale record.
func stranger(to string) (*peer.AddrInfo, error) {
	m, err := ma.NewMultiaddr(to)
	if err != nil {
		return nil, err
	}
	if info, err := peer.AddrInfoFromP2pAddr(m); err == nil {
		return info, nil
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	id, err := peer.IDFromPrivateKey(key)
	return &peer.AddrInfo{ID: id, Addrs: []ma.Multiaddr{m}}, err
}

func dialOne(ctx context.Context, h host.Host, to string, patience time.Duration) {
	begin := time.Now()
	info, err := stranger(to)
	if err == nil {
		err = dial(ctx, h, *info, patience)
	}
	if err != nil {
		fmt.Println("failed", to, time.Since(begin).Milliseconds(), "ms:", strings.Join(strings.Fields(err.Error()), " "))
	}
}

// resolve asks one DNS server, as a node's own resolver would.
func resolve(ctx context.Context, name, server string) {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, over, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, over, server)
	}}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	addrs, err := resolver.LookupHost(ctx, name)
	if err != nil {
		fmt.Println("failed", name, err)
		return
	}
	fmt.Println("resolved", name, strings.Join(addrs, " "))
}

func runHost(ctx context.Context, args []string) error {
	flags := newFlags("host")
	patience := flags.Duration("patience", 2*time.Second, "for a dial")
	_ = flags.Parse(args)
	h, err := newPlainHost(flags.Args())
	if err != nil {
		return err
	}
	defer h.Close()
	h.Network().Notify(&network.NotifyBundle{
		ConnectedF:    func(_ network.Network, c network.Conn) { announce("connected", c) },
		DisconnectedF: func(_ network.Network, c network.Conn) { announce("closed", c) },
	})
	fmt.Println(h.ID())
	obeyLines(ctx, func(verb, rest string) {
		switch verb {
		case "dial":
			go dialOne(ctx, h, rest, *patience)
		case "close":
			for _, c := range h.Network().Conns() {
				_ = c.Close()
			}
		case "resolve":
			name, server, _ := strings.Cut(rest, " ")
			resolve(ctx, name, server)
		default:
			fmt.Fprintln(os.Stderr, "peers host: unknown command", verb)
		}
	})
	return nil
}
