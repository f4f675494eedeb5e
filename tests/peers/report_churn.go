// SPDX-License-Identifier: BSD-2-Clause

package main

// report_churn: the storm that nobody told peergate of. A source is learnt when the gate first refuses it for churn; how many
// connections it had until then is bounded here, so that the gate does not judge itself.

import "math"

const (
	churnShare     = .95
	notLearntShare = .1
)

// learntWithin is how many connections a source may have before it is learnt: over TCP five (the default) and one that may slip in
// while the fifth is being told; over QUIC more, since who hangs up at once shows only now and then that our answer reached him.
var learntWithin = map[string]int{transportTCP: 6, transportQUIC: 24}

type churnResult struct {
	Connects    int            `json:"connects"`
	Refused     int            `json:"refused"`
	GoodRefused int            `json:"good_refused"`
	LearntAfter map[string]int `json:"learnt_after"` // connections at most, by transport
	NotLearnt   int            `json:"not_learnt"`   // sources that the node itself kept out before they had so many
}

// learnt gives for each source when the gate first refused it for churn.
func learnt(meter []entry) map[string]float64 {
	first := make(map[string]float64)
	for _, e := range meter {
		if e.Ev != "refused" || e.Verdict != "refuse" || e.Reason != "churn" {
			continue
		}
		if at, ok := first[e.Src]; !ok || e.T < at {
			first[e.Src] = e.T
		}
	}
	return first
}

func bySource(all []entry) map[string][]entry {
	each := make(map[string][]entry)
	for _, e := range all {
		each[e.Src] = append(each[e.Src], e)
	}
	return each
}

// goodRefused counts what befell the good: dials that failed, and the gate's own words about them.
func goodRefused(good, meter []entry) int {
	names := sources(good)
	return count(good, func(e entry) bool { return e.Ev == "dial" && !e.OK }) +
		count(meter, func(e entry) bool { return e.Ev == "refused" && names[e.Src] })
}

// add takes one source's dials: how many connected before it was learnt (at infinity: never), what became of the others.
func (r *churnResult) add(source string, dials []entry, at float64, f *faults) {
	before := count(dials, func(e entry) bool { return e.T <= at && e.OK })
	over := dials[0].Over
	if before > learntWithin[over] {
		f.add("the second storm: %s had %d connections over %s before it was learnt", source, before, over)
	}
	if math.IsInf(at, 1) {
		r.NotLearnt++
		return
	}
	r.LearntAfter[over] = max(r.LearntAfter[over], before)
	r.Connects += count(dials, func(e entry) bool { return e.T > at })
	r.Refused += count(dials, func(e entry) bool { return e.T > at && !e.OK })
}

func churn(all map[string][]entry, f *faults) churnResult {
	r := churnResult{LearntAfter: map[string]int{}}
	over := timeOf(all["churn-marks"], "over")
	if over == 0 {
		f.add("the second storm did not come to its end")
		return r
	}
	meter := until(all["churn-meter"], over)
	since, bad := learnt(meter), bySource(pick(until(all["churn"], over), "dial"))
	for source, dials := range bad {
		at, ok := since[source]
		if !ok {
			at = math.Inf(1)
		}
		r.add(source, dials, at, f)
	}
	good := until(all["churn-good"], over)
	r.GoodRefused = goodRefused(good, meter)
	if float64(r.NotLearnt) > notLearntShare*float64(len(bad)) {
		f.add("the second storm: %d of %d sources were never learnt", r.NotLearnt, len(bad))
	}
	if r.Connects == 0 || float64(r.Refused) < churnShare*float64(r.Connects) {
		f.add("the second storm: %d of %d connects refused once learnt", r.Refused, r.Connects)
	}
	if up, all := connectedAtEnd(good), len(sources(good)); r.GoodRefused > 0 || up < all || all == 0 {
		f.add("the second storm: good peers were refused %d times, %d of %d are connected", r.GoodRefused, up, all)
	}
	return r
}
