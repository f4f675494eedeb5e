// SPDX-License-Identifier: BSD-2-Clause

package main

// gate: how the node speaks to peergate: a report about a connection, first hand; how full the node is. Fails open: no
// socket or no answer in 20 ms, and the node goes on.

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

const answerWithin = 20 * time.Millisecond

type gate struct {
	path    string // "": nobody to tell
	service string
	journal *journal

	mutex    sync.Mutex
	client   *rpcClient
	complain sync.Once
}

func newGate(path, service string, j *journal) *gate {
	return &gate{path: path, service: service, journal: j}
}

func (g *gate) close() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.client != nil {
		g.client.close()
	}
}

// connection gives the live client, dialling anew when the last one broke.
func (g *gate) connection() (*rpcClient, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.client != nil && g.client.alive() {
		return g.client, nil
	}
	c, err := rpcDial(g.path, nil)
	if err != nil {
		return nil, err
	}
	g.client = c
	return c, nil
}

type report struct {
	Peer      string `json:"peer"`
	Addr      string `json:"addr"`
	Direction string `json:"direction"`
	Service   string `json:"service"`
	Event     string `json:"event"`
	Result    string `json:"result,omitempty"`
	HeadSlot  uint64 `json:"head_slot,omitempty"`
}

func (n *node) report(c network.Conn, event, result string) report {
	return report{
		Peer: c.RemotePeer().String(), Addr: c.RemoteMultiaddr().String(), Direction: "inbound",
		Service: n.gate.service, Event: event, Result: result,
	}
}

func (n *node) tell(c network.Conn, event, result string) {
	n.gate.report(n.report(c, event, result), sourceOf(c), overOf(c))
}

func (n *node) tellStatus(c network.Conn, headSlot uint64) {
	r := n.report(c, "status", "")
	r.HeadSlot = headSlot
	n.gate.report(r, sourceOf(c), overOf(c))
}

// report waits 20 ms for the answer; a later one is still written down with the time it came.
func (g *gate) report(r report, source, over string) {
	e := entry{
		T: unixOf(time.Now()), Ev: "report", Src: source, Peer: r.Peer, Over: over,
		Event: r.Event, Result: r.Result,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := g.call("gate_report", r); err != nil {
			e.Err = err.Error()
		} else if g.path != "" {
			e.Ack = unixOf(time.Now())
		}
		g.journal.write(e)
	}()
	select {
	case <-done:
	case <-time.After(answerWithin):
	}
}

func (g *gate) capacity(max, connected int) {
	go func() {
		_ = g.call("gate_capacity", map[string]any{
			"service": g.service, "max": max, "connected": connected,
		})
	}()
}

// call says once on standard error when peergate answers with an error: that would be a fault of ours.
func (g *gate) call(method string, params any) error {
	if g.path == "" {
		return nil
	}
	c, err := g.connection()
	if err == nil {
		err = c.call(method, params, nil, 5*time.Second)
	}
	var refused *rpcError
	if errors.As(err, &refused) {
		g.complain.Do(func() { fmt.Fprintf(os.Stderr, "peers node: %v\n", err) })
	}
	return err
}

func (c *rpcClient) alive() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.broken == nil
}
