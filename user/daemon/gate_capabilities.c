/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_capabilities: which capabilities this kernel makes us keep, found by trying in a child that has none. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <sys/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate_load.h"

/* Before 5.19 even a held map cannot be read without CAP_BPF, unless unprivileged use is allowed altogether. */
static bool needs_bpf(const struct gate *self)
{
	struct settings held;
	uint32_t zero = 0;
	int status = 0;
	pid_t child = fork();

	if (!child) {
		cap_t none = cap_init();

		if (!none || cap_set_proc(none))
			_exit(0);
		_exit(bpf_map_lookup_elem(self->maps[MAP_SETTINGS], &zero, &held) ? 1 : 0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status);
}

void gate_weigh_capabilities(struct gate *self)
{
	self->needs_bpf = needs_bpf(self);
}

static bool uses_clsact(const struct gate *self)
{
	for (unsigned int i = 0; i < self->link_count; i++)
		if (self->links[i].shown.rung == RUNG_CLSACT ||
		    self->links[i].egress.rung == RUNG_CLSACT)
			return true;
	return false;
}

uint64_t gate_capabilities_kept(const struct gate *self, const char **ret_why)
{
	const uint64_t bpf = UINT64_C(1) << CAP_BPF, net_admin = UINT64_C(1) << CAP_NET_ADMIN;
	const char *why = "";
	uint64_t kept = 0;

	if (self->needs_bpf) {
		kept = bpf | net_admin;
		why = "this kernel (before 5.19) lets nobody use a map without CAP_BPF, nor attach "
		      "without "
		      "CAP_NET_ADMIN";
	} else if (!self->has_tcx) {
		kept = net_admin;
		why = "this kernel (before 6.6) has no TCX, and clsact filters need CAP_NET_ADMIN";
	} else if (uses_clsact(self)) {
		kept = net_admin;
		why = "clsact filters, asked for by --attach, need CAP_NET_ADMIN";
	}
	if (ret_why)
		*ret_why = why;
	return kept;
}
