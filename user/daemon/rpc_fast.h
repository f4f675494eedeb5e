/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rpc_fast: the quick road of the busiest requests when they come in their plain form: read by json_scan, answered by hand.
 * Whatever is not plain, or wrong in any way, is left to rpc_serve(), untouched: there is one place where errors are made.
 */
#ifndef RPC_FAST_H
#define RPC_FAST_H

#include "rpc.h"

/* Whether @bytes, one value, was such a request: then it is done, and its answer (none of a notification) is in @out. */
bool rpc_fast(struct rpc_caller *caller, const char *bytes, size_t length, struct buffer *out);

#endif
