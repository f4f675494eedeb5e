/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* census: what its two files share. */
#ifndef CENSUS_BPF_H
#define CENSUS_BPF_H

#include "look.bpf.h"
#include "witness.bpf.h"

static __always_inline void look_at_age(const struct sight *sight, __u8 *lasted)
{
	const struct settings *settings = look_settings();

	if (!settings || life_ns(&sight->life, sight->now_ns) < settings->short_ns)
		return;
	note_lasted(sight);
	*lasted = 1;
}

#endif
