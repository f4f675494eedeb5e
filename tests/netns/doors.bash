# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# doors: what the tests of the doors beside the front one share: a cgroup of their own, what hangs in it, what is left.

# doors_up: after gate_up. HIERARCHY is where cgroups of version 2 are, GROUP the test's own below it.
doors_up() {
	HIERARCHY=$(findmnt -n -o TARGET -t cgroup2 | head -1)
	[ -n "$HIERARCHY" ] || skip "no cgroups of version 2"
	GROUP=/pgtest-$$
	mkdir "$HIERARCHY$GROUP" || skip "no right to make a cgroup"
	HOOKS="egress sock_ops connect4 connect6 sendmsg4 sendmsg6"
}

doors_down() {
	[ -z "${GROUP:-}" ] || [ ! -d "$HIERARCHY$GROUP" ] || rmdir "$HIERARCHY$GROUP"
}

# start_grouped NAME COMMAND…: in the node's namespace and the test's cgroup.
start_grouped() {
	local name=$1
	shift
	# shellcheck disable=SC2016
	start "$NODE" "$name" sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$HIERARCHY$GROUP" "$@"
}

# group_id: of the test's cgroup, as the pins write it.
group_id() {
	printf '%x' "$(stat -c %i "$HIERARCHY$GROUP")"
}

# door_on HOOK [PLACE]: whether the daemon says that it hangs (there).
door_on() {
	ask --json status | jq -e --arg hook "$1" --arg place "${2:-}" \
		'any(.doors[]; .hook == $hook and .on and ($place == "" or .place == $place))' >/dev/null
}

door_note() {
	ask --json status | jq -r --arg hook "$1" '.doors[] | select(.hook == $hook) | .note' | head -1
}

# all_on: each hook that can hang does.
all_on() {
	local hook
	for hook in $HOOKS census flows settle crowds kill; do
		door_on "$hook" || {
			echo "$hook: $(door_note "$hook")"
			return 1
		}
	done
}

# pinned_link HOOK: the pin of its link.
pinned_link() {
	if [ "$1" = egress ]; then
		echo "$PINS/egress_gate0"
	else
		echo "$PINS/cgroup_$(group_id)_$1"
	fi
}

# links FIELD: of each hook's pinned link, a line each: "egress 17".
links() {
	local hook
	for hook in $HOOKS; do
		echo "$hook $(net_in "$NODE" bpftool -j link show pinned "$(pinned_link "$hook")" | jq ".$1")"
	done
}

# note_all: remembers what is in the kernel of this gate, for all_gone.
note_all() {
	local pin
	NOTED=$(for pin in "$PINS"/gate_*; do
		echo "prog $(bpftool -j prog show pinned "$pin" | jq .id)"
	done
	for pin in "$PINS"/*; do
		case $pin in
		*/link_* | */egress_* | */cgroup_*) echo "link $(net_in "$NODE" bpftool -j link show pinned "$pin" | jq .id)" ;;
		*/gate_* | *filter_* | */qdisc_*) ;;
		*) echo "map $(bpftool -j map show pinned "$pin" | jq .id)" ;;
		esac
	done)
	[ "$(wc -l <<<"$NOTED")" -gt 30 ]
}

# all_gone: nothing of what was noted is in the kernel any more.
all_gone() {
	local kind id
	[ ! -e "$PINS" ] && [ ! -e "${PINS}_next" ] || return
	while read -r kind id; do
		! bpftool "$kind" show id "$id" >/dev/null 2>&1 || {
			echo "$kind $id is left"
			return 1
		}
	done <<<"$NOTED"
	[[ "$(net_in "$NODE" tc qdisc show dev gate0)" != *clsact* ]]
	[ -z "$(bpftool cgroup show "$HIERARCHY$GROUP")" ]
}

# nothing_hangs: the same while a process, stopped perhaps, still holds programs and maps.
nothing_hangs() {
	local kind id
	[ ! -e "$PINS" ] && [ ! -e "${PINS}_next" ] || return
	while read -r kind id; do
		[ "$kind" != link ] || [ "$(bpftool -j link show id "$id" 2>/dev/null | jq '.cgroup_id // .ifindex // 0')" = 0 ] ||
			[ -z "$(bpftool -j link show id "$id" 2>/dev/null)" ] || {
			bpftool link show id "$id"
			return 1
		}
	done <<<"$NOTED"
	[ -z "$(bpftool cgroup show "$HIERARCHY$GROUP")" ]
}

# refusing_kernel: in PRELOAD a library that makes the kernel refuse the programs whose names are in WORK/refused, and TCX if
# the word tcx is there. What it takes for true is what older kernels say.
refusing_kernel() {
	PRELOAD=$WORK/refusing.so
	gcc -shared -fPIC -x c -o "$PRELOAD" - -ldl <<-END
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <stdarg.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/syscall.h>
		#include <linux/bpf.h>
		static int refused(const char *name)
		{
			FILE *list = fopen("$WORK/refused", "re");
			char line[32];
			int found = 0;
			while (list && !found && fscanf(list, "%31s", line) == 1)
				found = !strncmp(line, name, BPF_OBJ_NAME_LEN - 1);
			if (list)
				fclose(list);
			return found;
		}
		static int is_tcx(unsigned int type)
		{
			return type == 46 || type == 47;
		}
		long syscall(long number, ...)
		{
			long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
			va_list list;
			long a, b, c, d, e, f;
			va_start(list, number);
			a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
			d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
			va_end(list);
			if (number == SYS_bpf) {
				union bpf_attr *attr = (union bpf_attr *)b;
				if ((int)a == BPF_PROG_LOAD && refused(attr->prog_name))
					return errno = EINVAL, -1;
				if ((int)a == BPF_PROG_QUERY && is_tcx(attr->query.attach_type) && refused("tcx"))
					return errno = EINVAL, -1;
				if ((int)a == BPF_LINK_CREATE && is_tcx(attr->link_create.attach_type) && refused("tcx"))
					return errno = EINVAL, -1;
			}
			return real(number, a, b, c, d, e, f);
		}
	END
	printf '%s\n' "$@" >"$WORK/refused"
}

# doored [FLAGS…]: the daemon with every door, refusing dials to private addresses.
doored() {
	gated --cgroup "$GROUP" --dial private "$@"
}

egress_filter() {
	net_in "$NODE" tc filter show dev gate0 egress
}

# other_programs: a build whose programs have another text and do the same.
other_programs() {
	other_build newer bpf/look.bpf.h '/^PURE const struct settings \*look_settings(void)/,/^}/ s/^\treturn/\tasm volatile("r0 = 7" ::: "r0");\n&/'
}
