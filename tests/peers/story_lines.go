// SPDX-License-Identifier: BSD-2-Clause

package main

// story_lines: what the node wrote: each entry with its moment, and of whom it speaks. A peer's words in an entry are not looked at: the
// node's own field is the last one of its name.

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	stampLayout = "2006-01-02 15:04:05.00"
	stampText   = `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d`
	muteS       = 10.0 // after so long a mute peer is cut, and one that answered is told of
	briefS      = .1   // what lives so long was cut at once
	statusS     = .03  // a status comes so long after the connection
	nearS       = 1.5  // the four nodes saw the same storm so far apart
)

var storyBegan = time.Date(2026, 11, 22, 22, 22, 0, 0, time.UTC)

var (
	stamp  = regexp.MustCompile(stampText)
	begins = map[string]*regexp.Regexp{
		"json":   regexp.MustCompile(`"time":"(` + stampText + `)"`),
		"colour": regexp.MustCompile(`^\x1b\[90m\[(` + stampText + `)\]`),
		"plain":  regexp.MustCompile(`^\[(` + stampText + `)\]`),
		"file":   regexp.MustCompile(`^time="(` + stampText + `)"`),
	}
	addressField = regexp.MustCompile(`(?i)multiaddr(?:\x1b\[0m)?"?[=:]"?/ip4/([0-9.]+)/(tcp|udp)/(\d+)(?:/quic-v1)?/p2p/(16[A-Za-z0-9]+)`)
	peerField    = regexp.MustCompile(`\b(?:peer|peerID)(?:\x1b\[0m)?"?[=:]"?(16[A-Za-z0-9]+)`)
	dialsOut     = regexp.MustCompile(`(?i)direction(?:\x1b\[0m)?"?[=:]"?Outbound|Could not connect with peer`)
	anyPeer      = regexp.MustCompile(`\b16Uiu2[A-Za-z0-9]+`)
)

// saying is an entry of the log: one line or, where a peer wrote line ends into it, several.
type saying struct {
	at     float64
	text   []byte
	source string // whom it speaks of; "": nobody who knocks
	over   string // with port: of that connection
	port   uint16
	peer   string
	ends   bool // the node hangs up with it
}

// momentOf is the entry's own, seconds from 22:22:00; NaN: the line begins none of the window.
func momentOf(line []byte, form string, w span) float64 {
	all := begins[form].FindAllSubmatch(line, -1)
	if all == nil {
		return math.NaN()
	}
	at, err := time.Parse(stampLayout, string(all[len(all)-1][1]))
	s := at.Sub(storyBegan).Seconds()
	if err != nil || s < w.from-1 {
		return math.NaN()
	}
	return s
}

func last(of *regexp.Regexp, text []byte) (groups []string, at int) {
	all := of.FindAllSubmatchIndex(text, -1)
	if all == nil {
		return nil, -1
	}
	found := all[len(all)-1]
	for i := 2; i < len(found); i += 2 {
		groups = append(groups, string(text[found[i]:found[i+1]]))
	}
	return groups, found[0]
}

// understand finds whom the entry speaks of.
func (l *saying) understand(homes map[string]string) {
	address, where := last(addressField, l.text)
	peer, there := last(peerField, l.text)
	switch {
	case dialsOut.Match(l.text):
	case where > there:
		port, _ := strconv.ParseUint(address[2], 10, 16)
		l.source, l.port, l.peer = address[0], uint16(port), address[3]
		l.over = map[string]string{"tcp": transportTCP, "udp": transportQUIC}[address[1]]
		l.ends = bytes.Contains(l.text, []byte("Initiate peer disconnection")) || bytes.Contains(l.text, []byte("Peer disconnected"))
	case there >= 0:
		l.source, l.peer = homes[peer[0]], peer[0]
	}
}

// readLines gives the entries of the window, counted from its beginning.
func (s *story) readLines(path, form string, w span) (all []*saying, err error) {
	if begins[form] == nil {
		return nil, fmt.Errorf("no form %q: there are json, colour, plain, file", form)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		at := momentOf(line, form, w)
		if math.IsNaN(at) && len(all) > 0 {
			all[len(all)-1].text = append(all[len(all)-1].text, line...)
		} else if !math.IsNaN(at) {
			all = append(all, &saying{at: at - w.from, text: bytes.Clone(line)})
		}
	}
	dialled := map[string]bool{}
	kept := all[:0]
	for _, l := range all {
		l.understand(s.homes)
		if dialsOut.Match(l.text) {
			for _, id := range anyPeer.FindAllString(string(l.text), -1) {
				dialled[id] = true
			}
		}
		if l.at <= w.to-w.from {
			kept = append(kept, l)
		}
	}
	for _, l := range kept {
		if l.port == 0 && dialled[l.peer] {
			l.source = "" // of the node's own dials
		}
	}
	return kept, nil
}

// life is when the connection began and ended of which the line speaks, as far as the line can tell; NaN: it cannot.
func (l *saying) life() (began, ended float64) {
	text := string(l.text)
	switch {
	case strings.Contains(text, "no chain status"):
		return l.at - muteS, l.at
	case strings.Contains(text, "Initiate peer connection"):
		return l.at - muteS, math.NaN()
	case strings.Contains(text, "Peer disconnected"):
		return math.NaN(), l.at
	case l.port == 0:
		return l.at - statusS, math.NaN()
	}
	return l.at - briefS, l.at
}

func (k *knock) isOf(l *saying) bool {
	return k.source == l.source && (l.port == 0 || k.over == l.over)
}

// about finds the connection that has the line's port already and lived then.
func about(knocks []*knock, l *saying) *knock {
	for _, k := range knocks {
		if k.named && k.isOf(l) && k.port == l.port && k.at <= l.at && l.at <= k.at+k.lived+1 {
			return k
		}
	}
	return nil
}

// away is how far the connection is from what the line tells of it; one that was there before may have begun at any time.
func (k *knock) away(l *saying) float64 {
	began, ended := l.life()
	switch {
	case k.named || !k.isOf(l) || k.lived < briefS:
		return math.Inf(1)
	case math.IsNaN(began):
		return math.Abs(k.at + k.lived - ended)
	case began < 0 && k.at == 0 && math.IsNaN(ended):
		return 0
	case (ended-began >= muteS) != (k.lived >= muteS) && !math.IsNaN(ended):
		return math.Inf(1)
	}
	return math.Abs(k.at - began)
}

func nearest(knocks []*knock, l *saying, within float64) (best *knock) {
	for _, k := range knocks {
		if d := k.away(l); d < within {
			best, within = k, d
		}
	}
	return best
}

// found is a connection that only this node saw, or saw so.
func (l *saying) found(knocks []*knock) *knock {
	k := &knock{source: l.source, over: l.over, due: "may", lived: math.Inf(1)}
	for _, other := range knocks {
		if other.source == l.source {
			k.due = other.due
		}
	}
	return k
}

// name gives each connection that a line speaks of the line's own port, peer and moment. One that only this node saw is added; of
// the others' short ones there are enough.
func name(knocks []*knock, lines []*saying) []*knock {
	for _, l := range lines {
		began, _ := l.life()
		if l.source == "" {
			continue
		}
		if l.port == 0 {
			if k := nearest(knocks, l, .2); k != nil && strings.Contains(string(l.text), "Invalid status") {
				k.at, k.peer, k.named = max(began, 0), l.peer, true
			}
			continue
		}
		k := about(knocks, l)
		if k == nil {
			if k = nearest(knocks, l, nearS); k == nil {
				k = l.found(knocks)
				knocks = append(knocks, k)
			}
			if !math.IsNaN(began) {
				k.at = max(began, 0)
			}
			k.port, k.peer, k.named = l.port, l.peer, true
		}
		if l.ends {
			k.lived = l.at - k.at
		}
	}
	return knocks
}
