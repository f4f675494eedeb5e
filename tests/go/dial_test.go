// SPDX-License-Identifier: BSD-2-Clause

// go-ethereum's own client, unchanged, against a live daemon whose sockets lie in $RUN_DIR.
package dial

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
)

const patience = 5 * time.Second

func dial(t *testing.T, name string) *rpc.Client {
	t.Helper()
	client, err := rpc.DialIPC(context.Background(), filepath.Join(os.Getenv("RUN_DIR"), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

type answer map[string]any

func call(t *testing.T, client *rpc.Client, method string, args ...any) answer {
	t.Helper()
	var result answer
	if err := client.Call(&result, method, args...); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return result
}

func expectError(t *testing.T, err error, code int, part string) {
	t.Helper()
	var coded rpc.Error
	if !errors.As(err, &coded) {
		t.Fatalf("no error with a code but %v", err)
	}
	if coded.ErrorCode() != code || !strings.Contains(coded.Error(), part) {
		t.Fatalf("%d %q, not %d with %q", coded.ErrorCode(), coded.Error(), code, part)
	}
}

func TestCall(t *testing.T) {
	client := dial(t, "peergate.ipc")
	status := call(t, client, "gate_status")
	for _, member := range []string{"version", "mode", "uptime_s", "kernel", "interfaces", "services",
		"lease_age_s", "counters", "maps"} {
		if _, there := status[member]; !there {
			t.Errorf("gate_status lacks %s", member)
		}
	}
	modules, err := client.SupportedModules()
	if err != nil || modules["gate"] == "" {
		t.Errorf("rpc_modules: %v, %v", modules, err)
	}
}

func TestBanAndExplain(t *testing.T) {
	admin, common := dial(t, "admin.ipc"), dial(t, "peergate.ipc")
	addr := map[string]any{"addr": "198.51.100.7"}
	call(t, admin, "gate_ban", map[string]any{"addr": "198.51.100.7", "ttl": 60, "reason": "bad_score"})
	told := call(t, common, "gate_explain", addr)
	if told["verdict"] != "refuse" || told["reason"] != "bad_score" || told["standing"] != "banned" {
		t.Errorf("a banned source: %v", told)
	}
	if until, _ := told["until"].(float64); until < float64(time.Now().Unix()+50) {
		t.Errorf("until %v", told["until"])
	}
	call(t, admin, "gate_unban", addr)
	if told = call(t, common, "gate_explain", addr); told["verdict"] != "admit" {
		t.Errorf("an unbanned source: %v", told)
	}
}

func TestAdmit(t *testing.T) {
	admin, common := dial(t, "admin.ipc"), dial(t, "peergate.ipc")
	var told struct {
		Allow      bool
		Reason     string
		RetryAfter *int
		Why, Mode  string
	}
	question := answer{"addr": "/ip4/198.51.100.8/tcp/4001/p2p/16Uiu2HAmGo", "direction": "inbound", "service": "beacon"}
	ask := func() {
		t.Helper()
		told.RetryAfter = nil
		if err := common.Call(&told, "gate_admit", question); err != nil {
			t.Fatal(err)
		}
	}
	if ask(); !told.Allow || told.Reason != "none" || told.RetryAfter != nil {
		t.Errorf("a newcomer: %+v", told)
	}
	call(t, admin, "gate_ban", answer{"addr": "198.51.100.8", "ttl": 60, "reason": "bad_score"})
	ask()
	if told.Allow || told.Reason != "bad_score" || told.Why == "" {
		t.Errorf("a banned source: %+v", told)
	}
	if told.RetryAfter == nil || *told.RetryAfter < 50 || *told.RetryAfter > 61 {
		t.Errorf("retryAfter %v", told.RetryAfter)
	}
	call(t, admin, "gate_unban", answer{"addr": "198.51.100.8"})
	if ask(); !told.Allow {
		t.Errorf("an unbanned source: %+v", told)
	}
}

func TestRank(t *testing.T) {
	type ranked struct {
		Candidate       int
		Peer, Addr, Why string
		Key             int
	}
	type order struct {
		Seed          int64
		Dial, Skipped []ranked
	}
	common := dial(t, "peergate.ipc")
	question := answer{"candidates": []answer{
		{"peer": "16Uiu2HAmOne", "addrs": []string{"/ip4/198.51.100.20/tcp/4001", "/ip4/198.51.100.20/udp/4001/quic-v1"}},
		{"peer": "16Uiu2HAmTwo", "addrs": []string{"203.0.113.21:4001"}, "digest": "0x01020304"},
	}}
	var first, again order
	if err := common.Call(&first, "gate_rank", question); err != nil {
		t.Fatal(err)
	}
	if len(first.Dial) != 2 || first.Dial[0].Key < first.Dial[1].Key {
		t.Errorf("%+v", first)
	}
	for _, one := range first.Dial {
		if one.Peer == "16Uiu2HAmOne" && (one.Candidate != 0 || one.Addr != "/ip4/198.51.100.20/tcp/4001") {
			t.Errorf("%+v", one)
		}
	}
	question["seed"], question["want"] = first.Seed, 1
	if err := common.Call(&again, "gate_rank", question); err != nil {
		t.Fatal(err)
	}
	if again.Seed != first.Seed || len(again.Dial) != 1 || len(again.Skipped) != 1 ||
		again.Dial[0] != first.Dial[0] {
		t.Errorf("%+v, then %+v", first, again)
	}
}

func TestMeshAndPrune(t *testing.T) {
	common := dial(t, "peergate.ipc")
	var reports []answer
	for peer, addr := range map[string]string{"16Uiu2HAmMeshIn": "198.51.100.30", "16Uiu2HAmMeshOut": "203.0.113.30"} {
		direction := "inbound"
		if strings.HasSuffix(peer, "Out") {
			direction = "outbound"
		}
		reports = append(reports, answer{"peer": peer, "addr": addr, "direction": direction, "event": "connected"},
			answer{"peer": peer, "addr": addr, "direction": direction, "event": "status"})
	}
	call(t, common, "gate_report", reports)
	for method, question := range map[string]answer{"gate_mesh": {"service": "beacon"}, "gate_prune": {"want": 8}} {
		var told struct {
			Peers []struct {
				Peer, Addr, Direction, Standing, Why string
				Score                                int
				SinceS                               float64 `json:"since_s"`
			}
		}
		if err := common.Call(&told, method, question); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		for _, one := range told.Peers {
			if one.Standing == "" || one.Why == "" || (method == "gate_prune" && one.Peer == "16Uiu2HAmMeshOut") {
				t.Errorf("%s: %+v", method, one)
			}
		}
		if method == "gate_mesh" && len(told.Peers) < 2 {
			t.Errorf("%s: %+v", method, told)
		}
	}
	if told := call(t, common, "gate_node", answer{"digest": "0x01020304", "syncing": false}); told["services"] == nil {
		t.Errorf("gate_node: %v", told)
	}
}

func TestWidened(t *testing.T) {
	admin := dial(t, "admin.ipc")
	told := call(t, admin, "gate_ban", map[string]any{"addr": "2001:db8:7::1", "ttl": 60})
	if told["addr"] != "2001:db8:7::/64" || told["widened"] != true {
		t.Errorf("a bare IPv6 address: %v", told)
	}
	call(t, admin, "gate_unban", map[string]any{"addr": "2001:db8:7::/64"})
}

func TestReport(t *testing.T) {
	client := dial(t, "peergate.ipc")
	one := map[string]any{"peer": "16Uiu2HAmGo", "addr": "/ip4/192.0.2.77/tcp/4001", "direction": "inbound",
		"service": "beacon", "event": "connected"}
	for what, args := range map[string]any{"one": one, "a slice": []any{one, one}} {
		var told struct{ Taken int }
		if err := client.Call(&told, "gate_report", args); err != nil || told.Taken == 0 {
			t.Errorf("%s: %v, %v", what, told, err)
		}
	}
	if told := call(t, client, "gate_explain", map[string]any{"peer": "16Uiu2HAmGo"}); told["known"] != true {
		t.Errorf("a reported peer: %v", told)
	}
}

func TestBatch(t *testing.T) {
	client := dial(t, "peergate.ipc")
	batch := []rpc.BatchElem{
		{Method: "gate_status", Result: new(answer)},
		{Method: "gate_nothing", Result: new(answer)},
		{Method: "gate_explain", Args: []any{map[string]any{"addr": "192.0.2.1"}}, Result: new(answer)},
		{Method: "gate_explain", Args: []any{map[string]any{"addr": "nowhere"}}, Result: new(answer)},
	}
	if err := client.BatchCall(batch); err != nil {
		t.Fatal(err)
	}
	if batch[0].Error != nil || batch[2].Error != nil {
		t.Errorf("%v, %v", batch[0].Error, batch[2].Error)
	}
	expectError(t, batch[1].Error, -32601, "gate_nothing")
	expectError(t, batch[3].Error, -32602, "addr")
}

func TestNotify(t *testing.T) {
	client := dial(t, "peergate.ipc")
	report := map[string]any{"peer": "16Uiu2HAmNotified", "addr": "192.0.2.78", "event": "connected"}
	if err := client.Notify(context.Background(), "gate_report", report); err != nil {
		t.Fatal(err)
	}
	/* In order on one connection: what was notified is there for the next question. */
	if told := call(t, client, "gate_explain", map[string]any{"peer": "16Uiu2HAmNotified"}); told["known"] != true {
		t.Errorf("a notified peer: %v", told)
	}
}

func TestSubscribe(t *testing.T) {
	admin, watcher := dial(t, "admin.ipc"), dial(t, "peergate.ipc")
	events := make(chan answer, 16)
	subscription, err := watcher.Subscribe(context.Background(), "gate", events, "events")
	if err != nil {
		t.Fatal(err)
	}
	call(t, admin, "gate_ban", map[string]any{"addr": "203.0.113.9", "ttl": 60})
	defer call(t, admin, "gate_unban", map[string]any{"addr": "203.0.113.9"})
	for deadline := time.After(patience); ; {
		select {
		case event := <-events:
			if event["type"] != "decision" || event["addr"] != "203.0.113.9/32" {
				continue
			}
			if event["standing"] != "banned" || event["reason"] != "operator" {
				t.Errorf("%v", event)
			}
			subscription.Unsubscribe()
			if err := <-subscription.Err(); err != nil {
				t.Error(err)
			}
			return
		case err := <-subscription.Err():
			t.Fatal(err)
		case <-deadline:
			t.Fatal("the ban was not told")
		}
	}
}

func TestErrors(t *testing.T) {
	admin, common := dial(t, "admin.ipc"), dial(t, "peergate.ipc")
	for _, one := range []struct {
		client *rpc.Client
		method string
		args   []any
		code   int
		part   string
	}{
		{common, "gate_statsu", nil, -32601, "gate_status"},
		{common, "gate_ban", []any{answer{"addr": "192.0.2.1"}}, -32000, "admin.ipc"},
		{admin, "gate_ban", nil, -32602, "addr: missing"},
		{admin, "gate_ban", []any{"192.0.2.1"}, -32602, "one object"},
		{admin, "gate_ban", []any{answer{"addr": "192.0.2.1", "ttl": -1}}, -32602, "ttl"},
		{admin, "gate_ban", []any{answer{"addr": "192.0.2.1", "ttl": "1h"}}, -32602, "ttl: must be a number"},
		{admin, "gate_ban", []any{answer{"addr": "192.0.2.1/24"}}, -32602, "192.0.2.0/24"},
		{admin, "gate_ban", []any{answer{"adr": "192.0.2.1"}}, -32602, "did you mean addr?"},
		{admin, "gate_ban", []any{answer{"addr": "0.0.0.0/0"}}, -32000, "wider"},
		{common, "gate_subscribe", []any{"newHeads"}, -32602, "events"},
		{common, "gate_report", []any{answer{"peer": "x", "event": "sneeze"}}, -32602, "event"},
		{common, "gate_admit", []any{answer{}}, -32602, "peer: missing"},
		{common, "gate_rank", []any{answer{"candidates": []any{answer{"peer": "x"}, 7}}}, -32602, "candidates[1]"},
	} {
		var result answer
		err := one.client.Call(&result, one.method, one.args...)
		if err == nil {
			t.Errorf("%s %v: no error", one.method, one.args)
			continue
		}
		expectError(t, err, one.code, one.part)
	}
}
