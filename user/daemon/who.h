/* SPDX-License-Identifier: BSD-2-Clause */
/* who: whom a report or a question is about, read from the texts of its members; whatever is wrong is named by its field. */
#ifndef WHO_H
#define WHO_H

#include <jansson.h>
#include <stdbool.h>

#include <peergate/why.h>

#include "config.h"
#include "policy.h"

/*
 * The canonical text of a peer ID: base58 of libp2p's, however it is written; other networks have IDs of their own, which stay as
 * they are. -EINVAL: @text is no ID at all.
 */
int who_peer(char ret[PEER_ID_MAX], const char *text, struct why *why);

/* One address, with what else the text says of it. -EINVAL. */
int who_addr(struct endpoint *ret, const char *text, struct why *why);

/*
 * Whether a multiaddr that is no address of its peer is still an honest one to announce: a name (/dns4/…), a way through a
 * relay (/p2p-circuit).
 */
bool who_is_elsewhere(const char *text);

/* A fork digest, "0x01020304". -EINVAL. */
int who_digest(uint8_t ret[DIGEST_SIZE], const char *field, const char *text, struct why *why);

/*
 * Names of protocols as the policy takes them, a hash each. Of more than PROTOCOLS_MAX different ones those with the smallest hashes:
 * what is left of two long lists can still be compared. -EINVAL: no names, or too many of them.
 */
int who_protocols(uint8_t *ret_count, uint32_t ret[PROTOCOLS_MAX], const json_t *names,
		  struct why *why);

/* "inbound" or "outbound"; NULL: unknown. -EINVAL. */
int who_direction(enum direction *ret, const char *text, struct why *why);
const char *who_direction_word(enum direction direction);

/* The index of a service of the configuration; NULL: -1, all. -EINVAL. */
int who_service(int *ret, const struct config *config, const char *text, struct why *why);

#endif
