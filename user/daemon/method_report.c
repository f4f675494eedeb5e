/* SPDX-License-Identifier: BSD-2-Clause */
/* method_report: what the protocol layer saw, and how full it is. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "methods.h"
#include "report_decode.h"
#include "server.h"

/* go-ethereum's client wraps a slice once more: [[report, …]]. */
static const json_t *list_of(const json_t *params)
{
	const json_t *first = json_array_get(params, 0);

	return json_array_size(params) == 1 && json_is_array(first) ? first : params;
}

static int decode_all(struct report_list *ret, const json_t *list, const struct rpc_caller *caller,
		      struct why *why)
{
	size_t count = json_array_size(list);
	int error = 0;

	for (size_t i = 0; i < count && !error; i++) {
		struct dated_report *next = report_list_next(ret);

		if (!next)
			return -ENOMEM;
		error = report_decode(next, json_array_get(list, i), &caller->server->engine.config,
				      caller->uid, why);
	}
	return error;
}

/* A report of something from before this host's boot is as old as evidence can be: it counts for nothing. */
static int apply_all(struct engine *engine, struct report_list *list, size_t *ret_old,
		     struct why *why)
{
	uint64_t now_ns = gate_now_ns(), at_ns;
	int error = 0, settled;

	*ret_old = 0;
	for (size_t i = 0; i < list->count && !error; i++) {
		double at_s = list->reports[i].at_unix_s;

		at_ns = now_ns;
		if (at_s > 0 && !engine_boot_ns(at_s, &at_ns))
			++*ret_old;
		else
			error = policy_report(engine->policy, &list->reports[i].report, at_ns, why);
	}
	settled = engine_settle(engine, error ? NULL : why);
	return error ? error : settled;
}

int method_report(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct report_list *list = &caller->server->reports;
	const json_t *told = list_of(params);
	size_t count = json_array_size(told), old;
	int error;

	if (!count)
		return why_fill(why, -EINVAL, "no report is given");
	report_list_clear(list);
	error = decode_all(list, told, caller, why);
	if (!error)
		error = apply_all(&caller->server->engine, list, &old, why);
	report_list_clear(list);
	if (error)
		return error;
	*ret_result = old ? json_pack("{s:I, s:I}", "taken", (json_int_t)(count - old), "too_old",
				      (json_int_t)old)
			  : json_pack("{s:I}", "taken", (json_int_t)count);
	return 0;
}

static bool scan_list(struct report_list *list, struct rpc_caller *caller, struct json_scan *scan)
{
	do {
		struct dated_report *next = report_list_next(list);

		if (!next || !report_scan(next, scan, &caller->server->engine.config, caller->uid))
			return false;
	} while (json_scan_maybe(scan, ','));
	return true;
}

bool fast_report_read(struct rpc_caller *caller, struct json_scan *scan)
{
	struct report_list *list = &caller->server->reports;
	bool bare = json_scan_peek(scan) == '{', nested;

	report_list_clear(list);
	if (bare)
		return scan_list(list, caller, scan);
	if (!json_scan_mark(scan, '['))
		return false;
	nested = json_scan_maybe(scan, '[');
	return scan_list(list, caller, scan) && json_scan_mark(scan, ']') &&
	       (!nested || json_scan_mark(scan, ']'));
}

int fast_report_run(struct rpc_caller *caller, struct buffer *out, struct why *why)
{
	struct report_list *list = &caller->server->reports;
	size_t count = list->count, old;
	int error = apply_all(&caller->server->engine, list, &old, why);
	char text[64];

	report_list_clear(list);
	if (error)
		return error;
	if (old)
		snprintf(text, sizeof(text), "{\"taken\":%zu,\"too_old\":%zu}", count - old, old);
	else
		snprintf(text, sizeof(text), "{\"taken\":%zu}", count);
	buffer_text(out, text);
	return 0;
}

struct told {
	const char *service;
	struct field_number max, connected, inbound_max;
};

static const struct field capacity_fields[] = {
	{"service", FIELD_TEXT, true, offsetof(struct told, service), 0, 0},
	{"max", FIELD_WHOLE, true, offsetof(struct told, max), 1, 1e6},
	{"connected", FIELD_WHOLE, true, offsetof(struct told, connected), 0, 1e6},
	{"inboundMax", FIELD_WHOLE, false, offsetof(struct told, inbound_max), 1, 1e6},
};

/* The floor with its reason: that it is open on a full node may only mean that the daemon has just started. */
static json_t *tell_floor(const struct policy *policy, int service, const char *name, int8_t floor)
{
	struct account account;

	policy_explain_floor(policy, (unsigned int)service, gate_now_ns(), &account);
	return json_pack("{s:s, s:i, s:s}", "service", name, "floor", (int)floor, "why",
			 account.why[0]);
}

int method_capacity(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	struct told told = {0};
	struct capacity capacity;
	int8_t floor;
	int service, error;

	error = fields_read(&told, capacity_fields, 4, params, why);
	if (error)
		return error;
	service = config_service(&engine->config, told.service, why);
	if (service < 0)
		return why_lead(why, -EINVAL, "service");
	capacity = (struct capacity){
		.max = (uint32_t)told.max.value,
		.connected = (uint32_t)told.connected.value,
		.inbound_max = (uint32_t)told.inbound_max.value,
	};
	error = policy_capacity(engine->policy, (unsigned int)service, &capacity, gate_now_ns(),
				&floor, why);
	if (!error)
		error = engine_settle(engine, why);
	if (!error)
		*ret_result = tell_floor(engine->policy, service, told.service, floor);
	return error;
}
