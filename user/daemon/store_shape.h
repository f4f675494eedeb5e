/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_shape: one table for both ways in which a record of the book is written down: as bytes in the store's file
 * (store_pack.h), as JSON in an export (store_json.h). A part that is added here is in both.
 */
#ifndef STORE_SHAPE_H
#define STORE_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "save.h"

enum part_kind {
	PART_NUMBER,	/* a whole number */
	PART_FLAG,	/* uint8_t: 0 or 1 */
	PART_MOMENT,	/* uint64_t unix ns; 0 never, FOREVER_NS no end */
	PART_POINTS,	/* int32_t, millionths */
	PART_STANDING,	/* uint8_t, a word of abi.h */
	PART_REASON,	/* likewise */
	PART_DIRECTION, /* uint8_t, enum direction */
	PART_RULE,	/* uint32_t, evidence_name() */
	PART_PREFIX,	/* struct prefix */
	PART_TEXT,	/* a NUL-terminated text in an array */
	PART_SHAPE, /* a struct, or several in an array: those that are all zero are not written */
};

/* @tag is the name in files: never given to another part, not even when this one is gone. */
struct part {
	const char *name;
	uint8_t tag;
	enum part_kind kind;
	uint16_t offset, size;
	const struct shape *shape;
	uint8_t count; /* of PART_SHAPE; more than one is a list */
};

struct shape {
	uint16_t size;
	uint8_t count;
	const struct part *parts;
};

extern const struct shape shape_place, shape_peer;

/* By the kind of the record, and where in it the shape lies. */
const struct shape *store_shape_of(enum saved_kind kind);

/* Numbers, flags, moments and words, whatever their size. Negative ones come as their two's complement in 64 bits. */
uint64_t part_read(const struct part *part, const void *record);
void part_write(const struct part *part, void *record, uint64_t value);

#endif
