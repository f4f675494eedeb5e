/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gate's parser under the sanitizers: packets cut at every length from 0 to full, seen in part, and of random bytes.
 * Each is copied to a block of its own size, so that one byte read behind it is found out.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "packet.h"

enum { INITIAL_BYTES = 1200 };

struct bytes {
	uint8_t at[2048];
	size_t size;
};

static void put(struct bytes *self, const char *hex)
{
	unsigned int byte;

	for (; sscanf(hex, " %2x", &byte) == 1; hex += 2) {
		self->at[self->size++] = (uint8_t)byte;
		while (hex[0] == ' ')
			hex++;
	}
}

static void put_zeros(struct bytes *self, size_t count)
{
	memset(self->at + self->size, 0, count);
	self->size += count;
}

static const char ethernet[] = "020000000001 020000000002";
static const char ipv4[] = "4500 0000 1234 0000 3906 0000 c0000207 c6336401";
static const char ipv6[] =
	"60000000 0000 0639 20010db8000000070000000000000001 20010db8ffff00000000000000000001";
static const char syn[] = "9c40 32c8 00000001 00000000 5002 faf0 0000 0000";
static const char initial[] = "9c40 32c8 04b8 0000 c3 00000001 08 0102030405060708 00 00 4496";
static const char answer[] = "9c40 32c8 04b8 0000 c3 00000001 04 01020304 04 05060708 00 4496";

static const struct row {
	const char *what;
	const char *link, *network, *chain, *transport;
	size_t payload; /* zeros up to this size of the UDP payload */
	uint8_t next;	/* IPv6: next header; IPv4: protocol */
	enum found found;
} rows[] = {
	{"SYN", "0800", ipv4, "", syn, 0, 6, FOUND_START},
	{"SYN in IPv6", "86dd", ipv6, "", syn, 0, 6, FOUND_START},
	{"SYN behind two tags", "88a80005 81000006 0800", ipv4, "", syn, 0, 6, FOUND_START},
	{"SYN behind four headers", "86dd", ipv6,
	 "3c00000000000000 2b00000000000000 2c01000000000000 aaaaaaaaaaaaaaaa 0600000012345678",
	 syn, 0, 0, FOUND_START},
	{"Initial", "0800", ipv4, "", initial, INITIAL_BYTES, 17, FOUND_START},
	{"Initial in IPv6", "86dd", ipv6, "", initial, INITIAL_BYTES, 17, FOUND_START},
	{"answer", "86dd", ipv6, "", answer, INITIAL_BYTES, 17, FOUND_START},
	{"nine headers", "86dd", ipv6,
	 "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
	 "3c00000000000000 3c00000000000000 "
	 "3c00000000000000 0600000000000000",
	 syn, 0, 60, FOUND_HIDDEN},
};

static void build(struct bytes *ret, const struct row *row)
{
	size_t network, transport;
	bool is_ipv6 = row->network == ipv6;
	size_t length;

	*ret = (struct bytes){0};
	put(ret, ethernet);
	put(ret, row->link);
	network = ret->size;
	put(ret, row->network);
	put(ret, row->chain);
	transport = ret->size;
	put(ret, row->transport);
	if (row->payload)
		put_zeros(ret, row->payload + 8 - (ret->size - transport));
	length = ret->size - network - (is_ipv6 ? 40 : 0);
	ret->at[network + (is_ipv6 ? 4 : 2)] = (uint8_t)(length >> 8);
	ret->at[network + (is_ipv6 ? 5 : 3)] = (uint8_t)length;
	ret->at[network + (is_ipv6 ? 6 : 9)] = row->next;
}

/* The first @seen of @size bytes, from a block that ends there. */
static enum found look(const struct bytes *bytes, size_t seen, size_t size, struct start *ret)
{
	uint8_t *block = malloc(seen ? seen : 1);
	enum found found;

	assert_non_null(block);
	memcpy(block, bytes->at, seen);
	found = look_at(block, seen, size, ret);
	free(block);
	return found;
}

static void whole_packets_are_found(void **state)
{
	struct start start;
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		build(&bytes, &rows[i]);
		expect_true(rows[i].what,
			    look(&bytes, bytes.size, bytes.size, &start) == rows[i].found);
		expect_true(rows[i].what, rows[i].found == FOUND_HIDDEN || start.port == 13000);
		expect_true(rows[i].what, start.answer == (rows[i].transport == answer));
	}
}

/* Nothing that is cut is a start, except that headers which hide stay hidden once they were walked. */
static void cut_at_every_length_nothing_is_a_start(void **state)
{
	struct start start;
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		build(&bytes, &rows[i]);
		for (size_t size = 0; size < bytes.size; size++) {
			enum found found = look(&bytes, size, size, &start);

			expect_true(rows[i].what,
				    found == FOUND_CUT || (found == FOUND_HIDDEN &&
							   rows[i].found == FOUND_HIDDEN));
		}
	}
}

/* A door that sees a part only: what it cannot tell hides or is not known, but is never taken for something else. */
static void seen_in_part_nothing_passes_as_harmless(void **state)
{
	struct start start;
	struct bytes bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		build(&bytes, &rows[i]);
		for (size_t seen = 0; seen < bytes.size; seen++) {
			enum found found = look(&bytes, seen, bytes.size, &start);

			expect_true(rows[i].what, found != FOUND_NOTHING && found != FOUND_SHORT);
			expect_true(rows[i].what, !start.has_source || found != FOUND_CUT);
		}
	}
}

static void random_bytes_are_survived(void **state)
{
	struct start start;
	struct bytes bytes;

	(void)state;
	srand(1);
	for (int turn = 0; turn < 200000; turn++) {
		const struct row *row = &rows[rand() % (int)ARRAY_SIZE(rows)];
		size_t seen;

		build(&bytes, row);
		for (int flips = rand() % 6; flips >= 0; flips--)
			bytes.at[rand() % 120] = (uint8_t)rand();
		seen = (size_t)rand() % (bytes.size + 1);
		assert_int_not_equal(look(&bytes, seen, bytes.size, &start), FOUND_SHORT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_packets_are_found),
		cmocka_unit_test(cut_at_every_length_nothing_is_a_start),
		cmocka_unit_test(seen_in_part_nothing_passes_as_harmless),
		cmocka_unit_test(random_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
