// SPDX-License-Identifier: BSD-2-Clause

package main

// report: joins what every role wrote down into report.json, a table and a time line, and judges: it fails when a good
// peer was refused or when a bad one got through after its ban.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

type seedResult struct {
	After   int `json:"connects_after_verdict"`
	Without int `json:"reached_without"`
	With    int `json:"reached_with"`
}

type before struct {
	Handshakes float64 `json:"handshakes_per_s"`
	CPU        float64 `json:"node_cpu_percent"`
	Connects   float64 `json:"connects_per_s"`
}

type after struct {
	before
	Refused float64 `json:"refused_per_s"`
}

type goodResult struct {
	Expected    int `json:"expected"`
	Connected   int `json:"connected_after"`
	Disconnects int `json:"disconnects"`
}

type latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

type newResult struct {
	Tried     int `json:"tried"`
	Connected int `json:"connected"`
}

type stormResult struct {
	Before  before     `json:"before"`
	After   after      `json:"after"`
	Good    goodResult `json:"good_peers"`
	Verdict latency    `json:"verdict_to_refusal_ms"`
	New     newResult  `json:"new_good_peers"`
}

type result struct {
	Seed  seedResult  `json:"seed_log"`
	Storm stormResult `json:"storm"`
	Prysm prysmResult `json:"prysm_storm"`
	Churn churnResult `json:"churn"`
	doorsResult
	Kernel string `json:"kernel"`
	Attach string `json:"attach"`
}

// faults are sentences; each is a reason for the demonstration to fail.
type faults []string

func (f *faults) add(format string, args ...any) {
	*f = append(*f, fmt.Sprintf(format, args...))
}

// journals reads every NAME.jsonl of the folder.
func journals(dir string) (map[string][]entry, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	all := make(map[string][]entry)
	for _, path := range paths {
		name := filepath.Base(path)
		name = name[:len(name)-len(".jsonl")]
		if all[name], err = readJournal(path); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, nil
}

// seed counts the connects of the 2019 log that came after its verdict, and how many of them reached the listener.
func seed(all map[string][]entry, f *faults) seedResult {
	var r seedResult
	for _, with := range []bool{false, true} {
		way := map[bool]string{false: "without", true: "with"}[with]
		verdict := timeOf(all["replay-"+way], "verdict")
		if verdict == 0 {
			f.add("the 2019 log, %s the gate: the replay did not come to the verdict", way)
			continue
		}
		earlier, tried := portsBefore(all["replay-"+way], verdict)
		// The listener's clock is no help: it may see a connect of before the verdict after it.
		reached := count(all["listen-"+way], func(e entry) bool { return e.Ev == "reached" && !earlier[e.Port] })
		if with {
			r.With = reached
		} else {
			r.Without, r.After = reached, tried
		}
	}
	if r.Without != r.After {
		f.add("the 2019 log: without the gate %d of %d connects reached the listener", r.Without, r.After)
	}
	if r.With > 0 {
		f.add("the 2019 log: a bad peer got through after its ban, %d times", r.With)
	}
	return r
}

// portsBefore gives the source ports of the connects before the verdict, and how many there were after it.
func portsBefore(replay []entry, verdict float64) (map[uint16]bool, int) {
	ports, later := make(map[uint16]bool), 0
	for _, e := range pick(replay, "dial") {
		if e.T >= verdict {
			later++
		} else if e.OK {
			ports[e.Port] = true
		}
	}
	return ports, later
}

func timeOf(all []entry, ev string) float64 {
	for _, e := range all {
		if e.Ev == ev {
			return e.T
		}
	}
	return 0
}

func count(all []entry, is func(entry) bool) int {
	n := 0
	for _, e := range all {
		if is(e) {
			n++
		}
	}
	return n
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func runReport(_ context.Context, args []string) error {
	flags := newFlags("report")
	dir := flags.String("dir", "", "where the journals lie")
	out := flags.String("out", "", "where report.json and storm.dat go")
	kernel := flags.String("kernel", "", "for the report")
	attach := flags.String("attach", "", "for the report: the rung in use")
	_ = flags.Parse(args)
	all, err := journals(*dir)
	if err != nil {
		return err
	}
	var f faults
	s, err := newStorm(all)
	if err != nil {
		return err
	}
	r := result{
		Seed: seed(all, &f), Storm: s.result(&f), Prysm: prysm(all, &f), Churn: churn(all, &f), doorsResult: doors(all, &f),
		Kernel: *kernel, Attach: *attach,
	}
	if err := writeJSON(filepath.Join(*out, "report.json"), r); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(*out, "storm.dat"), []byte(s.plot()), 0o644); err != nil {
		return err
	}
	printTable(os.Stdout, r, s)
	printDoors(os.Stdout, r)
	printLine(os.Stdout, s)
	printPrysm(os.Stdout, r.Prysm)
	for _, fault := range f {
		fmt.Println("FAULT:", fault)
	}
	if len(f) > 0 {
		return errors.New("the demonstration failed")
	}
	return nil
}
