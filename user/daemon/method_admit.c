/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * method_admit: continue or disconnect? Asked for each dial and each accept, so the answer is written, not made. Before a dial
 * the dial door is asked as well: what it would refuse need not be tried.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <peergate/words.h>

#include "explain_dial.h"
#include "fields.h"
#include "json_write.h"
#include "methods.h"
#include "questions.h"
#include "server.h"
#include "units.h"
#include "who.h"

struct question {
	const char *peer, *addr, *direction, *service;
};

static const struct field fields[] = {
	{"peer", FIELD_TEXT, false, offsetof(struct question, peer), 0, 0},
	{"addr", FIELD_TEXT, false, offsetof(struct question, addr), 0, 0},
	{"direction", FIELD_TEXT, false, offsetof(struct question, direction), 0, 0},
	{"service", FIELD_TEXT, false, offsetof(struct question, service), 0, 0},
};

/* The ID at the end of an address is the peer's when no other is told. */
static int read_addr(struct admission *ret, uint16_t *ret_port, const char *text, struct why *why)
{
	struct endpoint endpoint;
	int error = who_addr(&endpoint, text, why);

	if (error)
		return error;
	ret->has_addr = true;
	ret->addr = endpoint.addr;
	*ret_port = endpoint.port;
	if (!endpoint.peer[0] || ret->peer[0])
		return 0;
	error = who_peer(ret->peer, endpoint.peer, why);
	return error ? why_lead(why, error, "addr") : 0;
}

static int read_question(struct admission *ret, uint16_t *ret_port, const struct config *config,
			 const json_t *params, struct why *why)
{
	struct question told = {0};
	int error = fields_read(&told, fields, 4, params, why);

	if (error)
		return error;
	if (!told.peer && !told.addr)
		return why_fill(why, -EINVAL, "peer: missing, and so is addr: one must be told");
	if (told.peer)
		error = who_peer(ret->peer, told.peer, why);
	if (!error && told.addr)
		error = read_addr(ret, ret_port, told.addr, why);
	if (!error)
		error = who_direction(&ret->direction, told.direction, why);
	if (!error)
		error = who_service(&ret->service, config, told.service, why);
	return error;
}

/* What the policy lets pass, the dial door may not. */
static void ask_dial_door(const struct engine *engine, const struct admission *question,
			  uint16_t port, uint64_t now_ns, struct admittance *ret)
{
	enum reason reason = dial_refusal(engine, &question->addr, port, now_ns);
	char text[ADDR_TEXT_MAX];

	if (reason == REASON_NONE)
		return;
	*ret = (struct admittance){.reason = reason};
	snprintf(ret->why, sizeof(ret->why),
		 "%s is a %s address, which the key dial keeps the node from",
		 addr_text(&question->addr, text), reason_word(reason));
}

/* Whole seconds, upwards: who comes back then is not too early. */
static void write_retry(struct buffer *out, const struct admittance *answer, uint64_t now_ns)
{
	uint64_t retry_ns = answer->retry_ns;

	if (answer->allow || !retry_ns || retry_ns == FOREVER_NS)
		buffer_text(out, "null");
	else
		json_write_integer(
			out, retry_ns <= now_ns
				     ? 0
				     : (json_int_t)((retry_ns - now_ns + NS_PER_S - 1) / NS_PER_S));
}

static void write_answer(struct buffer *out, const struct engine *engine,
			 const struct admittance *answer, uint64_t now_ns)
{
	buffer_text(out,
		    answer->allow ? "{\"allow\":true,\"reason\":" : "{\"allow\":false,\"reason\":");
	json_write_text(out, reason_word(answer->reason));
	buffer_text(out, ",\"retryAfter\":");
	write_retry(out, answer, now_ns);
	buffer_text(out, ",\"why\":");
	json_write_text(out, answer->why);
	buffer_text(out, ",\"mode\":");
	json_write_text(out, mode_word(engine->settings.mode));
	buffer_text(out, "}");
}

int method_admit(struct rpc_caller *caller, json_t *params, struct buffer *out, struct why *why)
{
	const struct engine *engine = &caller->server->engine;
	struct admission question = {0};
	struct admittance answer;
	uint64_t now_ns = gate_now_ns();
	uint16_t port = 0;
	int error = read_question(&question, &port, &engine->config, params, why);

	if (error)
		return error;
	policy_admit(engine->policy, &question, now_ns, &answer);
	if (answer.allow && question.has_addr && question.direction == DIRECTION_OUTBOUND)
		ask_dial_door(engine, &question, port, now_ns, &answer);
	write_answer(out, engine, &answer, now_ns);
	return 0;
}
