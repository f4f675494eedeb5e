// SPDX-License-Identifier: BSD-2-Clause

package main

// rows: a storm of 7.1.6 by itself: a row of Markdown for each source; fails when it was not as it must be.

import (
	"context"
	"errors"
	"fmt"
)

func runRows(_ context.Context, args []string) error {
	flags := newFlags("rows")
	dir := flags.String("dir", "", "where the journals lie: prysm-without, prysm-with, prysm-node-with, prysm-meter")
	_ = flags.Parse(args)
	all, err := journals(*dir)
	if err != nil {
		return err
	}
	var f faults
	r := prysm(all, &f)
	fmt.Println("| source | due | over | without the gate | with it, of those tried | refused for | line to decision, ms | line to first refused start, ms |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, s := range r.Sources {
		ms := func(x float64) string {
			if x == 0 {
				return ""
			}
			return fmt.Sprintf("%.1f", x)
		}
		by := s.By
		if by == "" {
			by = "–"
		}
		fmt.Printf("| %s | %s | %s | %d | %s | %s | %s | %s |\n", s.Source, s.Due, s.Over, s.Without, of(s.With, s.Tried), by, ms(s.DecidedMs), ms(s.RefusedMs))
	}
	for _, fault := range f {
		fmt.Println("FAULT:", fault)
	}
	if len(f) > 0 {
		return errors.New("the storm was not as it must be")
	}
	return nil
}
