/* SPDX-License-Identifier: BSD-2-Clause */
#include "forks.h"

#include "judge.h"
#include "peers.h"
#include "places.h"

enum {
	LATE_FOR_S = 2 * DAY_S, /* law 12: 48 h */
	NETWORKS_LEAST = 8,	/* law 12 */
	STANDING_S = FORK_SLICES * MINUTE_S,
	LOOKS_AT_ONCE = 256, /* records when ours changes; the rest in ticks */
	LOOKS_A_TICK = 8192,
};

static unsigned int slot_of(int service)
{
	return service < 0 ? 0 : (unsigned int)service;
}

static int service_of(const struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);

	return hearing->report->service >= 0 || !peer ? hearing->report->service : peer->service;
}

static bool is_same(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE])
{
	return !memcmp(a, b, DIGEST_SIZE);
}

/* --- our own configuration --- */

static void forget_old_slices(struct forks *self, uint32_t minute)
{
	if (minute > self->minute + FORK_SLICES)
		self->minute = minute - FORK_SLICES;
	while (self->minute < minute)
		self->slices[++self->minute % FORK_SLICES] = (struct fork_slice){0};
}

static bool is_of_another(const struct hearing *hearing)
{
	return hearing->rule->is_network || hearing->rule->class == EVIDENCE_FORK;
}

/* One vote a network, its latest: it leaves the slice where it stood. */
static void vote(struct forks *self, struct network *network, uint32_t at_s, bool is_wrong)
{
	uint32_t before = network->handshake_s / MINUTE_S, minute = at_s / MINUTE_S;

	if (minute > self->minute || minute + FORK_SLICES <= self->minute)
		return; /* not of these ten minutes */
	if (network->handshake_s && before + FORK_SLICES > self->minute) {
		self->slices[before % FORK_SLICES].all--;
		self->slices[before % FORK_SLICES].wrong -= network->was_wrong;
	}
	self->slices[minute % FORK_SLICES].all++;
	self->slices[minute % FORK_SLICES].wrong += is_wrong;
	network->handshake_s = at_s;
	network->was_wrong = is_wrong;
}

void fork_hear(struct policy *self, const struct hearing *hearing)
{
	bool is_wrong = is_of_another(hearing);
	struct network *network;
	struct prefix prefix;

	if (!hearing->place || (!is_wrong && (hearing->report->event != REPORT_HANDSHAKE ||
					      hearing->rule->class != EVIDENCE_GOOD)))
		return;
	prefix = place_prefix(self, place_at(self, hearing->place));
	network = network_obtain(self, &prefix);
	if (!network)
		return;
	forget_old_slices(&self->forks, seconds_of(self->now_ns) / MINUTE_S);
	vote(&self->forks, network, seconds_of(hearing->at_ns), is_wrong);
}

/* Networks that show by their links that ours is theirs. What they have in the slices is no vote more. */
static void count_standing(struct policy *self)
{
	struct forks *forks = &self->forks;
	uint32_t now_s = seconds_of(self->now_ns), number = self->networks.counted.oldest;

	forks->standing = forks->outvoted = 0;
	while (number) {
		const struct network *network = pool_at(&self->networks.pool, number);

		number = network->link.newer;
		if (!network->connected || !network->success_s ||
		    now_s >= (uint64_t)network->success_s + STANDING_S)
			continue;
		if (!network->handshake_s ||
		    network->handshake_s / MINUTE_S + FORK_SLICES <= forks->minute)
			forks->standing++;
		else
			forks->outvoted += network->was_wrong;
	}
}

bool forks_suspect_us(const struct policy *self)
{
	uint32_t minute = seconds_of(self->now_ns) / MINUTE_S, all = 0, wrong = 0;

	for (uint32_t age = 0; age < FORK_SLICES && age <= self->forks.minute; age++) {
		uint32_t at = self->forks.minute - age;

		if (at + FORK_SLICES <= minute)
			break;
		all += self->forks.slices[at % FORK_SLICES].all;
		wrong += self->forks.slices[at % FORK_SLICES].wrong;
	}
	all += self->forks.standing;
	wrong -= self->forks.outvoted < wrong ? self->forks.outvoted : wrong;
	return all >= NETWORKS_LEAST && wrong * 2 >= all;
}

/* --- theirs --- */

bool fork_is_late(const struct policy *self, const struct hearing *hearing)
{
	const struct report *report = hearing->report;
	unsigned int slot = slot_of(service_of(self, hearing));
	const struct node_state *node = &self->nodes[slot];

	if (report->has_digest && node->has_digest && is_same(report->digest, node->digest))
		return true; /* the digest is made from the network's genesis: the same one is ours */
	if (!is_within_s(self->forks.changed_ns[slot], LATE_FOR_S, hearing->at_ns))
		return false;
	return !report->has_digest || is_same(report->digest, self->forks.previous[slot]);
}

/* --- bans that end with our fork --- */

static struct fork_record *record_at(const struct forks *self, uint32_t i)
{
	return &self->records[(self->first + i) % FORK_RECORDS];
}

static bool is_the_ban(const struct ruling *ruling, const struct fork_record *record)
{
	return ruling->standing == STANDING_BANNED && ruling->reason == REASON_IRRELEVANT_NETWORK &&
	       ruling->since_at == record->since_at;
}

/* It was no offence: its points and its level go, too. */
static void pardon(struct past *past)
{
	past->ledger.penalty = 0;
	past->bans.level -= past->bans.level > 0;
	past->bans.end_at = 0;
}

static void lift_place(struct policy *self, const struct fork_record *record)
{
	const struct prefix prefix = source_prefix(&record->source);
	uint32_t number = record->has_source ? place_find(self, &prefix) : 0;
	struct source *source = number ? place_source(self, place_at(self, number)) : NULL;

	if (!number || !is_the_ban(place_automatic(self, place_at(self, number)), record))
		return;
	place_refuse(self, number, NULL);
	if (source)
		pardon(&source->past);
	place_sync(self, number, self->now_ns);
}

static void lift(struct policy *self, const struct fork_record *record)
{
	struct peer *peer = record->peer ? peer_at(self, record->peer) : NULL;

	lift_place(self, record);
	if (!peer || !peer->shelf || !is_the_ban(&peer->ruling, record))
		return;
	peer->ruling = (struct ruling){0};
	pardon(&peer->past);
	peer_shelve(self, record->peer);
}

/* A record from before we knew our own fork ends with the first change as well, or when theirs turns out to be ours. */
static bool is_over(const struct policy *self, const struct fork_record *record)
{
	unsigned int slot = slot_of(record->service);
	const struct node_state *node = &self->nodes[slot];

	if (record->has_theirs && is_same(record->theirs, node->digest))
		return true;
	if (record->has_ours)
		return !is_same(record->ours, node->digest);
	return moment_of(self->forks.changed_ns[slot]) > record->since_at;
}

static struct fork_record take_first(struct forks *self)
{
	struct fork_record record = *record_at(self, 0);

	self->first = (self->first + 1) % FORK_RECORDS;
	self->count--;
	return record;
}

static void put_last(struct forks *self, const struct fork_record *record)
{
	*record_at(self, self->count++) = *record;
}

static void look(struct policy *self, uint32_t most)
{
	struct forks *forks = &self->forks;

	for (; most && forks->looks_left && forks->count; most--, forks->looks_left--) {
		const struct fork_record record = take_first(forks);

		if (is_over(self, &record))
			lift(self, &record);
		else
			put_last(forks, &record);
	}
}

void fork_banned(struct policy *self, const struct hearing *hearing, uint32_t since_at)
{
	const struct report *report = hearing->report;
	int service = service_of(self, hearing);
	const struct node_state *node = &self->nodes[slot_of(service)];
	struct fork_record record = {.since_at = since_at,
				     .has_source = hearing->place != 0,
				     .has_theirs = report->has_digest,
				     .has_ours = node->has_digest || report->has_our_digest,
				     .service = (int8_t)service,
				     .peer = hearing->peer};

	if (hearing->place)
		record.source = place_at(self, hearing->place)->key;
	memcpy(record.theirs, report->digest, DIGEST_SIZE);
	memcpy(record.ours, node->has_digest ? node->digest : report->our_digest, DIGEST_SIZE);
	if (self->forks.count == FORK_RECORDS) {
		const struct fork_record oldest = take_first(&self->forks);

		lift(self, &oldest);
	}
	put_last(&self->forks, &record);
}

void fork_ours(struct policy *self, int service, const uint8_t digest[DIGEST_SIZE])
{
	unsigned int slot = slot_of(service);
	struct node_state *node = &self->nodes[slot];

	if (node->has_digest && is_same(node->digest, digest))
		return;
	if (node->has_digest) {
		memcpy(self->forks.previous[slot], node->digest, DIGEST_SIZE);
		self->forks.changed_ns[slot] = self->now_ns;
	}
	memcpy(node->digest, digest, DIGEST_SIZE);
	node->has_digest = true;
	self->forks.looks_left = self->forks.count;
	look(self, LOOKS_AT_ONCE);
}

void forks_tick(struct policy *self)
{
	forget_old_slices(&self->forks, seconds_of(self->now_ns) / MINUTE_S);
	count_standing(self);
	look(self, LOOKS_A_TICK);
}

const struct fork_record *fork_find(const struct policy *self, const struct prefix *prefix)
{
	const struct source_key key = addr_source(&prefix->addr);

	for (uint32_t i = self->forks.count; i-- > 0;) {
		const struct fork_record *record = record_at(&self->forks, i);

		if (record->has_source && !memcmp(&record->source, &key, sizeof(key)))
			return record;
	}
	return NULL;
}
