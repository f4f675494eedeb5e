# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# follow: what the tests of the follower's sources share: the node's lines, and who is refused in the end. Behind gate.bash.

# The logs' peers connect to nobody here: nothing would bear the follower out (doors_witness.bats is about that).
gated() {
	daemon_start "$NODE" enforce --user nobody --pace off --churn 0 --corroborate off "$@"
}

# follow_start [FLAGS…]: in the background, after $follow_in, which may be a way into other namespaces.
follow_start() {
	# shellcheck disable=SC2086 # a command and its words
	start "$NODE" follow ${follow_in:-} "$BUILD/peergate" --socket "$RUN/peergate.ipc" follow prysm "$@"
	export FOLLOWER=$started
}

said() {
	grep -qs -- "$1" "$WORK/follow.err"
}

verdict_of() {
	ask --json explain "$1" | jq -r .verdict
}

is_refused() {
	[ "$(verdict_of "$1")" = refuse ]
}

# told [ADDRESS]: how often a dry run has told of it as mute.
told() {
	grep -c "/${1:-.*}/.*\"result\":\"timeout\"" "$WORK/follow.out" || true
}

told_times() {
	[ "$(told "$1")" -eq "$2" ]
}

# mute ADDRESS SECONDS_AGO [AGENT [PORT]]: a line as the node writes it of a peer that never answers; AGENT as it stands in JSON.
mute() {
	printf '{"agent":"%s","direction":"Inbound","error":"chain state: no chain status for peer","level":"debug","msg":"Initiate peer disconnection","multiaddr":"/ip4/%s/tcp/%d/p2p/16UiuMute%s","package":"beacon-chain/p2p","remainingActivePeers":3,"time":"%s"}\n' \
		"${3:-x}" "$1" "${4:-$((20000 + $2))}" "${1##*.}" "$(date -u -d "@$(($(date +%s) - $2))" '+%F %T.00')"
}

# colour_mute ADDRESS: the same on the node's standard error, as it is by default.
colour_mute() {
	printf '\e[90m[%s]\e[0m \e[37mDEBUG\e[0m\e[36m p2p:\e[0m Initiate peer disconnection \e[37magent\e[0m=x \e[37mdirection\e[0m=Inbound \e[37merror\e[0m=chain state: no chain status for peer \e[37mmultiaddr\e[0m=/ip4/%s/tcp/%d/p2p/16UiuMute%s \e[37mremainingActivePeers\e[0m=1\n' \
		"$(date -u '+%F %T.00')" "$1" "$RANDOM" "${1##*.}"
}

# plain_mute ADDRESS [AGENT]: without colours, and without a newline.
plain_mute() {
	printf '[%s] DEBUG p2p: Initiate peer disconnection agent=%s direction=Inbound error=chain state: no chain status for peer multiaddr=/ip4/%s/tcp/%d/p2p/16UiuMute%s remainingActivePeers=1' \
		"$(date -u '+%F %T.00')" "${2:-x}" "$1" 20000 "${1##*.}"
}

# file_mute ADDRESS [PORT]: as the debug file has it, which anybody could have written.
file_mute() {
	printf 'time="%s" level=debug msg="Initiate peer disconnection" agent="x" direction=Inbound error="chain state: no chain status for peer" multiaddr="/ip4/%s/tcp/%d/p2p/16UiuMute%s" package="beacon-chain/p2p" remainingActivePeers=1\n' \
		"$(date -u '+%F %T.00')" "$1" "${2:-4001}" "${1##*.}"
}

# forged PIECE: a line of more than two pieces of so many bytes, of which the second looks like an entry of the node's.
forged() {
	local line
	line="{\"agent\":\"$(many $(($1 - 10)) a)"
	line+="$(plain_mute 198.51.100.99 "$(many $(($1 - 210)) b)")"
	[ "${#line}" -eq $((2 * $1)) ] || { echo "${#line}" >&2; return 1; }
	line+=$(mute 198.51.100.1 0 | cut -c11-)
	printf '%s\n' "$line"
}

# many COUNT TEXT: the text so often.
many() {
	printf -- "$2%.0s" $(seq "$1")
}

# mounts_up SCRIPT: a mount namespace in which it has been run; it lives as long as the test. inside COMMAND… runs there, and so does the follower.
mounts_up() {
	BUILD=$(realpath "$BUILD") # another mount namespace has another working folder
	start "$NODE" mounts unshare -m --propagation private sh -c "$1 && echo ready && exec sleep infinity"
	MOUNTS=$started
	wait_for 5 "the mounts" has_said mounts ready
	follow_in="nsenter --mount --target $MOUNTS"
}

inside() {
	nsenter --mount --target "$MOUNTS" "$@"
}

# follows [FLAGS…]: a dry run of what comes from now on.
follows() {
	follow_start --dry-run "$@"
	wait_for 5 "it to begin" said "from its end on\|begun\|waiting for it"
}
