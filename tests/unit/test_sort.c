/* SPDX-License-Identifier: BSD-2-Clause */
/* The sort that takes no memory: any input comes out in order, and nothing gets lost. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "sort.h"

enum { MAX = 300 };

struct item {
	unsigned int key, number;
	char ballast[SORT_ITEM_MAX - 8];
};

static bool is_before(const void *left, const void *right)
{
	const struct item *a = left, *b = right;

	return a->key != b->key ? a->key < b->key : a->number < b->number;
}

static void fill(struct item *items, size_t count, unsigned int keys)
{
	for (size_t i = 0; i < count; i++) {
		items[i].key = (unsigned int)rand() % keys;
		items[i].number = (unsigned int)i;
		memset(items[i].ballast, (int)items[i].key, sizeof(items[i].ballast));
	}
}

static void any_items_come_out_in_order(void **state)
{
	static struct item items[MAX];

	(void)state;
	srand(1);
	for (int round = 0; round < 2000; round++) {
		size_t count = (size_t)rand() % (MAX + 1);
		bool seen[MAX] = {false};

		fill(items, count, round % 2 ? 5 : 100);
		sort_items(items, count, sizeof(items[0]), is_before);
		for (size_t i = 0; i < count; i++) {
			assert_true(!i || is_before(&items[i - 1], &items[i]));
			assert_false(seen[items[i].number]);
			seen[items[i].number] = true;
			assert_int_equal(items[i].ballast[9], (char)items[i].key);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_items_come_out_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
