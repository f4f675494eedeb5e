#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What bad input gets from a live daemon: the right code, a sentence that names the fault, and nothing changes.

load daemon

setup() {
	daemon_setup
	daemon_start
}

teardown() {
	daemon_teardown
}

# expect CODE PART: of the last answer.
expect() {
	[[ $output == *"\"code\":$1,"* ]] || { echo "no code $1: $output" && return 1; }
	[[ $output == *"$2"* ]] || { echo "no \"$2\": $output" && return 1; }
}

# after SENT: the connection still serves what comes behind it.
refuses() {
	run send "$1"$'\n{"jsonrpc":"2.0","id":"next","method":"rpc_modules"}\n'
	expect "$2" "$3"
	[[ $output == *'"id":"next","result"'* ]] || { echo "not served after: $output" && return 1; }
}

nothing_changed() {
	run ask gate_status
	[[ $output == *'"bans":0'* && $output == *'"peers":0'* && $output == *'"mode":"observe"'* ]]
}

@test "malformed JSON: -32700, and the connection goes on" {
	refuses '{"jsonrpc":"2.0","id":1,}' -32700 "not JSON"
	refuses '{"jsonrpc":"2.0" "id":1}' -32700 "not JSON"
	refuses '{"jsonrpc":"2.0","id":1,"method":"gate_status"]' -32700 "not JSON"
	refuses ']' -32700 "not JSON"
	refuses 'GET / HTTP/1.1' -32700 "not JSON"
	refuses '{"jsonrpc":"2.0","id":nul,"method":"gate_status"}' -32700 "byte"
	refuses '{"id":"a string left open}' -32700 "not JSON"
	refuses '{"jsonrpc":"2.0","id":1,"id":2,"method":"gate_status"}' -32700 "uplicate"
	refuses $'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}' -32700 "byte 0xff"
	refuses '{"jsonrpc":"2.0","id":1' -32700 "not JSON"
	nothing_changed
}

@test "no request: -32600" {
	refuses '{"id":1,"method":"gate_status"}' -32600 "jsonrpc"
	refuses '{"jsonrpc":"1.0","id":1,"method":"gate_status"}' -32600 "jsonrpc"
	refuses '{"jsonrpc":"2.0","id":1}' -32600 "method"
	refuses '{"jsonrpc":"2.0","id":1,"method":7}' -32600 "method"
	refuses '{"jsonrpc":"2.0","id":{},"method":"gate_status"}' -32600 "id"
	refuses '[]' -32600 "empty"
	refuses '[1]' -32600 "object"
	refuses '"text"' -32600 "object"
}

@test "unknown method: -32601 with the nearest" {
	refuses '{"jsonrpc":"2.0","id":1,"method":"gate_statsu"}' -32601 "did you mean gate_status?"
	refuses '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}' -32601 "eth_chainId"
}

@test "wrong parameters: -32602 naming the field, and nothing changes" {
	while read -r method params part; do
		run ask "$method" "$params"
		expect -32602 "${part//_/ }" || { echo "$method $params" && return 1; }
	done <<-'END'
		gate_ban {} addr:_missing
		gate_ban 7 params
		gate_ban ["192.0.2.7"] object
		gate_ban {"addr":7} addr:_must_be_a_string
		gate_ban {"addr":"192.0.2.7","tll":9} did_you_mean_ttl?
		gate_ban {"addr":"192.0.2.7","close":1} close:_must_be
		gate_ban {"addr":"192.0.2.7","ttl":0} ttl
		gate_ban {"addr":"192.0.2.7","ttl":-5} ttl
		gate_ban {"addr":"192.0.2.7","ttl":1e300} ttl
		gate_ban {"addr":"192.0.2.7","ttl":99999999999999999999} ttl
		gate_ban {"addr":"192.0.2.7","ttl":315576001} ttl
		gate_ban {"addr":"192.0.2.7","ttl":"600"} ttl:_must_be_a_number
		gate_ban {"addr":"192.0.2.7","reason":"bad-score"} did_you_mean_bad
		gate_ban {"addr":"192.0.2.7","reason":"none"} reason
		gate_ban {"addr":"192.0.2.7","force":1} force
		gate_ban {"addr":"192.0.2.300"} addr
		gate_ban {"addr":"example.org"} addr
		gate_ban {"addr":""} addr
		gate_ban {"addr":"192.0.2.7/24"} 192.0.2.0/24
		gate_ban {"addr":"2001:db8::1/48"} 2001:db8::/48
		gate_ban {"addr":"192.0.2.0/33"} addr
		gate_unban {"addr":"x"} addr
		gate_mode {"mode":"on"} mode
		gate_mode {} mode:_missing
		gate_status {"x":1} parameters
		gate_explain {} addr
		gate_explain {"addr":"192.0.2.7","peer":"x"} addr
		gate_peers {"count":0} count
		gate_peers {"count":1.5} count
		gate_peers {"standing":"bad"} standing
		gate_capacity {"service":"beacon","max":70} connected:_missing
		gate_capacity {"service":"bacon","max":70,"connected":1} did_you_mean_beacon?
		gate_capacity {"service":"beacon","max":0,"connected":1} max
		gate_subscribe ["blocks"] events
		gate_unsubscribe [7] params
		gate_report [] report
		gate_report [7] object
		gate_report [{"peer":"x"}] event:_missing
		gate_report [{"event":"connected"}] peer
		gate_report [{"peer":"x","event":"conected"}] did_you_mean_connected?
		gate_report [{"peer":"x","event":"handshake"}] result
		gate_report [{"peer":"x","event":"handshake","result":"bad"}] result
		gate_report [{"peer":"x","event":"connected","result":"ok"}] result
		gate_report [{"peer":"x","event":"gossip"}] score
		gate_report [{"peer":"x","event":"goodbye"}] code
		gate_report [{"peer":"x","event":"goodbye","code":70000}] code
		gate_report [{"peer":"x","event":"goodbye","code":1.5}] code
		gate_report [{"peer":"x%y","event":"connected"}] peer
		gate_report [{"peer":"","event":"connected"}] peer
		gate_report [{"peer":"x","addr":"nowhere","event":"connected"}] addr
		gate_report [{"peer":"x","event":"connected","direction":"up"}] direction
		gate_report [{"peer":"x","event":"connected","service":"x"}] service
		gate_report [{"peer":"x","event":"connected","at":"now"}] at
		gate_report [{"peer":"x","event":"connected","at":-1}] at
		gate_report [{"peer":"x","event":"connected","ad":1}] ad
	END
	nothing_changed
}

@test "one wrong report of a list: none counts" {
	run ask gate_report '[{"peer":"a","addr":"192.0.2.7","event":"connected"},{"peer":"b","event":"sneeze"}]'
	expect -32602 sneeze
	nothing_changed
}

@test "admin methods on the common socket: refused, naming the other" {
	for method in gate_ban gate_unban gate_allow gate_disallow gate_breaker gate_mode gate_off; do
		run ask "$method" '{"addr":"192.0.2.7"}' "$COMMON"
		expect -32000 admin.ipc
	done
	nothing_changed
}

@test "too deep and too long: -32600, and the connection goes on" {
	refuses "$(printf '[%.0s' $(seq 33))$(printf ']%.0s' $(seq 33))" -32600 "32 brackets"
	refuses "$(printf '[%.0s' $(seq 5000))" -32600 "32 brackets"
	# 5 MiB, more than a command line takes.
	run bash -c "{ printf '{\"a\":\"'; head -c 5242880 /dev/zero | tr '\\0' x; printf '\"}';
		printf '{\"jsonrpc\":\"2.0\",\"id\":\"next\",\"method\":\"rpc_modules\"}'; } | socat -t 2 - UNIX-CONNECT:$ADMIN"
	expect -32600 4194304
	[[ $output == *'"id":"next","result"'* ]]
}

@test "a value in pieces of one byte, values without newlines, a batch" {
	run bash -c "for c in '{' '\"jsonrpc\":\"2.' '0\",\"id\":1,\"met' 'hod\":\"rpc_mod' 'ules\"' '}'; do printf %s \"\$c\"; sleep 0.05; done |
		socat -t 2 - UNIX-CONNECT:$COMMON"
	[[ $output == *'"result":{"gate"'* ]]
	run send '{"jsonrpc":"2.0","id":1,"method":"rpc_modules"}{"jsonrpc":"2.0","id":2,"method":"rpc_modules"}'
	[ "${#lines[@]}" -eq 2 ]
	run send '[{"jsonrpc":"2.0","id":1,"method":"rpc_modules"},{"jsonrpc":"2.0","method":"rpc_modules"},{"jsonrpc":"2.0","id":"b","method":"x"}]'
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == '[{'*'"id":1,"result"'*'"id":"b","error"'*'}]' ]]
	run send '{"jsonrpc":"2.0","method":"rpc_modules"}{"jsonrpc":"2.0","method":"nothing"}[{"jsonrpc":"2.0","method":"nothing"}]'
	[ -z "$output" ]
}

@test "events that a request brings about come behind its answer, never into it" {
	ban='"method":"gate_ban","params":{"addr":"198.51.100.7","ttl":60}' longer='"method":"gate_ban","params":{"addr":"198.51.100.7","ttl":90}'
	run send "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"gate_subscribe\",\"params\":[\"events\"]}
		[{\"jsonrpc\":\"2.0\",\"id\":1,$ban},{\"jsonrpc\":\"2.0\",$longer},{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"gate_unban\",\"params\":{\"addr\":\"198.51.100.7\"}}]
		{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"gate_report\",\"params\":{\"peer\":\"x\",\"addr\":\"198.51.100.8\",\"event\":\"verdict\",\"result\":\"ban\"}}"
	[ "$(jq -c 'if type == "array" then map(.id) else .id // .params.result.type end' <<<"$output" | xargs)" = "0 [1,2] decision decision decision 3 decision" ] ||
		{ echo "$output" && return 1; }
}

@test "ids come back as they were" {
	for id in 0 -1 7 '"x"' null 9007199254740991 '"é"'; do
		run send "{\"jsonrpc\":\"2.0\",\"id\":$id,\"method\":\"gate_ban\",\"params\":{\"ttl\":99999999999999999999}}"
		[[ $output == *"\"id\":$id,"* ]] || { echo "$id: $output" && return 1; }
	done
}

@test "the lock-out guard" {
	while read -r addr part; do
		run ask gate_ban "{\"addr\":\"$addr\"}"
		expect -32000 "${part//_/ }" || { echo "$addr" && return 1; }
	done <<-'END'
		0.0.0.0/0 wider
		::/0 wider
		192.0.0.0/7 wider
		2000::/15 wider
		::/16 wider
		192.0.2.10 an_address_of_this_host
		192.0.2.0/24 192.0.2.1
		127.0.0.0/8 127.0.0.1
		192.0.2.1 default_gateway
		2001:db8::1 2001:db8::1
	END
	nothing_changed
	run ask gate_ban '{"addr":"192.0.2.1","force":true,"ttl":60}'
	[[ $output == *'"addr":"192.0.2.1/32"'* ]]
}

@test "who is logged in by SSH is not locked out" {
	listen 22
	nsenter --net="/run/netns/$PEERS" socat -u "EXEC:sleep 5" TCP:192.0.2.10:22,bind=192.0.2.7 3>&- &
	for _ in $(seq 50); do
		nsenter --net="/run/netns/$NODE" ss -Htn "sport = :22" | grep -q ESTAB && break
		sleep 0.1
	done
	sleep 1.1
	run ask gate_ban '{"addr":"192.0.2.7"}'
	expect -32000 SSH
	kill "$LISTENER"
}

# pipelined N: asks the status N times without waiting, and reads every answer.
pipelined() {
	yes '{"jsonrpc":"2.0","id":1,"method":"gate_status"}' | head -n "$1" |
		socat -t 60 - "UNIX-CONNECT:$COMMON" | grep -c '"result"'
}

@test "who asks for much at once waits for others, and gets all of it" {
	pipelined 4000 >"$BATS_TEST_TMPDIR/one" 3>&- &
	first=$!
	pipelined 4000 >"$BATS_TEST_TMPDIR/other" 3>&- &
	second=$!
	for _ in $(seq 20); do
		run ask gate_status
		[[ $output == *'"lease_age_s":'* ]]
		age=$(jq '.result.lease_age_s * 1000 | floor' <<<"$output")
		[ "$age" -lt 2500 ] || { echo "the lease was not renewed for $age ms" && return 1; }
	done
	# Twenty answers before the first of the two has all of its own.
	kill -0 "$first" && kill -0 "$second"
	wait "$first" "$second"
	[ "$(cat "$BATS_TEST_TMPDIR/one")" -eq 4000 ]
	[ "$(cat "$BATS_TEST_TMPDIR/other")" -eq 4000 ]
}
