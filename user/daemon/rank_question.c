/* SPDX-License-Identifier: BSD-2-Clause */
#include "rank_question.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "explain_dial.h"
#include "fields.h"
#include "who.h"

/* Up to here the memory stays: the question of 10,000 that benchmarks ask. */
enum { ROOM_FIRST = 1024, ROOM_KEPT = 16384 };

struct raw {
	const json_t *candidates;
	const char *service;
	struct field_number want, seed;
};

static const struct field fields[] = {
	{"candidates", FIELD_LIST, true, offsetof(struct raw, candidates), 0, 0},
	{"want", FIELD_WHOLE, false, offsetof(struct raw, want), 0, RANK_WANT_MAX},
	{"service", FIELD_TEXT, false, offsetof(struct raw, service), 0, 0},
	{"seed", FIELD_WHOLE, false, offsetof(struct raw, seed), 0, RANK_SEED_MAX},
};

struct raw_candidate {
	const char *peer, *digest;
	const json_t *addrs;
};

static const struct field candidate_fields[] = {
	{"peer", FIELD_TEXT, false, offsetof(struct raw_candidate, peer), 0, 0},
	{"addrs", FIELD_LIST, false, offsetof(struct raw_candidate, addrs), 0, 0},
	{"digest", FIELD_TEXT, false, offsetof(struct raw_candidate, digest), 0, 0},
};

void rank_question_free(struct rank_question *self)
{
	free(self->candidates);
	free(self->texts);
	free(self->ranked);
	buffer_free(&self->own);
	*self = (struct rank_question){0};
}

void rank_question_clear(struct rank_question *self)
{
	self->count = 0;
	self->letters = NULL;
	buffer_clear(&self->own);
	if (self->room > ROOM_KEPT)
		rank_question_free(self);
}

static bool grow(void *array, size_t count, size_t size)
{
	void **at = array, *grown = reallocarray(*at, count, size);

	if (grown)
		*at = grown;
	return grown;
}

int rank_question_room(struct rank_question *self)
{
	size_t room = self->room ? 2 * self->room : ROOM_FIRST;

	if (self->count < self->room)
		return 0;
	if (self->count == RANK_CANDIDATES_MAX)
		return -E2BIG;
	if (!grow(&self->candidates, room, sizeof(*self->candidates)) ||
	    !grow(&self->texts, room, sizeof(*self->texts)) ||
	    !grow(&self->ranked, room, sizeof(*self->ranked)))
		return -ENOMEM;
	self->room = room;
	return 0;
}

static bool has_addr(const struct candidate *candidate, const struct addr *addr)
{
	for (unsigned int i = 0; i < candidate->addr_count; i++)
		if (addr_equal(&candidate->addrs[i], addr))
			return true;
	return false;
}

/* The same host by several transports is one address, dialled as it is named first. */
static void add_addr(struct candidate *ret, struct rank_texts *texts,
		     const struct endpoint *endpoint, struct rank_text place)
{
	if (ret->addr_count == CANDIDATE_ADDRS || has_addr(ret, &endpoint->addr))
		return;
	texts->addrs[ret->addr_count] = place;
	ret->addrs[ret->addr_count++] = endpoint->addr;
}

int rank_take_addr(struct candidate *ret, struct rank_texts *texts, const struct engine *engine,
		   const char *text, struct rank_text place, uint64_t now_ns, struct why *why)
{
	struct endpoint endpoint;

	if (endpoint_parse(&endpoint, text, strlen(text), NULL)) {
		if (who_is_elsewhere(text))
			return 0;
		return endpoint_parse(&endpoint, text, strlen(text), why);
	}
	if (endpoint.peer[0] && !ret->peer[0]) {
		if (who_peer(ret->peer, endpoint.peer, why))
			return -EINVAL;
	}
	if (!dial_refusal(engine, &endpoint.addr, endpoint.port, now_ns))
		add_addr(ret, texts, &endpoint, place);
	return 0;
}

/* The text goes with its request: a copy stays. */
static struct rank_text keep(struct rank_question *self, const char *text)
{
	struct rank_text place = {(uint32_t)self->own.length, (uint32_t)strlen(text)};

	buffer_append(&self->own, text, place.length);
	return place;
}

static int read_addrs(struct rank_question *self, const struct engine *engine, const json_t *list,
		      uint64_t now_ns, struct why *why)
{
	struct candidate *candidate = &self->candidates[self->count];
	size_t count = json_array_size(list);

	if (count > RANK_ADDRS_MAX)
		return why_fill(why, -EINVAL, "addrs: %zu addresses, must be %d at most", count,
				RANK_ADDRS_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		int error = text ? rank_take_addr(candidate, &self->texts[self->count], engine,
						  text, keep(self, text), now_ns, why)
				 : why_fill(why, -EINVAL, "must be a string");

		if (error)
			return why_lead(why, -EINVAL, "addrs[%zu]", i);
	}
	return 0;
}

static int read_candidate(struct rank_question *self, const struct engine *engine,
			  const json_t *object, uint64_t now_ns, struct why *why)
{
	struct candidate *ret = &self->candidates[self->count];
	struct rank_texts *texts = &self->texts[self->count];
	struct raw_candidate raw = {0};
	int error;

	memset(ret, 0, sizeof(*ret));
	memset(texts, 0, sizeof(*texts));
	if (!json_is_object(object))
		return why_fill(why, -EINVAL, "must be an object");
	error = fields_read(&raw, candidate_fields, 3, object, why);
	if (!error && !raw.peer && !json_array_size(raw.addrs))
		return why_fill(why, -EINVAL, "peer: missing, and so is addrs: one must be told");
	if (!error && raw.peer)
		error = who_peer(ret->peer, raw.peer, why);
	if (!error)
		error = read_addrs(self, engine, raw.addrs, now_ns, why);
	if (!error && raw.digest)
		error = who_digest(ret->digest, "digest", raw.digest, why);
	ret->has_digest = raw.digest;
	if (raw.peer)
		texts->peer = keep(self, raw.peer);
	return error;
}

static int read_all(struct rank_question *self, const json_t *list, const struct engine *engine,
		    uint64_t now_ns, struct why *why)
{
	size_t count = json_array_size(list);

	if (count > RANK_CANDIDATES_MAX)
		return why_fill(why, -EINVAL, "candidates: %zu, must be %d at most", count,
				RANK_CANDIDATES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (rank_question_room(self))
			return -ENOMEM;
		if (read_candidate(self, engine, json_array_get(list, i), now_ns, why))
			return why_lead(why, -EINVAL, "candidates[%zu]", i);
		self->count++;
	}
	self->letters = self->own.bytes;
	return self->own.failed ? -ENOMEM : 0;
}

int rank_question_read(struct rank_question *self, const json_t *params,
		       const struct engine *engine, uint64_t now_ns, struct why *why)
{
	struct raw raw = {0};
	int service = -1, error;

	rank_question_clear(self);
	error = fields_read(&raw, fields, 4, params, why);

	if (!error)
		error = who_service(&service, &engine->config, raw.service, why);
	if (!error)
		error = read_all(self, raw.candidates, engine, now_ns, why);
	self->service = service;
	self->want = (size_t)raw.want.value;
	self->has_seed = raw.seed.told;
	self->seed = (uint64_t)raw.seed.value;
	return error;
}
