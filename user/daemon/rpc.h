/* SPDX-License-Identifier: BSD-2-Clause */
/* rpc: JSON-RPC 2.0 as Ethereum's clients speak it: one JSON value in, its answer (or none) out. */
#ifndef RPC_H
#define RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <peergate/why.h>

#include "buffer.h"

enum rpc_code {
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_METHOD_NOT_FOUND = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_INTERNAL_ERROR = -32603,
	RPC_SERVER_ERROR = -32000,
};

struct server;
struct client;

/* Who calls, from the socket, never from the message. */
struct rpc_caller {
	struct server *server;
	struct client *client;
	bool admin;
	uid_t uid;
	pid_t pid;
	size_t output_max; /* bytes of one batch's answers: what comes after is refused, not done */
};

/* Parses @bytes as one value, does what it asks, and appends the answer and a newline to @out; nothing for notifications. */
void rpc_serve(struct rpc_caller *caller, const char *bytes, size_t length, struct buffer *out);

/* Appends an error that belongs to no request. */
void rpc_refuse(struct buffer *out, enum rpc_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* For rpc_fast.c: what stands behind the id of an answer that is an error, and the code of one. */
void rpc_error(struct buffer *out, enum rpc_code code, const struct why *why);
enum rpc_code rpc_code_of(int error);

#endif
