/* SPDX-License-Identifier: BSD-2-Clause */
/* docket: findings that wait a little for what else is known: an address, or that somebody bears them out. In order, bounded. */
#ifndef DOCKET_H
#define DOCKET_H

#include "address_book.h"
#include "dialect.h"
#include "news.h"

/* A storm of three hundred lines a second that all wait their time; the oldest is decided then as it stands. */
enum { DOCKET_MAX = 4096 };

struct docket_case {
	struct news news; /* has_addr: the line's own address, or the join's */
	enum touch touch;
	bool is_forgeable;  /* a peer could have written the line */
	enum course course; /* what it says of the connection */
	int64_t until_ms;   /* is decided then, whatever is known */
};

struct docket {
	struct docket_case *cases; /* a ring of DOCKET_MAX */
	unsigned int first, count;
};

int docket_init(struct docket *ret); /* -ENOMEM */
void docket_free(struct docket *self);

/* The room for one more; NULL: it is full. */
struct docket_case *docket_add(struct docket *self);

/* The one that waits longest; NULL: none. docket_drop() takes it off. */
struct docket_case *docket_first(struct docket *self);
void docket_drop(struct docket *self);

/* Hands out each once; what @decide says true of is taken off, the others keep their order. */
void docket_review(struct docket *self, bool (*decide)(void *context, struct docket_case *at),
		   void *context);

#endif
