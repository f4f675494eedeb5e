/* SPDX-License-Identifier: BSD-2-Clause */
/* fields_scan: the members of a plain object into a struct by the same table as fields_read(), without building the object. */
#include <math.h>
#include <string.h>

#include "fields.h"

static const struct field *find(const struct field *fields, unsigned int count,
				const struct json_text *name)
{
	for (unsigned int i = 0; i < count; i++)
		if (json_text_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

/* The text, ended by a 0, in the room that the caller gave. */
static bool keep_text(struct fields_room *room, const char **ret, const struct json_text *text)
{
	char *kept = room->bytes + room->used;

	if (text->length >= sizeof(room->bytes) - room->used)
		return false;
	memcpy(kept, text->letters, text->length);
	kept[text->length] = '\0';
	room->used += text->length + 1;
	*ret = kept;
	return true;
}

static bool put_number(struct field_number *ret, const struct field *field, double number)
{
	if (field->kind == FIELD_WHOLE && floor(number) != number)
		return false;
	if (!(number >= field->min && number <= field->max))
		return false;
	*ret = (struct field_number){.told = true, .value = number};
	return true;
}

static bool put(void *ret, const struct field *field, struct json_scan *scan,
		struct fields_room *room)
{
	void *member = (char *)ret + field->offset;
	struct json_text text;
	double number;

	switch (field->kind) {
	case FIELD_TEXT:
		return json_scan_text(scan, &text) && keep_text(room, member, &text);
	case FIELD_FLAG:
		return json_scan_flag(scan, member);
	case FIELD_NUMBER:
	case FIELD_WHOLE:
		return json_scan_number(scan, &number) && put_number(member, field, number);
	default:
		return false;
	}
}

static bool has_all(const struct field *fields, unsigned int count, uint32_t seen)
{
	for (unsigned int i = 0; i < count; i++)
		if (fields[i].required && !(seen >> i & 1))
			return false;
	return true;
}

bool fields_scan(void *ret, const struct field *fields, unsigned int count, struct json_scan *scan,
		 struct fields_room *room)
{
	uint32_t seen = 0;

	if (!json_scan_mark(scan, '{'))
		return false;
	if (json_scan_maybe(scan, '}'))
		return has_all(fields, count, 0);
	do {
		const struct field *field;
		struct json_text name;
		uint32_t bit;

		if (!json_scan_key(scan, &name))
			return false;
		field = find(fields, count, &name);
		bit = field ? 1U << (field - fields) : 0;
		/* What is unknown or comes twice is the slow road's to name. */
		if (!bit || seen & bit || !put(ret, field, scan, room))
			return false;
		seen |= bit;
	} while (json_scan_maybe(scan, ','));
	return json_scan_mark(scan, '}') && has_all(fields, count, seen);
}
