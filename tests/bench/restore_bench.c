/* SPDX-License-Identifier: BSD-2-Clause */
/* restore_bench FILE COUNT: a store with COUNT bans of an operator, each an address of its own, an hour and more to go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store_file.h"
#include "store_pack.h"

enum { A_BATCH = 50000 };

static struct saved ban(uint32_t number)
{
	struct saved saved = {.kind = SAVED_PLACE, .number = number};
	uint64_t now = (uint64_t)time(NULL) * 1000000000u;
	uint32_t address = 0x01000000u + number * 97;
	uint8_t *bytes = saved.place.prefix.addr.bytes;

	bytes[10] = bytes[11] = 0xff;
	for (int i = 0; i < 4; i++)
		bytes[12 + i] = (uint8_t)(address >> (24 - 8 * i));
	saved.taken = now;
	saved.place.prefix.length = 128;
	saved.place.said =
		(struct saved_ruling){.until = now + (3600 + number % 86400) * 1000000000ull,
				      .since = now,
				      .standing = STANDING_BANNED,
				      .reason = REASON_OPERATOR,
				      .services = 0xff};
	return saved;
}

static void add(struct buffer *batch, uint32_t number)
{
	struct saved saved = ban(number);
	struct store_change change = {.kind = saved.kind, .number = number};
	size_t at = batch->length;

	buffer_append(batch, &change, sizeof(change));
	store_pack(batch, &saved);
	change.length = (uint32_t)(batch->length - at - sizeof(change));
	memcpy(batch->bytes + at, &change, sizeof(change));
}

int main(int argc, char **argv)
{
	uint32_t count = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	struct buffer batch = {0};
	struct store_file *file;
	struct why why = {""};

	if (!count) {
		fprintf(stderr, "usage: restore_bench FILE COUNT\n");
		return 2;
	}
	if (store_file_open(&file, argv[1], &why))
		goto fail;
	for (uint32_t number = 1; number <= count; number++) {
		add(&batch, number);
		if (number % A_BATCH && number != count)
			continue;
		if (store_file_write(file, &batch, &why))
			goto fail;
		buffer_clear(&batch);
	}
	store_file_close(file);
	return 0;
fail:
	fprintf(stderr, "%s\n", why.sentence);
	return 1;
}
