/* SPDX-License-Identifier: BSD-2-Clause */
/* method_admin: the operator's words: ban, unban, allow, disallow, mode, off. */
#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "choice.h"
#include "client.h"
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
	bool force, close;
};

static const struct field ban_fields[] = {
	{"addr", FIELD_TEXT, true, offsetof(struct order, addr), 0, 0},
	/* The shortest is a tick of the kernel's coarse clock. */
	{"ttl", FIELD_NUMBER, false, offsetof(struct order, ttl), 0.01, TTL_MAX_S},
	{"reason", FIELD_TEXT, false, offsetof(struct order, reason), 0, 0},
	{"force", FIELD_FLAG, false, offsetof(struct order, force), 0, 0},
	{"close", FIELD_FLAG, false, offsetof(struct order, close), 0, 0},
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
	const char *names[REASONS];
	int reason = word ? reason_of(word) : REASON_OPERATOR;

	if (reason > REASON_NONE) {
		*ret = (enum reason)reason;
		return 0;
	}
	for (unsigned int i = 1; i < REASONS; i++)
		names[i - 1] = reason_word(i);
	return choice_wrong("reason", word, names, REASONS - 1, why);
}

static const char note[] = "a bare IPv6 address means its /64; write /128 for the one address";

void method_keep(struct rpc_caller *caller, json_t *answer)
{
	struct store *store = &caller->server->store;
	struct why why = {""};
	uint64_t ticket = store_ticket(store, &why);

	if (store->state == STORE_OFF)
		return;
	json_object_set_new(answer, "durable", json_boolean(ticket));
	if (ticket)
		client_await(caller->client, ticket);
	else
		json_object_set_new(answer, "undurable", json_string(why.sentence));
}

static json_t *answer(const struct prefix *prefix, bool widened, uint64_t until_ns)
{
	char text[ADDR_TEXT_MAX];

	return json_pack("{s:s, s:b, s:o, s:o*}", "addr", prefix_text(prefix, text), "widened",
			 (int)widened, "until", engine_unix(until_ns), "note",
			 widened ? json_string(note) : NULL);
}

/* A ban as it was ordered. */
struct ban {
	struct prefix prefix;
	bool widened;
	enum reason reason;
	uint64_t until_ns;
	bool close;
	struct why unclosed; /* why what lives stays: a sentence or "" */
};

/* What is ordered must be allowed; what is only configured waits for a better case. */
static int read_close(const struct engine *engine, bool told, bool close, struct ban *ret,
		      struct why *why)
{
	if (told && close) {
		ret->close = true;
		return closing_check(engine, &ret->prefix, why);
	}
	ret->close = !told && engine->config.close_bans &&
		     !closing_check(engine, &ret->prefix, &ret->unclosed);
	return 0;
}

static int read_ban(struct engine *engine, const json_t *params, uint64_t now_ns, struct ban *ret,
		    struct why *why)
{
	struct order order = {.ttl = {.value = TTL_DEFAULT_S}};
	int error = fields_read(&order, ban_fields, 5, params, why);

	if (!error)
		error = read_addr(&order, &ret->prefix, &ret->widened, why);
	if (!error)
		error = read_reason(order.reason, &ret->reason, why);
	if (!error && !order.force)
		error = engine_guard(engine, &ret->prefix, why);
	if (error)
		return error;
	ret->until_ns = now_ns + (uint64_t)(order.ttl.value * NS_PER_S);
	return read_close(engine, json_is_boolean(json_object_get(params, "close")), order.close,
			  ret, why);
}

/* The connections end when nobody can make new ones. */
static json_t *close_links(struct engine *engine, struct ban *ban)
{
	uint32_t closed;

	if (!ban->close)
		return ban->unclosed.sentence[0] ? json_null() : NULL;
	if (closing_now(engine, &ban->prefix, &closed, &ban->unclosed))
		return json_null();
	return json_integer(closed);
}

int method_ban(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	uint64_t now_ns = gate_now_ns();
	struct ban ban = {.reason = REASON_OPERATOR};
	json_t *closed;
	int error = read_ban(engine, params, now_ns, &ban, why);

	if (!error)
		error = policy_ban(engine->policy, &ban.prefix, ban.until_ns, ban.reason, now_ns,
				   why);
	if (error)
		return error;
	error = engine_settle(engine, why);
	if (error) {
		/* Nothing changes on an error: what the kernel did not take is not held by the book either. */
		policy_unban(engine->policy, &ban.prefix, now_ns, NULL);
		engine_settle(engine, NULL);
		return error;
	}
	closed = close_links(engine, &ban);
	*ret_result = answer(&ban.prefix, ban.widened, ban.until_ns);
	json_object_set_new(*ret_result, "reason", json_string(reason_word(ban.reason)));
	if (closed) /* which takes it, whatever comes */
		json_object_set_new(*ret_result, "closed", closed);
	if (ban.unclosed.sentence[0])
		json_object_set_new(*ret_result, "unclosed", json_string(ban.unclosed.sentence));
	method_keep(caller, *ret_result);
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
	method_keep(caller, *ret_result);
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
