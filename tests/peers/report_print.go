// SPDX-License-Identifier: BSD-2-Clause

package main

// report_print: the table, the time line in the terminal, and the columns that gnuplot draws.

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

func row(w io.Writer, name, a, b string) { fmt.Fprintf(w, "  %-44s %14s %14s\n", name, a, b) }

func number(x float64) string { return fmt.Sprintf("%.1f", x) }

func of(part, all int) string { return fmt.Sprintf("%d of %d", part, all) }

func whole(n int) string { return fmt.Sprint(n) }

func printTable(w io.Writer, r result, s *storm) {
	fmt.Fprintf(w, "\n  The 2019 log: %d connects follow the verdict; %d reach the node without the gate, %d with it.\n\n",
		r.Seed.After, r.Seed.Without, r.Seed.With)
	row(w, "the storm", "before", "after")
	row(w, "", "(observe)", "(enforce)")
	b, a := r.Storm.Before, r.Storm.After
	row(w, "connects/s that reach the node", number(b.Connects), number(a.Connects))
	row(w, "full handshakes/s", number(b.Handshakes), number(a.Handshakes))
	row(w, "node CPU %", number(b.CPU), number(a.CPU))
	printReasons(w, s)
	observed := until(s.good, s.enforced)
	row(w, "good peers connected", of(connectedAtEnd(observed), r.Storm.Good.Expected),
		of(r.Storm.Good.Connected, r.Storm.Good.Expected))
	early := len(pick(observed, "down"))
	row(w, "good peers' disconnects", whole(early), whole(r.Storm.Good.Disconnects-early))
	row(w, "new good peers that got in", "", of(r.Storm.New.Connected, r.Storm.New.Tried))
	row(w, "verdict to first refused start, ms, p50", "", fmt.Sprintf("%.3f", r.Storm.Verdict.P50))
	row(w, "verdict to first refused start, ms, p99", "", fmt.Sprintf("%.3f", r.Storm.Verdict.P99))
	fmt.Fprintf(w, "\n  kernel %s, attached by %s; %d bad peers were first judged and refused while the gate enforced; %d events were missed.\n",
		r.Kernel, r.Attach, len(s.verdictToRefusal()), s.missed)
}

func printDoors(w io.Writer, r result) {
	share := 0.0
	if r.Churn.Connects > 0 {
		share = 100 * float64(r.Churn.Refused) / float64(r.Churn.Connects)
	}
	row(w, "a storm that nobody reports, the doors", "", "")
	row(w, "connects of churning peers once learnt: refused", whole(r.Churn.Connects), fmt.Sprintf("%.1f %%", share))
	row(w, "connections until learnt, most: TCP, QUIC", whole(r.Churn.LearntAfter[transportTCP]), whole(r.Churn.LearntAfter[transportQUIC]))
	row(w, "bad sources that were not learnt yet", "", whole(r.Churn.NotLearnt))
	row(w, "refusals of good peers", "", whole(r.Churn.GoodRefused))
	row(w, "our own QUIC dial to a peer banned by mistake", "", r.Own)
	row(w, "private dials tried; packets that left", whole(r.Dial.Tried), whole(r.Dial.Left))
	row(w, "ban to the end of a live connection, ms, p50, p99", fmt.Sprintf("%.3f", r.Close.P50), fmt.Sprintf("%.3f", r.Close.P99))
	fmt.Fprintln(w)
}

// printReasons has a line for each reason: what would be refused a second before, what is refused after.
func printReasons(w io.Writer, s *storm) {
	from, to := s.windowBefore()
	would, wouldSum := s.rates("would_refuse", from, to)
	from, to = s.windowAfter()
	refused, sum := s.rates("refuse", from, to)
	names := make(map[string]bool)
	for _, each := range []map[string]float64{would, refused} {
		for reason := range each {
			names[reason] = true
		}
	}
	var sorted []string
	for reason := range names {
		sorted = append(sorted, reason)
	}
	sort.Strings(sorted)
	row(w, "refused/s (before: would be)", number(wouldSum), number(sum))
	for _, reason := range sorted {
		row(w, "  "+reason, number(would[reason]), number(refused[reason]))
	}
}

// moment is one step of the time line.
type moment struct{ t, connects, handshakes, cpu, refused, good float64 }

func perSecond(a, b, d float64) float64 { return max(0, (b-a)/d) }

func sumOf(totals map[string]int64, verdict string) float64 {
	sum := int64(0)
	for key, n := range totals {
		if strings.HasPrefix(key, verdict+"/") {
			sum += n
		}
	}
	return float64(sum)
}

// refusedAt gives the refusals a second in the step that ends at the moment.
func (s *storm) refusedAt(t float64) float64 {
	for i := 1; i < len(s.counters); i++ {
		a, b := s.counters[i-1], s.counters[i]
		if b.T >= t {
			return perSecond(sumOf(a.Totals, "refuse"), sumOf(b.Totals, "refuse"), b.T-a.T)
		}
	}
	return 0
}

// moments are half-second steps, from a second before the storm to its end.
func (s *storm) moments() []moment {
	var all []moment
	for i := 2; i < len(s.nodeTicks); i += 2 {
		a, b := s.nodeTicks[i-2], s.nodeTicks[i]
		if b.T < s.began-1 || b.T > s.over {
			continue
		}
		d := b.T - a.T
		all = append(all, moment{
			t: b.T - s.began, connects: perSecond(float64(a.Connects), float64(b.Connects), d),
			handshakes: perSecond(float64(a.Handshakes), float64(b.Handshakes), d),
			cpu:        perSecond(float64(a.CPUms), float64(b.CPUms), d) / 10,
			refused:    s.refusedAt(b.T), good: float64(b.Good),
		})
	}
	return all
}

// plot is what tests/demo/storm.gp reads: a first line with the turns, then the moments.
func (s *storm) plot() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# enforce=%.2f newcomers=%.2f\n", s.enforced-s.began, s.joined-s.began)
	fmt.Fprintln(&out, "# seconds connects/s handshakes/s cpu% refused/s good")
	for _, m := range s.moments() {
		fmt.Fprintf(&out, "%.2f %.1f %.1f %.1f %.1f %.0f\n", m.t, m.connects, m.handshakes, m.cpu, m.refused, m.good)
	}
	return out.String()
}

var blocks = []rune(" ▁▂▃▄▅▆▇█")

func spark(all []moment, of func(moment) float64) (string, float64) {
	top := 0.0
	for _, m := range all {
		top = max(top, of(m))
	}
	var line strings.Builder
	for _, m := range all {
		at := 0
		if top > 0 {
			at = int(of(m) / top * float64(len(blocks)-1))
		}
		line.WriteRune(blocks[at])
	}
	return line.String(), top
}

func printLine(w io.Writer, s *storm) {
	all := s.moments()
	lines := []struct {
		name string
		of   func(moment) float64
	}{
		{"connects/s", func(m moment) float64 { return m.connects }},
		{"handshakes/s", func(m moment) float64 { return m.handshakes }},
		{"node CPU %", func(m moment) float64 { return m.cpu }},
		{"refused/s", func(m moment) float64 { return m.refused }},
		{"good peers", func(m moment) float64 { return m.good }},
	}
	fmt.Fprintln(w)
	for _, l := range lines {
		text, top := spark(all, l.of)
		fmt.Fprintf(w, "  %-12s %s  most %.0f\n", l.name, text, top)
	}
	turn := 0
	for turn < len(all) && all[turn].t < s.enforced-s.began {
		turn++
	}
	fmt.Fprintf(w, "  %-12s %s^ enforce   (half a second a column)\n\n", "", strings.Repeat(" ", turn))
}
