// SPDX-License-Identifier: BSD-2-Clause

package main

// replay: a node's log happens again. Each connect in it is made as a real TCP connection from the peer's address at the
// log's own pace (times speed); a line is written when it happens, with the time it happens at. A connect that does not
// reach the listener leaves no "Connected", as it would leave none in the node's log; the node's other words stand as
// they were said.

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const (
	msgConnected  = "Connected"
	msgVerdict    = "Peer has given too many bad responses; will ignore in future"
	replayConnect = 900 * time.Millisecond // under TCP's first retransmission: one SYN a connect
)

type line struct {
	at     time.Time
	msg    string
	fields map[string]any
}

func readLog(path string) ([]line, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []line
	in := bufio.NewScanner(file)
	for in.Scan() {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l.fields); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, len(all)+1, err)
		}
		l.msg, _ = l.fields["msg"].(string)
		text, _ := l.fields["time"].(string)
		if l.at, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, len(all)+1, err)
		}
		all = append(all, l)
	}
	return all, in.Err()
}

type replay struct {
	out     *os.File
	journal *journal
	dialer  net.Dialer
	to      string
	mutex   sync.Mutex
	pending sync.WaitGroup
}

// happen writes the line with the time of now, in one write, as a log does.
func (r *replay) happen(l line) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	l.fields["time"] = time.Now().Format(time.RFC3339)
	text, err := json.Marshal(l.fields)
	if err != nil {
		return err
	}
	if l.msg == msgVerdict {
		r.journal.write(entry{Ev: "verdict"})
	}
	_, err = r.out.Write(append(text, '\n'))
	return err
}

func (r *replay) connect(l line) {
	defer r.pending.Done()
	begin := time.Now()
	c, err := r.dialer.Dial("tcp", r.to)
	e := entry{T: unixOf(begin), Ev: "dial", OK: err == nil, Ms: time.Since(begin).Seconds() * 1e3}
	if err != nil {
		e.Err = err.Error()
		r.journal.write(e)
		return
	}
	if local, ok := c.LocalAddr().(*net.TCPAddr); ok {
		e.Port = uint16(local.Port)
	}
	r.journal.write(e)
	_ = r.happen(l)
	_ = c.Close()
}

func (r *replay) run(ctx context.Context, lines []line, speed float64) error {
	begin := time.Now()
	for _, l := range lines {
		due := begin.Add(time.Duration(float64(l.at.Sub(lines[0].at)) / speed))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(due)):
		}
		if l.msg == msgConnected {
			r.pending.Add(1)
			go r.connect(l)
			continue
		}
		r.pending.Wait() // what is said of a connection follows it
		if err := r.happen(l); err != nil {
			return err
		}
	}
	r.pending.Wait()
	return nil
}

func runReplay(ctx context.Context, args []string) error {
	flags := newFlags("replay")
	log := flags.String("log", "", "the log to replay")
	out := flags.String("out", "", "the log as it happens, appended")
	from := flags.String("from", "", "the peer's address")
	to := flags.String("to", "", "the listener, ADDR:PORT")
	speed := flags.Float64("speed", 20, "times the log's own pace")
	notes := flags.String("journal", "", "where to write what happens")
	_ = flags.Parse(args)
	source, err := netip.ParseAddr(*from)
	if err != nil {
		return err
	}
	lines, err := readLog(*log)
	if err != nil {
		return err
	}
	r := &replay{to: *to, dialer: net.Dialer{
		Timeout: replayConnect, LocalAddr: &net.TCPAddr{IP: net.IP(source.AsSlice())},
	}}
	if r.out, err = os.OpenFile(*out, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	defer r.out.Close()
	if r.journal, err = openJournal(*notes); err != nil {
		return err
	}
	defer r.journal.close()
	return r.run(ctx, lines, *speed)
}
