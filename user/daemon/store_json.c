/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <peergate/words.h>

#include "evidence.h"
#include "store_shape.h"

#define NS_PER_S UINT64_C(1000000000)
#define MILLION 1000000.0
/* The year 2262: as far as unix ns go. */
#define MOMENT_MAX_S 9223372036.0

enum { MEMBERS_MAX = 32 };

static const char forever[] = "forever";
static const char *const directions[] = {"unknown", "inbound", "outbound"};

static json_t *moment_json(uint64_t unix_ns)
{
	/* Whole microseconds: what a double holds exactly in this century. */
	const uint64_t us = unix_ns / 1000;

	return unix_ns == FOREVER_NS ? json_string(forever) : json_real((double)us / MILLION);
}

static json_t *shape_json(const struct shape *shape, const uint8_t *record);

static json_t *inner_json(const struct part *part, const uint8_t *record)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < part->count; i++) {
		json_t *one =
			shape_json(part->shape, record + part->offset + i * part->shape->size);

		if (json_object_size(one))
			json_array_append_new(list, one);
		else
			json_decref(one);
	}
	if (part->count > 1 && json_array_size(list))
		return list;
	{
		json_t *first = json_incref(json_array_get(list, 0));

		json_decref(list);
		return first;
	}
}

static json_t *rule_json(uint32_t name)
{
	int rule = evidence_named(name);

	return rule < 0 ? NULL : json_string(evidence_at((unsigned int)rule)->one);
}

static json_t *number_json(const struct part *part, uint64_t value)
{
	switch (part->kind) {
	case PART_FLAG:
		return json_true();
	case PART_MOMENT:
		return moment_json(value);
	case PART_POINTS:
		return json_real((double)(int64_t)value / MILLION);
	case PART_STANDING:
		return json_string(standing_word((unsigned int)value));
	case PART_REASON:
		return json_string(reason_word((unsigned int)value));
	case PART_DIRECTION:
		return json_string(directions[value < 3 ? value : 0]);
	case PART_RULE:
		return rule_json((uint32_t)value);
	default:
		return json_integer((json_int_t)value);
	}
}

/* NULL: zero, which is not written. */
static json_t *part_json(const struct part *part, const uint8_t *record)
{
	const uint8_t *at = record + part->offset;
	char text[ADDR_TEXT_MAX];
	uint64_t value;

	switch (part->kind) {
	case PART_SHAPE:
		return inner_json(part, record);
	case PART_PREFIX:
		return ((const struct prefix *)at)->length
			       ? json_string(prefix_text((const struct prefix *)at, text))
			       : NULL;
	case PART_TEXT:
		return *at ? json_string((const char *)at) : NULL;
	default:
		value = part_read(part, record);
		return value ? number_json(part, value) : NULL;
	}
}

static json_t *shape_json(const struct shape *shape, const uint8_t *record)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < shape->count; i++) {
		json_t *value = part_json(&shape->parts[i], record);

		if (value)
			json_object_set_new(object, shape->parts[i].name, value);
	}
	return object;
}

json_t *store_to_json(const struct saved *saved)
{
	const uint8_t *record = saved->kind == SAVED_PLACE ? (const uint8_t *)&saved->place
							   : (const uint8_t *)&saved->peer;
	json_t *object = shape_json(store_shape_of(saved->kind), record);

	if (object)
		json_object_set_new(object, "taken", moment_json(saved->taken));
	return object;
}

static int wrong(const struct part *part, const char *wanted, struct why *why)
{
	return why_fill(why, -EINVAL, "%s: must be %s", part->name, wanted);
}

static int read_moment(const struct part *part, const json_t *value, uint64_t *ret, struct why *why)
{
	double seconds = json_number_value(value);
	const char *text = json_string_value(value);

	if (text && !strcmp(text, forever)) {
		*ret = FOREVER_NS;
		return 0;
	}
	if (!json_is_number(value) || !(seconds >= 0 && seconds < MOMENT_MAX_S))
		return wrong(part, "unix seconds, or \"forever\"", why);
	*ret = (uint64_t)llround(seconds * MILLION) * 1000;
	return 0;
}

static int read_word(const struct part *part, const json_t *value, uint64_t *ret, struct why *why)
{
	const char *text = json_string_value(value);
	int found = -EINVAL;

	if (!text)
		return wrong(part, "a word", why);
	if (part->kind == PART_STANDING)
		found = standing_of(text);
	else if (part->kind == PART_REASON)
		found = reason_of(text);
	else
		for (int i = 0; i < 3; i++)
			found = strcmp(text, directions[i]) ? found : i;
	if (found < 0)
		return why_fill(why, -EINVAL, "%s: \"%.40s\" is not known", part->name, text);
	*ret = (uint64_t)found;
	return 0;
}

static uint64_t most_of(const struct part *part)
{
	return part->size >= 8 ? INT64_MAX : (UINT64_C(1) << part->size * 8) - 1;
}

static int read_number(const struct part *part, const json_t *value, uint64_t *ret, struct why *why)
{
	double number = json_number_value(value);
	const char *text = json_string_value(value);

	switch (part->kind) {
	case PART_MOMENT:
		return read_moment(part, value, ret, why);
	case PART_STANDING:
	case PART_REASON:
	case PART_DIRECTION:
		return read_word(part, value, ret, why);
	case PART_FLAG:
		if (!json_is_boolean(value))
			return wrong(part, "true or false", why);
		*ret = json_is_true(value);
		return 0;
	case PART_RULE:
		if (!text)
			return wrong(part, "a word", why);
		*ret = evidence_called(text);
		return 0;
	case PART_POINTS:
		if (!json_is_number(value) || !(number >= 0 && number <= 100))
			return wrong(part, "a number from 0 to 100", why);
		*ret = (uint64_t)llround(number * MILLION);
		return 0;
	default:
		if (!json_is_integer(value) || number < 0 || number > (double)most_of(part))
			return wrong(part, "a whole number from 0 on", why);
		*ret = (uint64_t)json_integer_value(value);
		return 0;
	}
}

static int read_shape(const struct shape *shape, uint8_t *record, const json_t *object,
		      struct why *why);

static int read_inner(const struct part *part, uint8_t *record, const json_t *value,
		      struct why *why)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1;
	int error = 0;

	if (part->count == 1)
		return read_shape(part->shape, record + part->offset, value, why);
	if (!json_is_array(value) || count > part->count)
		return why_fill(why, -EINVAL, "%s: must be a list of at most %u", part->name,
				part->count);
	for (size_t i = 0; i < count && !error; i++)
		error = read_shape(part->shape, record + part->offset + i * part->shape->size,
				   json_array_get(value, i), why);
	return error;
}

static int read_prefix(const struct part *part, uint8_t *record, const json_t *value,
		       struct why *why)
{
	const char *text = json_string_value(value);
	bool widened;

	if (!text)
		return wrong(part, "an address or a prefix", why);
	return prefix_parse((struct prefix *)(record + part->offset), &widened, text, why)
		       ? why_lead(why, -EINVAL, "%s", part->name)
		       : 0;
}

static int read_part(const struct part *part, uint8_t *record, const json_t *value, struct why *why)
{
	const char *text = json_string_value(value);
	uint64_t number = 0;
	int error;

	switch (part->kind) {
	case PART_SHAPE:
		return read_inner(part, record, value, why);
	case PART_PREFIX:
		return read_prefix(part, record, value, why);
	case PART_TEXT:
		if (!text || strlen(text) >= part->size)
			return why_fill(why, -EINVAL, "%s: must be a text of at most %d letters",
					part->name, part->size - 1);
		strcpy((char *)record + part->offset, text);
		return 0;
	default:
		error = read_number(part, value, &number, why);
		if (!error)
			part_write(part, record, number);
		return error;
	}
}

static int no_part(const struct shape *shape, const char *name, struct why *why)
{
	const char *names[MEMBERS_MAX], *near;

	for (unsigned int i = 0; i < shape->count; i++)
		names[i] = shape->parts[i].name;
	near = nearest_word(name, names, shape->count);
	return why_fill(why, -EINVAL, "\"%.40s\" is no member of a record%s%s%s", name,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int read_shape(const struct shape *shape, uint8_t *record, const json_t *object,
		      struct why *why)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return why_fill(why, -EINVAL, "a record, and what it holds, must be an object");
	json_object_foreach ((json_t *)object, name, value) {
		const struct part *part = NULL;
		int error;

		for (unsigned int i = 0; i < shape->count && !part; i++)
			if (!strcmp(shape->parts[i].name, name))
				part = &shape->parts[i];
		error = part ? read_part(part, record, value, why) : no_part(shape, name, why);
		if (error)
			return error;
	}
	return 0;
}

int store_from_json(struct saved *ret, const json_t *object, uint64_t now_unix_ns, struct why *why)
{
	static const struct part taken = {.name = "taken", .kind = PART_MOMENT, .size = 8};
	const json_t *told = json_object_get(object, "taken");
	bool is_peer = json_object_get(object, "peer");
	json_t *rest;
	int error = 0;

	if (!is_peer && !json_object_get(object, "addr"))
		return why_fill(why, -EINVAL, "neither addr nor peer: this is no record of a book");
	memset(ret, 0, sizeof(*ret));
	ret->kind = is_peer ? SAVED_PEER : SAVED_PLACE;
	ret->taken = now_unix_ns;
	if (told)
		error = read_moment(&taken, told, &ret->taken, why);
	if (error)
		return error;
	rest = json_copy((json_t *)object);
	json_object_del(rest, "taken");
	error = read_shape(store_shape_of(ret->kind),
			   is_peer ? (uint8_t *)&ret->peer : (uint8_t *)&ret->place, rest, why);
	json_decref(rest);
	return error;
}
