/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry: one entry of a log, whatever form it was written in: its message, level, package, time, and its other fields
 * as text. Forms differ only in how an entry is read (form.h).
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"

/* The texts of a line, each with its NUL, take no more than the line: between any two of them stands a mark. */
enum { ENTRY_FIELDS_MAX = 32, ENTRY_ROOM = LINE_MAX_LENGTH + 4096 };

struct entry_field {
	const char *key, *text;
	bool is_number;
};

struct entry {
	const char *message, *level;
	const char *package; /* the last part of its path: "p2p" */
	int64_t time_ms;     /* unix; as the text says when it has no zone */
	bool zoned;
	unsigned int count;
	struct entry_field fields[ENTRY_FIELDS_MAX];
	char *room; /* holds the texts until the next entry is read; ENTRY_ROOM bytes */
	size_t used;
};

int entry_init(struct entry *ret); /* -ENOMEM */
void entry_free(struct entry *self);

/* Nothing in it any more. */
void entry_clear(struct entry *self);

/* A copy of the text that lives as long as the entry; NULL: it has a NUL in it, or there is no room. */
const char *entry_keep(struct entry *self, const char *text, size_t length);

/* Adds a field; @text as entry_keep() gave it: NULL is left out, and so is what is more than ENTRY_FIELDS_MAX. */
void entry_add(struct entry *self, const char *key, const char *text, bool is_number);

/* The text of a field; NULL when there is none of that name, or a number. */
const char *entry_text(const struct entry *self, const char *key);
/* The same, and numbers are welcome. */
const char *entry_word(const struct entry *self, const char *key);

/* "beacon-chain/p2p" → "p2p"; NULL → "". */
const char *entry_last_part(const char *path);

/*
 * The JSON form, one object a line. Fields that are neither text nor whole number, and texts with a NUL in them, are left
 * out. -EBADMSG: no JSON object, or a key twice, which no logger writes.
 */
int entry_read_object(struct entry *self, const char *line, size_t length);

#endif
