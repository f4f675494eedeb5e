// SPDX-License-Identifier: BSD-2-Clause

package main

// close: what becomes of live connections. From each of many addresses a TCP connection to the node; then the addresses are
// banned one after the other, with the word to close, and each connection's end is timed. Other connections, of addresses
// that nobody bans, must live on.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

const closeWithin = time.Second

type closing struct {
	client  *rpcClient
	journal *journal
	v4, v6  string // the node
}

func (c *closing) connect(source netip.Addr) (net.Conn, error) {
	to := c.v6
	if source.Is4() {
		to = c.v4
	}
	dialer := net.Dialer{Timeout: closeWithin, LocalAddr: &net.TCPAddr{IP: net.IP(source.AsSlice())}}
	return dialer.Dial("tcp", net.JoinHostPort(to, strconv.Itoa(nodePort)))
}

// ends says whether the other side has gone within the time; the node here says nothing by itself.
func ends(conn net.Conn, within time.Duration) bool {
	_ = conn.SetReadDeadline(time.Now().Add(within))
	_, err := conn.Read(make([]byte, 1))
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

// lives asks the socket itself, without waiting.
func lives(conn net.Conn) bool {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return false
	}
	var said error
	err = raw.Control(func(fd uintptr) {
		_, _, said = unix.Recvfrom(int(fd), make([]byte, 1), unix.MSG_DONTWAIT|unix.MSG_PEEK)
	})
	return err == nil && errors.Is(said, unix.EAGAIN)
}

// once bans the source of a live connection and times its end, from before the request.
func (c *closing) once(source netip.Addr) error {
	conn, err := c.connect(source)
	if err != nil {
		return err
	}
	defer conn.Close()
	ended := make(chan time.Time, 1)
	go func() {
		if ends(conn, closeWithin) {
			ended <- time.Now()
		}
		close(ended)
	}()
	var answer struct {
		Closed int64 `json:"closed"`
	}
	begin := time.Now()
	ban := map[string]any{"addr": source.String(), "ttl": 60, "close": true}
	if err := c.client.call("gate_ban", ban, &answer, 5*time.Second); err != nil {
		return err
	}
	at, ok := <-ended
	e := entry{T: unixOf(begin), Ev: "closed", Src: source.String(), OK: ok, Totals: map[string]int64{"closed": answer.Closed}}
	if ok {
		e.Ms = at.Sub(begin).Seconds() * 1e3
	}
	c.journal.write(e)
	return nil
}

// each makes the addresses that follow the first of both families, in turn.
func each(v4, v6 string, count int) (all []netip.Addr, err error) {
	for _, text := range []string{v4, v6} {
		first, err := netip.ParseAddr(text)
		if err != nil {
			return nil, err
		}
		for i := range count {
			all = append(all, nth(first, i))
		}
	}
	return all, nil
}

// bystanders are connections that must outlive it all.
func (c *closing) bystanders(sources []netip.Addr, count int) (all []net.Conn, err error) {
	for i := range count {
		conn, err := c.connect(sources[i%len(sources)])
		if err != nil {
			return all, fmt.Errorf("a bystander: %w", err)
		}
		all = append(all, conn)
	}
	return all, nil
}

func (c *closing) run(ctx context.Context, banned, free []netip.Addr, held int) error {
	others, err := c.bystanders(free, held)
	if err != nil {
		return err
	}
	for _, source := range banned {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.once(source); err != nil {
			return err
		}
	}
	for _, conn := range others {
		c.journal.write(entry{Ev: "bystander", OK: lives(conn)})
		_ = conn.Close()
	}
	return nil
}

func runClose(ctx context.Context, args []string) error {
	c := &closing{}
	flags := newFlags("close")
	flags.StringVar(&c.v4, "v4", "", "the node's IPv4 address")
	flags.StringVar(&c.v6, "v6", "", "the node's IPv6 address")
	socket := flags.String("gate", "", "peergate's admin socket")
	v4 := flags.String("from-v4", "", "first IPv4 source that is banned")
	v6 := flags.String("from-v6", "", "first IPv6 source that is; the next is in the next /48")
	count := flags.Int("count", 100, "so many are, of each family")
	free4 := flags.String("free-v4", "", "first of 10 IPv4 sources that nobody bans")
	free6 := flags.String("free-v6", "", "first of 10 IPv6 sources that nobody bans")
	held := flags.Int("held", 100, "so many connections do those hold")
	log := flags.String("journal", "", "where to write what happens")
	_ = flags.Parse(args)
	banned, err := each(*v4, *v6, *count)
	if err != nil {
		return err
	}
	free, err := each(*free4, *free6, 10)
	if err != nil {
		return err
	}
	if c.journal, err = openJournal(*log); err != nil {
		return err
	}
	defer c.journal.close()
	if c.client, err = rpcDial(*socket, nil); err != nil {
		return err
	}
	defer c.client.close()
	return c.run(ctx, banned, free, *held)
}
