/* SPDX-License-Identifier: BSD-2-Clause */
/* methods: the table of what can be asked, and one handler a method. */
#ifndef METHODS_H
#define METHODS_H

#include <jansson.h>
#include <stdbool.h>

#include <peergate/why.h>

#include "json_scan.h"
#include "rpc.h"

enum params_shape {
	PARAMS_OBJECT, /* one object, bare or in an array of one; none is an empty one */
	PARAMS_ARRAY,  /* an array; a bare value is an array of one */
};

struct method {
	const char *name;
	/*
	 * 0 with the answer in @ret_result, or a negative errno with a sentence in @why: -EINVAL and -ERANGE say that the
	 * parameters are wrong, and then nothing has changed.
	 */
	int (*run)(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
	enum params_shape shape;
	bool admin;
	const char *help;
};

/*
 * A method with a quick road for plain requests. read: takes the parameters off @scan into the server's room; false: the slow
 * road's, and nothing has happened. run: does it, and appends the result. Errors as of a method.
 */
struct fast_method {
	const char *name;
	bool (*read)(struct rpc_caller *caller, struct json_scan *scan);
	int (*run)(struct rpc_caller *caller, struct buffer *out, struct why *why);
};

const struct fast_method *fast_method_find(const struct json_text *name); /* NULL: none */

bool fast_report_read(struct rpc_caller *caller, struct json_scan *scan);
int fast_report_run(struct rpc_caller *caller, struct buffer *out, struct why *why);

/* NULL: there is none such; the nearest is named in @why. */
const struct method *method_find(const char *name, struct why *why);

int method_report(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_capacity(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		    struct why *why);
int method_status(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_peers(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_explain(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_witness(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_subscribe(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		     struct why *why);
int method_unsubscribe(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		       struct why *why);
int method_ban(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_unban(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_allow(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_disallow(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		    struct why *why);
int method_mode(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_off(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_modules(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);

#endif
