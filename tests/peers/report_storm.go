// SPDX-License-Identifier: BSD-2-Clause

package main

// report_storm: what the storm cost before and after, and whether anybody was treated wrongly.

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// settle is how long after a turn (the storm's start, the gate's) a window of measuring begins, s.
const settle = 2.0

type storm struct {
	nodeTicks, counters           []entry
	reports, refusals             []entry
	good, newcomers, bad          []entry
	began, enforced, joined, over float64
	missed                        int64
}

func pick(all []entry, ev string) []entry {
	var some []entry
	for _, e := range all {
		if e.Ev == ev {
			some = append(some, e)
		}
	}
	return some
}

func until(all []entry, end float64) []entry {
	return slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return e.T > end })
}

func newStorm(all map[string][]entry) (*storm, error) {
	s := &storm{
		nodeTicks: pick(all["node"], "tick"), reports: pick(all["node"], "report"),
		counters: pick(all["meter"], "counters"), refusals: pick(all["meter"], "refused"),
		bad:   append(pick(all["storm"], "dial"), pick(all["wave"], "dial")...),
		began: timeOf(all["marks"], "storm"), enforced: timeOf(all["marks"], "enforce"),
		joined: timeOf(all["marks"], "newcomers"), over: timeOf(all["marks"], "over"),
	}
	// What follows is the end of the demonstration itself.
	s.good, s.newcomers = until(all["good"], s.over), until(all["newcomers"], s.over)
	for _, e := range pick(all["meter"], "missed") {
		s.missed += e.Totals["missed"]
	}
	if s.began == 0 || s.enforced == 0 || s.joined == 0 || s.over == 0 {
		return nil, errors.New("a turn of the storm is not among the marks")
	}
	if len(s.nodeTicks) < 2 || len(s.counters) < 2 {
		return nil, errors.New("the node or the meter wrote nothing")
	}
	return s, nil
}

// window gives the first and last entry within [from, to].
func window(all []entry, from, to float64) (entry, entry, error) {
	var first, last entry
	for _, e := range all {
		if e.T < from || e.T > to {
			continue
		}
		if first.T == 0 {
			first = e
		}
		last = e
	}
	if last.T <= first.T {
		return first, last, fmt.Errorf("nothing was measured in %.1f s", to-from)
	}
	return first, last, nil
}

func (s *storm) cost(from, to float64, f *faults) before {
	a, b, err := window(s.nodeTicks, from, to)
	if err != nil {
		f.add("the node: %v", err)
		return before{}
	}
	d := b.T - a.T
	return before{
		Handshakes: round(float64(b.Handshakes-a.Handshakes) / d),
		CPU:        round(float64(b.CPUms-a.CPUms) / d / 10),
		Connects:   round(float64(b.Connects-a.Connects) / d),
	}
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

// rates gives for each reason of a verdict how many a second between the two moments.
func (s *storm) rates(verdict string, from, to float64) (map[string]float64, float64) {
	each, sum := make(map[string]float64), 0.0
	a, b, err := window(s.counters, from, to)
	if err != nil {
		return each, 0
	}
	for key, n := range b.Totals {
		reason, is := strings.CutPrefix(key, verdict+"/")
		if rate := float64(n-a.Totals[key]) / (b.T - a.T); is && rate > 0 {
			each[reason] = rate
			sum += rate
		}
	}
	return each, round(sum)
}

func (s *storm) windowBefore() (float64, float64) { return s.began + settle, s.enforced }
func (s *storm) windowAfter() (float64, float64)  { return s.enforced + settle, s.over }

func sources(all []entry) map[string]bool {
	set := make(map[string]bool)
	for _, e := range all {
		if e.Src != "" {
			set[e.Src] = true
		}
	}
	return set
}

// connectedAtEnd counts the peers whose last word is not that they lost the connection.
func connectedAtEnd(all []entry) int {
	up := make(map[string]bool)
	for _, e := range all {
		switch e.Ev {
		case "answered":
			up[e.Src] = true
		case "down":
			up[e.Src] = false
		}
	}
	n := 0
	for _, is := range up {
		if is {
			n++
		}
	}
	return n
}

func (s *storm) goodPeers(f *faults) goodResult {
	r := goodResult{
		Expected: len(sources(s.good)), Connected: connectedAtEnd(s.good),
		Disconnects: len(pick(s.good, "down")),
	}
	if r.Connected < r.Expected {
		f.add("%d of %d good peers are connected at the end", r.Connected, r.Expected)
	}
	return r
}

func (s *storm) newGoodPeers(f *faults) newResult {
	r := newResult{Tried: len(sources(s.newcomers)), Connected: connectedAtEnd(s.newcomers)}
	if r.Connected < r.Tried || r.Tried == 0 {
		f.add("%d of %d new good peers got in", r.Connected, r.Tried)
	}
	return r
}

// innocent: no event may name a good peer, neither as refused nor as one that would be.
func (s *storm) innocent(f *faults) {
	good := sources(s.good)
	for source := range sources(s.newcomers) {
		good[source] = true
	}
	told := make(map[string]bool)
	for _, e := range s.refusals {
		if good[e.Src] && !told[e.Src] {
			told[e.Src] = true
			f.add("the good peer %s: %s, %s", e.Src, e.Verdict, e.Reason)
		}
	}
}

func byVerdict(e entry) bool {
	return e.Event == "verdict" || e.Result == "wrong_network"
}

// convictions gives for each bad source when the node said so, when peergate had answered, and the first refusal.
type conviction struct {
	said, acked, refused float64
	before               bool // while the gate only observed
}

func (s *storm) convictions() map[string]conviction {
	all := make(map[string]conviction)
	bad := sources(s.bad)
	for _, e := range s.refusals {
		if !bad[e.Src] || e.Reason == "source_pace" || e.Reason == "node_full" {
			continue
		}
		c := all[e.Src]
		if e.Verdict != "refuse" {
			c.before = true
		} else if c.refused == 0 || e.T < c.refused {
			c.refused = e.T
		}
		all[e.Src] = c
	}
	for _, e := range s.reports {
		c := all[e.Src]
		if !bad[e.Src] || e.Result == "ok" || e.Event == "disconnected" {
			continue
		}
		// The last word before the first refusal is the one that led to it; a verdict's is never overruled.
		if c.refused == 0 || e.T <= c.refused {
			c.said = e.T
		}
		if byVerdict(e) && e.Ack > 0 && (c.acked == 0 || e.Ack < c.acked) {
			c.acked = e.Ack
		}
		all[e.Src] = c
	}
	return all
}

// gotThrough: a dial begun after the ban held and that connected all the same.
func (s *storm) gotThrough(f *faults) {
	convicted := s.convictions()
	through := make(map[string]int)
	for _, e := range s.bad {
		c := convicted[e.Src]
		held := c.acked
		if held == 0 || (c.refused > 0 && c.refused < held) {
			held = c.refused
		}
		if held > 0 && e.OK && e.T > max(held, s.enforced) {
			through[e.Src]++
		}
	}
	for source, n := range through {
		f.add("%d bad peers got through after their bans, one of them %s, %d times", len(through), source, n)
		return
	}
}

// verdictToRefusal takes the sources that were judged while the gate enforced.
func (s *storm) verdictToRefusal() []float64 {
	var ms []float64
	for _, c := range s.convictions() {
		if !c.before && c.said > s.enforced && c.refused > c.said {
			ms = append(ms, (c.refused-c.said)*1e3)
		}
	}
	slices.Sort(ms)
	return ms
}

func percentile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := int(math.Ceil(share*float64(len(sorted)))) - 1
	return math.Round(sorted[max(at, 0)]*1e3) / 1e3
}

func (s *storm) result(f *faults) stormResult {
	from, to := s.windowBefore()
	r := stormResult{Before: s.cost(from, to, f)}
	from, to = s.windowAfter()
	r.After.before = s.cost(from, to, f)
	_, r.After.Refused = s.rates("refuse", from, to)
	r.Good, r.New = s.goodPeers(f), s.newGoodPeers(f)
	ms := s.verdictToRefusal()
	r.Verdict = latency{P50: percentile(ms, .50), P99: percentile(ms, .99)}
	if len(ms) == 0 {
		f.add("no bad peer was judged and refused while the gate enforced")
	}
	s.innocent(f)
	s.gotThrough(f)
	return r
}
