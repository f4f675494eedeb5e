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

/*
 * 0 with the answer in @ret_result, or a negative errno with a sentence in @why: -EINVAL and -ERANGE say that the
 * parameters are wrong, and then nothing has changed.
 */
typedef int method_run(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		       struct why *why);

/* The same for a question that is asked for each connection: the answer is appended to @out. */
typedef int method_write(struct rpc_caller *caller, json_t *params, struct buffer *out,
			 struct why *why);

struct method {
	const char *name;
	method_run *run;     /* NULL where write is */
	method_write *write; /* what it wrote counts for nothing when it fails */
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

bool fast_rank_read(struct rpc_caller *caller, struct json_scan *scan);
int fast_rank_run(struct rpc_caller *caller, struct buffer *out, struct why *why);
bool fast_report_read(struct rpc_caller *caller, struct json_scan *scan);
int fast_report_run(struct rpc_caller *caller, struct buffer *out, struct why *why);

/* NULL: there is none such; the nearest is named in @why. */
const struct method *method_find(const char *name, struct why *why);

method_write method_admit, method_rank;
method_run method_report, method_capacity, method_node, method_mesh, method_prune, method_breaker;
method_run method_status, method_peers, method_explain, method_witness;
method_run method_subscribe, method_unsubscribe, method_modules;
method_run method_ban, method_unban, method_allow, method_disallow, method_mode, method_off;

int method_export(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);
int method_import(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why);

/* An answer that tells of an operator's word waits until the word is on the disk; see client_await(). */
void method_keep(struct rpc_caller *caller, json_t *answer);

#endif
