/* SPDX-License-Identifier: BSD-2-Clause */
#include "parse.h"

#include <errno.h>
#include <peergate/words.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

int parse_peer(char ret[PEER_ID_MAX], const char *word, struct why *why)
{
	if (strlen(word) >= PEER_ID_MAX)
		return why_fill(why, -EINVAL, "peer: \"%.20s...\" is longer than %d letters", word,
				PEER_ID_MAX - 1);
	memset(ret, 0, PEER_ID_MAX);
	if (strcmp(word, "-"))
		strcpy(ret, word);
	return 0;
}

int parse_addr(struct addr *ret, uint16_t *ret_port, const char *word, struct why *why)
{
	struct endpoint endpoint;
	int error = endpoint_parse(&endpoint, word, strlen(word), why);

	if (error)
		return error;
	*ret = endpoint.addr;
	if (ret_port)
		*ret_port = endpoint.port;
	return 0;
}

int parse_prefix(struct prefix *ret, const char *word, struct why *why)
{
	bool widened;

	return prefix_parse(ret, &widened, word, why);
}

int parse_direction(enum direction *ret, const char *word, struct why *why)
{
	if (!strcmp(word, "inbound"))
		*ret = DIRECTION_INBOUND;
	else if (!strcmp(word, "outbound"))
		*ret = DIRECTION_OUTBOUND;
	else
		return why_fill(why, -EINVAL, "\"%.40s\" is neither inbound nor outbound", word);
	return 0;
}

int parse_reason(enum reason *ret, const char *word, struct why *why)
{
	int reason = reason_of(word);

	if (reason < 0)
		return why_fill(why, -EINVAL, "reason: \"%.40s\" is no reason's word", word);
	*ret = (enum reason)reason;
	return 0;
}

int parse_digest(uint8_t ret[DIGEST_SIZE], const char *word, struct why *why)
{
	char *end;
	unsigned long value = strtoul(word, &end, 16);

	if (strlen(word) != 2 * DIGEST_SIZE || *end)
		return why_fill(why, -EINVAL, "digest: \"%.40s\" is not eight hex digits", word);
	for (int i = 0; i < DIGEST_SIZE; i++)
		ret[i] = (uint8_t)(value >> 8 * (DIGEST_SIZE - 1 - i));
	return 0;
}

int parse_protocols(uint32_t ret[PROTOCOLS_MAX], uint8_t *ret_count, const char *word,
		    struct why *why)
{
	while (*word) {
		size_t length = strcspn(word, ",");
		char name[64];

		if (*ret_count == PROTOCOLS_MAX || length >= sizeof(name))
			return why_fill(why, -EINVAL, "protocols: more than %d, or one too long",
					PROTOCOLS_MAX);
		memcpy(name, word, length);
		name[length] = '\0';
		ret[(*ret_count)++] = hash_text(name, length);
		word += length + (word[length] == ',');
	}
	return 0;
}

static int number_term(const struct term *term, int64_t *ret, int64_t least, int64_t most,
		       struct why *why)
{
	return number_parse(ret, term->value, term->name, least, most, why);
}

static int node_term(struct node_state *ret, unsigned int *ret_service, const struct term *term,
		     struct why *why)
{
	int64_t value;
	int error = 0;

	if (!strcmp(term->name, "digest")) {
		ret->has_digest = true;
		return parse_digest(ret->digest, term->value, why);
	}
	if (!strcmp(term->name, "protocols"))
		return parse_protocols(ret->protocols, &ret->protocol_count, term->value, why);
	if (!strcmp(term->name, "syncing")) {
		ret->has_syncing = true;
		ret->syncing = !strcmp(term->value, "yes");
		if (!ret->syncing && strcmp(term->value, "no"))
			return why_fill(why, -EINVAL, "syncing: \"%.40s\" is neither yes nor no",
					term->value);
		return 0;
	}
	if (!strcmp(term->name, "head")) {
		error = number_term(term, &value, 0, INT64_MAX, why);
		ret->has_head = true;
		if (!error)
			ret->head_slot = (uint64_t)value;
		return error;
	}
	if (strcmp(term->name, "service"))
		return why_fill(why, -EINVAL, "\"%s\" is nothing that a node says of itself",
				term->name);
	error = number_term(term, &value, 0, UINT8_MAX, why);
	if (!error)
		*ret_service = (unsigned int)value;
	return error;
}

int parse_node(struct node_state *ret, unsigned int *ret_service, const struct words *words,
	       unsigned int from, struct why *why)
{
	*ret = (struct node_state){0};
	*ret_service = 0;
	for (; from < words->count; from++) {
		struct term term;
		int error;

		if (!term_parse(&term, words->at[from]) || term.compare != COMPARE_EQUAL)
			return why_fill(why, -EINVAL,
					"\"%.40s\" is nothing that a node says of itself",
					words->at[from]);
		error = node_term(ret, ret_service, &term, why);
		if (error)
			return error;
	}
	return 0;
}

static int addrs_parse(struct candidate *ret, char *word, struct why *why)
{
	for (char *rest, *at = strtok_r(word, ",", &rest); at; at = strtok_r(NULL, ",", &rest)) {
		int error;

		if (ret->addr_count == CANDIDATE_ADDRS)
			return why_fill(why, -EINVAL, "a candidate has %d addresses at most",
					CANDIDATE_ADDRS);
		error = parse_addr(&ret->addrs[ret->addr_count], NULL, at, why);
		if (error)
			return error;
		ret->addr_count++;
	}
	return 0;
}

int parse_candidate(struct candidate *ret, const struct words *words, unsigned int from,
		    struct why *why)
{
	int error;

	*ret = (struct candidate){.peer = ""};
	if (from >= words->count)
		return why_fill(why, -EINVAL, "candidate: whose? A peer's name is missing");
	error = parse_peer(ret->peer, words->at[from++], why);
	for (; from < words->count && !error; from++) {
		if (!strncmp(words->at[from], "digest=", 7)) {
			ret->has_digest = true;
			error = parse_digest(ret->digest, words->at[from] + 7, why);
		} else {
			error = addrs_parse(ret, words->at[from], why);
		}
	}
	return error;
}
