// SPDX-License-Identifier: BSD-2-Clause

package main

// standin: stands in for a node of Prysm 7.1.6 that nobody changed. It takes connections over TCP and QUIC, writes the lines of a story
// at their moments, hangs up where a line says so, and answers a Beacon API from what is really connected. A line that speaks of a
// connection which never came is not written: a node whose kernel refused it knows nothing of it.

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

const (
	peerWithinS = 15.0 // of a peer without a connection for longer the node says nothing
	justNow     = time.Second
)

// guest is a connection that reached the node.
type guest struct {
	source, over string
	port         uint16
	peer         string // "": it has not said so
	came, went   time.Time
	lives        bool
	hangUp       func()
}

type standin struct {
	clock
	story   *story
	log     *nodeLog
	journal *journal
	mutex   sync.Mutex
	guests  []*guest
	named   map[string]bool // source and port that lines speak of
}

func place(source, over string, port uint16) string { return fmt.Sprint(source, over, port) }

func (n *standin) welcome(remote, over string, hangUp func()) *guest {
	from, _ := netip.ParseAddrPort(remote)
	g := &guest{source: from.Addr().Unmap().String(), over: over, port: from.Port(), came: time.Now(), lives: true, hangUp: hangUp}
	if ids := n.story.ids[g.source]; len(ids) == 1 {
		g.peer = ids[0]
	}
	n.mutex.Lock()
	n.guests = append(n.guests, g)
	n.mutex.Unlock()
	n.journal.write(entry{T: unixOf(g.came), Ev: "reached", Src: g.source, Over: over, Port: g.port})
	return g
}

// hears takes the ID that the other side says first.
func (n *standin) hears(g *guest, from io.Reader) {
	id, err := bufio.NewReaderSize(from, 128).ReadString('\n')
	if err == nil {
		n.mutex.Lock()
		g.peer = strings.TrimSpace(id)
		n.mutex.Unlock()
	}
}

func (n *standin) parts(g *guest) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	g.lives, g.went = false, time.Now()
}

func (n *standin) serveTCP(ctx context.Context, at string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			g := n.welcome(c.RemoteAddr().String(), transportTCP, func() { _ = c.Close() })
			go func() {
				n.hears(g, c)
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
				n.parts(g)
			}()
		}
	}()
	return nil
}

func (n *standin) serveQUIC(ctx context.Context, at string) error {
	certificate, err := quicCertificate()
	if err != nil {
		return err
	}
	addr, err := net.ResolveUDPAddr("udp", at)
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp", addr)
	if err != nil {
		return err
	}
	l, err := quic.Listen(socket, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"peers"}}, storyQUIC())
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept(ctx)
			if err != nil {
				return
			}
			g := n.welcome(c.RemoteAddr().String(), transportQUIC, func() { _ = c.CloseWithError(0, "") })
			go func() {
				if s, err := c.AcceptUniStream(c.Context()); err == nil {
					n.hears(g, s)
				}
				<-c.Context().Done()
				n.parts(g)
			}()
		}
	}()
	return nil
}

// isThere: it lives, or went a moment ago.
func (g *guest) isThere(now time.Time) bool { return g.lives || now.Sub(g.went) < justNow }

// whose finds the connection of which a line speaks; it may have come from another port than then.
func (n *standin) whose(l *saying, now time.Time) *guest {
	for i := len(n.guests) - 1; i >= 0; i-- {
		g := n.guests[i]
		if g.source != l.source || g.over != l.over || !g.isThere(now) {
			continue
		}
		if g.port == l.port || g.peer == l.peer && !n.named[place(g.source, g.over, g.port)] {
			return g
		}
	}
	return nil
}

// wasHere: a status comes over a connection that lives; other things are said of a peer for a while.
func (n *standin) wasHere(l *saying, now time.Time) bool {
	isStatus := bytes.Contains(l.text, []byte("Invalid status message"))
	for _, g := range n.guests {
		if g.peer == l.peer && (g.isThere(now) || !isStatus && now.Sub(g.came) < n.lasts(peerWithinS)) {
			return true
		}
	}
	return false
}

// tells whether the node would write the line now, with the port that it really sees.
func (n *standin) tells(l *saying, now time.Time) (text []byte, of *guest, tell bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	switch {
	case l.source == "":
		return l.text, nil, true
	case l.port == 0:
		return l.text, nil, n.wasHere(l, now)
	}
	g := n.whose(l, now)
	if g == nil {
		return nil, nil, false
	}
	if g.port != l.port {
		then := fmt.Sprintf("/ip4/%s/%s/%d/", l.source, map[string]string{transportTCP: "tcp", transportQUIC: "udp"}[l.over], l.port)
		real := strings.Replace(then, "/"+strconv.Itoa(int(l.port))+"/", "/"+strconv.Itoa(int(g.port))+"/", 1)
		return bytes.ReplaceAll(l.text, []byte(then), []byte(real)), g, true
	}
	return l.text, g, true
}

func (n *standin) say(l *saying) error {
	now := time.Now()
	text, g, tell := n.tells(l, now)
	e := entry{T: unixOf(now), Ev: "line", Src: l.source, Peer: l.peer, Port: l.port}
	if !tell {
		e.Ev = "withheld"
		n.journal.write(e)
		return nil
	}
	if err := n.log.write(text); err != nil {
		return err
	}
	n.journal.write(e)
	if l.ends && g != nil {
		g.hangUp()
	}
	return nil
}

// play tells the story; the node stays until it is told to go.
func (n *standin) play(ctx context.Context) error {
	for _, l := range n.story.lines {
		if !waitFor(ctx, time.Until(n.at(l.at))) {
			return nil
		}
		if err := n.say(l); err != nil {
			return err
		}
	}
	if !math.IsInf(n.story.length, 1) && waitFor(ctx, time.Until(n.at(n.story.length))) {
		fmt.Println("told")
	}
	<-ctx.Done()
	return nil
}

func (n *standin) listen(ctx context.Context, addrs []string, tcp, udp int) error {
	for _, addr := range addrs {
		if err := n.serveTCP(ctx, net.JoinHostPort(addr, strconv.Itoa(tcp))); err != nil {
			return err
		}
		if err := n.serveQUIC(ctx, net.JoinHostPort(addr, strconv.Itoa(udp))); err != nil {
			return err
		}
	}
	return nil
}

func (n *standin) run(ctx context.Context, o *nodeOptions) error {
	for _, l := range n.story.lines {
		if l.port != 0 {
			n.named[place(l.source, l.over, l.port)] = true
		}
	}
	if err := n.listen(ctx, strings.Split(o.at, ","), o.tcp, o.udp); err != nil {
		return err
	}
	if err := n.serveAPI(ctx, net.JoinHostPort(o.httpHost, strconv.Itoa(o.http))); err != nil {
		return err
	}
	go n.journal.flushEach(250*time.Millisecond, ctx.Done())
	fmt.Println("ready")
	return n.play(ctx)
}
