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
	is true gate_admit '{"addr":"/ip4/198.51.100.7/udp/4001/quic-v1"}' '.retryAfter > 590 and .retryAfter <= 600'
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
	END
	# A notification of a question is answered by nobody, and the connection goes on.
	run send '{"jsonrpc":"2.0","method":"gate_admit","params":{"addr":"192.0.2.7"}}{"jsonrpc":"2.0","method":"gate_admit"}{"jsonrpc":"2.0","id":1,"method":"rpc_modules"}'
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'"id":1,"result"'* ]]
}
