// SPDX-License-Identifier: BSD-2-Clause

package main

// journal: one JSON object a line; what every role writes down, and the report reads back.

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"sync"
	"time"
)

// entry is one line. T is unix seconds; which other members are set depends on Ev.
type entry struct {
	T    float64 `json:"t"`
	Ev   string  `json:"ev"`
	Src  string  `json:"src,omitempty"`  // the peer's address
	Peer string  `json:"peer,omitempty"` // its libp2p ID
	Kind string  `json:"kind,omitempty"` // good, mute, wrong, flood
	Over string  `json:"over,omitempty"` // tcp, quic
	Port uint16  `json:"port,omitempty"` // the peer's, where it tells connections apart

	// ev "report": what the node told peergate, when the answer came, and whether it came in time.
	Event  string  `json:"event,omitempty"`
	Result string  `json:"result,omitempty"`
	Ack    float64 `json:"ack,omitempty"`

	// ev "dial": how an attempt begun at T ended.
	OK  bool    `json:"ok,omitempty"`
	Ms  float64 `json:"ms,omitempty"`
	Err string  `json:"err,omitempty"`

	// ev "tick": the node's running totals.
	Connects   uint64 `json:"connects,omitempty"`
	Denied     uint64 `json:"denied,omitempty"`
	Handshakes uint64 `json:"handshakes,omitempty"`
	CPUms      uint64 `json:"cpu_ms,omitempty"`
	Good       int    `json:"good,omitempty"`
	Held       int    `json:"held,omitempty"`

	// ev "refused": peergate's own sampled event; ev "counters": its totals.
	Verdict string           `json:"verdict,omitempty"`
	Reason  string           `json:"reason,omitempty"`
	Totals  map[string]int64 `json:"totals,omitempty"` // "verdict/reason" -> packets
}

func unixOf(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }

type journal struct {
	mutex sync.Mutex
	file  *os.File
	out   *bufio.Writer
	enc   *json.Encoder
}

func openJournal(path string) (*journal, error) {
	if path == "" {
		path = os.DevNull
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriter(file)
	j := &journal{file: file, out: out, enc: json.NewEncoder(out)}
	return j, nil
}

// write puts a line; T is now unless given. It reaches the file at the latest with the next flush.
func (j *journal) write(e entry) {
	if e.T == 0 {
		e.T = unixOf(time.Now())
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	_ = j.enc.Encode(e) // a full disk shows in the report, which misses the lines
}

func (j *journal) flush() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	_ = j.out.Flush()
}

func (j *journal) close() {
	j.flush()
	_ = j.file.Close()
}

// flushEach flushes until done is closed, so that a reader sees what happened a moment ago.
func (j *journal) flushEach(period time.Duration, done <-chan struct{}) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			j.flush()
		}
	}
}

func readJournal(path string) ([]entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []entry
	dec := json.NewDecoder(bufio.NewReader(file))
	for {
		var e entry
		if err := dec.Decode(&e); err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
		all = append(all, e)
	}
}
