/* SPDX-License-Identifier: BSD-2-Clause */
#include "who.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "choice.h"
#include "hash.h"
#include "peer_id.h"

/* Several times what a consensus client speaks (some 30). */
enum { NAMES_MAX = 256 };

static const struct choice directions[] = {
	{"inbound", DIRECTION_INBOUND},
	{"outbound", DIRECTION_OUTBOUND},
	{NULL, 0},
};

static bool is_peer_letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_' || c == '.' || c == ':';
}

/* By how its text begins (multibase): base58 without such a letter, which clients send, is canonical as it stands. */
static bool may_be_cid(const char *text)
{
	return text[0] && strchr("bBkKfFz", text[0]);
}

int who_peer(char ret[PEER_ID_MAX], const char *text, struct why *why)
{
	static_assert((int)PEER_ID_MAX >= (int)PEER_ID_TEXT_MAX, "a canonical ID must fit");
	size_t length = strlen(text);

	if (!length || length >= PEER_ID_MAX)
		return why_fill(why, -EINVAL, "peer: %zu letters, must be 1 .. %d", length,
				PEER_ID_MAX - 1);
	for (const char *c = text; *c; c++)
		if (!is_peer_letter(*c))
			return why_fill(why, -EINVAL, "peer: \"%.40s\" is no peer ID", text);
	if (!may_be_cid(text) || !peer_id_canonical(ret, text))
		memcpy(ret, text, length + 1);
	return 0;
}

int who_addr(struct endpoint *ret, const char *text, struct why *why)
{
	return endpoint_parse(ret, text, strlen(text), why) ? why_lead(why, -EINVAL, "addr") : 0;
}

bool who_is_elsewhere(const char *text)
{
	return !strncmp(text, "/dns", 4) || (text[0] == '/' && strstr(text, "/p2p-circuit"));
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int who_digest(uint8_t ret[DIGEST_SIZE], const char *field, const char *text, struct why *why)
{
	bool is_digest = strlen(text) == 2 + 2 * DIGEST_SIZE && text[0] == '0' && text[1] == 'x';
	uint8_t digest[DIGEST_SIZE];

	for (int i = 0; is_digest && i < DIGEST_SIZE; i++) {
		int high = nibble(text[2 + 2 * i]), low = nibble(text[3 + 2 * i]);

		is_digest = high >= 0 && low >= 0;
		if (is_digest)
			digest[i] = (uint8_t)(high << 4 | low);
	}
	if (!is_digest)
		return why_fill(
			why, -EINVAL,
			"%s: \"%.40s\" is no fork digest: write its four bytes as 0x01020304",
			field, text);
	memcpy(ret, digest, sizeof(digest));
	return 0;
}

/* Keeps @sorted so, without doubles; what falls off the end is the largest. */
static void insert(uint32_t sorted[PROTOCOLS_MAX], uint8_t *count, uint32_t hash)
{
	unsigned int at = *count;

	while (at && sorted[at - 1] > hash)
		at--;
	if (at == PROTOCOLS_MAX || (at && sorted[at - 1] == hash))
		return;
	if (*count < PROTOCOLS_MAX)
		++*count;
	memmove(&sorted[at + 1], &sorted[at], (*count - at - 1u) * sizeof(*sorted));
	sorted[at] = hash;
}

int who_protocols(uint8_t *ret_count, uint32_t ret[PROTOCOLS_MAX], const json_t *names,
		  struct why *why)
{
	uint32_t sorted[PROTOCOLS_MAX];
	uint8_t count = 0;

	if (json_array_size(names) > NAMES_MAX)
		return why_fill(why, -EINVAL, "protocols: %zu names, must be %d at most",
				json_array_size(names), NAMES_MAX);
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (!name || !name[0])
			return why_fill(why, -EINVAL, "protocols[%zu]: must be a name", i);
		insert(sorted, &count, hash_text(name, strlen(name)));
	}
	memcpy(ret, sorted, count * sizeof(*ret));
	*ret_count = count;
	return 0;
}

int who_direction(enum direction *ret, const char *text, struct why *why)
{
	int value = DIRECTION_UNKNOWN;

	if (text && choice_pick(&value, "direction", text, directions, why))
		return -EINVAL;
	*ret = (enum direction)value;
	return 0;
}

const char *who_direction_word(enum direction direction)
{
	static const char *const words[] = {"unknown", "inbound", "outbound"};

	return words[direction];
}

int who_service(int *ret, const struct config *config, const char *text, struct why *why)
{
	int service = text ? config_service(config, text, why) : -1;

	if (text && service < 0)
		return why_lead(why, -EINVAL, "service");
	*ret = service;
	return 0;
}
