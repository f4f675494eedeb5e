/* SPDX-License-Identifier: BSD-2-Clause */
/* method_node: what the node says of itself, by which others are judged, and the breaker. */
#include <errno.h>

#include "choice.h"
#include "fields.h"
#include "log.h"
#include "methods.h"
#include "server.h"
#include "status_breaker.h"
#include "who.h"

struct told {
	const char *service, *digest, *action;
	struct field_number head_slot;
	bool syncing;
	const json_t *protocols;
};

static const struct field node_fields[] = {
	{"service", FIELD_TEXT, false, offsetof(struct told, service), 0, 0},
	{"digest", FIELD_TEXT, false, offsetof(struct told, digest), 0, 0},
	{"head_slot", FIELD_WHOLE, false, offsetof(struct told, head_slot), 0, 9007199254740992.0},
	{"syncing", FIELD_FLAG, false, offsetof(struct told, syncing), 0, 0},
	{"protocols", FIELD_LIST, false, offsetof(struct told, protocols), 0, 0},
};

static int read_state(struct node_state *ret, const struct told *told, const json_t *params,
		      struct why *why)
{
	int error = 0;

	*ret = (struct node_state){
		.has_digest = told->digest,
		.has_head = told->head_slot.told,
		.has_syncing = json_is_boolean(json_object_get(params, "syncing")),
		.head_slot = (uint64_t)told->head_slot.value,
		.syncing = told->syncing,
	};
	if (told->digest)
		error = who_digest(ret->digest, "digest", told->digest, why);
	if (!error && told->protocols)
		error = who_protocols(&ret->protocol_count, ret->protocols, told->protocols, why);
	if (!error && !ret->has_digest && !ret->has_head && !ret->has_syncing && !told->protocols)
		return why_fill(why, -EINVAL,
				"nothing is told: give digest, head_slot, syncing or protocols");
	return error;
}

/* Without a service, what is told is true for all. */
static int tell_policy(struct engine *engine, int service, const struct node_state *state,
		       json_t *names, struct why *why)
{
	unsigned int first = service < 0 ? 0 : (unsigned int)service;
	unsigned int end = service < 0 ? engine->config.service_count : first + 1;
	uint64_t now_ns = gate_now_ns();

	for (unsigned int i = first; i < end; i++) {
		int error = policy_node(engine->policy, i, state, now_ns, why);

		if (error)
			return error;
		json_array_append_new(names, json_string(engine->config.services[i]));
	}
	return engine_settle(engine, why);
}

int method_node(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	struct told told = {0};
	struct node_state state;
	int service, error = fields_read(&told, node_fields, 5, params, why);
	json_t *names;

	if (!error)
		error = read_state(&state, &told, params, why);
	if (!error)
		error = who_service(&service, &engine->config, told.service, why);
	if (error)
		return error;
	names = json_array();
	error = tell_policy(engine, service, &state, names, why);
	if (error)
		json_decref(names);
	else
		*ret_result = json_pack("{s:o}", "services", names);
	return error;
}

static const struct field breaker_fields[] = {
	{"action", FIELD_TEXT, true, offsetof(struct told, action), 0, 0},
};

static const struct choice actions[] = {
	{"resume", BREAKER_RESUME},
	{"hold", BREAKER_HOLD},
	{NULL, 0},
};

int method_breaker(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	struct told told = {0};
	int action, error = fields_read(&told, breaker_fields, 1, params, why);

	if (!error)
		error = choice_pick(&action, "action", told.action, actions, why);
	if (error)
		return error;
	policy_breaker(engine->policy, (enum breaker_action)action, gate_now_ns());
	error = engine_settle(engine, why);
	if (error)
		return error;
	log_info("breaker %s, by uid %u, pid %d", told.action, caller->uid, caller->pid);
	*ret_result = status_breaker(engine->policy);
	return 0;
}
