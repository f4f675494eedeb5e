// SPDX-License-Identifier: BSD-2-Clause

package main

// standin_api: what a Beacon API says of peers: everybody who was ever there, where from, and whether he is.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"
)

const (
	ownID   = "16Uiu2HAm4T4UTjcdbNR6Bvkx5TtCYuWqmF3BimpoU6VYNeBcvzrB"
	version = "Prysm/v7.1.6 (stand-in)"
)

type apiPeer struct {
	ID        string `json:"peer_id"`
	ENR       string `json:"enr"`
	Address   string `json:"last_seen_p2p_address"`
	State     string `json:"state"`
	Direction string `json:"direction"`
}

func (g *guest) address() string {
	if g.over == transportQUIC {
		return fmt.Sprintf("/ip4/%s/udp/%d/quic-v1", g.source, g.port)
	}
	return fmt.Sprintf("/ip4/%s/tcp/%d", g.source, g.port)
}

// peers: of each the connection that lives, else the last one.
func (n *standin) peers() []apiPeer {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	last := map[string]*guest{}
	for _, g := range n.guests {
		if before := last[g.peer]; g.peer != "" && (before == nil || g.lives || !before.lives) {
			last[g.peer] = g
		}
	}
	all := []apiPeer{}
	for id, g := range last {
		state := "disconnected"
		if g.lives {
			state = "connected"
		}
		all = append(all, apiPeer{ID: id, Address: g.address(), State: state, Direction: "inbound"})
	}
	slices.SortFunc(all, func(a, b apiPeer) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return all
}

func answer(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(what)
}

func (n *standin) serveAPI(ctx context.Context, at string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /eth/v1/node/peers", func(w http.ResponseWriter, _ *http.Request) {
		all := n.peers()
		answer(w, map[string]any{"data": all, "meta": map[string]int{"count": len(all)}})
	})
	mux.HandleFunc("GET /eth/v1/node/identity", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"data": map[string]any{
			"peer_id": ownID, "enr": "", "p2p_addresses": []string{}, "discovery_addresses": []string{},
			"metadata": map[string]string{"seq_number": "1", "attnets": "0x0000000000000000"},
		}})
	})
	mux.HandleFunc("GET /eth/v1/node/syncing", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"data": map[string]any{
			"head_slot": "1000", "sync_distance": "0", "is_syncing": false, "is_optimistic": false, "el_offline": false,
		}})
	})
	mux.HandleFunc("GET /eth/v1/node/health", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("GET /eth/v1/node/version", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"data": map[string]string{"version": version}})
	})
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fmt.Println("api:", err)
		}
	}()
	return nil
}
