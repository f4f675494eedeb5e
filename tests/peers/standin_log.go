// SPDX-License-Identifier: BSD-2-Clause

package main

// standin_log: where the stand-in's lines go: standard error, or the file that every node of 7.1.6 keeps, mode 0600, which SIGHUP
// rotates. Each entry is one write; its times are moved to now, in the form's own layout, whoever wrote them into it.

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

type nodeLog struct {
	mutex sync.Mutex
	path  string // "": standard error
	file  *os.File
}

func openNodeLog(ctx context.Context, path string) (*nodeLog, error) {
	l := &nodeLog{path: path, file: os.Stderr}
	if path == "" {
		return l, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := l.open(); err != nil {
		return nil, err
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				l.rotate()
			}
		}
	}()
	return l, nil
}

func (l *nodeLog) open() (err error) {
	l.file, err = os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return err
}

// rotate: the one backup has the moment in its name.
func (l *nodeLog) rotate() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	_ = os.Rename(l.path, l.path+"."+time.Now().UTC().Format("20060102150405"))
	old := l.file
	if l.open() != nil {
		l.file = old // a node goes on writing where it can
		return
	}
	_ = old.Close()
}

func (l *nodeLog) write(text []byte) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := []byte(time.Now().UTC().Format(stampLayout))
	_, err := l.file.Write(stamp.ReplaceAllLiteral(text, now))
	return err
}
