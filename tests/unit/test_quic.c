/* SPDX-License-Identifier: BSD-2-Clause */
/* What a long header says: types of both versions, IDs of every length cut at every byte, and the hash that stands for an ID. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "quic.h"

static const __u64 key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

/* A datagram: ports, a header with these IDs, a token, and 21 bytes, the least that may follow an ID. */
struct datagram {
	uint8_t at[600];
	size_t size;
};

static void put(struct datagram *self, const void *bytes, size_t size)
{
	memcpy(self->at + self->size, bytes, size);
	self->size += size;
}

static void build(struct datagram *ret, uint8_t first, uint32_t version, uint8_t to, uint8_t from,
		  uint8_t token)
{
	uint8_t ids[256], head[] = {first, version >> 24, version >> 16, version >> 8, version};

	for (int i = 0; i < 256; i++)
		ids[i] = (uint8_t)(i + 1);
	ret->size = 0;
	put(ret, "\x9c\x40\x32\xc8\0\0\0\0", 8);
	put(ret, head, sizeof(head));
	put(ret, &to, 1);
	put(ret, ids, to);
	put(ret, &from, 1);
	put(ret, ids + 100, from < 100 ? from : 100);
	put(ret, &token, 1);
	put(ret, "behind it more than any ID", 21);
}

static struct quic read_from(const struct datagram *datagram, size_t seen)
{
	struct start start = {.source_port = 40000, .port = 13000};
	uint8_t *block = malloc(seen ? seen : 1);
	struct packet packet = {.data = block, .end = block + seen};
	struct quic quic;

	assert_non_null(block);
	memcpy(block, datagram->at, seen);
	memset(&quic, 0xa5, sizeof(quic));
	quic_read(&quic, &packet, &start);
	free(block);
	return quic;
}

static const struct {
	const char *what;
	uint8_t first;
	uint32_t version;
	enum quic_type type;
} types[] = {
	{"Initial", 0xc0, QUIC_V1, QUIC_INITIAL},
	{"0-RTT", 0xd0, QUIC_V1, QUIC_0RTT},
	{"Handshake", 0xe0, QUIC_V1, QUIC_HANDSHAKE},
	{"Retry", 0xf0, QUIC_V1, QUIC_RETRY},
	{"Retry, v2", 0xc0, QUIC_V2, QUIC_RETRY},
	{"Initial, v2", 0xd0, QUIC_V2, QUIC_INITIAL},
	{"0-RTT, v2", 0xe0, QUIC_V2, QUIC_0RTT},
	{"Handshake, v2", 0xf0, QUIC_V2, QUIC_HANDSHAKE},
	{"no fixed bit", 0x8f, QUIC_V1, QUIC_INITIAL},
};

static void each_type_has_its_number_in_each_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct datagram datagram;
		struct quic quic;

		build(&datagram, types[i].first, types[i].version, 8, 8, 3);
		quic = read_from(&datagram, datagram.size);
		expect_true(types[i].what, quic.seen && quic.type == types[i].type);
		expect_true(types[i].what, quic.token == (types[i].type == QUIC_INITIAL));
	}
}

static void ids_of_every_length_are_read_whole_or_not_at_all(void **state)
{
	(void)state;
	for (int to = 0; to <= 20; to++)
		for (int from = 0; from <= 20; from++) {
			struct datagram datagram;
			struct quic quic;

			build(&datagram, 0xe0, QUIC_V1, to, from, 0);
			quic = read_from(&datagram, datagram.size);
			assert_true(quic.seen);
			assert_int_equal(quic.destination.size, to);
			assert_int_equal(quic.source.size, from);
			assert_memory_equal(quic.destination.bytes, datagram.at + 14, to);
			assert_memory_equal(quic.source.bytes, datagram.at + 15 + to, from);
			for (size_t seen = 0; seen < datagram.size; seen++)
				assert_true(!read_from(&datagram, seen).seen ||
					    seen >= 8 + 7 + (size_t)to + QUIC_ID_MAX);
		}
}

/* What no version has is survived, and stays what it says. */
static void longer_ids_are_no_others(void **state)
{
	struct datagram datagram;
	struct quic quic;

	(void)state;
	build(&datagram, 0xc0, QUIC_V1, 255, 90, 0);
	quic = read_from(&datagram, datagram.size);
	assert_true(quic.seen);
	assert_int_equal(quic.destination.size, 255);
	assert_true(quic_hash(key, &quic.destination, 1, 2) != quic_hash(key, &quic.source, 1, 2));
}

static uint64_t hash_of(const char *text, size_t size, uint16_t source_port, uint16_t port)
{
	struct quic_id id = {.size = size};

	memset(id.bytes, 0xee, sizeof(id.bytes));
	memcpy(id.bytes, text, size < QUIC_ID_MAX ? size : QUIC_ID_MAX);
	return quic_hash(key, &id, source_port, port);
}

static void an_id_its_length_and_both_ports_make_the_hash(void **state)
{
	static const char text[] = "abcdefghijklmnopqrst";

	(void)state;
	for (size_t size = 0; size <= 20; size++) {
		uint64_t hash = hash_of(text, size, 40000, 13000);
		char other[21] = {0};

		assert_true(hash != 0);
		assert_true(hash == hash_of(text, size, 40000, 13000));
		assert_true(hash != hash_of(text, size, 40001, 13000));
		assert_true(hash != hash_of(text, size, 40000, 13001));
		assert_true(hash != hash_of(text, size, 13000, 40000));
		for (size_t shorter = 0; shorter < size; shorter++)
			assert_true(hash != hash_of(text, shorter, 40000, 13000));
		for (size_t i = 0; i < size; i++) {
			memcpy(other, text, sizeof(text));
			other[i] ^= 1;
			assert_true(hash != hash_of(other, size, 40000, 13000));
		}
		memcpy(other, text, sizeof(text));
		memset(other + size, 0, 20 - size); /* zeros behind it are not part of it */
		assert_true(size == 20 || hash != hash_of(other, size + 1, 40000, 13000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_has_its_number_in_each_version),
		cmocka_unit_test(ids_of_every_length_are_read_whole_or_not_at_all),
		cmocka_unit_test(longer_ids_are_no_others),
		cmocka_unit_test(an_id_its_length_and_both_ports_make_the_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
