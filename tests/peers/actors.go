// SPDX-License-Identifier: BSD-2-Clause

package main

// actors: every connection of a story as a real one: from the peer's own address and, where the log names it, its own port; TCP or a
// QUIC handshake; held as long as it was. It says its peer ID first, so that the other end knows who it is. A peer that was cut comes
// back after as long as it did then, however fast the story is told: that time is the peer's.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/quic-go/quic-go"
)

const (
	knockPatience = 900 * time.Millisecond // under TCP's first retransmission: one SYN a connect
	cutPatience   = time.Second            // the node hangs up first, where a line says so
)

// clock turns the story's seconds into moments.
type clock struct {
	begin time.Time
	speed float64
}

func (c clock) at(s float64) time.Time {
	return c.begin.Add(c.lasts(s))
}

func (c clock) lasts(s float64) time.Duration { return time.Duration(s / c.speed * 1e9) }

// waitFor is false when it was too long.
func waitFor(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

type ended struct {
	at        time.Time
	connected bool
}

type actors struct {
	clock
	to      string
	journal *journal
	mutex   sync.Mutex
	sockets map[string]*quic.Transport // by source and port
	over    map[*knock]chan ended
}

// connection is what both transports have.
type connection interface {
	waitEnd(ctx context.Context, most time.Duration)
	hangUp()
	localPort() uint16
}

type tcpConnection struct{ net.Conn }

func (c tcpConnection) waitEnd(ctx context.Context, most time.Duration) {
	stop := context.AfterFunc(ctx, func() { _ = c.SetReadDeadline(time.Now()) })
	defer stop()
	if most < time.Hour {
		_ = c.SetReadDeadline(time.Now().Add(most))
	}
	_, _ = c.Read(make([]byte, 1))
}

func (c tcpConnection) hangUp() { _ = c.Close() }

func (c tcpConnection) localPort() uint16 { return uint16(c.LocalAddr().(*net.TCPAddr).Port) }

type quicConnection struct{ *quic.Conn }

func (c quicConnection) waitEnd(ctx context.Context, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case <-ctx.Done():
	case <-c.Context().Done():
	}
}

func (c quicConnection) hangUp() { _ = c.CloseWithError(0, "") }

func (c quicConnection) localPort() uint16 { return uint16(c.LocalAddr().(*net.UDPAddr).Port) }

func (a *actors) dialTCP(ctx context.Context, k *knock) (connection, error) {
	from := &net.TCPAddr{IP: net.ParseIP(k.source), Port: int(k.port)}
	dialer := net.Dialer{Timeout: knockPatience, LocalAddr: from, KeepAlive: -1}
	c, err := dialer.DialContext(ctx, "tcp", a.to)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EADDRNOTAVAIL) {
		from.Port = 0 // the node writes the port that it sees
		c, err = dialer.DialContext(ctx, "tcp", a.to)
	}
	if err != nil {
		return nil, err
	}
	_, err = c.Write([]byte(k.peer + "\n"))
	return tcpConnection{c}, err
}

// socket is the source's, one for each port: a QUIC peer dials from where it listens.
func (a *actors) socket(k *knock) (*quic.Transport, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	name := fmt.Sprint(k.source, " ", k.port)
	if t := a.sockets[name]; t != nil {
		return t, nil
	}
	s, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(k.source), Port: int(k.port)})
	if err != nil {
		return nil, err
	}
	a.sockets[name] = &quic.Transport{Conn: s, ConnectionIDLength: 4}
	return a.sockets[name], nil
}

func (a *actors) dialQUIC(ctx context.Context, k *knock) (connection, error) {
	t, err := a.socket(k)
	if err != nil {
		return nil, err
	}
	to, err := net.ResolveUDPAddr("udp", a.to)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, knockPatience)
	defer cancel()
	c, err := t.Dial(ctx, to, quicClientTLS(), storyQUIC())
	if err != nil {
		return nil, err
	}
	s, err := c.OpenUniStream()
	if err == nil {
		_, err = s.Write([]byte(k.peer + "\n"))
		_ = s.Close()
	}
	return quicConnection{c}, err
}

// due waits for the moment at which the knock comes.
func (a *actors) due(ctx context.Context, k *knock) bool {
	if k.after == nil {
		return waitFor(ctx, time.Until(a.at(k.at)))
	}
	select {
	case <-ctx.Done():
		return false
	case e := <-a.over[k.after]:
		if e.connected {
			return waitFor(ctx, time.Until(e.at.Add(time.Duration(k.gap*1e9))))
		}
		return waitFor(ctx, time.Until(a.at(k.at)))
	}
}

func (a *actors) knock(ctx context.Context, k *knock) {
	e := ended{}
	defer func() {
		e.at = time.Now()
		a.over[k] <- e
	}()
	if !a.due(ctx, k) {
		return
	}
	begin := time.Now()
	dial := map[string]func(context.Context, *knock) (connection, error){transportTCP: a.dialTCP, transportQUIC: a.dialQUIC}[k.over]
	c, err := dial(context.WithoutCancel(ctx), k) // whoever knocks before the end gets his answer
	note := entry{T: unixOf(begin), Ev: "dial", Src: k.source, Over: k.over, Kind: k.due, Peer: k.peer, OK: err == nil,
		Ms: time.Since(begin).Seconds() * 1e3}
	if err != nil {
		note.Err = err.Error()
		a.journal.write(note)
		return
	}
	note.Port = c.localPort()
	a.journal.write(note)
	e.connected = true
	a.hold(ctx, k, c, begin)
}

// hold keeps it for as long as it lived; one that the node cuts ends with the cut.
func (a *actors) hold(ctx context.Context, k *knock, c connection, begin time.Time) {
	most := 2 * time.Hour
	if !math.IsInf(k.lived, 1) {
		most = max(time.Until(begin.Add(a.lasts(k.lived))), 0)
	}
	if k.named && !math.IsInf(k.lived, 1) {
		most += cutPatience
	}
	if most > 0 {
		c.waitEnd(ctx, most)
	}
	c.hangUp()
}

func (a *actors) play(ctx context.Context, s *story) {
	var all sync.WaitGroup
	for _, k := range s.knocks {
		a.over[k] = make(chan ended, 1)
	}
	for _, k := range s.knocks {
		all.Go(func() { a.knock(ctx, k) })
	}
	all.Wait()
}

func runActors(ctx context.Context, args []string) error {
	flags := newFlags("actors")
	tale := storyFlags(flags)
	to := flags.String("to", "", "the node, ADDR:PORT, TCP and UDP")
	notes := flags.String("journal", "", "where to write what reached it")
	sources := flags.Bool("sources", false, "only print the addresses that are needed, one a line")
	_ = flags.Parse(args)
	s, c, err := tale.read()
	if err != nil {
		return err
	}
	if *sources {
		printSources(s)
		return nil
	}
	a := &actors{clock: c, to: *to, sockets: map[string]*quic.Transport{}, over: map[*knock]chan ended{}}
	if a.journal, err = openJournal(*notes); err != nil {
		return err
	}
	defer a.journal.close()
	go a.journal.flushEach(250*time.Millisecond, ctx.Done())
	ctx, cancel := context.WithDeadline(ctx, c.at(s.length))
	defer cancel()
	a.play(ctx, s)
	return nil
}

func printSources(s *story) {
	seen := map[string]bool{}
	for _, k := range s.knocks {
		if !seen[k.source] {
			fmt.Println(k.source)
		}
		seen[k.source] = true
	}
}
