// SPDX-License-Identifier: BSD-2-Clause

package main

// download: one end gives as many bytes as it is asked for over QUIC, the other takes them and says how fast they came.

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/quic-go/quic-go"
)

const downloadALPN = "download"

// give answers each stream, which names a number of bytes, with as many.
func give(ctx context.Context, at string) error {
	certificate, err := quicCertificate()
	if err != nil {
		return err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{downloadALPN}}
	l, err := quic.ListenAddr(at, config, nil)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		c, err := l.Accept(ctx)
		if err != nil {
			return nil
		}
		go giveTo(ctx, c)
	}
}

func giveTo(ctx context.Context, c *quic.Conn) {
	s, err := c.AcceptStream(ctx)
	if err != nil {
		return
	}
	var left uint64
	chunk := make([]byte, 1<<18)
	for err = binary.Read(s, binary.BigEndian, &left); err == nil && left > 0; left -= uint64(len(chunk)) {
		chunk = chunk[:min(left, uint64(len(chunk)))]
		_, err = s.Write(chunk)
	}
	_ = s.Close()
}

func take(ctx context.Context, from, to string, size uint64) error {
	local, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		return err
	}
	remote, err := net.ResolveUDPAddr("udp", from)
	if err != nil {
		return err
	}
	socket, err := net.ListenUDP("udp", local)
	if err != nil {
		return err
	}
	defer socket.Close()
	config := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{downloadALPN}}
	transport := &quic.Transport{Conn: socket}
	c, err := transport.Dial(ctx, remote, config, nil)
	if err != nil {
		return err
	}
	defer c.CloseWithError(0, "")
	s, err := c.OpenStreamSync(ctx)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := binary.Write(s, binary.BigEndian, size); err != nil {
		return err
	}
	taken, err := io.Copy(io.Discard, s)
	if err == nil && uint64(taken) != size {
		err = fmt.Errorf("%d bytes came of %d", taken, size)
	}
	fmt.Printf("%.3f\n", time.Since(begin).Seconds())
	return err
}

func runDownload(ctx context.Context, args []string) error {
	flags := newFlags("download")
	at := flags.String("at", "", "ADDR:PORT of this end")
	from := flags.String("from", "", "ADDR:PORT to take from; without it this end gives")
	size := flags.Uint64("bytes", 1<<30, "how many to take")
	_ = flags.Parse(args)
	if *from == "" {
		return give(ctx, *at)
	}
	return take(ctx, *from, *at, *size)
}
