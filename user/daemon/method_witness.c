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

/* The best of what is walked, at most @limit; twice that is kept before it is sorted and cut. */
struct page {
	struct prefix within;
	struct book_rank after;
	bool has_after;
	struct book_rank *ranks;
	size_t count, limit;
	bool is_cut;	/* ranks[limit - 1] is the last that counts */
	uint64_t total; /* within the prefix */
	bool has_more;
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

static int compare(const void *a, const void *b)
{
	return book_order(a, b);
}

static void cut(struct page *page)
{
	qsort(page->ranks, page->count, sizeof(*page->ranks), compare);
	if (page->count <= page->limit)
		return;
	page->count = page->limit;
	page->is_cut = page->has_more = true;
}

static int take(void *context, const struct source_key *source, const struct witness *witness)
{
	const struct prefix prefix = source_prefix(source);
	struct book_rank rank = book_rank(source, witness);
	struct page *page = context;

	if (!prefix_overlaps(&page->within, &prefix))
		return 0;
	page->total++;
	if (page->has_after && book_order(&rank, &page->after) <= 0)
		return 0;
	if (page->is_cut && book_order(&rank, &page->ranks[page->limit - 1]) > 0)
		return 0;
	page->ranks[page->count++] = rank;
	if (page->count == 2 * page->limit)
		cut(page);
	return 0;
}

/* A record that left meanwhile is left out. */
static json_t *records(const struct engine *engine, const struct page *page)
{
	json_t *list = json_array();

	for (size_t i = 0; i < page->count; i++) {
		struct witness witness;

		if (!gate_witness(engine->gate, &page->ranks[i].source, &witness))
			json_array_append_new(
				list, book_json(&engine->config, &page->ranks[i].source, &witness));
	}
	return list;
}

static json_t *page_json(const struct engine *engine, const struct page *page)
{
	char cursor[CURSOR_MAX];
	json_t *next = json_null();

	if (page->has_more) {
		cursor_text(&page->ranks[page->count - 1], cursor);
		next = json_string(cursor);
	}
	return json_pack("{s:o, s:o, s:I, s:i, s:I}", "sources", records(engine, page), "next",
			 next, "seen", (json_int_t)page->total, "churn", (int)engine->config.churn,
			 "churn_short_s", (json_int_t)(engine->config.churn_short_ns / NS_PER_S));
}

static int tell_page(const struct engine *engine, struct page *page, json_t **ret_result,
		     struct why *why)
{
	int error;

	page->ranks = calloc(2 * page->limit, sizeof(*page->ranks));
	if (!page->ranks)
		return -ENOMEM;
	error = gate_witness_each(engine->gate, take, page);
	if (!error) {
		cut(page);
		*ret_result = page_json(engine, page);
	}
	free(page->ranks);
	return error ? why_fill(why, error, "the witness: %s", strerror(-error)) : 0;
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
	const struct engine *engine = &caller->server->engine;
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
	return tell_page(engine, &page, ret_result, why);
}
