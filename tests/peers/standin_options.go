// SPDX-License-Identifier: BSD-2-Clause

package main

// standin_options: Prysm's own names of options, as far as somebody looks for them in a command line, beside those that choose the
// story. Started under the name beacon-chain the program is a node at once; the story's options are in the environment then (STANDIN), so
// that the command line is one of Prysm's.

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const nodeName = "beacon-chain"

type nodeOptions struct {
	at, httpHost                 string
	datadir, format, verbosity   string
	tcp, udp, http, most         int
	noColours, terms, networkFor bool
	journal                      string
}

func nodeFlags(flags *flag.FlagSet) *nodeOptions {
	o := &nodeOptions{}
	flags.StringVar(&o.at, "at", "127.0.0.1", "ADDR,…: where it listens")
	flags.StringVar(&o.journal, "journal", "", "where to write who came and what was said")
	flags.StringVar(&o.datadir, "datadir", "", "Prysm's: logs/beacon-chain.log lies there")
	flags.IntVar(&o.tcp, "p2p-tcp-port", nodePort, "Prysm's")
	flags.IntVar(&o.udp, "p2p-quic-port", nodePort, "Prysm's")
	flags.StringVar(&o.httpHost, "http-host", "127.0.0.1", "Prysm's")
	flags.IntVar(&o.http, "http-port", 3500, "Prysm's")
	flags.StringVar(&o.format, "log-format", "text", "Prysm's: text or json")
	flags.StringVar(&o.verbosity, "verbosity", "info", "Prysm's: debug and trace are written to standard error, info only to the file")
	flags.IntVar(&o.most, "p2p-max-peers", 70, "Prysm's; taken, and nobody is sent away")
	flags.BoolVar(&o.noColours, "disable-log-colors", false, "Prysm's")
	flags.BoolVar(&o.terms, "accept-terms-of-use", false, "Prysm's; taken")
	flags.BoolVar(&o.networkFor, "mainnet", false, "Prysm's; taken")
	return o
}

// formOf: what the node writes where; "file" is the one below its data folder.
func (o *nodeOptions) formOf() (string, error) {
	switch {
	case o.verbosity != "debug" && o.verbosity != "trace":
		return "file", nil
	case o.format == "json":
		return "json", nil
	case o.format != "text":
		return "", fmt.Errorf("--log-format=%s: text and json are known", o.format)
	case o.noColours:
		return "plain", nil
	}
	return "colour", nil
}

// path: where the lines go; "": standard error.
func (o *nodeOptions) path(form string) (string, error) {
	if form != "file" {
		return "", nil
	}
	if o.datadir == "" {
		return "", fmt.Errorf("the form \"file\" is that of DATADIR/logs/beacon-chain.log: --datadir is missing")
	}
	return filepath.Join(o.datadir, "logs", "beacon-chain.log"), nil
}

func runStandin(ctx context.Context, args []string) error {
	flags := newFlags("standin")
	tale, o := storyFlags(flags), nodeFlags(flags)
	_ = flags.Parse(args)
	var err error
	if tale.form == "" {
		if tale.form, err = o.formOf(); err != nil {
			return err
		}
	}
	path, err := o.path(tale.form)
	if err != nil {
		return err
	}
	n := &standin{named: map[string]bool{}}
	if n.story, n.clock, err = tale.read(); err != nil {
		return err
	}
	if n.log, err = openNodeLog(ctx, path); err != nil {
		return err
	}
	if n.journal, err = openJournal(o.journal); err != nil {
		return err
	}
	defer n.journal.close()
	return n.run(ctx, o)
}

// asNode: the arguments of a program that was started under the node's own name.
func asNode(name string, args []string) []string {
	if filepath.Base(name) != nodeName {
		return args
	}
	return append([]string{"standin"}, append(strings.Fields(os.Getenv("STANDIN")), args...)...)
}
