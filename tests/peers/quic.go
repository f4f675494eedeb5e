// SPDX-License-Identifier: BSD-2-Clause

package main

// quic: plain quic-go, for what libp2p never does: version 2, Retry, connection IDs of no bytes, 0-RTT, another path.
// It listens and dials from one socket. A line on standard input is a command, a line on standard output an event.

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
)

const quicPatience = 2 * time.Second

type quicPeer struct {
	at        *net.UDPAddr
	transport *quic.Transport // nil: each dial has a socket of its own, which quic-go gives IDs of no bytes
	server    *tls.Config
	client    *tls.Config
	config    *quic.Config
	last      *quic.Conn // of our dials
}

// quicCertificate is signed by itself: nobody looks.
func quicCertificate() (tls.Certificate, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, err
}

func newQuicPeer(at string, version uint, idLength int, retry bool, idle time.Duration) (*quicPeer, error) {
	versions := map[uint]quic.Version{1: quic.Version1, 2: quic.Version2}
	if versions[version] == 0 {
		return nil, fmt.Errorf("version %d: there are 1 and 2", version)
	}
	addr, err := net.ResolveUDPAddr("udp", at)
	if err != nil {
		return nil, err
	}
	certificate, err := quicCertificate()
	if err != nil {
		return nil, err
	}
	q := &quicPeer{
		at:     addr,
		server: &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"peers"}},
		client: &tls.Config{
			InsecureSkipVerify: true, NextProtos: []string{"peers"}, ServerName: "peers",
			ClientSessionCache: tls.NewLRUClientSessionCache(8),
		},
		config: &quic.Config{
			Versions: []quic.Version{versions[version]}, Allow0RTT: true, MaxIdleTimeout: idle,
			DisablePathMTUDiscovery: true, // large packets that say nothing
		},
	}
	if idLength == 0 {
		return q, nil
	}
	socket, err := net.ListenUDP("udp", addr)
	if err != nil {
		return nil, err
	}
	q.transport = &quic.Transport{Conn: socket, ConnectionIDLength: idLength}
	if retry {
		q.transport.VerifySourceAddress = func(net.Addr) bool { return true }
	}
	return q, nil
}

// echo sends everything back.
func echo(ctx context.Context, c *quic.Conn) {
	for {
		s, err := c.AcceptStream(ctx)
		if err != nil {
			fmt.Println("closed inbound", c.RemoteAddr())
			return
		}
		go func() {
			_, _ = io.Copy(s, s)
			_ = s.Close()
		}()
	}
}

func (q *quicPeer) serve(ctx context.Context) error {
	if q.transport == nil {
		return nil
	}
	l, err := q.transport.ListenEarly(q.server, q.config)
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept(ctx)
			if err != nil {
				return
			}
			fmt.Println("connected inbound", c.RemoteAddr())
			go echo(ctx, c)
		}
	}()
	return nil
}

func (q *quicPeer) dial(ctx context.Context, to string) error {
	addr, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, quicPatience)
	defer cancel()
	if q.transport != nil {
		q.last, err = q.transport.DialEarly(ctx, addr, q.client, q.config)
	} else {
		var socket *net.UDPConn
		if socket, err = net.ListenUDP("udp", q.at); err != nil {
			return err
		}
		q.last, err = quic.DialEarly(ctx, socket, addr, q.client, q.config)
	}
	if err != nil {
		return err
	}
	if err := q.ping(ctx); err != nil { // with 0-RTT, once there was a ticket
		return err
	}
	fmt.Println("connected outbound", addr, map[bool]string{true: "0-rtt", false: "1-rtt"}[q.last.ConnectionState().Used0RTT])
	return nil
}

// ping goes there and back on the last connection that we dialled.
func (q *quicPeer) ping(ctx context.Context) error {
	if q.last == nil {
		return errors.New("not connected")
	}
	ctx, cancel := context.WithTimeout(ctx, quicPatience)
	defer cancel()
	s, err := q.last.OpenStreamSync(ctx)
	if err != nil {
		return err
	}
	_ = s.SetDeadline(time.Now().Add(quicPatience))
	if _, err := s.Write([]byte("ping")); err != nil {
		return err
	}
	_ = s.Close()
	_, err = io.ReadAll(s)
	return err
}

// migrate moves the last connection to another address of ours.
func (q *quicPeer) migrate(ctx context.Context, to string) error {
	if q.last == nil {
		return errors.New("not connected")
	}
	addr, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp", addr)
	if err != nil {
		return err
	}
	path, err := q.last.AddPath(&quic.Transport{Conn: socket, ConnectionIDLength: 4})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, quicPatience)
	defer cancel()
	if err := path.Probe(ctx); err != nil {
		return err
	}
	if err := path.Switch(); err != nil {
		return err
	}
	if err := q.ping(ctx); err != nil {
		return err
	}
	fmt.Println("migrated", addr)
	return nil
}

func (q *quicPeer) obey(ctx context.Context, verb, rest string) error {
	switch verb {
	case "dial":
		return q.dial(ctx, rest)
	case "ping":
		err := q.ping(ctx)
		if err == nil {
			fmt.Println("pong")
		}
		return err
	case "migrate":
		return q.migrate(ctx, rest)
	case "close":
		if q.last == nil {
			return errors.New("not connected")
		}
		fmt.Println("closed outbound", q.last.RemoteAddr())
		return q.last.CloseWithError(0, "")
	}
	return fmt.Errorf("unknown command %q", verb)
}

func runQuic(ctx context.Context, args []string) error {
	flags := newFlags("quic")
	at := flags.String("at", "", "ADDR:PORT to listen on and to dial from")
	version := flags.Uint("version", 1, "of QUIC, 1 or 2")
	idLength := flags.Int("id-length", 4, "of own connection IDs in bytes; 0: no listener, only dials")
	idle := flags.Duration("idle", 30*time.Second, "how long a silent connection lives")
	retry := flags.Bool("retry", false, "answer each first Initial with a Retry")
	_ = flags.Parse(args)
	q, err := newQuicPeer(*at, *version, *idLength, *retry, *idle)
	if err != nil {
		return err
	}
	if err := q.serve(ctx); err != nil {
		return err
	}
	fmt.Println("ready")
	obeyLines(ctx, func(verb, rest string) {
		if err := q.obey(ctx, verb, rest); err != nil {
			fmt.Println("failed", verb, rest, strings.ReplaceAll(err.Error(), "\n", " "))
		}
	})
	if q.last != nil {
		_ = q.last.CloseWithError(0, "")
	}
	return nil
}
