/* SPDX-License-Identifier: BSD-2-Clause */
/* method_move: the book from one host to another: records as JSON, a page or a batch at a time. */
#include <errno.h>
#include <string.h>

#include "fields.h"
#include "methods.h"
#include "server.h"
#include "store_json.h"
#include "units.h"

enum { PAGE_DEFAULT = 200, PAGE_MAX = 1000, LOOKED_AT = 16384, ALL_SERVICES = 0xff };

#define DAY_NS (86400 * NS_PER_S)

/* A cursor counts records, those of peers from here on. */
#define PEERS_FROM (UINT64_C(1) << 32)

struct page {
	struct field_number at, count;
};

static const struct field page_fields[] = {
	{"at", FIELD_WHOLE, false, offsetof(struct page, at), 0, 2.0 * PEERS_FROM},
	{"count", FIELD_WHOLE, false, offsetof(struct page, count), 1, PAGE_MAX},
};

/* The cursor behind the last record of this page; 0: that was the book. */
static uint64_t fill_page(const struct policy *policy, uint64_t at, size_t count, json_t *list)
{
	const struct saved_clock now = store_clock();
	struct saved saved;

	for (unsigned int looked = 0; json_array_size(list) < count && looked < LOOKED_AT;
	     looked++) {
		enum saved_kind kind = at < PEERS_FROM ? SAVED_PLACE : SAVED_PEER;
		uint32_t number = (uint32_t)(at % PEERS_FROM) + 1;

		if (number > policy_save_end(policy, kind)) {
			if (kind == SAVED_PEER)
				return 0;
			at = PEERS_FROM;
			continue;
		}
		at++;
		memset(&saved, 0, sizeof(saved));
		if (policy_save_peek(policy, kind, number, &now, &saved))
			json_array_append_new(list, store_to_json(&saved));
	}
	return at;
}

int method_export(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct page page = {.count = {.value = PAGE_DEFAULT}};
	int error = fields_read(&page, page_fields, 2, params, why);
	json_t *list;
	uint64_t next;

	if (error)
		return error;
	list = json_array();
	next = fill_page(caller->server->engine.policy, (uint64_t)page.at.value,
			 (size_t)page.count.value, list);
	*ret_result = json_pack("{s:o, s:o}", "records", list, "next",
				next ? json_integer((json_int_t)next) : json_null());
	return 0;
}

/* A refusal or trust as it may be written into a book: for all services, for a reason, with an end. */
static int check_word(struct saved_ruling *word, struct why *why)
{
	if (!word->until && !word->standing && !word->reason)
		return 0;
	if (word->standing != STANDING_BANNED && word->standing != STANDING_TRUSTED)
		return why_fill(why, -EINVAL, "operator: its standing must be banned or trusted");
	if (!word->until)
		return why_fill(why, -EINVAL, "operator: until when? unix seconds, or \"forever\"");
	if (word->standing == STANDING_BANNED && word->reason == REASON_NONE)
		word->reason = REASON_OPERATOR;
	if (!word->services)
		word->services = ALL_SERVICES;
	return 0;
}

/* What the policy decided by itself elsewhere: it trusts nobody so, and refuses for a day at most (law 3). */
static int check_automatic(struct saved_ruling *ruling, uint64_t taken, struct why *why)
{
	if (!ruling->until)
		return 0;
	if (ruling->standing == STANDING_TRUSTED || ruling->reason == REASON_NONE)
		return why_fill(why, -EINVAL, "automatic: must be a refusal, with its reason");
	if (ruling->until > taken + DAY_NS)
		return why_fill(why, -EINVAL,
				"automatic: ends later than a day: that is for an operator to say");
	if (!ruling->services)
		ruling->services = ALL_SERVICES;
	return 0;
}

static int check_peer(const struct saved_peer *peer, struct why *why)
{
	for (const char *at = peer->id; *at; at++)
		if (!((*at >= '0' && *at <= '9') || ((*at | 32) >= 'a' && (*at | 32) <= 'z')))
			return why_fill(why, -EINVAL,
					"peer: a peer ID has letters and digits only");
	return peer->id[0] ? 0 : why_fill(why, -EINVAL, "peer: is empty");
}

struct import {
	bool force, strict;
	uint32_t taken, unchanged;
	json_t *bad;
};

static int check(struct engine *engine, struct saved *saved, bool force, struct why *why)
{
	const struct saved_ruling *word = &saved->place.said;
	int error;

	if (saved->kind == SAVED_PEER)
		return check_peer(&saved->peer, why);
	error = check_word(&saved->place.said, why);
	if (!error)
		error = check_automatic(&saved->place.automatic, saved->taken, why);
	if (!error && word->until && word->standing == STANDING_BANNED && !force)
		error = engine_guard(engine, &saved->place.prefix, why);
	return error;
}

static int take_one(struct engine *engine, const json_t *record, struct import *import,
		    struct why *why)
{
	const struct saved_clock now = store_clock();
	struct saved saved;
	int result = store_from_json(&saved, record, now.unix_ns, why);

	if (!result)
		result = check(engine, &saved, import->force, why);
	if (!result)
		result = policy_merge(engine->policy, &saved, &now, why);
	if (result < 0)
		return result;
	import->taken += result > 0;
	import->unchanged += result == 0;
	return 0;
}

static void take_all(struct engine *engine, const json_t *records, struct import *import)
{
	for (size_t i = 0; i < json_array_size(records); i++) {
		struct why why = {""};

		if (!take_one(engine, json_array_get(records, i), import, &why))
			continue;
		json_array_append_new(import->bad, json_pack("{s:I, s:s}", "at", (json_int_t)i,
							     "why", why.sentence));
		if (import->strict)
			return;
	}
}

static int read_flag(const json_t *params, const char *name, bool *ret, struct why *why)
{
	const json_t *value = json_object_get(params, name);

	if (value && !json_is_boolean(value))
		return why_fill(why, -EINVAL, "%s: must be true or false", name);
	*ret = json_is_true(value);
	return 0;
}

static int read_import(const json_t *params, struct import *ret, struct why *why)
{
	const char *name;
	json_t *value;
	int error;

	json_object_foreach ((json_t *)params, name, value)
		if (strcmp(name, "records") && strcmp(name, "force") && strcmp(name, "strict"))
			return why_fill(why, -EINVAL, "\"%.40s\" is none of records, force, strict",
					name);
	if (!json_is_array(json_object_get(params, "records")))
		return why_fill(why, -EINVAL, "records: must be a list");
	if (json_array_size(json_object_get(params, "records")) > PAGE_MAX)
		return why_fill(why, -EINVAL, "records: more than %d; send several lists",
				PAGE_MAX);
	error = read_flag(params, "force", &ret->force, why);
	return error ? error : read_flag(params, "strict", &ret->strict, why);
}

int method_import(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	struct import import = {0};
	int error = read_import(params, &import, why);

	if (error)
		return error;
	import.bad = json_array();
	take_all(engine, json_object_get(params, "records"), &import);
	error = engine_settle(engine, why);
	if (error) {
		json_decref(import.bad);
		return error;
	}
	*ret_result = json_pack("{s:I, s:I, s:o}", "taken", (json_int_t)import.taken, "unchanged",
				(json_int_t)import.unchanged, "bad", import.bad);
	method_keep(caller, *ret_result);
	return 0;
}
