# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Completion for peergate: verbs and options as its own help lists them, and the words that they take.

_peergate_verbs() {
	peergate help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

_peergate_options() {
	peergate help "$1" 2>/dev/null | grep -o -- '--[a-z-]*' | sort -u
}

_peergate_words() {
	case $1:$2 in
	*:--socket | *:-s | *:--pin-dir | *:--log | *:--table) compgen -f -- "$3" ;;
	*:--reason) echo bad_score irrelevant_network unviable_fork too_many_peers rate_limited io_error client_shutdown \
		unknown protocol_violation operator ;;
	*:--standing) echo trusted good neutral poor discouraged banned ;;
	*:--sort) echo peer addr standing score until last_seen ;;
	*:--direction) echo in out ;;
	follow:--journal) systemctl list-units --type=service --no-legend --plain 2>/dev/null | cut -d' ' -f1 ;;
	follow:--docker) docker ps --format '{{.Names}}' 2>/dev/null ;;
	follow:--pid) pgrep -f beacon-chain ;;
	*:--for | *:--ttl | *:--max | *:--connected | *:--want | *:--seed | *:--digest | *:--head-slot | *:-n) ;;
	*:--syncing) echo yes no ;;
	mode:*) echo observe enforce ;;
	breaker:*) echo resume hold ;;
	help:*) _peergate_verbs ;;
	follow:prysm | follow:lighthouse | follow:teku | follow:nimbus | follow:lodestar | follow:grandine | follow:go-libp2p | rank:* | import:* | export:*) compgen -f -- "$3" ;;
	follow:*) echo prysm lighthouse teku nimbus lodestar grandine go-libp2p ;;
	esac
}

_peergate() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s | --socket) ((i++)) ;;
		-*) ;;
		*) verb=${COMP_WORDS[i]} && break ;;
		esac
	done
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_peergate_options "${verb:-version}")" -- "$current")
	elif [[ -z $verb && $before != -s && $before != --socket ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_peergate_verbs)" -- "$current")
	else
		mapfile -t COMPREPLY < <(compgen -W "$(_peergate_words "$verb" "$before" "$current")" -- "$current")
	fi
}

complete -F _peergate peergate
