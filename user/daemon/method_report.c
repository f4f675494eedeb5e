/* SPDX-License-Identifier: BSD-2-Clause */
/* method_report: what the protocol layer saw, and how full it is. */
#include <errno.h>
#include <stdlib.h>
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

static int decode_all(struct dated_report *ret, const json_t *list, const struct rpc_caller *caller,
		      struct why *why)
{
	size_t count = json_array_size(list);
	int error = 0;

	for (size_t i = 0; i < count && !error; i++)
		error = report_decode(&ret[i], json_array_get(list, i),
				      &caller->server->engine.config, caller->uid, why);
	return error;
}

/* A report of something from before this host's boot is as old as evidence can be: it counts for nothing. */
static int apply_all(struct engine *engine, const struct dated_report *reports, size_t count,
		     size_t *ret_old, struct why *why)
{
	uint64_t now_ns = gate_now_ns(), at_ns;
	int error = 0;

	for (size_t i = 0; i < count && !error; i++) {
		double at_s = reports[i].at_unix_s;

		at_ns = now_ns;
		if (at_s > 0 && !engine_boot_ns(at_s, &at_ns))
			++*ret_old;
		else
			error = policy_report(engine->policy, &reports[i].report, at_ns, why);
	}
	return error;
}

int method_report(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct engine *engine = &caller->server->engine;
	const json_t *list = list_of(params);
	size_t count = json_array_size(list), old = 0;
	struct dated_report *reports;
	int error;

	if (!count)
		return why_fill(why, -EINVAL, "no report is given");
	reports = calloc(count, sizeof(*reports));
	if (!reports)
		return -ENOMEM;
	error = decode_all(reports, list, caller, why);
	if (!error)
		error = apply_all(engine, reports, count, &old, why);
	free(reports);
	if (!error)
		error = engine_settle(engine, why);
	if (error)
		return error;
	*ret_result = old ? json_pack("{s:I, s:I}", "taken", (json_int_t)(count - old), "too_old",
				      (json_int_t)old)
			  : json_pack("{s:I}", "taken", (json_int_t)count);
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
		*ret_result = json_pack("{s:s, s:i}", "service", told.service, "floor", (int)floor);
	return error;
}
