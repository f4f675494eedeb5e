// SPDX-License-Identifier: BSD-2-Clause

package main

// story_flags: which story, how fast, from when: what both ends are told alike.

import (
	"crypto/tls"
	"flag"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
)

type telling struct {
	data, scenarios, form string
	together              bool
	speed, begin, most    float64
}

func storyFlags(flags *flag.FlagSet) *telling {
	t := &telling{}
	flags.StringVar(&t.data, "data", "tests/data/prysm", "where the storms lie")
	flags.StringVar(&t.scenarios, "scenarios", "", "NAME,…: which of them")
	flags.StringVar(&t.form, "form", "", "of the log: json, colour, plain or file")
	flags.BoolVar(&t.together, "together", false, "all scenarios begin at once, instead of one behind the other")
	flags.Float64Var(&t.speed, "speed", 1, "times the pace of then")
	flags.Float64Var(&t.begin, "begin", 0, "unix seconds at which the story begins; 0: now")
	flags.Float64Var(&t.most, "most", math.Inf(1), "so many seconds of each scenario, at the pace of then")
	return t
}

func (t *telling) read() (*story, clock, error) {
	c := clock{begin: time.Now(), speed: t.speed}
	if t.begin > 0 {
		c.begin = time.Unix(0, int64(t.begin*1e9))
	}
	if t.speed <= 0 {
		return nil, c, fmt.Errorf("-speed %v: it is above 0", t.speed)
	}
	if t.scenarios == "" {
		return &story{length: math.Inf(1)}, c, nil
	}
	s, err := newStory(t.data, strings.Split(t.scenarios, ","), t.form, t.together, t.most)
	return s, c, err
}

func storyQUIC() *quic.Config {
	return &quic.Config{MaxIdleTimeout: 5 * time.Minute, KeepAlivePeriod: 15 * time.Second, DisablePathMTUDiscovery: true}
}

func quicClientTLS() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"peers"}, ServerName: "peers"}
}
