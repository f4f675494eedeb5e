// SPDX-License-Identifier: BSD-2-Clause

package main

// rpc: a small JSON-RPC 2.0 client over peergate's unix socket: calls with a deadline, and notifications.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

var errNoAnswer = errors.New("no answer in time")

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

type rpcMessage struct {
	ID     *uint64         `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
	Params json.RawMessage `json:"params"`
}

type rpcClient struct {
	conn   net.Conn
	notify func(rpcMessage) // called for each notification, from the reading goroutine

	mutex   sync.Mutex
	next    uint64
	waiting map[uint64]chan rpcMessage
	broken  error
}

func rpcDial(path string, notify func(rpcMessage)) (*rpcClient, error) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	c := &rpcClient{conn: conn, notify: notify, waiting: make(map[uint64]chan rpcMessage)}
	go c.read()
	return c, nil
}

func (c *rpcClient) close() { _ = c.conn.Close() }

func (c *rpcClient) read() {
	dec := json.NewDecoder(bufio.NewReader(c.conn))
	for {
		var m rpcMessage
		if err := dec.Decode(&m); err != nil {
			c.fail(err)
			return
		}
		c.deliver(m)
	}
}

func (c *rpcClient) deliver(m rpcMessage) {
	if m.ID == nil {
		if c.notify != nil && m.Method != "" {
			c.notify(m)
		}
		return
	}
	c.mutex.Lock()
	ch := c.waiting[*m.ID]
	delete(c.waiting, *m.ID)
	c.mutex.Unlock()
	if ch != nil {
		ch <- m
	}
}

func (c *rpcClient) fail(err error) {
	if err == io.EOF {
		err = errors.New("peergate closed the connection")
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.broken = err
	for id, ch := range c.waiting {
		delete(c.waiting, id)
		close(ch)
	}
}

// send registers an answer's channel and writes the request.
func (c *rpcClient) send(method string, params any) (uint64, chan rpcMessage, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.broken != nil {
		return 0, nil, c.broken
	}
	c.next++
	request, err := json.Marshal(map[string]any{
		"jsonrpc": "2.0", "id": c.next, "method": method, "params": []any{params},
	})
	if err != nil {
		return 0, nil, err
	}
	ch := make(chan rpcMessage, 1)
	c.waiting[c.next] = ch
	_, err = c.conn.Write(append(request, '\n'))
	return c.next, ch, err
}

// call waits for the answer until timeout and puts its result into ret (nil: not wanted).
func (c *rpcClient) call(method string, params any, ret any, timeout time.Duration) error {
	id, ch, err := c.send(method, params)
	if err != nil {
		return err
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case m, ok := <-ch:
		if !ok {
			return c.broken
		}
		if m.Error != nil {
			return fmt.Errorf("%s: %w", method, m.Error)
		}
		if ret == nil {
			return nil
		}
		return json.Unmarshal(m.Result, ret)
	case <-timer.C:
		c.mutex.Lock()
		delete(c.waiting, id)
		c.mutex.Unlock()
		return errNoAnswer
	}
}
