/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json_write.h"
#include "methods.h"
#include "rpc_fast.h"

struct failure {
	enum rpc_code code;
	struct why why;
};

static void append_head(struct buffer *out, const json_t *id)
{
	buffer_text(out, "{\"jsonrpc\":\"2.0\",\"id\":");
	if (id)
		json_write(out, id);
	else
		buffer_text(out, "null");
}

static void append_result_head(struct buffer *out, const json_t *id)
{
	append_head(out, id);
	buffer_text(out, ",\"result\":");
}

void rpc_error(struct buffer *out, enum rpc_code code, const struct why *why)
{
	json_t *sentence = json_string(why->sentence);
	char head[48];

	/* A sentence that quotes half a letter is not UTF-8 any more. */
	if (!sentence)
		sentence = json_string("the request is wrong, and quotes bytes that are not UTF-8");
	snprintf(head, sizeof(head), ",\"error\":{\"code\":%d,\"message\":", (int)code);
	buffer_text(out, head);
	json_write(out, sentence);
	buffer_text(out, "}}");
	json_decref(sentence);
}

static void append_error(struct buffer *out, const json_t *id, const struct failure *failure)
{
	append_head(out, id);
	rpc_error(out, failure->code, &failure->why);
}

void rpc_refuse(struct buffer *out, enum rpc_code code, const char *format, ...)
{
	struct failure failure = {.code = code};
	va_list args;

	va_start(args, format);
	vsnprintf(failure.why.sentence, sizeof(failure.why.sentence), format, args);
	va_end(args);
	append_error(out, NULL, &failure);
	buffer_text(out, "\n");
}

static void fail(struct failure *failure, enum rpc_code code, const char *sentence)
{
	failure->code = code;
	why_fill(&failure->why, 0, "%s", sentence);
}

enum rpc_code rpc_code_of(int error)
{
	switch (error) {
	case -EINVAL:
	case -ERANGE:
		return RPC_INVALID_PARAMS;
	case -ENOMEM:
		return RPC_INTERNAL_ERROR;
	}
	return RPC_SERVER_ERROR;
}

/* The parameters in the shape that the method takes; a new reference, or NULL. */
static json_t *shape(const struct method *method, json_t *params, struct failure *failure)
{
	bool array = json_is_array(params);

	if (!params || json_is_null(params))
		return method->shape == PARAMS_ARRAY ? json_array() : json_object();
	if (!array && !json_is_object(params)) {
		fail(failure, RPC_INVALID_PARAMS, "params: must be an object or an array");
		return NULL;
	}
	if (method->shape == PARAMS_ARRAY)
		return array ? json_incref(params) : json_pack("[O]", params);
	if (!array)
		return json_incref(params);
	if (!json_array_size(params))
		return json_object();
	if (json_array_size(params) == 1 && json_is_object(json_array_get(params, 0)))
		return json_incref(json_array_get(params, 0));
	fail(failure, RPC_INVALID_PARAMS, "params: must be one object, or an array of one object");
	return NULL;
}

/* Without an id it is a notification, and nobody waits for an answer. */
static int run_value(struct rpc_caller *caller, const struct method *method, json_t *params,
		     const json_t *id, struct buffer *out, struct why *why)
{
	json_t *result = NULL;
	int error = method->run(caller, params, &result, why);

	if (!error && !result)
		error = why_fill(why, -ENOMEM, "%s: no memory for the answer", method->name);
	if (!error && id) {
		append_result_head(out, id);
		json_write(out, result);
		buffer_text(out, "}");
	}
	json_decref(result);
	return error;
}

static int run_write(struct rpc_caller *caller, const struct method *method, json_t *params,
		     const json_t *id, struct buffer *out, struct why *why)
{
	size_t begin = out->length;
	int error;

	append_result_head(out, id);
	error = method->write(caller, params, out, why);
	buffer_text(out, "}");
	if (error || !id)
		out->length = begin;
	return error;
}

static bool run(struct rpc_caller *caller, const struct method *method, const json_t *request,
		struct buffer *out, struct failure *failure)
{
	json_t *shaped = shape(method, json_object_get(request, "params"), failure);
	const json_t *id = json_object_get(request, "id");
	int error;

	if (!shaped)
		return false;
	error = (method->write ? run_write : run_value)(caller, method, shaped, id, out,
							&failure->why);
	json_decref(shaped);
	if (!error)
		return true;
	failure->code = rpc_code_of(error);
	why_fill(&failure->why, error, "%s: %s", method->name, strerror(-error));
	return false;
}

static bool is_id(const json_t *id)
{
	return !id || json_is_string(id) || json_is_number(id) || json_is_null(id);
}

/* What makes a value a request; the method's name, or NULL. */
static const char *method_name(const json_t *request, struct failure *failure)
{
	const char *version = json_string_value(json_object_get(request, "jsonrpc"));
	const char *name = json_string_value(json_object_get(request, "method"));

	if (!json_is_object(request))
		fail(failure, RPC_INVALID_REQUEST, "a request must be an object");
	else if (!is_id(json_object_get(request, "id")))
		fail(failure, RPC_INVALID_REQUEST, "id: must be a string, a number or null");
	else if (!version || strcmp(version, "2.0"))
		fail(failure, RPC_INVALID_REQUEST, "jsonrpc: must be \"2.0\"");
	else if (!name)
		fail(failure, RPC_INVALID_REQUEST, "method: must be a string");
	else
		return name;
	return NULL;
}

/* Whether it is done, and then answered. */
static bool call(struct rpc_caller *caller, const char *name, const json_t *request,
		 struct buffer *out, struct failure *failure)
{
	const struct method *method = method_find(name, &failure->why);

	if (!method) {
		failure->code = RPC_METHOD_NOT_FOUND;
		return false;
	}
	if (method->admin && !caller->admin) {
		failure->code = RPC_SERVER_ERROR;
		why_fill(&failure->why, -EACCES,
			 "%s is for the administrator: ask on admin.ipc, as root", name);
		return false;
	}
	return run(caller, method, request, out, failure);
}

/* One request; returns whether an answer was appended. */
static bool serve_one(struct rpc_caller *caller, const json_t *request, struct buffer *out)
{
	struct failure failure = {.why = {""}};
	const char *name = method_name(request, &failure);
	const json_t *id = json_object_get(request, "id");
	bool done = name && call(caller, name, request, out, &failure);

	if (name && !id)
		return false;
	if (!done)
		append_error(out, is_id(id) ? id : NULL, &failure);
	return true;
}

static bool refuse_rest(const json_t *request, const struct rpc_caller *caller, struct buffer *out)
{
	json_t *id = json_object_get(request, "id");
	struct failure failure = {.code = RPC_SERVER_ERROR};

	if (!id || !is_id(id))
		return false;
	why_fill(&failure.why, 0,
		 "not done: the answers of this batch exceed %zu bytes; send smaller batches",
		 caller->output_max);
	append_error(out, id, &failure);
	return true;
}

static void serve_batch(struct rpc_caller *caller, const json_t *batch, struct buffer *out)
{
	size_t begin = out->length;
	bool answered = false;

	for (size_t i = 0; i < json_array_size(batch); i++) {
		const json_t *request = json_array_get(batch, i);
		size_t before = out->length;
		bool more;

		buffer_text(out, answered ? "," : "[");
		if (before - begin > caller->output_max)
			more = refuse_rest(request, caller, out);
		else
			more = serve_one(caller, request, out);
		answered |= more;
		if (!more)
			out->length = before;
	}
	if (answered)
		buffer_text(out, "]\n");
}

static json_t *parse(const char *bytes, size_t length, json_error_t *error)
{
	const size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES;
	json_t *value = json_loadb(bytes, length, flags, error);

	/* An absurd number is the method's to name, not a reason to understand nothing. */
	if (!value && json_error_code(error) == json_error_numeric_overflow)
		value = json_loadb(bytes, length, flags | JSON_DECODE_INT_AS_REAL, error);
	return value;
}

void rpc_serve(struct rpc_caller *caller, const char *bytes, size_t length, struct buffer *out)
{
	json_error_t error;
	json_t *value;

	if (rpc_fast(caller, bytes, length, out))
		return;
	value = parse(bytes, length, &error);
	if (!value)
		rpc_refuse(out, RPC_PARSE_ERROR, "the value is not JSON: %s (byte %d)", error.text,
			   error.position);
	else if (!json_is_array(value)) {
		if (serve_one(caller, value, out))
			buffer_text(out, "\n");
	} else if (!json_array_size(value))
		rpc_refuse(out, RPC_INVALID_REQUEST, "the batch is empty");
	else
		serve_batch(caller, value, out);
	json_decref(value);
}
