/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry: one entry of a log, whatever form it was written in: its message, level, package, time, and its other fields
 * as text. Forms differ only in how an entry is read.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENTRY_FIELDS_MAX = 32, ENTRY_NUMBER_MAX = 32 };

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
	char numbers[ENTRY_FIELDS_MAX][ENTRY_NUMBER_MAX];
	json_t *owner; /* holds the texts */
};

/* The text of a field; NULL when there is none of that name, or a number. */
const char *entry_text(const struct entry *self, const char *key);
/* The same, and numbers are welcome. */
const char *entry_word(const struct entry *self, const char *key);

/*
 * The JSON form (logrus): one object a line. Fields that are neither text nor number, and texts with a NUL in them, are
 * left out. -EBADMSG: no JSON object, or a key twice, which no logger writes; -EINVAL: no message or no time.
 * On success @ret is to be released.
 */
int entry_read_json(struct entry *ret, const char *line, size_t length);
void entry_release(struct entry *self);

/*
 * A cheap look before the line is read: the raw message in a JSON line, or NULL when that takes reading. Within a JSON
 * string a quote is escaped, so nobody's text can look like the key.
 */
const char *entry_peek_json(const char *line, size_t length, size_t *ret_length);

#endif
