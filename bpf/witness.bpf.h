/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * witness: how the doors that see whole connections tell of them. The sockets door, the census and QUIC's road write the
 * witness through these functions and no other way. Functions apart (witness.bpf.c): the verifier checks each once.
 */
#ifndef WITNESS_BPF_H
#define WITNESS_BPF_H

#include "look.bpf.h"
#include "witness.h"

/* One connection of a source that has proved its address. */
struct sight {
	struct source_key source __attribute__((aligned(8)));
	__u8 address[16]; /* IPv4 as ::ffff:a.b.c.d, out of its carrier; asked for when it opens */
	struct life life;
	__u64 now_ns; /* of its opening, ending, being found alive; boot time */
	enum transport transport;
	enum family family; /* of the packets; asked for when it opens */
	__u8 unused[6];
};

/* From the address as the socket or the packet has it to what is asked for. A dual-stack socket has IPv4 peers as ::ffff:a.b.c.d. */
PURE void sight_remote(struct sight *self)
{
	self->family = source_is_ipv4(self->address) ? FAMILY_IPV4 : FAMILY_IPV6;
	source_normalise(self->address);
	source_key_of(&self->source, self->address);
}

PURE struct census *look_census(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&census, &only);
}

/* The number of the census in progress; 0: none. Goes into the mark of what opens, with life.counted = 1. */
PURE __u32 witness_epoch(void)
{
	const struct census *census_ = look_census();

	return census_ ? *(const volatile __u32 *)&census_->epoch : 0;
}

/* None of these fails: what finds no room is counted as lost. Always 0; no pointer is NULL. */
int note_open(const struct sight *sight);
int note_newcomer(const struct sight *sight);

/* One for which the kernel had no memory. */
int note_lost(void);

/* A connection is established. */
PURE void witness_opened(const struct sight *sight)
{
	note_open(sight);
	if (!sight->life.late)
		note_newcomer(sight);
}

/* life.counted: its mark has the number of the census in progress. */
int note_end(const struct sight *sight);

/* The census counts it, once: it was marked as living already, but not yet in this census. */
int note_count(const struct sight *sight);

/* It is older than settings.short_ns. life.lasted: that was told before. */
int note_lasted(const struct sight *sight);

#endif
