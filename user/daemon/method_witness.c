/* SPDX-License-Identifier: BSD-2-Clause */
/* method_witness: what the kernel saw: one source's record, or those that hurt most, a page at a time. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "methods.h"
#include "server.h"
#include "units.h"
#include "witness_book.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000, CURSOR_MAX = 64 };

struct question {
	const char *addr, *after;
	struct field_number limit;
};

static const struct field fields[] = {
	{"addr", FIELD_TEXT, false, offsetof(struct question, addr), 0, 0},
	{"limit", FIELD_WHOLE, false, offsetof(struct question, limit), 1, LIMIT_MAX},
	{"after", FIELD_TEXT, false, offsetof(struct question, after), 0, 0},
};

struct page {
	struct prefix within;
	struct book_rank after;
	bool has_after;
	size_t limit;
};

/* The rank of the last record told, so that a page goes on where it ended though numbers have changed. */
static void cursor_text(const struct book_rank *rank, char ret[CURSOR_MAX])
{
	int length = snprintf(ret, CURSOR_MAX, "%" PRIu32 ".%" PRIu32 ".%" PRIu32 ".",
			      rank->short_lived, rank->living, rank->opened);

	for (size_t i = 0; i < sizeof(rank->source.address); i++)
		length += snprintf(ret + length, CURSOR_MAX - (size_t)length, "%02x",
				   rank->source.address[i]);
}

static int cursor_read(const char *text, struct book_rank *ret, struct why *why)
{
	struct book_rank rank = {0};
	uint64_t address;
	char again[CURSOR_MAX];

	if (sscanf(text, "%" SCNu32 ".%" SCNu32 ".%" SCNu32 ".%" SCNx64, &rank.short_lived,
		   &rank.living, &rank.opened, &address) == 4) {
		for (int i = 7; i >= 0; i--, address >>= 8)
			rank.source.address[i] = (uint8_t)address;
		cursor_text(&rank, again);
		*ret = rank;
		if (!strcmp(again, text))
			return 0;
	}
	return why_fill(why, -EINVAL, "after: \"%.40s\" is no \"next\" of an earlier page", text);
}

static bool is_within(const struct page *page, const struct book_rank *rank)
{
	const struct prefix prefix = source_prefix(&rank->source);

	return prefix_overlaps(&page->within, &prefix);
}

static size_t count_within(const struct snapshot *all, const struct page *page)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++)
		count += is_within(page, &all->ranks[i]);
	return count;
}

/* A record that left meanwhile is left out. */
static void append(json_t *list, const struct engine *engine, const struct source_key *source)
{
	struct witness witness;

	if (!gate_witness(engine->gate, source, &witness))
		json_array_append_new(list, book_json(&engine->config, source, &witness));
}

/* The page's records, and in @ret_next where the next one goes on: null when this is the last. */
static json_t *records(const struct engine *engine, const struct snapshot *all,
		       const struct page *page, json_t **ret_next)
{
	size_t at = page->has_after ? snapshot_behind(all, &page->after) : 0, taken = 0, last = 0;
	json_t *list = json_array();
	char cursor[CURSOR_MAX];

	*ret_next = NULL;
	for (; at < all->count && !*ret_next; at++) {
		if (!is_within(page, &all->ranks[at]))
			continue;
		if (taken == page->limit) {
			cursor_text(&all->ranks[last], cursor);
			*ret_next = json_string(cursor);
		} else {
			append(list, engine, &all->ranks[at].source);
			last = at;
			taken++;
		}
	}
	if (!*ret_next)
		*ret_next = json_null();
	return list;
}

static json_t *page_json(const struct engine *engine, const struct snapshot *all,
			 const struct page *page)
{
	json_t *next, *list = records(engine, all, page, &next);

	return json_pack("{s:o, s:o, s:I, s:i, s:I}", "sources", list, "next", next, "seen",
			 (json_int_t)count_within(all, page), "churn", (int)engine->config.churn,
			 "churn_short_s", (json_int_t)(engine->config.churn_short_ns / NS_PER_S));
}

static int tell_one(const struct engine *engine, const struct prefix *prefix, json_t **ret_result,
		    struct why *why)
{
	const struct source_key source = addr_source(&prefix->addr);
	char text[ADDR_TEXT_MAX], blind[WHY_MAX];
	struct witness witness;

	if (gate_witness(engine->gate, &source, &witness)) {
		prefix_text(prefix, text);
		if (book_is_kept(&engine->config, engine->gate, blind, sizeof(blind)))
			return why_fill(why, -ENOENT, "no connection from %s was seen", text);
		return why_fill(why, -ENOENT, "no connection from %s was seen: %s", text, blind);
	}
	*ret_result = book_json(&engine->config, &source, &witness);
	return 0;
}

/* A source, or what is finer than one, is asked for by name. */
static bool is_one(const struct prefix *prefix)
{
	return prefix_is_source(prefix) || prefix->length == 128;
}

int method_witness(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct server *server = caller->server;
	const struct engine *engine = &server->engine;
	struct question question = {.limit = {.value = LIMIT_DEFAULT}};
	struct page page = {0};
	bool widened;
	int error = fields_read(&question, fields, 3, params, why);

	if (error)
		return error;
	if (question.addr && prefix_parse(&page.within, &widened, question.addr, why))
		return why_lead(why, -EINVAL, "addr");
	if (question.addr && is_one(&page.within))
		return tell_one(engine, &page.within, ret_result, why);
	page.limit = (size_t)question.limit.value;
	page.has_after = question.after;
	if (question.after && cursor_read(question.after, &page.after, why))
		return -EINVAL;
	error = snapshot_refresh(&server->witness, engine->gate, gate_now_ns(), why);
	if (!error)
		*ret_result = page_json(engine, &server->witness, &page);
	return error;
}
