/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer_order.h"

#include <errno.h>
#include <math.h>
#include <peergate/addr.h>
#include <peergate/words.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

/* What is compared, drawn from the object once. */
struct key {
	const char *text;
	double number;
	uint8_t bytes[17];
	size_t place;
	json_t *peer; /* owned while sorting */
};

static void key_peer(struct key *key)
{
	key->text = answer_text(key->peer, "peer", "");
}

/* By family, then address, then length; no address first. */
static void key_addr(struct key *key)
{
	struct prefix prefix;
	bool widened;

	if (prefix_parse(&prefix, &widened, answer_text(key->peer, "addr", ""), NULL))
		return;
	memcpy(key->bytes, prefix.addr.bytes, 16);
	key->bytes[16] = prefix.length;
}

/* Worst first. */
static void key_standing(struct key *key)
{
	static const int ranks[] = {
		[STANDING_BANNED] = 0,	[STANDING_DISCOURAGED] = 1, [STANDING_POOR] = 2,
		[STANDING_NEUTRAL] = 3, [STANDING_GOOD] = 4,	    [STANDING_TRUSTED] = 5};
	int standing = standing_of(answer_text(key->peer, "standing", ""));

	key->number = standing < 0 ? STANDINGS : ranks[standing];
}

static void key_score(struct key *key)
{
	key->number = answer_number(key->peer, "score", 0);
}

/* Those without an end after those with one. */
static void key_until(struct key *key)
{
	key->number = answer_number(key->peer, "until", INFINITY);
}

static void key_last_seen(struct key *key)
{
	key->number = -answer_number(key->peer, "last_seen", 0);
}

static const struct order {
	const char *word;
	void (*draw)(struct key *key);
} orders[PEER_ORDERS] = {
	{"peer", key_peer},   {"addr", key_addr},   {"standing", key_standing},
	{"score", key_score}, {"until", key_until}, {"last_seen", key_last_seen},
};

const char *peer_order_word(unsigned int order)
{
	return order < PEER_ORDERS ? orders[order].word : "?";
}

int peer_order_of(const char *word)
{
	for (int i = 0; i < PEER_ORDERS; i++)
		if (!strcmp(orders[i].word, word))
			return i;
	return -EINVAL;
}

static int compare(const void *a, const void *b)
{
	const struct key *first = a, *second = b;
	int difference = strcmp(first->text, second->text);

	if (!difference)
		difference = memcmp(first->bytes, second->bytes, sizeof(first->bytes));
	if (difference)
		return difference;
	if (first->number != second->number)
		return first->number < second->number ? -1 : 1;
	return first->place < second->place ? -1 : 1;
}

int peer_order_sort(json_t *peers, int order)
{
	size_t count = json_array_size(peers);
	struct key *keys = calloc(count ? count : 1, sizeof(*keys));

	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		keys[i] = (struct key){
			.text = "", .place = i, .peer = json_incref(json_array_get(peers, i))};
		orders[order].draw(&keys[i]);
	}
	qsort(keys, count, sizeof(*keys), compare);
	for (size_t i = 0; i < count; i++)
		json_array_set_new(peers, i, keys[i].peer);
	free(keys);
	return 0;
}
