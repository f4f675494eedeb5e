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
enum { ROOM_KEPT = 12288 };

/* 2^53: up to there a number means itself in every language. */
#define SEED_MAX 9007199254740992.0

struct raw {
	const json_t *candidates;
	const char *service;
	struct field_number want, seed;
};

static const struct field fields[] = {
	{"candidates", FIELD_LIST, true, offsetof(struct raw, candidates), 0, 0},
	{"want", FIELD_WHOLE, false, offsetof(struct raw, want), 0, 1e6},
	{"service", FIELD_TEXT, false, offsetof(struct raw, service), 0, 0},
	{"seed", FIELD_WHOLE, false, offsetof(struct raw, seed), 0, SEED_MAX},
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
	*self = (struct rank_question){0};
}

void rank_question_clear(struct rank_question *self)
{
	self->count = 0;
	if (self->room > ROOM_KEPT)
		rank_question_free(self);
}

static int make_room(struct rank_question *self, size_t count)
{
	if (count <= self->room)
		return 0;
	rank_question_free(self);
	self->candidates = calloc(count, sizeof(*self->candidates));
	self->texts = calloc(count, sizeof(*self->texts));
	self->ranked = calloc(count, sizeof(*self->ranked));
	if (!self->candidates || !self->texts || !self->ranked)
		return -ENOMEM;
	self->room = count;
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
		     const struct endpoint *endpoint, const char *text)
{
	if (ret->addr_count == CANDIDATE_ADDRS || has_addr(ret, &endpoint->addr))
		return;
	texts->addrs[ret->addr_count] = (struct json_text){text, strlen(text)};
	ret->addrs[ret->addr_count++] = endpoint->addr;
}

static int read_addr(struct candidate *ret, struct rank_texts *texts, const struct engine *engine,
		     const json_t *value, uint64_t now_ns, struct why *why)
{
	const char *text = json_string_value(value);
	struct endpoint endpoint;

	if (!text)
		return why_fill(why, -EINVAL, "must be a string");
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
		add_addr(ret, texts, &endpoint, text);
	return 0;
}

static int read_addrs(struct candidate *ret, struct rank_texts *texts, const struct engine *engine,
		      const json_t *list, uint64_t now_ns, struct why *why)
{
	size_t count = json_array_size(list);

	if (count > RANK_ADDRS_MAX)
		return why_fill(why, -EINVAL, "addrs: %zu addresses, must be %d at most", count,
				RANK_ADDRS_MAX);
	for (size_t i = 0; i < count; i++)
		if (read_addr(ret, texts, engine, json_array_get(list, i), now_ns, why))
			return why_lead(why, -EINVAL, "addrs[%zu]", i);
	return 0;
}

static int read_candidate(struct candidate *ret, struct rank_texts *texts,
			  const struct engine *engine, const json_t *object, uint64_t now_ns,
			  struct why *why)
{
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
		error = read_addrs(ret, texts, engine, raw.addrs, now_ns, why);
	if (!error && raw.digest)
		error = who_digest(ret->digest, "digest", raw.digest, why);
	ret->has_digest = raw.digest;
	if (raw.peer)
		texts->peer = (struct json_text){raw.peer, strlen(raw.peer)};
	return error;
}

static int read_all(struct rank_question *self, const json_t *list, const struct engine *engine,
		    uint64_t now_ns, struct why *why)
{
	size_t count = json_array_size(list);

	if (count > RANK_CANDIDATES_MAX)
		return why_fill(why, -EINVAL, "candidates: %zu, must be %d at most", count,
				RANK_CANDIDATES_MAX);
	if (make_room(self, count))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (read_candidate(&self->candidates[i], &self->texts[i], engine,
				   json_array_get(list, i), now_ns, why))
			return why_lead(why, -EINVAL, "candidates[%zu]", i);
	self->count = count;
	return 0;
}

int rank_question_read(struct rank_question *self, const json_t *params,
		       const struct engine *engine, uint64_t now_ns, struct why *why)
{
	struct raw raw = {0};
	int service = -1, error = fields_read(&raw, fields, 4, params, why);

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
