/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_pack: a record of the book as bytes, by the table of store_shape.h: tag, length, value, and again. What is zero is not
 * written, and a tag that this build does not know is passed over, so parts come and go without a new schema. A check over
 * the whole stands at the end: a flipped bit must not become somebody's ban.
 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "buffer.h"
#include "save.h"

enum { PACKED_MAX = 4096 }; /* bytes of one record: more than all parts of a peer take together */

/* Appends the record's bytes; its number and kind are the row's. */
void store_pack(struct buffer *out, const struct saved *saved);

/* -EBADMSG: these bytes were never a record of @kind. @ret is whole on success, undefined else. */
int store_unpack(struct saved *ret, enum saved_kind kind, uint32_t number, const void *bytes,
		 size_t length);

#endif
