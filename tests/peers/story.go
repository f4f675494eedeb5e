// SPDX-License-Identifier: BSD-2-Clause

package main

// story: a storm of tests/data/prysm as it is told again: which connections came (timings, and what the log itself names: source
// ports, peers), and which lines the node wrote. Both ends read the same files and so know the same story.

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A scenario's window on the logs' clock, seconds from 22:22:00: from its first connection to its end; and whose it is, by the last
// number of 198.51.100.N. Everybody else was there all the time.
type span struct {
	from, to float64
	who      []int
}

var windows = map[string]span{
	"0-idle":           {27, 53, nil},
	"a-tcp-mute":       {53.7, 124, []int{1, 2, 3}},
	"a2-tcp-quickdrop": {136.5, 178, []int{4, 5}},
	"b-quic-mute":      {191.4, 253, []int{6, 7, 8}},
	"c-wrongfork":      {266.1, 327, []int{9, 10, 25}},
	"d-capacity":       {250, 336, []int{41, 42, 43, 44, 45, 46, 47, 48, 49}}, // room was lacking from 275.8 on
	"f-hostile-agent":  {340.3, 386, []int{11, 12, 13, 22, 23, 26}},
	"g-colocation":     {399, 459.5, []int{14, 15}},
	"h-badscore":       {473.6, 624, []int{16, 17}},
}

// knock is one connection of a peer's. What happens to it in the story: it begins at, and lives for so long.
type knock struct {
	at, lived float64 // seconds; lived +Inf: it stays
	source    string
	over      string
	port      uint16 // 0: any
	peer      string
	due       string // must, never, spared, may: as timings has it
	named     bool   // by a line of the log
	after     *knock // it is the same peer's return from that one
	gap       float64
}

type story struct {
	knocks []*knock
	lines  []*saying
	length float64             // seconds
	ids    map[string][]string // of a source
	homes  map[string]string   // of a peer ID: its source
}

// returnsWithin: what begins so soon after another connection of the source ended is its peer coming back.
const returnsWithin = .05

func (s *story) readPeers(path string) error {
	s.ids, s.homes = map[string][]string{}, map[string]string{}
	return eachLine(path, func(text string) error {
		words := strings.Fields(text)
		if len(words) < 2 {
			return fmt.Errorf("no peer: %q", text)
		}
		s.ids[words[0]] = append(s.ids[words[0]], words[1])
		s.homes[words[1]] = words[0]
		return nil
	})
}

// eachLine hands on what is no comment.
func eachLine(path string, take func(text string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	for n := 1; in.Scan(); n++ {
		if text := in.Text(); text != "" && text[0] != '#' {
			if err := take(text); err != nil {
				return fmt.Errorf("%s:%d: %w", path, n, err)
			}
		}
	}
	return in.Err()
}

// readTimings gives all connections there were.
func readTimings(path string) (all []*knock, err error) {
	var of knock
	err = eachLine(path, func(text string) error {
		if text[0] != '\t' {
			_, err := fmt.Sscan(text, &of.due, &of.source, &of.over)
			return err
		}
		var first, every float64
		var times int
		var lived string
		if _, err := fmt.Sscan(text, &first, &every, &times, &lived); err != nil {
			return err
		}
		for i := range times {
			k := of
			k.at, k.lived = first+float64(i)*every, math.Inf(1)
			if lived != "-" {
				if _, err := fmt.Sscan(lived, &k.lived); err != nil {
					return err
				}
			}
			all = append(all, &k)
		}
		return nil
	})
	return all, err
}

// isIn: whether the source belongs to the scenario, or to all.
func (w span) isIn(source string) bool {
	var n int
	if _, err := fmt.Sscanf(source, "198.51.100.%d", &n); err != nil || slices.Contains(w.who, n) {
		return true
	}
	for _, other := range windows {
		if slices.Contains(other.who, n) {
			return false
		}
	}
	return true
}

// within cuts the connections to the window and moves it to 0; what lived when it began begins with it.
func within(all []*knock, w span) (some []*knock) {
	for _, one := range all {
		if !w.isIn(one.source) || one.at >= w.to || one.at+one.lived <= w.from {
			continue
		}
		k := *one
		if k.at < w.from {
			k.lived -= w.from - k.at
			k.at = w.from
		}
		if k.at+k.lived > w.to {
			k.lived = math.Inf(1)
		}
		k.at -= w.from
		some = append(some, &k)
	}
	return some
}

// identities: whom no line names is one of those who live there, in turn.
func (s *story) identities() {
	turn := map[string]int{}
	for _, k := range s.knocks {
		if ids := s.ids[k.source]; k.peer == "" && len(ids) > 0 {
			k.peer = ids[turn[k.source]%len(ids)]
			turn[k.source]++
		}
	}
}

// returns links each connection to the one whose end brought it about, so that a peer is never back before it was cut.
func (s *story) returns() {
	last := map[string][]*knock{}
	for _, k := range s.knocks {
		for i, before := range last[k.source] {
			gap := k.at - before.at - before.lived
			if before.lived > returnsWithin && gap > -returnsWithin && gap < returnsWithin {
				k.after, k.gap = before, max(gap, .01)
				last[k.source] = slices.Delete(last[k.source], i, i+1)
				break
			}
		}
		last[k.source] = append(last[k.source], k)
	}
}

// add: who came in an earlier scenario already is there all the time.
func (s *story) add(some []*knock) {
	known := map[string]bool{}
	for _, k := range s.knocks {
		known[k.source] = true
	}
	for _, k := range some {
		if !known[k.source] {
			s.knocks = append(s.knocks, k)
		}
	}
}

// newStory reads scenarios in one form. One comes behind the other, or all begin together; nothing is told after most seconds of each.
func newStory(data string, scenarios []string, form string, together bool, most float64) (*story, error) {
	s := &story{}
	if err := s.readPeers(filepath.Join(data, "peers")); err != nil {
		return nil, err
	}
	all, err := readTimings(filepath.Join(data, "timings"))
	if err != nil {
		return nil, err
	}
	offset := 0.0
	for _, scenario := range scenarios {
		w, ok := windows[scenario]
		if !ok {
			return nil, fmt.Errorf("no scenario %q", scenario)
		}
		w.to = min(w.to, w.from+most)
		lines, err := s.readLines(filepath.Join(data, scenario+"."+form+".log"), form, w)
		if err != nil {
			return nil, err
		}
		knocks := name(within(all, w), lines)
		for _, k := range knocks {
			k.at += offset
		}
		for _, l := range lines {
			l.at += offset
		}
		s.add(knocks)
		s.lines = append(s.lines, lines...)
		s.length = max(s.length, offset+w.to-w.from)
		if !together {
			offset = s.length
		}
	}
	slices.SortStableFunc(s.knocks, func(a, b *knock) int { return cmp.Compare(a.at, b.at) })
	slices.SortStableFunc(s.lines, func(a, b *saying) int { return cmp.Compare(a.at, b.at) })
	s.identities()
	s.returns()
	return s, nil
}
