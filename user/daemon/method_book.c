/* SPDX-License-Identifier: BSD-2-Clause */
/* method_book: what is known: one peer or source explained, and the book a page at a time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <peergate/words.h>

#include "choice.h"
#include "explain_dial.h"
#include "fields.h"
#include "methods.h"
#include "server.h"
#include "who.h"
#include "witness_book.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, PAGES_LOOKED_AT = 64 };

struct question {
	const char *addr, *peer, *standing;
	struct field_number at, count;
};

static const struct field explain_fields[] = {
	{"addr", FIELD_TEXT, false, offsetof(struct question, addr), 0, 0},
	{"peer", FIELD_TEXT, false, offsetof(struct question, peer), 0, 0},
};

static json_t *whys(const struct account *account)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < account->whys; i++)
		json_array_append_new(list, json_string(account->why[i]));
	return list;
}

static json_t *account_json(const struct engine *engine, const struct account *account)
{
	return json_pack("{s:s, s:s, s:o, s:i, s:s, s:b, s:s, s:o}", "verdict",
			 account->refused ? "refuse" : "admit", "reason",
			 reason_word(account->reason), "until", engine_unix(account->until_ns),
			 "score", (int)account->score, "standing", standing_word(account->standing),
			 "known", account->known, "mode", mode_word(engine->settings.mode), "why",
			 whys(account));
}

/* One source or less; of a wider prefix the verb witness tells. A gate that sees no connections says nothing here. */
static void add_witness(const struct engine *engine, const struct prefix *prefix, json_t *answer)
{
	const struct source_key source = addr_source(&prefix->addr);
	const struct prefix whole = source_prefix(&source);
	struct witness witness;
	bool is_seen = !gate_witness(engine->gate, &source, &witness);

	if (!answer || prefix->length < whole.length)
		return;
	if (is_seen || book_is_kept(&engine->config, engine->gate, NULL, 0))
		book_tell(json_object_get(answer, "why"), &engine->config,
			  is_seen ? &witness : NULL, gate_now_ns());
}

/* A CIDR is explained as the prefix it is, everything else as one address. */
static int explain_addr(const struct engine *engine, const char *text, json_t **ret_result,
			struct why *why)
{
	struct endpoint endpoint;
	struct account account;
	struct prefix prefix;
	char buffer[ADDR_TEXT_MAX];
	bool widened;

	if (prefix_parse(&prefix, &widened, text, why))
		return why_lead(why, -EINVAL, "addr");
	if (endpoint_parse(&endpoint, text, strlen(text), NULL))
		policy_explain_prefix(engine->policy, &prefix, gate_now_ns(), &account);
	else
		policy_explain_addr(engine->policy, &endpoint.addr, gate_now_ns(), &account);
	*ret_result = account_json(engine, &account);
	add_witness(engine, &prefix, *ret_result);
	if (*ret_result)
		json_object_set_new(*ret_result, "addr", json_string(prefix_text(&prefix, buffer)));
	json_object_set_new(*ret_result, "dial",
			    explain_dial(&engine->settings, &prefix.addr, &account));
	return 0;
}

static int explain_peer(const struct engine *engine, const char *text, json_t **ret_result,
			struct why *why)
{
	struct account account;
	char peer[PEER_ID_MAX];

	if (who_peer(peer, text, why))
		return -EINVAL;
	if (policy_explain_peer(engine->policy, peer, gate_now_ns(), &account))
		return why_fill(why, -ENOENT, "the peer %.96s is not known", text);
	*ret_result = account_json(engine, &account);
	if (*ret_result)
		json_object_set_new(*ret_result, "peer", json_string(peer));
	return 0;
}

int method_explain(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	const struct engine *engine = &caller->server->engine;
	struct question question = {0};
	int error = fields_read(&question, explain_fields, 2, params, why);

	if (error)
		return error;
	if (!question.addr == !question.peer)
		return why_fill(why, -EINVAL, "addr: give either addr or peer");
	return question.addr ? explain_addr(engine, question.addr, ret_result, why)
			     : explain_peer(engine, question.peer, ret_result, why);
}

static const struct field peers_fields[] = {
	{"at", FIELD_WHOLE, false, offsetof(struct question, at), 0, 9007199254740992.0},
	{"count", FIELD_WHOLE, false, offsetof(struct question, count), 1, PAGE_MAX},
	{"standing", FIELD_TEXT, false, offsetof(struct question, standing), 0, 0},
};

static json_t *view_json(const struct peer_view *view)
{
	char text[ADDR_TEXT_MAX];
	json_t *addr = view->has_addr ? json_string(prefix_text(&view->source, text)) : json_null();

	return json_pack(
		"{s:s, s:o, s:s, s:i, s:s, s:s, s:o, s:b, s:s, s:o}", "peer", view->peer, "addr",
		addr, "standing", standing_word(view->standing), "score", (int)view->score,
		"verdict", view->refused ? "refuse" : "admit", "reason", reason_word(view->reason),
		"until", engine_unix(view->until_ns), "connected", view->connected, "direction",
		who_direction_word(view->direction), "last_seen", engine_unix(view->last_seen_ns));
}

static int read_standing(const char *word, int *ret, struct why *why)
{
	const char *names[STANDINGS];

	*ret = word ? standing_of(word) : -1;
	if (!word || *ret >= 0)
		return 0;
	for (unsigned int i = 0; i < STANDINGS; i++)
		names[i] = standing_word(i);
	return choice_wrong("standing", word, names, STANDINGS, why);
}

/* Fills @list up to @count; looks at a bounded part of the book, so that a rare standing does not hold up the others. */
static uint64_t page(const struct engine *engine, uint64_t at, size_t count, int standing,
		     json_t *list)
{
	struct peer_view views[PAGE_DEFAULT];
	uint64_t now_ns = gate_now_ns();

	for (unsigned int looks = 0; looks < PAGES_LOOKED_AT; looks++) {
		size_t want = count - json_array_size(list), got;

		want = want < PAGE_DEFAULT ? want : PAGE_DEFAULT;
		if (!want)
			break;
		got = policy_peers(engine->policy, now_ns, at, views, want, &at);
		for (size_t i = 0; i < got; i++)
			if (standing < 0 || views[i].standing == (enum standing)standing)
				json_array_append_new(list, view_json(&views[i]));
		if (!at)
			break;
	}
	return at;
}

int method_peers(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct question question = {.count = {.value = PAGE_DEFAULT}};
	int standing, error = fields_read(&question, peers_fields, 3, params, why);
	uint64_t next;
	json_t *list;

	if (!error)
		error = read_standing(question.standing, &standing, why);
	if (error)
		return error;
	list = json_array();
	next = page(&caller->server->engine, (uint64_t)question.at.value,
		    (size_t)question.count.value, standing, list);
	*ret_result = json_pack("{s:o, s:o}", "peers", list, "next",
				next ? json_integer((json_int_t)next) : json_null());
	return 0;
}
