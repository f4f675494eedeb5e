// SPDX-License-Identifier: BSD-2-Clause

package main

// flood: one address that opens TCP connections at a fixed rate and hangs up, which the node's own limits already meet.

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const floodPatience = 500 * time.Millisecond // under TCP's first retransmission: one SYN a dial

func floodOnce(dialer *net.Dialer, to string, reached *atomic.Uint64) {
	c, err := dialer.Dial("tcp", to)
	if err != nil {
		return
	}
	reached.Add(1)
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func runFlood(ctx context.Context, args []string) error {
	flags := newFlags("flood")
	to := flags.String("to", "", "ADDR:PORT")
	from := flags.String("from", "", "source address")
	rate := flags.Int("rate", 500, "dials a second")
	_ = flags.Parse(args)
	source, err := netip.ParseAddr(*from)
	if err != nil {
		return err
	}
	dialer := &net.Dialer{
		Timeout:   floodPatience,
		LocalAddr: &net.TCPAddr{IP: net.IP(source.AsSlice())},
	}
	var tried, reached atomic.Uint64
	begin := time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			fmt.Printf("flood: %d dials, %d connected\n", tried.Load(), reached.Load())
			return nil
		case <-tick.C:
		}
		// Catches up with the clock, so that a busy machine does not thin the flood out.
		due := uint64(time.Since(begin).Seconds() * float64(*rate))
		for tried.Load() < due {
			tried.Add(1)
			go floodOnce(dialer, *to, &reached)
		}
	}
}
