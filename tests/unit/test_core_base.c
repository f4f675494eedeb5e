/* SPDX-License-Identifier: BSD-2-Clause */
/* The containers under the book, against models that are too simple to be wrong. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "heap.h"
#include "list.h"
#include "pairing.h"
#include "table.h"

enum { MAX = 300, STEPS = 40000 };

struct item {
	uint32_t key, chain, place;
	struct list_link link;
	struct pairing_link rank;
	uint32_t when;
};

struct stage {
	struct pool pool;
	struct table table;
	struct heap heap;
	struct list list;
	struct hash_key hash;
	void *memory;
	bool is_in[MAX];      /* by key */
	uint32_t number[MAX]; /* by key */
	uint32_t when[MAX];
};

static void lay(struct stage *self, struct arena *arena)
{
	pool_init(&self->pool, arena, MAX, sizeof(struct item));
	table_init(&self->table, arena, &self->pool, &self->hash, offsetof(struct item, chain),
		   offsetof(struct item, key), sizeof(uint32_t));
	heap_init(&self->heap, arena, &self->pool, offsetof(struct item, place));
	list_init(&self->list, &self->pool, offsetof(struct item, link));
}

static struct stage *stage_new(void)
{
	struct stage *self = calloc(1, sizeof(*self));
	struct arena arena = {0};

	assert_non_null(self);
	self->hash = hash_key_from(1);
	lay(self, &arena);
	self->memory = arena.memory = calloc(1, arena.used);
	assert_non_null(self->memory);
	arena.used = 0;
	lay(self, &arena);
	return self;
}

static void stage_free(struct stage *self)
{
	free(self->memory);
	free(self);
}

static struct item *item(struct stage *self, uint32_t number)
{
	return pool_at(&self->pool, number);
}

static uint32_t earliest_key(const struct stage *self)
{
	uint32_t best = MAX;

	for (uint32_t key = 0; key < MAX; key++) {
		if (self->is_in[key] && (best == MAX || self->when[key] < self->when[best]))
			best = key;
	}
	return best;
}

/* SipHash-2-4's reference vector: key 00 .. 0f, message 00 .. 0e. */
static void hash_is_siphash_2_4(void **state)
{
	const struct hash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
	uint8_t message[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof(message); i++)
		message[i] = i;
	assert_true(hash_bytes(&key, message, sizeof(message)) == 0xa129ca6149be45e5);
	assert_true(hash_key_from(1).words[0] != hash_key_from(2).words[0]);
}

static void enter(struct stage *self, uint32_t key, uint32_t when)
{
	uint32_t number = pool_take(&self->pool);

	assert_int_not_equal(number, 0);
	assert_int_equal(item(self, number)->when, 0); /* zeroed, though used before */
	item(self, number)->key = key;
	item(self, number)->when = when;
	table_add(&self->table, number);
	heap_put(&self->heap, number, when);
	list_append(&self->list, number);
	self->is_in[key] = true;
	self->number[key] = number;
	self->when[key] = when;
}

static void leave(struct stage *self, uint32_t key)
{
	uint32_t number = self->number[key];

	table_remove(&self->table, number);
	heap_remove(&self->heap, number);
	list_remove(&self->list, number);
	pool_give(&self->pool, number);
	self->is_in[key] = false;
}

static void pool_table_heap_and_list_agree(void **state)
{
	struct stage *self = stage_new();
	unsigned int count = 0;

	(void)state;
	srand(1);
	for (int step = 0; step < STEPS; step++) {
		uint32_t key = (uint32_t)rand() % MAX, found = table_find(&self->table, &key);
		uint32_t when = (uint32_t)(rand() % 10000000) * MAX + key,
			 first; /* no two the same */

		assert_int_equal(found, self->is_in[key] ? self->number[key] : 0);
		if (found && rand() % 3 == 0) {
			heap_put(&self->heap, found, when); /* moves */
			self->when[key] = when;
		} else if (found) {
			leave(self, key);
			count--;
		} else {
			enter(self, key, when);
			count++;
		}
		assert_int_equal(self->pool.count, count);
		assert_int_equal(self->list.count, count);
		found = heap_first(&self->heap, &first);
		assert_int_equal(found ? item(self, found)->key : MAX, earliest_key(self));
	}
	stage_free(self);
}

static void list_keeps_its_order(void **state)
{
	struct stage *self = stage_new();
	uint32_t before = 0;

	(void)state;
	for (uint32_t key = 0; key < 10; key++)
		enter(self, key, key);
	leave(self, 0);
	leave(self, 5);
	leave(self, 9);
	for (uint32_t at = self->list.oldest; at; at = item(self, at)->link.newer) {
		assert_int_equal(item(self, at)->link.older, before);
		assert_true(!before || item(self, at)->key > item(self, before)->key);
		before = at;
	}
	assert_int_equal(before, self->list.newest);
	stage_free(self);
}

static void pool_gives_no_more_than_it_has(void **state)
{
	struct stage *self = stage_new();

	(void)state;
	for (uint32_t key = 0; key < MAX; key++)
		enter(self, key, key);
	assert_int_equal(pool_take(&self->pool), 0);
	leave(self, 7);
	assert_int_equal(pool_take(&self->pool), self->number[7]);
	assert_int_equal(pool_take(&self->pool), 0);
	stage_free(self);
}

static void pairing_has_the_earliest_first(void **state)
{
	struct stage *self = stage_new();
	const struct pairing pairing = {&self->pool, offsetof(struct item, rank),
					offsetof(struct item, when)};
	uint32_t root = 0;

	(void)state;
	srand(2);
	for (int step = 0; step < STEPS; step++) {
		uint32_t key = (uint32_t)rand() % MAX, earliest;

		if (self->is_in[key]) {
			root = pairing_remove(&pairing, root, self->number[key]);
			leave(self, key);
		} else {
			enter(self, key, (uint64_t)rand() * MAX + key);
			root = pairing_add(&pairing, root, self->number[key]);
		}
		earliest = earliest_key(self);
		assert_int_equal(root, earliest == MAX ? 0 : self->number[earliest]);
	}
	stage_free(self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_siphash_2_4),
		cmocka_unit_test(pool_table_heap_and_list_agree),
		cmocka_unit_test(list_keeps_its_order),
		cmocka_unit_test(pool_gives_no_more_than_it_has),
		cmocka_unit_test(pairing_has_the_earliest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
