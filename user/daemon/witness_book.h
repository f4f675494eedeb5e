/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness_book: what the kernel's record of a source says: whether it was seen then, what hurts most, and all of it as JSON
 * and in words. Looks only.
 */
#ifndef WITNESS_BOOK_H
#define WITNESS_BOOK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>

struct config;
struct gate;

/* Connections alive on all services. */
uint32_t book_living(const struct witness *witness);

/*
 * Whether a connection on @service (-1: any) was there at @at_ns, give or take @slack_ns (boot-time ns). The visits that the
 * kernel remembers are the last few: what is older is not known, so not seen. @now_ns ends a visit that goes on.
 */
bool book_saw(const struct witness *witness, int service, uint64_t at_ns, uint64_t slack_ns,
	      uint64_t now_ns);

/* What hurts most comes first: short-lived in a row, then alive, then opened; then by address. */
struct book_rank {
	uint32_t short_lived, living, opened;
	struct source_key source;
};

struct book_rank book_rank(const struct source_key *source, const struct witness *witness);
int book_order(const struct book_rank *a, const struct book_rank *b); /* as strcmp() */

/* A record as docs/WIRE.md has it; NULL: no memory. */
json_t *book_json(const struct config *config, const struct source_key *source,
		  const struct witness *witness);

/* Appends a sentence or two to the array @list; of @witness NULL, that nothing was seen. */
void book_tell(json_t *list, const struct config *config, const struct witness *witness,
	       uint64_t now_ns);

/* Whether the kernel sees connections at all; when not, @ret (512 bytes or so; may be NULL) says why in a sentence. */
bool book_is_kept(const struct config *config, const struct gate *gate, char *ret, size_t size);

/* Whether followers are to be borne out and nothing can: then a sentence that names the cause and the remedy in @ret. */
bool book_warns(const struct config *config, const struct gate *gate, char *ret, size_t size);

#endif
