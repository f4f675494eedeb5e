// SPDX-License-Identifier: BSD-2-Clause

package main

// listen: a TCP listener that writes down each connection that reached it, and hangs up when the other side does.

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

func serve(c net.Conn, j *journal) {
	defer c.Close()
	from, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	j.write(entry{Ev: "reached", Src: from.Addr().Unmap().String(), Port: from.Port()})
	j.flush()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	_, _ = io.Copy(io.Discard, c)
}

func runListen(ctx context.Context, args []string) error {
	flags := newFlags("listen")
	at := flags.String("at", "", "ADDR:PORT")
	log := flags.String("journal", "", "where to write who came")
	_ = flags.Parse(args)
	j, err := openJournal(*log)
	if err != nil {
		return err
	}
	defer j.close()
	l, err := net.Listen("tcp", *at)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	fmt.Println("ready")
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go serve(c, j)
	}
}
