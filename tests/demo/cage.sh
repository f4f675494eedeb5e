# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# cage: a cgroup of our own for the node, as a service manager or a container gives it one: the dial door hangs there, and nobody
# else is in it. Wherever the machine has its hierarchy of version 2, pure or beside the first.

CAGE=         # its path as the daemon takes it
CAGE_FOLDER=  # where it is

# cage_up NAME: fails where there is no such hierarchy, or no right to it.
cage_up() {
	local hierarchy
	hierarchy=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	[ -n "$hierarchy" ] && mkdir "$hierarchy/$1" || return
	CAGE=/$1 CAGE_FOLDER=$hierarchy/$1
}

cage_down() {
	[ -z "$CAGE_FOLDER" ] || rmdir "$CAGE_FOLDER"
	CAGE='' CAGE_FOLDER=''
}

# start_caged NAMESPACE NAME COMMAND…: as start, but the process is in the cage before it is the command: a socket belongs to
# the cgroup in which it was made.
start_caged() {
	# shellcheck disable=SC2016 # the inner shell expands it
	start "$1" "$2" sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CAGE_FOLDER" "${@:3}"
}
