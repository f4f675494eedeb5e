// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"net/netip"
	"testing"
)

// dialRow: a dial a second from 0 on, over TCP.
func dialRow(source string, oks ...bool) []entry {
	var all []entry
	for i, ok := range oks {
		all = append(all, entry{T: float64(i), Ev: "dial", Src: source, Over: transportTCP, OK: ok})
	}
	return all
}

const in, out = true, false

func TestTheSecondStormIsJudged(t *testing.T) {
	const good = "203.0.113.1"
	told := func(source string, at float64) []entry {
		return []entry{{T: at, Ev: "refused", Src: source, Verdict: "refuse", Reason: "churn"}}
	}
	refused := dialRow(bad, in, in, in, in, in, out, out, out)
	stays := []entry{{T: 1, Ev: "dial", Src: good, OK: true}, {T: 1, Ev: "answered", Src: good}}
	for _, c := range []struct {
		what             string
		bad, good, meter []entry
		faults           int
		connects         int
	}{
		{"all is well", refused, stays, told(bad, 5.1), 0, 2},
		{"some are let in", dialRow(bad, in, in, in, in, in, out, in, out), stays, told(bad, 5.1), 1, 2},
		{"learnt too late", dialRow(bad, in, in, in, in, in, in, in, out, out), stays, told(bad, 7.1), 1, 1},
		{"never learnt: refused for another reason", refused, stays, nil, 2, 0},
		{"a good peer's dial failed", refused, append(stays[:2:2], entry{T: 2, Ev: "dial", Src: good}), told(bad, 5.1), 1, 2},
		{"the gate names a good peer", refused, stays, append(told(bad, 5.1), told(good, 1)...), 1, 2},
		{"nobody good was there", refused, nil, told(bad, 5.1), 1, 2},
	} {
		var f faults
		r := churn(map[string][]entry{
			"churn": c.bad, "churn-good": c.good, "churn-meter": c.meter, "churn-marks": {{T: 100, Ev: "over"}},
		}, &f)
		if len(f) != c.faults || r.Connects != c.connects {
			t.Errorf("%s: %+v, %v", c.what, r, f)
		}
	}
	var f faults
	if churn(nil, &f); len(f) != 1 {
		t.Errorf("nothing at all: %v", f)
	}
}

func TestOwnDial(t *testing.T) {
	for _, c := range []struct {
		before, own, its bool
		want             string
		faults           int
	}{
		{in, in, out, "connected", 0},
		{in, out, out, "refused", 1},
		{in, in, in, "connected", 1},
		{out, in, out, "connected", 1},
	} {
		var f faults
		got := ownDial([]entry{{Ev: "its_dial_before", OK: c.before}, {Ev: "own_dial", OK: c.own}, {Ev: "its_dial", OK: c.its}}, &f)
		if got != c.want || len(f) != c.faults {
			t.Errorf("%+v: %s, %v", c, got, f)
		}
	}
}

func TestDials(t *testing.T) {
	marks := []entry{
		{T: 1, Ev: "dial_observe"}, {T: 1.1, Ev: "private"}, {T: 3, Ev: "dial_enforce"}, {T: 3.1, Ev: "private"},
		{T: 3.2, Ev: "private"}, {T: 3.3, Ev: "resolved", OK: true}, {T: 5, Ev: "dial_over"},
	}
	at := func(t float64, left, names int64) entry {
		return entry{T: t, Ev: "wire", Totals: map[string]int64{"10.0.0.0/8": left, "dns": names}}
	}
	for _, c := range []struct {
		what   string
		wire   []entry
		faults int
	}{
		{"none leaves", []entry{at(1, 0, 0), at(2.9, 9, 0), at(3.1, 9, 0), at(4.9, 9, 2)}, 0},
		{"one leaves", []entry{at(1, 0, 0), at(2.9, 9, 0), at(3.1, 9, 0), at(4.9, 10, 2)}, 1},
		{"none left before either", []entry{at(1, 0, 0), at(2.9, 0, 0), at(3.1, 0, 0), at(4.9, 0, 2)}, 1},
		{"no DNS", []entry{at(1, 0, 0), at(2.9, 9, 0), at(3.1, 9, 0), at(4.9, 9, 0)}, 1},
		{"nobody counted", nil, 3},
	} {
		var f faults
		r := dials(marks, c.wire, &f)
		if len(f) != c.faults || r.Tried != 2 {
			t.Errorf("%s: %+v, %v", c.what, r, f)
		}
	}
}

func TestClosed(t *testing.T) {
	one := func(ms float64, ok bool, n int64) entry {
		return entry{Ev: "closed", Src: bad, OK: ok, Ms: ms, Totals: map[string]int64{"closed": n}}
	}
	for _, c := range []struct {
		what   string
		all    []entry
		faults int
	}{
		{"in time", []entry{one(1, true, 1), one(2, true, 1), {Ev: "bystander", OK: true}}, 0},
		{"late", []entry{one(1, true, 1), one(11, true, 1)}, 1},
		{"one was not", []entry{one(1, true, 1), one(0, false, 0)}, 1},
		{"ended, but not by the gate", []entry{one(1, true, 1), one(1, true, 0)}, 1},
		{"another's too", []entry{one(1, true, 1), {Ev: "bystander"}}, 1},
		{"nothing tried", nil, 1},
	} {
		var f faults
		if closed(c.all, &f); len(f) != c.faults {
			t.Errorf("%s: %v", c.what, f)
		}
	}
}

func TestDestination(t *testing.T) {
	frame := make([]byte, 14+20+8)
	frame[12], frame[13] = 0x08, 0x00
	frame[14], frame[23] = 0x45, 17
	copy(frame[30:], []byte{10, 1, 2, 3})
	frame[37] = 53
	if addr, port := destination(frame); addr != netip.MustParseAddr("10.1.2.3") || port != 53 {
		t.Errorf("IPv4: %v %d", addr, port)
	}
	frame = make([]byte, 14+40+20)
	frame[12], frame[13] = 0x86, 0xdd
	frame[14], frame[20] = 0x60, 6
	frame[38] = 0xfc
	frame[14+42], frame[14+43] = 0x32, 0xc8
	if addr, port := destination(frame); addr != netip.MustParseAddr("fc00::") || port != 13000 {
		t.Errorf("IPv6: %v %d", addr, port)
	}
	for n := range frame {
		destination(frame[:n]) // must not panic
	}
}
