/* SPDX-License-Identifier: BSD-2-Clause */
/* methods: the table of what can be asked, and one handler a method. */
#ifndef METHODS_H
#define METHODS_H

#include <jansson.h>
#include <stdbool.h>

#include <peergate/why.h>

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
