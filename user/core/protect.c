/* SPDX-License-Identifier: BSD-2-Clause */
#include "protect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "places.h"

#define IPV4(a, b, c, d, length)                                                        \
	{                                                                               \
		{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}}, 96 + (length) \
	}
#define IPV6(a, b, length)                                                 \
	{                                                                  \
		{{a, b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, length \
	}

/*
 * Addresses that name no host of the public network, or a host near to ours: IANA's special-purpose registries. The ranges
 * for documentation and 198.18.0.0/15 are missing on purpose: nothing of ours lives there, and tests do.
 * ::/96 holds the unspecified address and loopback, and no IPv4-mapped address.
 */
static const struct {
	struct prefix prefix;
	const char *what;
} special[] = {
	{IPV4(0, 0, 0, 0, 8), "this network (0.0.0.0/8)"},
	{IPV4(10, 0, 0, 0, 8), "private (10.0.0.0/8)"},
	{IPV4(100, 64, 0, 0, 10), "a provider's own (100.64.0.0/10)"},
	{IPV4(127, 0, 0, 0, 8), "loopback"},
	{IPV4(169, 254, 0, 0, 16), "link-local"},
	{IPV4(172, 16, 0, 0, 12), "private (172.16.0.0/12)"},
	{IPV4(192, 168, 0, 0, 16), "private (192.168.0.0/16)"},
	{IPV4(224, 0, 0, 0, 4), "multicast"},
	{IPV4(255, 255, 255, 255, 32), "broadcast"},
	{IPV6(0, 0, 96), "loopback or unspecified"},
	{IPV6(0xfc, 0, 7), "private (fc00::/7)"},
	{IPV6(0xfe, 0x80, 10), "link-local"},
	{IPV6(0xff, 0, 8), "multicast"},
};

static int prefix_order(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;
	int order = memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes));

	return order ? order : (int)a->length - (int)b->length;
}

/* Sorted, and without those that lie in another: then at most one neighbour needs a look. */
static uint32_t simplify(struct prefix *prefixes, uint32_t count)
{
	uint32_t kept = 0;

	qsort(prefixes, count, sizeof(*prefixes), prefix_order);
	for (uint32_t i = 0; i < count; i++) {
		if (!kept || !prefix_overlaps(&prefixes[kept - 1], &prefixes[i]))
			prefixes[kept++] = prefixes[i];
	}
	return kept;
}

/* How many of the list begin at or before @addr. */
static uint32_t rank_of(const struct policy *self, const struct addr *addr)
{
	uint32_t low = 0, high = self->protected_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (memcmp(self->protected[middle].addr.bytes, addr->bytes, sizeof(addr->bytes)) >
		    0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool is_listed(const struct policy *self, const struct prefix *prefix)
{
	uint32_t rank = rank_of(self, &prefix->addr);

	if (rank && prefix_overlaps(&self->protected[rank - 1], prefix))
		return true;
	return rank < self->protected_count && prefix_overlaps(&self->protected[rank], prefix);
}

bool prefix_is_protected(const struct policy *self, const struct prefix *prefix,
			 const char **ret_why)
{
	const char *what = NULL;

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]) && !what; i++) {
		if (prefix_overlaps(&special[i].prefix, prefix))
			what = special[i].what;
	}
	if (!what && is_listed(self, prefix))
		what = "an address of this host, its gateway, or one that the operator listed";
	if (what && ret_why)
		*ret_why = what;
	return what;
}

static void sync_at(struct policy *self, const struct prefix *prefix)
{
	uint32_t number = place_find(self, prefix);

	if (number)
		place_look(self, number, self->now_ns);
}

/* A refusal that is now forbidden ends at once: of the source or the /56 around @prefix, or of a source below. */
static void sync_listed(struct policy *self, const struct prefix *prefix)
{
	struct source_key key = addr_source(&prefix->addr);
	struct prefix source = source_prefix(&key), fold = prefix_cut(&source, FOLD_LENGTH);

	sync_at(self, &source);
	if (!addr_is_ipv4(&source.addr))
		sync_at(self, &fold);
	places_sync_below(self, prefix, false);
}

/* The list comes again whenever an interface or a route changes, mostly as it was: then there is nothing to do. */
int policy_protect(struct policy *self, const struct prefix *prefixes, size_t count,
		   struct why *why)
{
	struct prefix *next = self->protected_next;
	uint32_t kept;

	if (count > self->settings.protected_max)
		return why_fill(why, -ENOSPC,
				"%zu prefixes to protect are more than %" PRIu32
				": raise protected_max",
				count, self->settings.protected_max);
	if (count)
		memcpy(next, prefixes, count * sizeof(*prefixes));
	kept = simplify(next, (uint32_t)count);
	if (kept == self->protected_count && !memcmp(next, self->protected, kept * sizeof(*next)))
		return 0;
	self->protected_next = self->protected;
	self->protected = next;
	self->protected_count = kept;
	for (uint32_t i = 0; i < kept; i++)
		sync_listed(self, &next[i]);
	self->sweep_left = self->source_pool.used +
			   self->wides.used; /* those no longer protected, in slices */
	return 0;
}
