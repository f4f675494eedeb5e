// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// knocks: a dial each ten seconds from 0 on.
func knocks(source, due string, oks ...bool) (all []entry) {
	for i, ok := range oks {
		all = append(all, entry{T: float64(10 * i), Ev: "dial", Src: source, Over: transportTCP, Kind: due, OK: ok})
	}
	return all
}

func TestTheStormOf716IsJudged(t *testing.T) {
	const good = "203.0.113.11"
	lines := []entry{{T: 9.99, Ev: "line", Src: bad}, {T: 19.99, Ev: "line", Src: bad}, {T: 29, Ev: "line", Src: bad}}
	decided := entry{T: 19.991, Ev: "decision", Src: bad, Reason: "io_error"}
	refused := entry{T: 20.01, Ev: "refused", Src: bad, Verdict: "refuse", Reason: "io_error"}
	paced := entry{T: 5, Ev: "refused", Src: bad, Verdict: "refuse", Reason: "source_pace"}
	for _, c := range []struct {
		what        string
		bad, good   []entry
		meter       []entry
		faults      int
		through     int
		goodRefused int
		ms          float64
	}{
		{"all is well", knocks(bad, "must", in, in, out, out), knocks(good, "never", in), []entry{decided, refused}, 0, 0, 0, 20},
		{"its pace is no verdict", knocks(bad, "must", in, in, out, out), knocks(good, "never", in), []entry{paced, decided, refused}, 0, 0, 0, 20},
		{"let in after it was refused", knocks(bad, "must", in, in, out, in), knocks(good, "never", in), []entry{decided, refused}, 1, 1, 0, 20},
		{"never refused", knocks(bad, "must", in, in, in, in), knocks(good, "never", in), nil, 2, 0, 0, 0},
		{"a good one's dial failed", knocks(bad, "must", in, in, out, out), knocks(good, "never", out), []entry{decided, refused}, 1, 0, 1, 20},
		{"the gate names a good one", knocks(bad, "must", in, in, out, out), knocks(good, "never", in),
			[]entry{decided, refused, {T: 1, Ev: "refused", Src: good, Verdict: "would_refuse", Reason: "churn"}}, 1, 0, 0, 20},
		{"nobody good was there", knocks(bad, "must", in, in, out, out), nil, []entry{decided, refused}, 1, 0, 0, 20},
	} {
		var f faults
		dials := append(c.bad, c.good...)
		without := append(knocks(bad, "must", in, in, in, in), knocks(good, "never", in)...)
		if c.good == nil {
			without = without[:4]
		}
		r := prysm(map[string][]entry{
			"prysm-with": dials, "prysm-without": without, "prysm-node-with": lines, "prysm-meter": c.meter,
		}, &f)
		if len(f) != c.faults || r.Through != c.through || r.GoodRefused != c.goodRefused || r.Refused.P50 != c.ms {
			t.Errorf("%s: %+v, %v", c.what, r, f)
		}
	}
	var f faults
	prysm(map[string][]entry{"prysm-with": knocks(bad, "must", in, out), "prysm-without": knocks(bad, "must", in, out),
		"prysm-meter": {refused}, "prysm-node-with": lines}, &f)
	if !strings.Contains(strings.Join(f, "\n"), "without the gate: 1 of 2") {
		t.Errorf("a replay that does not even reach the node: %v", f)
	}
}

// Every line that speaks of a connection has one to speak of, and who is named by it is where the storm had him.
func TestStories(t *testing.T) {
	const data = "../data/prysm"
	for scenario := range windows {
		for form := range begins {
			s, err := newStory(data, []string{scenario}, form, false, math.Inf(1))
			if err != nil {
				t.Fatal(err)
			}
			if len(s.lines) == 0 || len(s.knocks) == 0 || s.length <= 0 {
				t.Errorf("%s, %s: %d lines, %d connections, %v s", scenario, form, len(s.lines), len(s.knocks), s.length)
			}
			for _, l := range s.lines {
				if l.port != 0 && about(s.knocks, l) == nil {
					t.Errorf("%s, %s: nobody comes from %s port %d: %s", scenario, form, l.source, l.port, l.text)
				}
				if l.source == "203.0.113.99" || l.source == "203.0.113.11" {
					t.Errorf("%s, %s: a forged address was read: %s", scenario, form, l.text)
				}
			}
			for _, k := range s.knocks {
				if k.at < 0 || k.lived < 0 || k.after != nil && k.after.at > k.at {
					t.Errorf("%s, %s: %+v", scenario, form, k)
				}
			}
		}
	}
}

func TestLinesThatPeersWrote(t *testing.T) {
	s := &story{}
	if err := s.readPeers("../data/prysm/peers"); err != nil {
		t.Fatal(err)
	}
	w := windows["f-hostile-agent"]
	lines, err := s.readLines(filepath.Join("../data/prysm", "f-hostile-agent.file.log"), "file", w)
	if err != nil {
		t.Fatal(err)
	}
	first := lines[0]
	if first.source != "198.51.100.13" || strings.Count(string(first.text), "\n") != 3 {
		t.Errorf("%+v: %s", first, first.text)
	}
}

func TestStoriesBehindEachOtherAndTogether(t *testing.T) {
	names := []string{"a-tcp-mute", "c-wrongfork"}
	behind, err := newStory("../data/prysm", names, "json", false, 30)
	if err != nil {
		t.Fatal(err)
	}
	together, _ := newStory("../data/prysm", names, "json", true, 30)
	if math.Abs(behind.length-60) > .01 || math.Abs(together.length-30) > .01 {
		t.Errorf("%v s, %v s", behind.length, together.length)
	}
	if len(behind.knocks) != len(together.knocks) || len(behind.lines) != len(together.lines) {
		t.Errorf("%d and %d connections", len(behind.knocks), len(together.knocks))
	}
	if _, err := newStory("../data/prysm", []string{"a-tcp-mutt"}, "json", true, 30); err == nil {
		t.Error("a scenario that is none")
	}
}
