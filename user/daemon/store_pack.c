/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_pack.h"

#include <errno.h>
#include <string.h>

#include "hash.h"
#include "store_shape.h"

/* A length of LONG is followed by the true one in two bytes. */
enum { FORMAT = 1, HEAD = 9, CHECK = 4, LONG = 255 };

struct writer {
	uint8_t *at;
};

static void write_head(struct writer *to, uint8_t tag, size_t length)
{
	*to->at++ = tag;
	*to->at++ = length < LONG ? (uint8_t)length : LONG;
	if (length < LONG)
		return;
	*to->at++ = (uint8_t)length;
	*to->at++ = (uint8_t)(length >> 8);
}

static void write_bytes(struct writer *to, uint8_t tag, const void *bytes, size_t length)
{
	write_head(to, tag, length);
	memcpy(to->at, bytes, length);
	to->at += length;
}

static void write_number(struct writer *to, uint8_t tag, uint64_t value)
{
	uint8_t bytes[8];
	size_t length = 0;

	for (; value; value >>= 8)
		bytes[length++] = (uint8_t)value;
	if (length)
		write_bytes(to, tag, bytes, length);
}

static void write_shape(struct writer *to, const struct shape *shape, const uint8_t *record);

/* A shape's length is known when it is written: it is moved up behind its head. */
static void write_inner(struct writer *to, const struct part *part, const uint8_t *record)
{
	for (unsigned int i = 0; i < part->count; i++) {
		uint8_t bytes[PACKED_MAX / 2];
		struct writer inner = {bytes};

		write_shape(&inner, part->shape, record + part->offset + i * part->shape->size);
		if (inner.at != bytes)
			write_bytes(to, part->tag, bytes, (size_t)(inner.at - bytes));
	}
}

static void write_part(struct writer *to, const struct part *part, const uint8_t *record)
{
	const struct prefix *prefix = (const struct prefix *)(record + part->offset);
	const char *text = (const char *)record + part->offset;

	switch (part->kind) {
	case PART_SHAPE:
		write_inner(to, part, record);
		return;
	case PART_PREFIX:
		if (prefix->length)
			write_bytes(to, part->tag, prefix, sizeof(*prefix));
		return;
	case PART_TEXT:
		if (text[0])
			write_bytes(to, part->tag, text, strlen(text));
		return;
	default:
		write_number(to, part->tag, part_read(part, record));
	}
}

static void write_shape(struct writer *to, const struct shape *shape, const uint8_t *record)
{
	for (unsigned int i = 0; i < shape->count; i++)
		write_part(to, &shape->parts[i], record);
}

static const void *inside(const struct saved *saved)
{
	return saved->kind == SAVED_PLACE ? (const void *)&saved->place : &saved->peer;
}

void store_pack(struct buffer *out, const struct saved *saved)
{
	uint8_t bytes[PACKED_MAX];
	struct writer to = {bytes + HEAD};
	uint32_t check;

	bytes[0] = FORMAT;
	memcpy(bytes + 1, &saved->taken, sizeof(saved->taken));
	write_shape(&to, store_shape_of(saved->kind), inside(saved));
	check = hash_text((const char *)bytes, (size_t)(to.at - bytes));
	memcpy(to.at, &check, sizeof(check));
	buffer_append(out, bytes, (size_t)(to.at - bytes) + CHECK);
}

struct reader {
	const uint8_t *at, *end;
};

/* The next tag and its value's place; false: no more, or not whole. */
static bool read_head(struct reader *from, uint8_t *ret_tag, struct reader *ret_value)
{
	size_t length;

	if (from->end - from->at < 2)
		return false;
	*ret_tag = *from->at++;
	length = *from->at++;
	if (length == LONG) {
		if (from->end - from->at < 2)
			return false;
		length = from->at[0] | (size_t)from->at[1] << 8;
		from->at += 2;
	}
	if (length > (size_t)(from->end - from->at))
		return false;
	*ret_value = (struct reader){from->at, from->at + length};
	from->at += length;
	return true;
}

static const struct part *part_of(const struct shape *shape, uint8_t tag)
{
	/* Tags count from 1 in the order of the table; should they no longer, they are looked for. */
	if (tag && tag <= shape->count && shape->parts[tag - 1].tag == tag)
		return &shape->parts[tag - 1];
	for (unsigned int i = 0; i < shape->count; i++)
		if (shape->parts[i].tag == tag)
			return &shape->parts[i];
	return NULL;
}

static int read_shape(struct reader from, const struct shape *shape, uint8_t *record);

/* The first of the list that is still all zero. */
static int read_inner(struct reader from, const struct part *part, uint8_t *record)
{
	static const uint8_t zero[sizeof(struct saved_peer)];

	for (unsigned int i = 0; i < part->count; i++) {
		uint8_t *at = record + part->offset + i * part->shape->size;

		if (part->count == 1 || !memcmp(at, zero, part->shape->size))
			return read_shape(from, part->shape, at);
	}
	return 0;
}

static int read_part(struct reader from, const struct part *part, uint8_t *record)
{
	size_t length = (size_t)(from.end - from.at);
	uint64_t value = 0;

	switch (part->kind) {
	case PART_SHAPE:
		return read_inner(from, part, record);
	case PART_PREFIX:
		if (length != sizeof(struct prefix) || from.at[sizeof(struct addr)] > 128)
			return -EBADMSG;
		memcpy(record + part->offset, from.at, length);
		return 0;
	case PART_TEXT:
		if (length >= part->size)
			return -EBADMSG;
		memcpy(record + part->offset, from.at, length);
		return 0;
	default:
		if (length > sizeof(value))
			return -EBADMSG;
		for (size_t i = length; i-- > 0;)
			value = value << 8 | from.at[i];
		part_write(part, record, value);
		return 0;
	}
}

static int read_shape(struct reader from, const struct shape *shape, uint8_t *record)
{
	struct reader value;
	uint8_t tag;
	int error = 0;

	while (!error && read_head(&from, &tag, &value)) {
		const struct part *part = part_of(shape, tag);

		if (part)
			error = read_part(value, part, record);
	}
	return error ? error : from.at == from.end ? 0 : -EBADMSG;
}

int store_unpack(struct saved *ret, enum saved_kind kind, uint32_t number, const void *bytes,
		 size_t length)
{
	const uint8_t *from = bytes;
	const struct shape *shape = store_shape_of(kind);
	uint8_t *record = kind == SAVED_PLACE ? (uint8_t *)&ret->place : (uint8_t *)&ret->peer;
	uint32_t check;

	if (length < HEAD + CHECK || from[0] != FORMAT)
		return -EBADMSG;
	memcpy(&check, from + length - CHECK, sizeof(check));
	if (check != hash_text(bytes, length - CHECK))
		return -EBADMSG;
	memset(record, 0, shape->size);
	ret->kind = kind;
	ret->number = number;
	ret->gone = false;
	memcpy(&ret->taken, from + 1, sizeof(ret->taken));
	return read_shape((struct reader){from + HEAD, from + length - CHECK}, shape, record);
}
