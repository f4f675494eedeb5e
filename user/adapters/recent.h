/* SPDX-License-Identifier: BSD-2-Clause */
/* recent: a bounded table of what is known of peers, by their ID: who was heard of longest ago makes room. */
#ifndef RECENT_H
#define RECENT_H

#include "hash.h"
#include "list.h"
#include "news.h"
#include "pool.h"
#include "table.h"

/* The first member of each record. */
struct recent_peer {
	char id[NEWS_PEER_MAX]; /* padded with NULs: it is a key */
	struct list_link heard;
	uint32_t next;
};

struct recent {
	struct hash_key hash;
	struct pool pool;
	struct table peers;
	struct list heard; /* the one heard of longest ago first */
	void *memory;
};

/* Room for @peers_max records of @record_size. -ENOMEM. Must not be moved afterwards. */
int recent_init(struct recent *self, size_t record_size, uint32_t peers_max, uint64_t seed);
void recent_release(struct recent *self);

/* The record of @peer; NULL: none. recent_hear(): as the one heard of last, made (zeroed but for its ID) when there is none. */
void *recent_find(const struct recent *self, const char *peer);
void *recent_hear(struct recent *self, const char *peer);
void recent_forget(struct recent *self, const char *peer);

#endif
