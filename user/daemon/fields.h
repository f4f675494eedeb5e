/* SPDX-License-Identifier: BSD-2-Clause */
/* fields: reads the members of a JSON object into a struct by a table; what is unknown, missing or of another type is named. */
#ifndef FIELDS_H
#define FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <peergate/why.h>

#include "json_scan.h"

enum field_kind {
	FIELD_TEXT,   /* const char *, borrowed from the object; NULL: absent */
	FIELD_FLAG,   /* bool */
	FIELD_NUMBER, /* struct field_number */
	FIELD_WHOLE,  /* struct field_number with a whole value */
	FIELD_LIST, /* const json_t *, an array, borrowed from the object; NULL: absent; never plain */
};

/* A number within the range that its field names. */
struct field_number {
	bool told;
	double value;
};

struct field {
	const char *name;
	enum field_kind kind;
	bool required;
	size_t offset;
	double min, max; /* of numbers */
};

/*
 * Fills what @object tells into @ret, which the caller has set to its defaults; null means absent. -EINVAL: a member that
 * no field names (the nearest is), a wrong type, a number outside its range, a required field that is missing.
 */
int fields_read(void *ret, const struct field *fields, unsigned int count, const json_t *object,
		struct why *why);

/* Where fields_scan() keeps texts. The caller sets @used to 0 for each object. */
struct fields_room {
	size_t used;
	char bytes[2048];
};

/*
 * The same from the plain text of an object. false: not plain, or anything that fields_read() would refuse; @ret is then
 * undefined, nothing else has happened, and the caller takes the slow road, which says what is wrong.
 */
bool fields_scan(void *ret, const struct field *fields, unsigned int count, struct json_scan *scan,
		 struct fields_room *room);

#endif
