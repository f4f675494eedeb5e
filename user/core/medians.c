/* SPDX-License-Identifier: BSD-2-Clause */
#include "medians.h"

enum {
	LEAST = 3, /* fewer votes make no median */
	EDGE = MEDIAN_BINS /
	       4, /* a median nearer to an end moves the window: each 25 min of slots */
};

static unsigned int slot_of(int service)
{
	return service < 0 ? 0 : (unsigned int)service;
}

static uint32_t head_bin(const struct medians *self, uint64_t head_slot)
{
	if (head_slot < self->base)
		return 0;
	return head_slot - self->base < MEDIAN_BINS - 1 ? (uint32_t)(head_slot - self->base)
							: MEDIAN_BINS - 1;
}

void medians_drop(struct policy *self, struct network *network)
{
	for (unsigned int service = 0; service < SERVICES_MAX; service++) {
		struct medians *medians = &self->networks.medians[service];
		struct vote *vote = &network->votes[service];

		if (vote->has_latency)
			median_remove(&medians->latency, vote->latency_bin);
		if (vote->has_head)
			median_remove(&medians->heads, head_bin(medians, vote->head_slot));
		*vote = (struct vote){0};
	}
}

void network_tell_latency(struct policy *self, const struct prefix *prefix, int service,
			  uint32_t latency_us)
{
	struct median *votes = &self->networks.medians[slot_of(service)].latency;
	struct network *network = network_find(self, prefix);
	struct vote *vote = network ? &network->votes[slot_of(service)] : NULL;

	if (!network || !network->connected)
		return;
	if (vote->has_latency)
		median_remove(votes, vote->latency_bin);
	vote->has_latency = true;
	vote->latency_bin = (uint8_t)median_bin_of(latency_us);
	median_add(votes, vote->latency_bin);
}

void network_tell_head(struct policy *self, const struct prefix *prefix, int service,
		       uint64_t head_slot)
{
	struct medians *medians = &self->networks.medians[slot_of(service)];
	struct network *network = network_find(self, prefix);
	struct vote *vote = network ? &network->votes[slot_of(service)] : NULL;

	if (!network || !network->connected)
		return;
	if (vote->has_head)
		median_remove(&medians->heads, head_bin(medians, vote->head_slot));
	vote->has_head = true;
	vote->head_slot = head_slot;
	median_add(&medians->heads, head_bin(medians, head_slot));
}

bool networks_latency(const struct policy *self, int service, uint32_t *ret_us)
{
	const struct median *votes = &self->networks.medians[slot_of(service)].latency;

	if (votes->total < LEAST)
		return false;
	*ret_us = median_value_of(votes->at);
	return true;
}

bool networks_head(const struct policy *self, int service, uint64_t *ret_slot)
{
	const struct medians *medians = &self->networks.medians[slot_of(service)];
	const struct median *votes = &medians->heads;

	/* At an end of the window nobody knows how far it is, until the next tick has moved it. */
	if (votes->total < LEAST || votes->at == MEDIAN_BINS - 1 || (!votes->at && medians->base))
		return false;
	*ret_slot = medians->base + votes->at;
	return true;
}

static const struct vote *vote_at(const struct policy *self, uint32_t number, unsigned int service)
{
	const struct network *network = pool_at(&self->networks.pool, number);

	return &network->votes[service];
}

static uint32_t next_of(const struct policy *self, uint32_t number)
{
	const struct network *network = pool_at(&self->networks.pool, number);

	return network->link.newer;
}

static uint32_t count_up_to(const struct policy *self, unsigned int service, uint64_t head_slot)
{
	uint32_t count = 0;

	for (uint32_t at = self->networks.counted.oldest; at; at = next_of(self, at)) {
		const struct vote *vote = vote_at(self, at, service);

		count += vote->has_head && vote->head_slot <= head_slot;
	}
	return count;
}

/* The lower median, exactly: by halving what it may be. */
static uint64_t find_median(const struct policy *self, unsigned int service, uint32_t total)
{
	uint64_t least = 0, most = UINT64_MAX;

	while (least < most) {
		uint64_t middle = least + (most - least) / 2;

		if ((uint64_t)count_up_to(self, service, middle) * 2 >= total)
			most = middle;
		else
			least = middle + 1;
	}
	return least;
}

static void centre(struct policy *self, unsigned int service)
{
	struct medians *medians = &self->networks.medians[service];
	uint64_t median = find_median(self, service, medians->heads.total);

	medians->heads = (struct median){0};
	medians->base = median > MEDIAN_BINS / 2 ? median - MEDIAN_BINS / 2 : 0;
	for (uint32_t at = self->networks.counted.oldest; at; at = next_of(self, at)) {
		const struct vote *vote = vote_at(self, at, service);

		if (vote->has_head)
			median_add(&medians->heads, head_bin(medians, vote->head_slot));
	}
}

void medians_centre(struct policy *self)
{
	for (unsigned int service = 0; service < SERVICES_MAX; service++) {
		const struct medians *medians = &self->networks.medians[service];
		uint32_t at = medians->heads.at;

		if (medians->heads.total &&
		    ((at < EDGE && medians->base) || at >= MEDIAN_BINS - EDGE))
			centre(self, service);
	}
}
