// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"bytes"
	"net/netip"
	"testing"
)

func TestNthAddress(t *testing.T) {
	for _, c := range []struct {
		first string
		count int
		want  string
	}{
		{"198.51.100.1", 0, "198.51.100.1"},
		{"198.51.100.1", 254, "198.51.100.255"},
		{"198.51.100.255", 1, "198.51.101.0"},
		{"2001:db8:1000::1", 1, "2001:db8:1001::1"},
		{"2001:db8:10ff::1", 1, "2001:db8:1100::1"},
	} {
		if got := nth(netip.MustParseAddr(c.first), c.count).String(); got != c.want {
			t.Errorf("%s + %d: %s, not %s", c.first, c.count, got, c.want)
		}
	}
}

func TestPlainAddr(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.7":                "192.0.2.7",
		"192.0.2.7:4001":           "192.0.2.7",
		"[2001:db8::7]:4001":       "2001:db8::7",
		"2001:db8:1::/64":          "2001:db8:1::",
		"::ffff:192.0.2.7":         "192.0.2.7",
		"no address is left as is": "no address is left as is",
	} {
		if got := plainAddr(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestStatusGoesRoundAndRefusesWhatIsCut(t *testing.T) {
	var wire bytes.Buffer
	if err := answerStatus(&wire, status{fork: wrongFork, headSlot: 77}); err != nil {
		t.Fatal(err)
	}
	whole := wire.Bytes()
	got, err := readAnswer(bytes.NewReader(whole))
	if err != nil || got.fork != wrongFork || got.headSlot != 77 {
		t.Fatalf("%+v, %v", got, err)
	}
	for n := range whole {
		if _, err := readAnswer(bytes.NewReader(whole[:n])); err == nil {
			t.Errorf("an answer cut to %d of %d bytes was taken", n, len(whole))
		}
	}
}

// The storm began at 100, the gate enforced from 110 on; the peer is 198.51.100.1.
const bad = "198.51.100.1"

func dialAt(t float64, ok bool) entry { return entry{T: t, Ev: "dial", Src: bad, OK: ok} }

func refusedAt(t float64, verdict, reason string) entry {
	return entry{T: t, Ev: "refused", Src: bad, Verdict: verdict, Reason: reason}
}

func wrongAt(said, acked float64) entry {
	return entry{T: said, Ev: "report", Src: bad, Event: "handshake", Result: "wrong_network", Ack: acked}
}

func timeoutAt(said float64) entry {
	return entry{T: said, Ev: "report", Src: bad, Event: "handshake", Result: "timeout", Ack: said}
}

func TestWhoGotThrough(t *testing.T) {
	for _, c := range []struct {
		what              string
		dials             []entry
		reports, refusals []entry
		faults            int
	}{
		{"never judged", []entry{dialAt(111, true), dialAt(112, true)}, nil, nil, 0},
		{"let in before the answer", []entry{dialAt(111, true)}, []entry{wrongAt(110.9, 111.1)}, nil, 0},
		{"let in after the answer", []entry{dialAt(112, true)}, []entry{wrongAt(110.9, 111.1)}, nil, 1},
		{"kept out after the answer", []entry{dialAt(112, false)}, []entry{wrongAt(110.9, 111.1)}, nil, 0},
		{"let in while the gate observed", []entry{dialAt(105, true)}, []entry{wrongAt(101, 101)}, nil, 0},
		{"judged before, let in after", []entry{dialAt(110.5, true)}, []entry{wrongAt(101, 101)}, nil, 1},
		{"silent once is no ban", []entry{dialAt(112, true)}, []entry{timeoutAt(111)}, nil, 0},
		{"let in after it was refused", []entry{dialAt(113, true)}, []entry{timeoutAt(111)},
			[]entry{refusedAt(112, "refuse", "io_error")}, 1},
		{"its pace is no ban", []entry{dialAt(113, true)}, nil,
			[]entry{refusedAt(112, "refuse", "source_pace")}, 0},
	} {
		s := &storm{began: 100, enforced: 110, over: 120, bad: c.dials, reports: c.reports, refusals: c.refusals}
		var f faults
		s.gotThrough(&f)
		if len(f) != c.faults {
			t.Errorf("%s: %v", c.what, f)
		}
	}
}

func TestInnocentPeersMayNotEvenBeNamed(t *testing.T) {
	const good = "203.0.113.1"
	s := &storm{good: []entry{{Src: good}}, refusals: []entry{refusedAt(101, "refuse", "bad_score")}}
	var f faults
	if s.innocent(&f); len(f) != 0 {
		t.Errorf("a bad peer's refusal: %v", f)
	}
	s.refusals = append(s.refusals, entry{T: 102, Src: good, Verdict: "would_refuse", Reason: "node_full"})
	if s.innocent(&f); len(f) != 1 {
		t.Errorf("a good peer's: %v", f)
	}
}

func TestVerdictToRefusal(t *testing.T) {
	s := &storm{enforced: 110, bad: []entry{dialAt(111, true)},
		reports:  []entry{timeoutAt(111), wrongAt(112, 112.001), timeoutAt(115)},
		refusals: []entry{refusedAt(112.004, "refuse", "irrelevant_network"), refusedAt(113, "refuse", "irrelevant_network")},
	}
	ms := s.verdictToRefusal()
	if len(ms) != 1 || percentile(ms, .99) != 4 {
		t.Errorf("%v", ms)
	}
	s.refusals = append(s.refusals, refusedAt(105, "would_refuse", "irrelevant_network"))
	if ms := s.verdictToRefusal(); len(ms) != 0 {
		t.Errorf("judged while the gate observed: %v", ms)
	}
}

func TestSeedCountsByConnection(t *testing.T) {
	replay := []entry{
		{Ev: "dial", T: 1, OK: true, Port: 10}, {Ev: "verdict", T: 2},
		{Ev: "dial", T: 3, OK: true, Port: 11}, {Ev: "dial", T: 4},
	}
	listen := []entry{{Ev: "reached", T: 2.5, Port: 10}, {Ev: "reached", T: 3, Port: 11}}
	var f faults
	r := seed(map[string][]entry{
		"replay-without": replay, "listen-without": listen, "replay-with": replay, "listen-with": listen,
	}, &f)
	if r.After != 2 || r.Without != 1 || r.With != 1 || len(f) != 2 {
		t.Errorf("%+v, %v", r, f)
	}
}

func TestPercentile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		of    []float64
		share float64
		want  float64
	}{{nil, .5, 0}, {ten[:1], .99, 1}, {ten, .5, 5}, {ten, .99, 10}} {
		if got := percentile(c.of, c.share); got != c.want {
			t.Errorf("%v of %v: %v, not %v", c.share, c.of, got, c.want)
		}
	}
}
