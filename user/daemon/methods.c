/* SPDX-License-Identifier: BSD-2-Clause */
#include "methods.h"

#include <errno.h>
#include <string.h>

#include <peergate/words.h>

/* The most frequent first: the table is searched from its top. */
static const struct method methods[] = {
	{"gate_admit", NULL, method_admit, PARAMS_OBJECT, false, "continue or disconnect?"},
	{"gate_report", method_report, NULL, PARAMS_ARRAY, false, "what the protocol layer saw"},
	{"gate_rank", NULL, method_rank, PARAMS_OBJECT, false, "in what order to dial"},
	{"gate_ban", method_ban, NULL, PARAMS_OBJECT, true, "refuse a source or prefix for a time"},
	{"gate_explain", method_explain, NULL, PARAMS_OBJECT, false, "why one is treated as it is"},
	{"gate_capacity", method_capacity, NULL, PARAMS_OBJECT, false, "how full the node is"},
	{"gate_node", method_node, NULL, PARAMS_OBJECT, false, "what the node is itself"},
	{"gate_mesh", method_mesh, NULL, PARAMS_OBJECT, false, "who is really here"},
	{"gate_prune", method_prune, NULL, PARAMS_OBJECT, false, "whom to let go"},
	{"gate_status", method_status, NULL, PARAMS_OBJECT, false, "the state of everything"},
	{"gate_peers", method_peers, NULL, PARAMS_OBJECT, false, "the book, a page at a time"},
	{"gate_witness", method_witness, NULL, PARAMS_OBJECT, false,
	 "what the kernel saw of sources"},
	{"gate_unban", method_unban, NULL, PARAMS_OBJECT, true, "end a refusal"},
	{"gate_allow", method_allow, NULL, PARAMS_OBJECT, true, "never refuse a source or prefix"},
	{"gate_disallow", method_disallow, NULL, PARAMS_OBJECT, true, "end a trust"},
	{"gate_breaker", method_breaker, NULL, PARAMS_OBJECT, true,
	 "suspect our own fault, or not"},
	{"gate_mode", method_mode, NULL, PARAMS_OBJECT, true, "observe or enforce"},
	{"gate_subscribe", method_subscribe, NULL, PARAMS_ARRAY, false, "be told of events"},
	{"gate_unsubscribe", method_unsubscribe, NULL, PARAMS_ARRAY, false, "be told no more"},
	{"gate_export", method_export, NULL, PARAMS_OBJECT, true, "the book as it is kept"},
	{"gate_import", method_import, NULL, PARAMS_OBJECT, true, "records of another book"},
	{"gate_off", method_off, NULL, PARAMS_OBJECT, true, "detach, unpin, exit"},
	{"rpc_modules", method_modules, NULL, PARAMS_ARRAY, false, "which namespaces there are"},
};

enum { METHODS = sizeof(methods) / sizeof(methods[0]) };

const struct method *method_find(const char *name, struct why *why)
{
	const char *names[METHODS], *near;

	for (unsigned int i = 0; i < METHODS; i++) {
		if (!strcmp(methods[i].name, name))
			return &methods[i];
		names[i] = methods[i].name;
	}
	near = nearest_word(name, names, METHODS);
	why_fill(why, -ENOSYS, "the method %.64s does not exist%s%s%s", name,
		 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	return NULL;
}

static const struct fast_method fast_methods[] = {
	{"gate_report", fast_report_read, fast_report_run},
	{"gate_rank", fast_rank_read, fast_rank_run},
};

const struct fast_method *fast_method_find(const struct json_text *name)
{
	for (unsigned int i = 0; i < sizeof(fast_methods) / sizeof(fast_methods[0]); i++)
		if (json_text_is(name, fast_methods[i].name))
			return &fast_methods[i];
	return NULL;
}

int method_modules(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	(void)caller;
	if (json_array_size(params))
		return why_fill(why, -EINVAL, "rpc_modules takes no parameters");
	*ret_result = json_pack("{s:s, s:s}", "gate", "1.0", "rpc", "1.0");
	return 0;
}
