// SPDX-License-Identifier: BSD-2-Clause

package main

// report_prysm: the storm of 7.1.6, told without and with the gate: of each source how many of its connections reached the node, and how
// soon after the node's line it was refused. The gate's own word counts only against it: whether a connection got in, the peer says.

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
)

type prysmSource struct {
	Source    string  `json:"source"`
	Due       string  `json:"due"` // must, may: bad; never: good
	Over      string  `json:"transport"`
	Without   int     `json:"reached_without"`
	Tried     int     `json:"tried_with"`
	With      int     `json:"reached_with"`
	By        string  `json:"refused_for,omitempty"`
	DecidedMs float64 `json:"line_to_decision_ms,omitempty"`
	RefusedMs float64 `json:"line_to_refusal_ms,omitempty"` // the peer's own return included
}

type prysmResult struct {
	Sources     []prysmSource `json:"sources"`
	Bad         int           `json:"bad"`
	Without     int           `json:"bad_reached_without"`
	With        int           `json:"bad_reached_with"`
	Through     int           `json:"bad_got_through"`
	Good        int           `json:"good"`
	GoodRefused int           `json:"good_refused"`
	Refused     latency       `json:"line_to_refusal_ms"`
}

func isGood(due string) bool { return due == "never" }

// isVerdict: pace and fullness are nobody's verdict.
func isVerdict(e entry) bool {
	return e.Ev == "refused" && e.Verdict == "refuse" && e.Reason != "source_pace" && e.Reason != "node_full"
}

func reached(dials []entry) int { return count(dials, func(e entry) bool { return e.OK }) }

// timesOf finds the source's first refusal, and the decision and the line that led to it; of what the kernel saw itself there is no line.
func (r *prysmSource) timesOf(lines, meter []entry, refusedAt float64) {
	said, decided := 0.0, 0.0
	for _, e := range meter {
		if e.Ev == "decision" && e.Reason == r.By && decided == 0 {
			decided = e.T
		}
	}
	for _, e := range lines {
		if e.Ev == "line" && e.T < min(cmp.Or(decided, refusedAt), refusedAt) {
			said = e.T
		}
	}
	if r.By == "churn" || said == 0 {
		return
	}
	r.RefusedMs = round((refusedAt - said) * 1e3)
	if decided > said {
		r.DecidedMs = round((decided - said) * 1e3)
	}
}

// prysmOne judges one source by what it tried without and with the gate.
func prysmOne(source string, without, with, lines, meter []entry, f *faults) (r prysmSource, through int) {
	r = prysmSource{Source: source, Due: with[0].Kind, Over: with[0].Over, Without: reached(without), Tried: len(with), With: reached(with)}
	refusedAt := 0.0
	for _, e := range meter {
		if isVerdict(e) && (refusedAt == 0 || e.T < refusedAt) {
			refusedAt, r.By = e.T, e.Reason
		}
	}
	if r.Without < len(without) {
		f.add("the storm of 7.1.6, without the gate: %d of %d connections of %s reached the node", r.Without, len(without), source)
	}
	if isGood(r.Due) {
		if named := count(meter, func(e entry) bool { return e.Ev == "refused" }); named > 0 || r.With < r.Tried {
			f.add("the storm of 7.1.6: the good peer %s: %d of %d connections reached the node, the gate refused it %d times",
				source, r.With, r.Tried, named)
		}
		return r, 0
	}
	if refusedAt == 0 {
		if r.Due == "must" {
			f.add("the storm of 7.1.6: %s was never refused", source)
		}
		return r, 0
	}
	r.timesOf(lines, meter, refusedAt)
	through = count(with, func(e entry) bool { return e.OK && e.T > refusedAt })
	if through > 0 {
		f.add("the storm of 7.1.6: %s got through after it was refused, %d times", source, through)
	}
	return r, through
}

func byAddress(a, b prysmSource) int {
	x, _ := netip.ParseAddr(a.Source)
	y, _ := netip.ParseAddr(b.Source)
	return x.Compare(y)
}

func prysm(all map[string][]entry, f *faults) prysmResult {
	without, with := bySource(pick(all["prysm-without"], "dial")), bySource(pick(all["prysm-with"], "dial"))
	lines, meter := bySource(all["prysm-node-with"]), bySource(all["prysm-meter"])
	var r prysmResult
	var ms []float64
	for source, dials := range with {
		one, through := prysmOne(source, without[source], dials, lines[source], meter[source], f)
		r.Sources = append(r.Sources, one)
		r.Through += through
		if isGood(one.Due) {
			r.Good++
			r.GoodRefused += one.Tried - one.With
			continue
		}
		r.Bad++
		r.Without += one.Without
		r.With += one.With
		if one.RefusedMs > 0 {
			ms = append(ms, one.RefusedMs)
		}
	}
	slices.SortFunc(r.Sources, byAddress)
	slices.Sort(ms)
	r.Refused = latency{P50: percentile(ms, .50), P99: percentile(ms, .99)}
	if len(without) != len(with) {
		f.add("the storm of 7.1.6: %d sources without the gate, %d with it", len(without), len(with))
	}
	if r.Good == 0 || r.Bad == 0 || len(ms) == 0 {
		f.add("the storm of 7.1.6: %d good sources, %d bad ones, %d refused by a line", r.Good, r.Bad, len(ms))
	}
	return r
}

func printPrysm(w io.Writer, r prysmResult) {
	ms := func(x float64) string {
		if x == 0 {
			return "–"
		}
		return fmt.Sprintf("%.0f", x)
	}
	fmt.Fprintf(w, "\n  The storm of 7.1.6: connections that reach the node, and from the deciding line to the first refused start.\n")
	fmt.Fprintf(w, "  The start is the peer's own return; \"churn\" is the kernel's finding, without a line.\n\n")
	fmt.Fprintf(w, "  %-16s %-5s %10s %15s  %-14s %8s\n", "source", "", "no gate", "with the gate", "refused for", "ms")
	for _, s := range r.Sources {
		fmt.Fprintf(w, "  %-16s %-5s %10d %15s  %-14s %8s\n", s.Source, s.Over, s.Without, of(s.With, s.Tried),
			map[bool]string{true: "good: never", false: s.By}[isGood(s.Due)], ms(s.RefusedMs))
	}
	fmt.Fprintf(w, "\n  %d bad sources: %d connections without the gate, %d with it, %d after their refusal; %d good ones: refused %d times\n\n",
		r.Bad, r.Without, r.With, r.Through, r.Good, r.GoodRefused)
}
