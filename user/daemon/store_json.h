/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_json: a record of the book as a JSON object, by the table of store_shape.h, as `peergate export` writes it. What is zero is
 * left out; moments are unix seconds, "forever" has no end; words are those of every answer.
 */
#ifndef STORE_JSON_H
#define STORE_JSON_H

#include <jansson.h>

#include <peergate/why.h>

#include "save.h"

/* A new reference, or NULL without memory. */
json_t *store_to_json(const struct saved *saved);

/*
 * -EINVAL: a member that no record has (the nearest is named), of another type, out of its range, or neither `addr` nor `peer`.
 * Without `taken` it is @now_unix_ns.
 */
int store_from_json(struct saved *ret, const json_t *object, uint64_t now_unix_ns, struct why *why);

#endif
