/* SPDX-License-Identifier: BSD-2-Clause */
/* parse: what the words of an action name: reports, candidates, prefixes, the node's own state. Pure; errors are sentences. */
#ifndef REPLAY_PARSE_H
#define REPLAY_PARSE_H

#include "questions.h"
#include "text.h"

/* A report, and how far from now the moment is of which it speaks. */
struct saying {
	struct report report;
	bool is_past;
	uint64_t off_ns;
};

/* PEER|- [ADDR] EVENT [RESULT] [inbound|outbound] [follower] [TERM]..., from word @from on. */
int parse_report(struct saying *ret, const struct words *words, unsigned int from, struct why *why);

/* What follows a report's event: directions, terms. For shorthands that name their own events. */
int parse_report_terms(struct saying *ret, const struct words *words, unsigned int from,
		       struct why *why);
int parse_party(struct saying *ret, const struct words *words, unsigned int *at, struct why *why);

/* digest=HEX head=SLOT syncing=yes|no protocols=A,B, and service=N in @ret_service. */
int parse_node(struct node_state *ret, unsigned int *ret_service, const struct words *words,
	       unsigned int from, struct why *why);

/* NAME ADDR[,ADDR]... [digest=HEX] */
int parse_candidate(struct candidate *ret, const struct words *words, unsigned int from,
		    struct why *why);

int parse_peer(char ret[PEER_ID_MAX], const char *word, struct why *why); /* "-": "" */
int parse_addr(struct addr *ret, uint16_t *ret_port, const char *word, struct why *why);
int parse_prefix(struct prefix *ret, const char *word, struct why *why);
int parse_direction(enum direction *ret, const char *word, struct why *why);
int parse_digest(uint8_t ret[DIGEST_SIZE], const char *word, struct why *why);
int parse_protocols(uint32_t ret[PROTOCOLS_MAX], uint8_t *ret_count, const char *word,
		    struct why *why);
int parse_reason(enum reason *ret, const char *word, struct why *why);

#endif
