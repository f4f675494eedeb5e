/* SPDX-License-Identifier: BSD-2-Clause */
/* Our reader of flat JSON lines and jansson say the same of any line: entry or none, and the same fields with the same texts. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What jansson has for a field of the entry. */
static void check_field(const json_t *object, const struct entry_field *field)
{
	const json_t *value = json_object_get(object, field->key);
	char number[32];

	if (json_is_integer(value))
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
	if (field->is_number
		    ? !json_is_integer(value) || strcmp(number, field->text)
		    : !json_is_string(value) || strcmp(json_string_value(value), field->text))
		abort();
}

static bool is_field(const json_t *value)
{
	return json_is_integer(value) ||
	       (json_is_string(value) &&
		strlen(json_string_value(value)) == json_string_length(value));
}

static unsigned int count_fields(json_t *object)
{
	unsigned int count = 0;
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value)
		count += is_field(value);
	return count < ENTRY_FIELDS_MAX ? count : ENTRY_FIELDS_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct entry entry;
	const char *line = (const char *)data;
	json_t *object;
	bool is_entry;

	if (size > LINE_MAX_LENGTH || (!entry.room && entry_init(&entry)))
		return 0;
	object = json_loadb(line, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	is_entry = !entry_read_object(&entry, line, size);
	if (is_entry != json_is_object(object))
		abort();
	if (is_entry && entry.count != count_fields(object))
		abort();
	for (unsigned int i = 0; is_entry && i < entry.count; i++)
		check_field(object, &entry.fields[i]);
	json_decref(object);
	return 0;
}
