// SPDX-License-Identifier: BSD-2-Clause

// peers: real go-libp2p hosts and the small tools around them, for the demonstration and the namespace tests.
// One program, a role a file, dispatched by the table below.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

type role struct {
	name string
	help string
	run  func(ctx context.Context, args []string) error
}

var roles = []role{
	{"node", "a node: status exchange, verdict after evidence, reports to peergate", runNode},
	{"good", "good peers that answer the status exchange and stay", runGood},
	{"host", "a host that judges nobody, reports nothing and dials what it is told to", runHost},
	{"quic", "plain quic-go: version 2, Retry, IDs of no bytes, 0-RTT, another path", runQuic},
	{"download", "QUIC: gives bytes, or takes them and says how fast they came", runDownload},
	{"storm", "bad peers from addresses of their own: mute or on a wrong fork, back at once", runStorm},
	{"flood", "one address that opens TCP connections at a fixed rate", runFlood},
	{"listen", "a TCP listener that writes down who reached it", runListen},
	{"replay", "makes a log's connects as real ones and writes the log as it happens", runReplay},
	{"standin", "stands in for a Prysm 7.1.6: takes connections, writes a storm's log, answers its API", runStandin},
	{"actors", "makes each connection of a storm of 7.1.6 as a real one, from its own address", runActors},
	{"wire", "counts what leaves for given prefixes, on the wire", runWire},
	{"dns", "a name server that knows one address", runDNS},
	{"close", "live TCP connections; bans their sources; how soon each is closed", runClose},
	{"meter", "writes down peergate's events and status", runMeter},
	{"rows", "the same of a storm of 7.1.6 alone, as rows of Markdown", runRows},
	{"report", "joins what all of them wrote into report.json, a table and a time line", runReport},
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: peers ROLE [flags]")
	for _, r := range roles {
		fmt.Fprintf(os.Stderr, "  %-8s %s\n", r.name, r.help)
	}
}

func main() {
	args := asNode(os.Args[0], os.Args[1:])
	if len(args) < 1 {
		usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, r := range roles {
		if r.name != args[0] {
			continue
		}
		if err := r.run(ctx, args[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "peers %s: %v\n", r.name, err)
			os.Exit(1)
		}
		return
	}
	usage()
	os.Exit(2)
}

// newFlags names the role in its own usage.
func newFlags(name string) *flag.FlagSet {
	return flag.NewFlagSet("peers "+name, flag.ExitOnError)
}
