# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# root: sourced by the scripts that need it: `become_root "$@"` runs the script again through sudo, or says why not.

become_root() {
	[ "$(id -u)" -eq 0 ] && return
	if ! command -v sudo >/dev/null; then
		echo "${0##*/}: needs root, and there is no sudo here: run it as root" >&2
		exit 1
	fi
	exec sudo --preserve-env=CI,BUILD,GOFLAGS,GOPROXY,DEBIAN_MIRROR -- "$0" "$@"
}

# Gives what root made below the given folders back to the person who called sudo.
give_back() {
	[ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@" 2>/dev/null || true
}
