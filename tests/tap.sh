# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# tap: for tests that are shell scripts. check NAME COMMAND… is one test; its output becomes comments when it fails.

tap_count=0
tap_failed=0

check() {
	local name=$1 output
	shift
	tap_count=$((tap_count + 1))
	if output=$("$@" 2>&1 </dev/null); then
		echo "ok $tap_count - $name"
		return
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $name"
	[ -z "$output" ] || echo "# ${output//$'\n'/$'\n'# }"
}

# skip NAME REASON: what this machine cannot do.
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# The whole test is skipped.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# Last line of a test.
done_testing() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}

# The project's own files: what git knows, or, in a tree without git, all but build/.
project_files() {
	git ls-files -co --exclude-standard -- "$@" 2>/dev/null || find "$@" -name .git -prune -o -name build -prune -o -type f -print
}
