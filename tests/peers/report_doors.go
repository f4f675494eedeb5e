// SPDX-License-Identifier: BSD-2-Clause

package main

// report_doors: our own dial to a peer that was banned by mistake, dials to private ranges, live connections closed.

import (
	"math"
	"slices"
)

const closeWithinMs = 10

type dialResult struct {
	Tried int `json:"private_tried"`
	Left  int `json:"left"`
}

type doorsResult struct {
	Dial  dialResult `json:"dial"`
	Close latency    `json:"kill_ms"`
	Own   string     `json:"own_dial_to_banned"`
}

// ownDial: dialled by us it connects, dialling us it is refused; and before the ban it was not.
func ownDial(marks []entry, f *faults) string {
	found := make(map[string]bool)
	for _, e := range marks {
		if e.Ev == "own_dial" || e.Ev == "its_dial" || e.Ev == "its_dial_before" {
			found[e.Ev] = e.OK
		}
	}
	if len(found) < 3 {
		f.add("the peer banned by mistake: not every dial was tried")
		return "not tried"
	}
	if !found["its_dial_before"] {
		f.add("the peer banned by mistake: its dial failed before the ban already")
	}
	if found["its_dial"] {
		f.add("the peer banned by mistake: its own dial connected all the same")
	}
	if !found["own_dial"] {
		f.add("the peer banned by mistake: our own dial did not connect")
		return "refused"
	}
	return "connected"
}

// passed counts what was seen on the wire between two moments: packets to the ranges, and those for DNS.
func passed(wire []entry, from, to float64) (left, names int) {
	a, b, err := window(wire, from, to)
	if err != nil {
		return -1, -1
	}
	for prefix, n := range b.Totals {
		if prefix == "dns" {
			names += int(n - a.Totals[prefix])
		} else {
			left += int(n - a.Totals[prefix])
		}
	}
	return left, names
}

// dials: the same ones must leave while the door observes, so that nothing on the wire means something.
func dials(marks, wire []entry, f *faults) dialResult {
	observed, enforced, over := timeOf(marks, "dial_observe"), timeOf(marks, "dial_enforce"), timeOf(marks, "dial_over")
	var r dialResult
	r.Tried = count(marks, func(e entry) bool { return e.Ev == "private" && e.T > enforced })
	if observed == 0 || enforced == 0 || over == 0 || r.Tried == 0 {
		f.add("dials to private ranges: not tried")
		return r
	}
	if before, _ := passed(wire, observed, enforced); before <= 0 {
		f.add("dials to private ranges: none left while the door only observed")
	}
	var names int
	if r.Left, names = passed(wire, enforced, over); r.Left != 0 {
		f.add("dials to private ranges: %d packets left", r.Left)
	}
	resolved := count(marks, func(e entry) bool { return e.Ev == "resolved" && e.OK })
	if names <= 0 || resolved == 0 {
		f.add("dials to private ranges: DNS was hindered: %d names resolved, %d packets", resolved, names)
	}
	return r
}

// closed: every connection of a banned source ended in time, and no other.
func closed(all []entry, f *faults) latency {
	var ms []float64
	for _, e := range pick(all, "closed") {
		if e.OK && e.Totals["closed"] > 0 {
			ms = append(ms, e.Ms)
		} else {
			f.add("the live connection of %s: not closed (%d by the gate's word)", e.Src, e.Totals["closed"])
		}
	}
	slices.Sort(ms)
	r := latency{P50: percentile(ms, .50), P99: percentile(ms, .99)}
	if len(ms) == 0 || r.P99 > closeWithinMs || math.IsNaN(r.P99) {
		f.add("live connections: %d closed, p99 %.3f ms", len(ms), r.P99)
	}
	if dead := count(all, func(e entry) bool { return e.Ev == "bystander" && !e.OK }); dead > 0 {
		f.add("live connections: %d of others were closed", dead)
	}
	return r
}

func doors(all map[string][]entry, f *faults) doorsResult {
	marks := all["doors-marks"]
	return doorsResult{
		Own: ownDial(marks, f), Dial: dials(marks, all["wire"], f), Close: closed(all["close"], f),
	}
}
