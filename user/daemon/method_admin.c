/* SPDX-License-Identifier: BSD-2-Clause */
/* method_admin: the operator's words: ban, unban, allow, disallow, mode, off. */
#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "fields.h"
#include "log.h"
#include "methods.h"
#include "server.h"
#include "units.h"

enum { TTL_DEFAULT_S = 3600 };
#define TTL_MAX_S (10 * 365.25 * 86400)

struct order {
	const char *addr, *reason, *mode;
	struct field_number ttl;
	bool force;
};

static const struct field ban_fields[] = {
	{"addr", FIELD_TEXT, true, offsetof(struct order, addr), 0, 0},
	/* The shortest is a tick of the kernel's coarse clock. */
	{"ttl", FIELD_NUMBER, false, offsetof(struct order, ttl), 0.01, TTL_MAX_S},
	{"reason", FIELD_TEXT, false, offsetof(struct order, reason), 0, 0},
	{"force", FIELD_FLAG, false, offsetof(struct order, force), 0, 0},
};
static const struct field addr_fields[] = {
	{"addr", FIELD_TEXT, true, offsetof(struct order, addr), 0, 0},
};
static const struct field mode_fields[] = {
	{"mode", FIELD_TEXT, true, offsetof(struct order, mode), 0, 0},
};

static int read_addr(const struct order *order, struct prefix *ret, bool *ret_widened,
		     struct why *why)
{
	return prefix_parse(ret, ret_widened, order->addr, why) ? why_lead(why, -EINVAL, "addr")
								: 0;
}

static int read_reason(const char *word, enum reason *ret, struct why *why)
{
	const char *names[REASONS], *near;
	int reason = word ? reason_of(word) : REASON_OPERATOR;

	if (reason > REASON_NONE) {
		*ret = (enum reason)reason;
		return 0;
	}
	for (unsigned int i = 1; i < REASONS; i++)
		names[i - 1] = reason_word(i);
	near = nearest_word(word, names, REASONS - 1);
	return why_fill(why, -EINVAL, "reason: \"%.40s\" is not known%s%s%s", word,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static const char note[] = "a bare IPv6 address means its /64; write /128 for the one address";

static json_t *answer(const struct prefix *prefix, bool widened, uint64_t until_ns)
{
	char text[ADDR_TEXT_MAX];

	return json_pack("{s:s, s:b, s:o, s:o*}", "addr", prefix_text(prefix, text), "widened",
			 (int)widened, "until", engine_unix(until_ns), "note",
			 widened ? json_string(note) : NULL);
}

int method_ban(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	struct order order = {.ttl = {.value = TTL_DEFAULT_S}};
	uint64_t now_ns = gate_now_ns(), until_ns;
	struct prefix prefix;
	enum reason reason = REASON_OPERATOR;
	bool widened;
	int error = fields_read(&order, ban_fields, 4, params, why);

	if (!error)
		error = read_addr(&order, &prefix, &widened, why);
	if (!error)
		error = read_reason(order.reason, &reason, why);
	if (!error && !order.force)
		error = engine_guard(engine, &prefix, why);
	if (error)
		return error;
	until_ns = now_ns + (uint64_t)(order.ttl.value * NS_PER_S);
	error = policy_ban(engine->policy, &prefix, until_ns, reason, now_ns, why);
	if (error)
		return error;
	error = engine_settle(engine, why);
	if (error) {
		/* Nothing changes on an error: what the kernel did not take is not held by the book either. */
		policy_unban(engine->policy, &prefix, now_ns, NULL);
		engine_settle(engine, NULL);
		return error;
	}
	*ret_result = answer(&prefix, widened, until_ns);
	if (*ret_result)
		json_object_set_new(*ret_result, "reason", json_string(reason_word(reason)));
	return 0;
}

typedef int verb(struct policy *policy, const struct prefix *prefix, uint64_t now_ns,
		 struct why *why);

static int run_verb(struct rpc_caller *caller, json_t *params, json_t **ret_result, verb *run,
		    struct why *why)
{
	struct engine *engine = &caller->server->engine;
	struct order order = {0};
	struct prefix prefix;
	bool widened;
	int error = fields_read(&order, addr_fields, 1, params, why);

	if (!error)
		error = read_addr(&order, &prefix, &widened, why);
	if (!error)
		error = run(engine->policy, &prefix, gate_now_ns(), why);
	if (!error)
		error = engine_settle(engine, why);
	if (error)
		return error;
	*ret_result = answer(&prefix, widened, 0);
	return 0;
}

int method_unban(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	return run_verb(caller, params, ret_result, policy_unban, why);
}

int method_allow(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	return run_verb(caller, params, ret_result, policy_allow, why);
}

int method_disallow(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	return run_verb(caller, params, ret_result, policy_disallow, why);
}

int method_mode(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	enum mode before = engine->settings.mode;
	struct order order = {0};
	int mode, error = fields_read(&order, mode_fields, 1, params, why);

	if (error)
		return error;
	mode = mode_of(order.mode);
	if (mode < 0)
		return why_fill(why, -EINVAL, "mode: \"%.40s\" is neither observe nor enforce",
				order.mode);
	error = engine_mode(engine, (enum mode)mode, why);
	if (error)
		return error;
	log_info("mode %s, was %s, by uid %u, pid %d", order.mode, mode_word(before), caller->uid,
		 caller->pid);
	server_tell(caller->server, json_pack("{s:s, s:o, s:s, s:s}", "type", "mode", "at",
					      engine_unix(gate_now_ns()), "mode", order.mode,
					      "before", mode_word(before)));
	*ret_result = json_pack("{s:s, s:s}", "mode", order.mode, "before", mode_word(before));
	return 0;
}

int method_off(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	unsigned int detached;
	int error;

	if (json_object_size(params))
		return why_fill(why, -EINVAL, "gate_off takes no parameters");
	error = gate_take_off(caller->server->engine.gate, &detached, why);
	if (error)
		return error;
	log_warning("off: %u interfaces detached, everything unpinned, by uid %u, pid %d; exiting",
		    detached, caller->uid, caller->pid);
	server_stop(caller->server);
	*ret_result = json_pack("{s:i}", "detached", (int)detached);
	return 0;
}
