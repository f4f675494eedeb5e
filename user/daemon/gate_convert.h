/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_convert: turns a key or value of one build into that of another by the names in both builds' BTF. */
#ifndef GATE_CONVERT_H
#define GATE_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

struct btf;

struct shape {
	struct btf *btf;
	uint32_t key, value; /* type ids in @btf; 0: the map has none */
	uint32_t key_size, value_size;
	uint32_t max_entries, type, flags;
};

/* Reads a map's shape, its BTF included (needs CAP_SYS_ADMIN, as at start). */
int shape_of(int map_fd, struct shape *ret);
void shape_release(struct shape *self);

/*
 * Converts one value of type @from_type to @to_type, both resolved in their own BTF. Members by name, enumerators by their word,
 * integers by value, arrays element by element; @to is zeroed first. False: the two have nothing in common.
 */
bool convert(const struct btf *from_btf, uint32_t from_type, const void *from,
	     const struct btf *to_btf, uint32_t to_type, void *to);

#endif
