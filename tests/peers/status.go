// SPDX-License-Identifier: BSD-2-Clause

package main

// status: the consensus layer's status exchange, as far as a verdict needs it: one request, one answer, both the
// SSZ status message behind a length, the answer behind a result byte.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/golang/snappy"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const statusProtocol = protocol.ID("/eth2/beacon_chain/req/status/1/ssz_snappy")

// statusSize is the SSZ size of a status: digest 4, root 32, epoch 8, root 32, slot 8.
const statusSize = 84

type forkDigest [4]byte

var (
	ourFork   = forkDigest{0x6a, 0x95, 0xa1, 0xa9}
	wrongFork = forkDigest{0xde, 0xad, 0xbe, 0xef}
)

type status struct {
	fork     forkDigest
	headSlot uint64
}

func (s status) encode() []byte {
	var raw [statusSize]byte
	copy(raw[:], s.fork[:])
	binary.LittleEndian.PutUint64(raw[statusSize-8:], s.headSlot)
	out := binary.AppendUvarint(nil, statusSize)
	var framed bytes.Buffer
	w := snappy.NewBufferedWriter(&framed)
	_, _ = w.Write(raw[:]) // into memory
	_ = w.Close()
	return append(out, framed.Bytes()...)
}

// byteReader reads the length byte by byte, so that nothing of the frame behind it is lost.
type byteReader struct{ io.Reader }

func (r byteReader) ReadByte() (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(r.Reader, b[:])
	return b[0], err
}

func decodeStatus(r io.Reader) (status, error) {
	var s status
	size, err := binary.ReadUvarint(byteReader{r})
	if err != nil {
		return s, err
	}
	if size != statusSize {
		return s, fmt.Errorf("status of %d bytes, not %d", size, statusSize)
	}
	var raw [statusSize]byte
	if _, err := io.ReadFull(snappy.NewReader(r), raw[:]); err != nil {
		return s, err
	}
	copy(s.fork[:], raw[:])
	s.headSlot = binary.LittleEndian.Uint64(raw[statusSize-8:])
	return s, nil
}

// answerStatus writes the success byte and the status.
func answerStatus(w io.Writer, s status) error {
	_, err := w.Write(append([]byte{0}, s.encode()...))
	return err
}

func readAnswer(r io.Reader) (status, error) {
	var result [1]byte
	if _, err := io.ReadFull(r, result[:]); err != nil {
		return status{}, err
	}
	if result[0] != 0 {
		return status{}, errors.New("the peer answered with an error")
	}
	return decodeStatus(r)
}
