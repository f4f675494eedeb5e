/* SPDX-License-Identifier: BSD-2-Clause */
#include "closing.h"

#include <errno.h>
#include <string.h>

#include "engine.h"
#include "log.h"

/* A walk is followed by a rest nine times as long. */
enum { REST = 9 };

int closing_check(const struct engine *engine, const struct prefix *prefix, struct why *why)
{
	if (engine->settings.mode != MODE_ENFORCE)
		return why_fill(why, -EPERM,
				"close: the gate only observes, so nothing is closed; `peergate "
				"mode enforce` first, or ban without close");
	return policy_may_close(engine->policy, prefix, gate_now_ns(), why)
		       ? 0
		       : why_lead(why, -EPERM, "close");
}

int closing_now(struct engine *engine, const struct prefix *prefix, uint32_t *ret_closed,
		struct why *why)
{
	return gate_kill(engine->gate, prefix, 0xff, engine->config.closing_ns, ret_closed, why);
}

static unsigned int find(const struct closing *self, const struct source_key *source)
{
	unsigned int i = 0;

	while (i < self->count && memcmp(&self->sources[i], source, sizeof(*source)))
		i++;
	return i;
}

static void add(struct closing *self, const struct source_key *source)
{
	unsigned int i = find(self, source);

	if (i < self->count)
		return;
	if (i == CLOSING_MAX)
		self->left++;
	else
		self->sources[self->count++] = *source;
}

static void tell_left(struct closing *self)
{
	if (self->left)
		log_warning("live connections of %llu banned sources were not closed: more than %d "
			    "bans at once",
			    (unsigned long long)self->left, CLOSING_MAX);
	self->left = 0;
}

static void take_off(struct closing *self, const struct prefix *prefix)
{
	for (unsigned int i = 0; i < self->count;) {
		struct prefix own = source_prefix(&self->sources[i]);

		if (prefix_overlaps(prefix, &own))
			self->sources[i] = self->sources[--self->count];
		else
			i++;
	}
}

static bool refuses(const struct decision *decision)
{
	return !decision->remove && decision->until_ns && decision->standing != STANDING_TRUSTED;
}

void closing_note(struct engine *engine, const struct decision *decision)
{
	struct source_key source;

	if (!refuses(decision)) {
		take_off(&engine->closing, &decision->prefix);
		gate_reopen(engine->gate, &decision->prefix);
		return;
	}
	if (!engine->config.close_bans || decision->by_operator ||
	    decision->standing != STANDING_BANNED || !prefix_is_source(&decision->prefix) ||
	    engine->settings.mode != MODE_ENFORCE)
		return;
	source = addr_source(&decision->prefix.addr);
	add(&engine->closing, &source);
}

/* Where every connection is seen when it opens, the witness knows who has none. */
static bool may_live(const struct engine *engine, const struct source_key *source)
{
	const uint8_t every = 1 << TRANSPORT_TCP | 1 << TRANSPORT_QUIC;
	struct witness witness;
	uint32_t living = 0;
	int error = gate_witness(engine->gate, source, &witness);

	if (engine->settings.services[0].witnessed != every || (error && error != -ENOENT))
		return true;
	for (unsigned int i = 0; !error && i < SERVICES_MAX; i++)
		living += witness.live[i].living;
	return living;
}

/* Whom the policy spares has lost the ban or gained a friend since; he comes off as well. */
static void sift(struct engine *engine)
{
	struct closing *self = &engine->closing;
	uint64_t now_ns = gate_now_ns();
	unsigned int kept = 0;

	for (unsigned int i = 0; i < self->count; i++) {
		struct prefix prefix = source_prefix(&self->sources[i]);

		if (may_live(engine, &self->sources[i]) &&
		    policy_may_close(engine->policy, &prefix, now_ns, NULL))
			self->sources[kept++] = self->sources[i];
	}
	self->count = kept;
}

void closing_run(struct engine *engine)
{
	struct closing *self = &engine->closing;
	uint64_t began_ns = gate_now_ns();
	struct why why = {""};
	uint32_t closed = 0;
	int error;

	if (!self->count || began_ns < self->next_ns)
		return;
	sift(engine);
	if (!self->count)
		return;
	error = gate_kill_sources(engine->gate, self->sources, self->count,
				  engine->config.closing_ns, &closed, &why);
	if (error)
		log_error("closing connections of %u banned sources: %s", self->count,
			  why.sentence);
	if (closed)
		log_info("closed %u connections of %u banned sources", closed, self->count);
	self->count = 0;
	tell_left(self);
	self->next_ns = gate_now_ns() + REST * (gate_now_ns() - began_ns);
}
