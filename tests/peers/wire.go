// SPDX-License-Identifier: BSD-2-Clause

package main

// wire: counts the packets for given prefixes as they arrive at an interface, whatever program sent them and whatever any
// hook on the way thinks of it; and a name server at one of those addresses, whose answers must still come.

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

const dnsPort = 53

// destination takes the address and the port out of an Ethernet frame; the port is 0 when it has none.
func destination(frame []byte) (addr netip.Addr, port uint16) {
	if len(frame) < 14+20 {
		return
	}
	packet := frame[14:]
	at, protocol := 0, byte(0)
	switch binary.BigEndian.Uint16(frame[12:]) {
	case unix.ETH_P_IP:
		addr = netip.AddrFrom4([4]byte(packet[16:20]))
		at, protocol = int(packet[0]&15)*4, packet[9]
	case unix.ETH_P_IPV6:
		if len(packet) < 40 {
			return
		}
		addr = netip.AddrFrom16([16]byte(packet[24:40]))
		at, protocol = 40, packet[6]
	}
	if (protocol == unix.IPPROTO_TCP || protocol == unix.IPPROTO_UDP) && len(packet) >= at+4 {
		port = binary.BigEndian.Uint16(packet[at+2:])
	}
	return
}

type wire struct {
	prefixes []netip.Prefix
	mutex    sync.Mutex
	totals   map[string]int64 // by prefix, and "dns"
}

func (w *wire) take(frame []byte) {
	addr, port := destination(frame)
	if !addr.IsValid() {
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, prefix := range w.prefixes {
		if !prefix.Contains(addr) {
			continue
		}
		if port == dnsPort {
			w.totals["dns"]++
		} else {
			w.totals[prefix.String()]++
		}
	}
}

func (w *wire) read(fd int) {
	frame := make([]byte, 65536)
	for {
		n, from, err := unix.Recvfrom(fd, frame, 0)
		if err != nil {
			return
		}
		if link, ok := from.(*unix.SockaddrLinklayer); ok && link.Pkttype != unix.PACKET_OUTGOING {
			w.take(frame[:n])
		}
	}
}

// tap opens a packet socket at the interface, for all frames.
func tap(iface string) (int, error) {
	card, err := net.InterfaceByName(iface)
	if err != nil {
		return -1, err
	}
	all := uint16(unix.ETH_P_ALL<<8 | unix.ETH_P_ALL>>8) // network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, int(all))
	if err != nil {
		return -1, err
	}
	return fd, unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: card.Index})
}

func runWire(ctx context.Context, args []string) error {
	flags := newFlags("wire")
	iface := flags.String("at", "", "interface")
	to := flags.String("to", "", "PREFIX,…")
	log := flags.String("journal", "", "where to write the totals, four times a second")
	_ = flags.Parse(args)
	w := &wire{totals: map[string]int64{}}
	for _, text := range strings.Split(*to, ",") {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return err
		}
		w.prefixes = append(w.prefixes, prefix)
	}
	j, err := openJournal(*log)
	if err != nil {
		return err
	}
	defer j.close()
	fd, err := tap(*iface)
	if err != nil {
		return err
	}
	go w.read(fd)
	fmt.Println("ready")
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		w.mutex.Lock()
		j.write(entry{Ev: "wire", Totals: w.totals})
		w.mutex.Unlock()
		j.flush()
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}

func runDNS(ctx context.Context, args []string) error {
	flags := newFlags("dns")
	at := flags.String("at", "", "ADDR:53")
	says := flags.String("says", "192.0.2.1", "the address of every name")
	_ = flags.Parse(args)
	answer := func(w dns.ResponseWriter, question *dns.Msg) {
		reply := new(dns.Msg).SetReply(question)
		for _, q := range question.Question {
			if q.Qtype == dns.TypeA {
				record, err := dns.NewRR(q.Name + " 60 IN A " + *says)
				if err == nil {
					reply.Answer = append(reply.Answer, record)
				}
			}
		}
		_ = w.WriteMsg(reply)
	}
	server := &dns.Server{
		Addr: *at, Net: "udp", Handler: dns.HandlerFunc(answer),
		NotifyStartedFunc: func() { fmt.Println("ready") },
	}
	context.AfterFunc(ctx, func() { _ = server.Shutdown() })
	return server.ListenAndServe()
}
