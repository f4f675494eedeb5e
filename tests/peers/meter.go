// SPDX-License-Identifier: BSD-2-Clause

package main

// meter: writes down what peergate tells: each sampled refusal as an event, and four times a second its counters.

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

type gateEvent struct {
	Type    string `json:"type"`
	AtBoot  int64  `json:"at_boot_ns"`
	Addr    string `json:"addr"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Over    string `json:"transport"`
	Missed  int64  `json:"missed"`
}

type gateStatus struct {
	Counters []struct {
		Verdict string `json:"verdict"`
		Reason  string `json:"reason"`
		Packets int64  `json:"packets"`
	} `json:"counters"`
}

// totals sums the counters over doors, families and services.
func (s gateStatus) totals() map[string]int64 {
	sum := make(map[string]int64)
	for _, c := range s.Counters {
		sum[c.Verdict+"/"+c.Reason] += c.Packets
	}
	return sum
}

// plainAddr takes the address out of ADDR, ADDR:PORT, [ADDR]:PORT and ADDR/LENGTH.
func plainAddr(text string) string {
	if p, err := netip.ParseAddrPort(text); err == nil {
		return p.Addr().Unmap().String()
	}
	text, _, _ = strings.Cut(text, "/")
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Unmap().String()
	}
	return text
}

// sinceBoot is the clock that the gate stamps its events with, in seconds.
func sinceBoot() float64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t)
	return float64(t.Nano()) / 1e9
}

func takeEvent(j *journal, m rpcMessage) {
	var params struct {
		Result gateEvent `json:"result"`
	}
	if m.Method != "gate_subscription" || json.Unmarshal(m.Params, &params) != nil {
		return
	}
	e := params.Result
	if e.Missed > 0 {
		j.write(entry{Ev: "missed", Totals: map[string]int64{"missed": e.Missed}})
		return
	}
	if e.Type == "decision" { // its own moment is in whole seconds: when it was heard is later, by little
		j.write(entry{Ev: "decision", Src: plainAddr(e.Addr), Reason: e.Reason})
	}
	if e.Type != "judgement" {
		return
	}
	now := time.Now()
	j.write(entry{
		T: unixOf(now) - (sinceBoot() - float64(e.AtBoot)/1e9), Ev: "refused", Src: plainAddr(e.Addr), Verdict: e.Verdict, Reason: e.Reason,
		Over: e.Over,
	})
}

func runMeter(ctx context.Context, args []string) error {
	flags := newFlags("meter")
	socket := flags.String("gate", "", "peergate's socket")
	log := flags.String("journal", "", "where to write what it tells")
	_ = flags.Parse(args)
	j, err := openJournal(*log)
	if err != nil {
		return err
	}
	defer j.close()
	c, err := rpcDial(*socket, func(m rpcMessage) { takeEvent(j, m) })
	if err != nil {
		return err
	}
	defer c.close()
	var subscription any
	if err := c.call("gate_subscribe", "events", &subscription, 5*time.Second); err != nil {
		return err
	}
	fmt.Println("ready")
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		var s gateStatus
		if err := c.call("gate_status", map[string]any{}, &s, 5*time.Second); err != nil {
			return err
		}
		j.write(entry{Ev: "counters", Totals: s.totals()})
		j.flush()
	}
}
