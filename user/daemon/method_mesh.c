/* SPDX-License-Identifier: BSD-2-Clause */
/* method_mesh: who is really here, and whom to let go. */
#include <errno.h>
#include <stdlib.h>

#include <peergate/words.h>

#include "fields.h"
#include "methods.h"
#include "questions.h"
#include "server.h"
#include "units.h"
#include "who.h"

/* More peers than any node is connected to at once: the clients' targets are 50 to 200. */
enum { MATES_MAX = 4096 };

struct question {
	const char *service;
	struct field_number want;
};

static const struct field mesh_fields[] = {
	{"service", FIELD_TEXT, false, offsetof(struct question, service), 0, 0},
	{"want", FIELD_WHOLE, false, offsetof(struct question, want), 0, MATES_MAX},
};

static const struct field prune_fields[] = {
	{"service", FIELD_TEXT, false, offsetof(struct question, service), 0, 0},
	{"want", FIELD_WHOLE, true, offsetof(struct question, want), 0, MATES_MAX},
};

static json_t *mate_json(const struct mate *mate, uint64_t now_ns)
{
	uint64_t since_ns = mate->since_ns && mate->since_ns < now_ns ? now_ns - mate->since_ns : 0;
	char text[ADDR_TEXT_MAX];
	json_t *addr = mate->has_addr ? json_string(prefix_text(&mate->source, text)) : json_null();

	return json_pack("{s:s, s:o, s:s, s:i, s:s, s:I, s:s}", "peer", mate->peer, "addr", addr,
			 "direction", who_direction_word(mate->direction), "score",
			 (int)mate->score, "standing", standing_word(mate->standing), "since_s",
			 (json_int_t)(since_ns / NS_PER_S), "why", mate->why);
}

typedef size_t ask_policy(const struct policy *policy, int service, size_t want, uint64_t now_ns,
			  struct mate *ret, size_t max);

static int ask(const struct engine *engine, const struct question *question, ask_policy *asked,
	       json_t **ret_result, struct why *why)
{
	uint64_t now_ns = gate_now_ns();
	json_t *list;
	struct mate *mates;
	int service, error = who_service(&service, &engine->config, question->service, why);
	size_t count;

	if (error)
		return error;
	mates = calloc(MATES_MAX, sizeof(*mates));
	if (!mates)
		return -ENOMEM;
	count = asked(engine->policy, service, (size_t)question->want.value, now_ns, mates,
		      MATES_MAX);
	list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, mate_json(&mates[i], now_ns));
	free(mates);
	*ret_result = json_pack("{s:o}", "peers", list);
	return 0;
}

int method_mesh(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct question question = {0};
	int error = fields_read(&question, mesh_fields, 2, params, why);

	return error ? error
		     : ask(&caller->server->engine, &question, policy_mesh, ret_result, why);
}

int method_prune(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct question question = {0};
	int error = fields_read(&question, prune_fields, 2, params, why);

	return error ? error
		     : ask(&caller->server->engine, &question, policy_prune, ret_result, why);
}
