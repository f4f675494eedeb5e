/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * witness: what follows for a source's record when one of its connections opens, ends or is found alive. Pure.
 *
 * Live counts change by atomic steps of 64 bits, in which the census in progress (@counted: its number is in the
 * connection's mark) changes along. The rest may lose a race: statistics, not counts that refuse anybody.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include <peergate/abi.h>

#include "bytes.h"

enum { NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000, LIVE_TRIES = 16, ROW_MAX = 1 << 30 };

/* A connection as its mark (TCP) or flow (QUIC) knows it. */
struct life {
	__u64 opened_ns;
	__u32 service; /* 0 .. SERVICES_MAX - 1 */
	__u8 ended;    /* enum ended */
	__u8 lasted;   /* already told by witness_lasted() */
	__u8 late;     /* older than @opened_ns, nobody knows by how much */
	__u8 counted;  /* the census in progress counted it */
};

typedef __u64 __attribute__((may_alias)) live_word;

PURE live_word live_pack(__u32 living, __u32 census)
{
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return (__u64)census << 32 | living;
	return (__u64)living << 32 | census;
}

PURE struct live live_read(const struct live *self)
{
	live_word word = *(const volatile live_word *)self;
	__u32 low = (__u32)word, high = word >> 32;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return (struct live){.living = low, .census = high};
	return (struct live){.living = high, .census = low};
}

/* Whether nobody was faster. */
PURE int live_swap(struct live *self, struct live from, struct live to)
{
	live_word old = live_pack(from.living, from.census);

	return __sync_val_compare_and_swap((live_word *)self, old,
					   live_pack(to.living, to.census)) == old;
}

PURE void live_open(struct live *self, int counted)
{
	__sync_fetch_and_add((live_word *)self, live_pack(1, counted ? 1 : 0));
}

/* The census found one that is marked as living already; whether it is counted as such is settled later. */
PURE void live_count(struct live *self)
{
	__sync_fetch_and_add((live_word *)self, live_pack(0, 1));
}

/* Never below 0. Who loses every race leaves it to the census. */
PURE void live_end(struct live *self, int counted)
{
	for (int i = 0; i < LIVE_TRIES; i++) {
		struct live now = live_read(self), then = now;

		then.living -= now.living > 0;
		then.census -= counted && now.census > 0;
		if (live_swap(self, now, then))
			return;
	}
}

/*
 * The end of a census: what it counted is what lives. Returns the error that it found: above 0 so many were counted but
 * dead, below 0 so many lived uncounted. Both counts go on together, so a second call finds nothing.
 */
PURE __s32 live_settle(struct live *self)
{
	for (int i = 0; i < LIVE_TRIES; i++) {
		struct live now = live_read(self), then = {now.census, now.census};

		if (now.living == now.census)
			return 0;
		if (live_swap(self, now, then))
			return (__s32)(now.living - now.census);
	}
	return 0;
}

/* Before a census, while none is in progress. */
PURE void live_clear(struct live *self)
{
	for (int i = 0; i < LIVE_TRIES; i++) {
		struct live now = live_read(self), then = {now.living, 0};

		if (!now.census || live_swap(self, now, then))
			return;
	}
}

/* On all services. */
PURE __u32 witness_living(const struct witness *self)
{
	__u32 living = 0;

	for (int i = 0; i < SERVICES_MAX; i++)
		living += self->live[i].living;
	return living;
}

/* @goes_on: something lived until now, so that no pause is one. */
PURE void witness_visit(struct witness *self, __u32 service, __u64 now_ns, int goes_on)
{
	struct visit *last = &self->visits[0];
	__u32 now_s = now_ns / NS_PER_SECOND, bit = 1U << (service % SERVICES_MAX);

	if (last->services &&
	    (goes_on || now_s < last->until_s || now_s - last->until_s < VISIT_GAP_S)) {
		last->services |= bit;
		if (now_s > last->until_s)
			last->until_s = now_s;
		return;
	}
	for (int i = VISITS - 1; i > 0; i--)
		self->visits[i] = self->visits[i - 1];
	*last = (struct visit){.from_s = now_s, .until_s = now_s, .services = bit};
}

PURE void witness_seen(struct witness *self, __u64 now_ns)
{
	if (!self->first_ns)
		self->first_ns = now_ns;
	if (now_ns > self->last_ns)
		self->last_ns = now_ns;
}

/* A connection is established. @counted: a census is in progress, and this one is in it. */
PURE void witness_open(struct witness *self, __u32 service, __u64 now_ns, int counted)
{
	witness_visit(self, service, now_ns, witness_living(self) > 0);
	live_open(&self->live[service % SERVICES_MAX], counted);
	__sync_fetch_and_add(&self->opened, 1);
	witness_seen(self, now_ns);
}

/* One that lives is older than what counts as short; @first: it is told for the first time. */
PURE void witness_lasted(struct witness *self, __u32 service, __u64 now_ns, int first)
{
	self->short_lived = 0;
	if (first)
		__sync_fetch_and_add(&self->lasted, 1);
	witness_visit(self, service, now_ns, 1);
	witness_seen(self, now_ns);
}

PURE void witness_count_end(struct witness *self, __u8 ended)
{
	if (ended == ENDED_BY_US)
		__sync_fetch_and_add(&self->ended_by_us, 1);
	else if (ended == ENDED_BY_THEM)
		__sync_fetch_and_add(&self->ended_by_them, 1);
	else
		__sync_fetch_and_add(&self->ended_unknown, 1);
}

PURE __u64 life_ns(const struct life *self, __u64 ended_ns)
{
	return ended_ns > self->opened_ns ? ended_ns - self->opened_ns : 0;
}

PURE void witness_lifetime(struct witness *self, __u64 lifetime_ns)
{
	__u64 ms = lifetime_ns / NS_PER_MS;
	__u32 saturated = ms > 0xffffffff ? 0xffffffff : (__u32)ms;

	self->last_ms = saturated;
	if (saturated > self->longest_ms)
		self->longest_ms = saturated;
}

/*
 * A connection ended at @ended_ns. Returns 1 when the row of short-lived ones has grown. One of unknown age that ends soon
 * after it was found says nothing.
 */
PURE int witness_end(struct witness *self, const struct life *life, __u64 ended_ns, __u64 short_ns)
{
	__u64 lifetime_ns = life_ns(life, ended_ns);

	live_end(&self->live[life->service % SERVICES_MAX], life->counted);
	witness_count_end(self, life->ended);
	witness_visit(self, life->service, ended_ns, 1);
	witness_seen(self, ended_ns);
	if (lifetime_ns >= short_ns || life->lasted) {
		witness_lifetime(self, lifetime_ns);
		self->short_lived = 0;
		if (!life->lasted)
			__sync_fetch_and_add(&self->lasted, 1);
		return 0;
	}
	if (life->late)
		return 0;
	witness_lifetime(self, lifetime_ns);
	if (self->short_lived < ROW_MAX)
		__sync_fetch_and_add(&self->short_lived, 1);
	return 1;
}

/* Whether the row is long enough to be told, and was not told within the second. Who loses the race does not tell. */
PURE int witness_tells(struct witness *self, __u32 churn, __u64 now_ns)
{
	__u64 told_ns = *(volatile __u64 *)&self->told_ns;

	if (!churn || self->short_lived < churn)
		return 0;
	if (told_ns && now_ns - told_ns < NS_PER_SECOND)
		return 0;
	return __sync_val_compare_and_swap(&self->told_ns, told_ns, now_ns) == told_ns;
}

#endif
