#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The questions of the network layer over the wire: may it go on, whom to dial, who is here, whom to let go.

load daemon

setup() {
	daemon_setup
}

teardown() {
	daemon_teardown
}

# result METHOD PARAMS FILTER: what jq makes of the answer.
result() {
	ask "$1" "$2" "$COMMON" | jq -rc ".result | $3"
}

# is EXPECTED METHOD PARAMS FILTER
is() {
	local got
	got=$(result "$2" "$3" "$4")
	[ "$got" = "$1" ] || { echo "$2 $3: $got, not $1" && return 1; }
}

verdict() {
	is '{"taken":1}' gate_report "{\"peer\":\"$1\",\"event\":\"verdict\",\"result\":\"$2\"$3}" .
}

@test "admit: a ban is found by its address, until it ends" {
	daemon_start --mode enforce
	is "true none null enforce" gate_admit '{"addr":"198.51.100.7:4001"}' '"\(.allow) \(.reason) \(.retryAfter) \(.mode)"'
	ask gate_ban '{"addr":"198.51.100.0/24","ttl":600,"reason":"rate_limited"}'
	is "false rate_limited" gate_admit '{"addr":"198.51.100.7:4001"}' '"\(.allow) \(.reason)"'
	is true gate_admit '{"addr":"/ip4/198.51.100.7/udp/4001/quic-v1"}' '.retryAfter > 590 and .retryAfter <= 601'
	is true gate_admit '{"addr":"198.51.100.7"}' '.why | length > 10'
	ask gate_allow '{"addr":"198.51.100.7"}'
	is true gate_admit '{"addr":"198.51.100.7:4001","service":"beacon","direction":"inbound"}' .allow
	ask gate_unban '{"addr":"198.51.100.0/24"}'
	is true gate_admit '{"addr":"198.51.100.8"}' .allow
}

@test "admit: a banned peer from a fresh address, by its ID or the one in its multiaddr" {
	daemon_start --mode enforce
	verdict 16Uiu2HAmBad ban ',"addr":"198.51.100.7:4001"'
	is false gate_admit '{"peer":"16Uiu2HAmBad"}' .allow
	is false gate_admit '{"peer":"16Uiu2HAmBad","addr":"203.0.113.9:4001"}' .allow
	is false gate_admit '{"addr":"/ip4/203.0.113.9/tcp/4001/p2p/16Uiu2HAmBad"}' .allow
	is true gate_admit '{"addr":"/ip4/203.0.113.9/tcp/4001/p2p/16Uiu2HAmOther"}' .allow
}

@test "admit: what the dial door forbids is refused before a dial, and only then" {
	daemon_start --dial bogon --dial-ports 53
	is "false private" gate_admit '{"addr":"10.1.2.3:4001","direction":"outbound"}' '"\(.allow) \(.reason)"'
	is "false bogon" gate_admit '{"addr":"[2001:db8::7]:4001","direction":"outbound"}' '"\(.allow) \(.reason)"'
	is true gate_admit '{"addr":"10.1.2.3:4001","direction":"inbound"}' .allow
	is true gate_admit '{"addr":"10.1.2.3:4001"}' .allow
	is true gate_admit '{"addr":"10.1.2.3:53","direction":"outbound"}' .allow
	is true gate_admit '{"addr":"8.8.8.8:4001","direction":"outbound"}' .allow
	ask gate_allow '{"addr":"10.1.0.0/16"}'
	is true gate_admit '{"addr":"10.1.2.3:4001","direction":"outbound"}' .allow
}

@test "one peer, in base58 or as CIDv1, for every method" {
	daemon_start --mode enforce
	id=QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N
	base32=bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe
	base36=k2k4r8ncs1yoluq95unsd7x2vfhgve0ncjoggwqx9vyh3vl8warrcp15
	verdict "$base36" ban
	for text in $id $base32 $base36; do
		is false gate_admit "{\"peer\":\"$text\"}" .allow
		is false gate_admit "{\"addr\":\"/ip4/203.0.113.9/tcp/1/p2p/$text\"}" .allow
		is "$id" gate_explain "{\"peer\":\"$text\"}" .peer
		[ "$(rank "[{\"peer\":\"$text\",\"addrs\":[\"203.0.113.1\"]}]" '.skipped[0].peer')" = "$text" ]
	done
	is 1 gate_status '{}' .book.peers
}

# rank CANDIDATES FILTER [MORE]
rank() {
	result gate_rank "{\"candidates\":$1${3:-}}" "$2"
}

@test "rank: in the candidates' own texts, the refused and the unusable left out" {
	daemon_start --mode enforce
	verdict 16Uiu2HAmBad ban ',"addr":"198.51.100.7:4001"'
	three='[{"peer":"16Uiu2HAmA","addrs":["/dns4/example.org/tcp/1","/ip4/203.0.113.1/tcp/4001/p2p/16Uiu2HAmA"]},
		{"peer":"16Uiu2HAmBad","addrs":["192.0.2.99:4001"]},
		{"addrs":["/ip6/2001:db8:5::1/udp/9000/quic-v1/p2p/16Uiu2HAmC","[2001:db8:5::1]:9000"],"digest":"0x0a0b0c0D"}]'
	[ "$(rank "$three" '.dial | sort_by(.candidate) | map("\(.candidate) \(.peer) \(.addr)") | join(", ")')" = \
		"0 16Uiu2HAmA /ip4/203.0.113.1/tcp/4001/p2p/16Uiu2HAmA, 2 16Uiu2HAmC /ip6/2001:db8:5::1/udp/9000/quic-v1/p2p/16Uiu2HAmC" ]
	[ "$(rank "$three" '.skipped | map("\(.candidate) \(.peer) \(.why)") | join(", ")')" = "1 16Uiu2HAmBad refused" ]
	[ "$(rank "$three" '[.dial[].key] | . == (sort | reverse)')" = true ]
	[ "$(rank '[]' '.dial + .skipped | length')" = 0 ]
}

@test "rank: the same seed gives the same order, another one another; the drawn one is told" {
	daemon_start
	many=$(seq 40 | jq -c '{peer: "16Uiu2HAm\(.)", addrs: ["198.\(. + 20).1.1:4001"]}' | jq -sc .)
	first=$(rank "$many" '[.dial[].candidate]' ',"seed":7')
	[ "$(rank "$many" '[.dial[].candidate]' ',"seed":7')" = "$first" ]
	[ "$(rank "$many" '.dial | length' ',"seed":7,"want":5')" -eq 5 ]
	seed=$(rank "$many" .seed)
	[ "$seed" -ge 0 ] && [ "$seed" != "$(rank "$many" .seed)" ]
}

@test "rank: what the dial door forbids is passed over" {
	daemon_start --dial private
	[ "$(rank '[{"peer":"x","addrs":["10.0.0.1:4001","203.0.113.1:4001"]}]' '.dial[0].addr')" = 203.0.113.1:4001 ]
}

@test "rank: bad candidates are named, big questions fit" {
	daemon_start
	run ask gate_rank "{\"candidates\":[{\"peer\":\"x\",\"addrs\":$(seq -f '"10.0.0.%g"' 65 | jq -sc .)}]}" "$COMMON"
	[[ $output == *'"code":-32602,'*"candidates[0]: addrs: 65 addresses, must be 64 at most"* ]]
	# 10,000 candidates of some 150 bytes, more than a command line takes.
	seq 10000 | jq -c '{peer: "16Uiu2HAmPeersLongId\(. + 1000000)abcdefghijklmnop", digest: "0x01020304",
		addrs: ["/ip4/\(. % 200 + 11).\(. / 200 | floor).3.4/tcp/4001", "/ip4/\(. % 200 + 11).\(. / 200 | floor).3.4/udp/4001/quic-v1"]}' |
		jq -sc '{jsonrpc: "2.0", id: 1, method: "gate_rank", params: {candidates: .}}' >"$BATS_TEST_TMPDIR/many"
	socat -t 5 - "UNIX-CONNECT:$COMMON" <"$BATS_TEST_TMPDIR/many" >"$BATS_TEST_TMPDIR/order"
	[ "$(jq '.result | (.dial + .skipped | length), (.dial + .skipped | map(.candidate) | unique | length)' "$BATS_TEST_TMPDIR/order" | xargs)" = "10000 10000" ]
	seq 32769 | jq -c '{peer: "x\(.)"}' |
		jq -sc '{jsonrpc: "2.0", id: 1, method: "gate_rank", params: {candidates: .}}' >"$BATS_TEST_TMPDIR/many"
	socat -t 5 - "UNIX-CONNECT:$COMMON" <"$BATS_TEST_TMPDIR/many" | grep -q 'candidates: 32769, must be 32768 at most'
}

# here PEER ADDR DIRECTION [SERVICE]: connected, and its status exchanged.
here() {
	ask gate_report "[{\"peer\":\"$1\",\"addr\":\"$2:4001\",\"direction\":\"$3\",\"service\":\"${4:-beacon}\",\"event\":\"connected\"},
		{\"peer\":\"$1\",\"addr\":\"$2:4001\",\"service\":\"${4:-beacon}\",\"event\":\"status\"}]"
}

@test "mesh and prune: who exchanged his status, by service" {
	SERVICE=beacon=tcp:13000 daemon_start --service other=tcp:14000
	ask gate_report '{"peer":"16Uiu2HAmRaw","addr":"203.0.112.1:4001","direction":"inbound","event":"connected"}'
	here 16Uiu2HAmIn 203.0.113.1 inbound
	here 16Uiu2HAmOut 203.0.114.1 outbound
	here 16Uiu2HAmOther 203.0.115.1 outbound other
	members=addr,direction,peer,score,since_s,standing,why
	is "$members" gate_mesh '{"want":1}' '.peers[0] | keys | join(",")'
	is "16Uiu2HAmIn 16Uiu2HAmOther 16Uiu2HAmOut" gate_mesh '{}' '[.peers[].peer] | sort | join(" ")'
	is "16Uiu2HAmIn 16Uiu2HAmOut" gate_mesh '{"service":"beacon"}' '[.peers[].peer] | sort | join(" ")'
	is "203.0.113.1/32 inbound true" gate_mesh '{}' \
		'.peers[] | select(.peer == "16Uiu2HAmIn") | "\(.addr) \(.direction) \(.since_s < 60)"'
	is 0 gate_prune '{"want":0}' '.peers | length'
	is true gate_prune '{"want":3}' '[.peers[].peer] | index("16Uiu2HAmOut") == null'
}

@test "node: what it says filters candidates; breaker: admin alone, and its state" {
	daemon_start
	is beacon gate_node '{"digest":"0x01020304","protocols":["/a/1"],"syncing":false,"head_slot":7}' '.services | join(",")'
	[ "$(rank '[{"peer":"x","addrs":["203.0.113.1"],"digest":"0x09020304"},{"peer":"y","addrs":["203.1.113.1"],"digest":"0x01020304"}]' \
		'"\(.dial[0].peer) \(.skipped[0].why)"')" = "y wrong_fork" ]
	run ask gate_breaker '{"action":"hold"}' "$COMMON"
	[[ $output == *'"code":-32000,'*admin.ipc* ]]
	is "by,open,opened,since,until,voided,why false null" gate_status '{}' '.breaker | "\(keys | join(",")) \(.open) \(.by)"'
	[ "$(ask gate_breaker '{"action":"hold"}' | jq -r '.result | "\(.open) \(.by) \(.until)"')" = "true operator null" ]
	is true gate_status '{}' '.warnings | any(startswith("the breaker is open"))'
	[ "$(ask gate_breaker '{"action":"resume"}' | jq -r '.result | "\(.open) \(.by)"')" = "false null" ]
	[[ $(ask gate_breaker '{"action":"holt"}') == *'"code":-32602,'*"did you mean hold?"* ]]
	[[ $(ask gate_breaker '{}') == *'"code":-32602,'*"action: missing"* ]]
}

@test "wrong questions: -32602 naming the field" {
	daemon_start
	while read -r method params part; do
		run ask "$method" "$params" "$COMMON"
		[[ $output == *'"code":-32602,'*"${part//_/ }"* ]] || { echo "$method $params: $output" && return 1; }
	done <<-'END'
		gate_admit {} peer:_missing
		gate_admit [1] one_object
		gate_admit {"peer":7} peer:_must_be_a_string
		gate_admit {"peer":""} peer:_0_letters
		gate_admit {"peer":"a%b"} no_peer_ID
		gate_admit {"addr":"192.0.2.0/24"} addr
		gate_admit {"addr":"/dns4/example.org/tcp/1"} addr
		gate_admit {"addr":"192.0.2.7","direction":"in"} direction
		gate_admit {"addr":"192.0.2.7","service":"beakon"} did_you_mean_beacon?
		gate_admit {"adr":"192.0.2.7"} did_you_mean_addr?
		gate_mesh {"want":-1} want
		gate_mesh {"want":4097} want:_4097_is_outside_0_.._4096
		gate_mesh {"service":"beakon"} did_you_mean_beacon?
		gate_prune {} want:_missing
		gate_prune {"want":"3"} want:_must_be_a_whole_number
		gate_node {} nothing_is_told
		gate_node {"service":"beacon"} nothing_is_told
		gate_node {"digest":"0x0102"} digest
		gate_node {"digest":16909060} digest:_must_be_a_string
		gate_node {"head_slot":-1} -1_is_outside
		gate_node {"syncing":"no"} syncing:_must_be_true_or_false
		gate_node {"protocols":"/a/1"} protocols:_must_be_an_array
		gate_node {"protocols":["/a/1",7]} protocols[1]:_must_be_a_name
		gate_node {"headslot":1} did_you_mean_head
		gate_explain {"peer":"a%b"} no_peer_ID
		gate_report [{"peer":"x","event":"status","digest":"0102"}] digest
		gate_report [{"peer":"x","event":"status","protocols":["a",{}]}] protocols[1]
		gate_rank {} candidates:_missing
		gate_rank {"candidates":{}} candidates:_must_be_an_array,_not_an_object
		gate_rank {"candidates":[7]} candidates[0]:_must_be_an_object
		gate_rank {"candidates":[{"peer":"x"},{}]} candidates[1]:_peer:_missing
		gate_rank {"candidates":[{"addrs":[]}]} candidates[0]:_peer:_missing
		gate_rank {"candidates":[{"peer":7}]} candidates[0]:_peer:_must_be_a_string
		gate_rank {"candidates":[{"peer":"x","addrs":"192.0.2.7"}]} candidates[0]:_addrs:_must_be_an_array
		gate_rank {"candidates":[{"peer":"x","addrs":["192.0.2.7",7]}]} candidates[0]:_addrs[1]:_must_be_a_string
		gate_rank {"candidates":[{"peer":"x","addrs":["192.0.2.300"]}]} candidates[0]:_addrs[0]
		gate_rank {"candidates":[{"peer":"x","addrs":["192.0.2.0/24"]}]} candidates[0]:_addrs[0]
		gate_rank {"candidates":[{"peer":"x","digest":"01020304"}]} candidates[0]:_digest
		gate_rank {"candidates":[{"peer":"x","digest":"0x0102030"}]} candidates[0]:_digest
		gate_rank {"candidates":[{"peer":"x","digest":"0x0102030g"}]} candidates[0]:_digest
		gate_rank {"candidates":[{"peer":"x","digst":"0x01020304"}]} did_you_mean_digest?
		gate_rank {"candidates":[],"want":-1} want
		gate_rank {"candidates":[],"want":1.5} want
		gate_rank {"candidates":[],"want":99999999999999999999} want
		gate_rank {"candidates":[],"seed":"7"} seed:_must_be_a_whole_number
		gate_rank {"candidates":[],"seed":1e300} seed
		gate_rank {"candidates":[],"service":"beakon"} did_you_mean_beacon?
	END
	# A notification of a question is answered by nobody, and the connection goes on.
	run send '{"jsonrpc":"2.0","method":"gate_admit","params":{"addr":"192.0.2.7"}}{"jsonrpc":"2.0","method":"gate_admit"}{"jsonrpc":"2.0","id":1,"method":"rpc_modules"}'
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'"id":1,"result"'* ]]
}

@test "status tells what the policy doubts of the node itself" {
	daemon_start --mode enforce
	is '[]' gate_status '{}' '[.doubts[] | select(test("weigh nothing"))]'
	ask gate_node '{"service":"beacon","syncing":true}'
	is 1 gate_status '{}' '[.doubts[] | select(test("useless answers and heads weigh nothing"))] | length'
}
