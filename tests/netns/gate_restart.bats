#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154
# The gate outlives its daemon: adopted after a kill, upgraded and migrated while packets pass, each of them judged.
bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/gate.bash"
	gate_up
}

teardown() {
	gate_down
}

COUNT=20000 PER_SECOND=5000

# storm: for four seconds a banned and a good source send what can be counted.
storm() {
	listen
	send bad "$BAD" $COUNT $PER_SECOND
	BAD_SENDER=$started
	send good "$GOOD" $COUNT $PER_SECOND
	GOOD_SENDER=$started
	sleep 0.5
}

# still_storming: what was to happen in the storm did happen in it.
still_storming() {
	kill -0 "$BAD_SENDER" "$GOOD_SENDER"
}

# all_judged: of the banned source nothing arrived, of the good one everything, and the gate counted each packet.
all_judged() {
	local lost
	wait "$BAD_SENDER" "$GOOD_SENDER"
	sleep 0.2
	[ "$(heard "$BAD")" = 0 ]
	lost=$(lost)
	echo "lost before the gate: $lost; refused $(counted refuse), passed $(counted pass), heard $(heard "$GOOD")"
	[ "$(($(heard "$GOOD") + $(counted refuse) + lost))" -ge $((2 * COUNT)) ]
	[ "$(($(counted pass) + $(counted refuse) + lost))" -eq $((2 * COUNT)) ]
}

link_id() {
	net_in "$NODE" bpftool -j link show pinned "$PINS/link_gate0" | jq .id
}

tag_of() {
	ask --json status | jq -r '.interfaces[0].program_tag'
}

@test "kill -9 under traffic: bans hold without a daemon, and the next one adopts the link" {
	local id rung
	for rung in tcx native; do
		gated --attach $rung
		ask ban "$BAD"
		id=$(link_id)
		storm
		killed
		sleep 1
		gated --attach $rung
		still_storming
		[ "$(link_id)" = "$id" ]
		all_judged
		daemon_off
	done
}

@test "an upgrade of the programs under traffic, on each rung" {
	local id rung tag
	other_build newer bpf/gate.bpf.h 's/enum action gate_judge(.*/&\n/; s/^\tconst struct settings \*settings = look_settings();/\tasm volatile("r0 = 7" ::: "r0");\n&/'
	for rung in tcx native generic clsact; do
		gated --attach $rung
		ask ban "$BAD"
		tag=$(tag_of)
		id=$([ $rung = clsact ] || link_id)
		storm
		killed
		other_daemon --attach $rung
		still_storming
		[ "$(tag_of)" != "$tag" ]
		[ "$(rung_of gate0)" = $rung ]
		[ "$([ $rung = clsact ] || link_id)" = "$id" ]
		all_judged
		daemon_off
	done
}

# loads: how many programs of more than a thousand instructions the daemon has given to the verifier, see spied().
loads() {
	[ ! -e "$WORK/loads" ] || wc -c <"$WORK/loads"
}

# spied COMMAND…: with each such load noted.
spied() {
	[ -e "$WORK/spy.so" ] || gcc -shared -fPIC -x c -o "$WORK/spy.so" - -ldl <<-END
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <stdarg.h>
		#include <stdio.h>
		#include <sys/syscall.h>
		#include <linux/bpf.h>
		long syscall(long number, ...)
		{
			long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
			va_list list;
			long a, b, c, d, e, f;
			va_start(list, number);
			a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
			d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
			va_end(list);
			if (number == SYS_bpf && (int)a == BPF_PROG_LOAD && ((union bpf_attr *)b)->insn_cnt > 1000) {
				FILE *log = fopen("$WORK/loads", "a");
				fputc('.', log);
				fclose(log);
			}
			return real(number, a, b, c, d, e, f);
		}
	END
	rm -f "$WORK/loads"
	LD_PRELOAD=$WORK/spy.so "$@"
}

@test "the same build takes the pinned programs as they are; another, or one whose pin is not noted, loads its own" {
	local all
	spied gated
	all=$(loads)
	[ "$all" -ge 3 ]
	ask ban "$BAD"
	killed
	spied gated
	[ -z "$(loads)" ]
	[ "$(arrived "$BAD")" = 0 ]
	killed
	rm "$PINS/build"
	spied gated
	[ "$(loads)" = "$all" ]
	killed
	spied gated --sources-max 4096
	[ "$(loads)" = "$all" ]
	killed
	spied gated --sources-max 4096
	[ -z "$(loads)" ]
	killed
	rm "$PINS/gate_tc_bare"
	spied gated --sources-max 4096
	[ "$(loads)" = "$all" ]
	killed
	other_build newer bpf/gate.bpf.h 's/enum action gate_judge(.*/&\n/; s/^\tconst struct settings \*settings = look_settings();/\tasm volatile("r0 = 7" ::: "r0");\n&/'
	spied other_daemon --sources-max 4096
	[ "$(loads)" = "$all" ]
	[ "$(arrived "$BAD")" = 0 ]
}

@test "another size of sources under traffic: bans, trust and counts are carried, nothing passes unjudged" {
	local rung
	for rung in tcx native; do
		gated --attach $rung --sources-max 1024
		ask ban "$BAD"
		ask ban 198.51.100.0/24
		ask allow 203.0.113.9
		storm
		killed
		gated --attach $rung --sources-max 4096
		still_storming
		[ "$(ask --json status | jq '.maps[] | select(.name == "sources") | .max')" = 4096 ]
		[ "$(ask --json status | jq '.maps[] | select(.name == "sources") | .entries')" = 2 ]
		[ "$(ask --json status | jq '.maps[] | select(.name == "prefixes") | .entries')" = 1 ]
		all_judged
		[ ! -e "${PINS}_next" ]
		daemon_off
	done
}

@test "another ABI under traffic: a word keeps its meaning where its number changed, a member where it moved" {
	local before after
	other_build other include/peergate/abi.h '
		s/PEERGATE_ABI = [0-9]*/PEERGATE_ABI = 99/
		s/^\t_(NONE, none)  *\\/\t_(NONE, none) _(EARLIER, earlier) \\/
		/^struct record {/,/^};/ { s/^\t__u64 until;.*/\t__u64 added;\n&/ }
		/sizeof(struct record) == 16/d'
	gated
	ask ban "$BAD" --reason protocol_violation
	ask ban 2001:db8:5::/48 --reason irrelevant_network
	before=$(bpftool -j map dump pinned "$PINS/sources" | jq '.[0].formatted.value | {until, standing, reason}')
	storm
	killed
	other_daemon
	still_storming
	after=$(bpftool -j map dump pinned "$PINS/sources" | jq '.[0].formatted.value | {until, standing, reason}')
	bpftool map dump pinned "$PINS/sources"
	[ "$before" = "$after" ]
	[[ "$(bpftool map dump pinned "$PINS/prefixes")" == *irrelevant_network* ]]
	[[ "$(bpftool map dump pinned "$PINS/sources")" == *'"added"'* ]]
	all_judged
}

@test "a migration that was cut short is begun again" {
	gated --sources-max 1024
	ask ban "$BAD"
	killed
	mkdir "${PINS}_next"
	bpftool map pin pinned "$PINS/pace" "${PINS}_next/sources"
	gated --sources-max 2048
	[ ! -e "${PINS}_next" ]
	[ "$(arrived "$BAD")" = 0 ]
}

@test "a migration that fails at its last step: the old programs are behind the links again" {
	local program
	echo '#include <errno.h>
		int renameat2(int a, const char *b, int c, const char *d, unsigned int e) { return errno = EIO, -1; }' |
		gcc -w -shared -fPIC -x c -o "$WORK/broken.so" -
	gated --sources-max 1024
	ask ban "$BAD"
	killed
	LD_PRELOAD=$WORK/broken.so refused_to_start --interface gate0 --sources-max 2048
	[[ "$output" == *"cannot exchange it"* ]]
	program=$(bpftool -j prog show pinned "$PINS/gate_tc" | jq .id)
	[ "$(net_in "$NODE" bpftool -j link show pinned "$PINS/link_gate0" | jq .prog_id)" = "$program" ]
	[ "$(arrived "$BAD")" = 0 ]
	[ ! -e "${PINS}_next" ]
	gated --sources-max 2048
	[ "$(ask --json status | jq '.maps[] | select(.name == "sources") | .entries')" = 1 ]
}

@test "a size too small for what is held is refused, and the gate stays as it was" {
	local i
	gated --sources-max 64
	for ((i = 1; i <= 64; i++)); do
		echo "198.51.100.$i"
	done | while read -r source; do ask ban "$source"; done >/dev/null
	killed
	gated --sources-max 128
	ask ban "$BAD"
	killed
	refused_to_start --interface gate0 --sources-max 64
	[[ "$output" == *"sources: the pinned map holds more than the new size of 64"* ]]
	[ "$(arrived "$BAD")" = 0 ]
}

@test "a second daemon on the same pins is refused and names the first" {
	local first
	gated
	first=$DAEMON
	run -1 timeout 10 nsenter --net="/run/netns/$NODE" "$BUILD/peergated" --interface gate0 \
		--service "beacon=tcp:$PORT" --store none --run-dir "$WORK/other-run" --pin-dir "$PINS"
	[[ "$output" == *"pid $first"* ]]
	ask status
}

@test "pins are the daemon's own: folder 0700, files 0600" {
	gated
	[ "$(stat -c %a:%U "$PINS")" = 700:nobody ]
	[ "$(find "$PINS" -type f ! -perm 600)" = "" ]
	[ "$(find "$PINS" ! -user nobody)" = "" ]
}

# foreign N: a line for bpftool that fills one entry of sources behind the daemon's back.
foreign() {
	echo "map update pinned $PINS/sources key hex 00 00 ff ff cb 00 71 $(printf %02x "$1")" \
		"value hex 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
}

@test "a full map says so, and what it holds stays" {
	local i
	gated --sources-max 64
	ask ban "$BAD"
	for ((i = 1; i < 64; i++)); do
		foreign $i
	done >"$WORK/fill"
	bpftool batch file "$WORK/fill" >/dev/null
	run -1 ask ban 198.51.100.77
	[[ "$output" == *"sources: full with"*"of 64 entries: what it holds stays"* ]]
	[ "$(arrived "$BAD")" = 0 ]
	bpftool map delete pinned "$PINS/sources" key hex 00 00 ff ff cb 00 71 01
	ask ban 198.51.100.78
	[[ "$(bpftool map dump pinned "$PINS/sources")" == *'198,51,100,78'* ]]
}

@test "no memory for one more entry: a sentence, what is held stays, and it goes on when there is some again" {
	gcc -shared -fPIC -x c -o "$WORK/starved.so" - <<-END
		#include <errno.h>
		#include <unistd.h>
		#include <sys/syscall.h>
		#include <linux/bpf.h>
		#include <string.h>
		int bpf_map_update_elem(int fd, const void *key, const void *value, unsigned long long flags)
		{
			union bpf_attr attr;
			if (!access("$WORK/starve", F_OK) && (flags & BPF_NOEXIST))
				return errno = ENOMEM, -ENOMEM;
			memset(&attr, 0, sizeof(attr));
			attr.map_fd = fd;
			attr.key = (unsigned long)key;
			attr.value = (unsigned long)value;
			attr.flags = flags;
			return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)) ? -errno : 0;
		}
	END
	export LD_PRELOAD=$WORK/starved.so
	gated
	unset LD_PRELOAD
	ask ban "$BAD"
	touch "$WORK/starve"
	run -1 ask ban 198.51.100.7
	[[ "$output" == *"no memory for one entry more (1 held)"* ]]
	run -1 ask ban 198.51.100.0/24
	[[ "$output" == *"prefixes: the kernel has no memory"* ]]
	[ "$(arrived "$BAD")" = 0 ]
	rm "$WORK/starve"
	ask ban 198.51.100.0/24
	[ "$(arrived "$BAD")" = 0 ]
}

@test "a full table of the policy says so too" {
	local i
	gated --sources-max 64
	ask ban "$BAD"
	for ((i = 1; i < 64; i++)); do
		ask ban "198.51.100.$i"
	done >/dev/null
	ask --json status | jq -e '.maps[] | select(.name == "sources") | .entries == 64 and .max == 64'
	run -1 ask ban 203.0.113.77
	[[ "$output" == *"sources_max"* ]]
	[ "$(arrived "$BAD")" = 0 ]
}
