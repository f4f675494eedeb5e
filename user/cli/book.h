/* SPDX-License-Identifier: BSD-2-Clause */
/* book: the daemon's book of peers and sources, read a page at a time. */
#ifndef BOOK_H
#define BOOK_H

#include <peergate/addr.h>
#include <peergate/client.h>

/*
 * Reads all pages of gate_peers, filtered by @standing (NULL: all), and hands each page's array to @take. Stops at the first
 * negative return of @take and returns it.
 */
int book_read(struct peergate *peergate, const char *standing,
	      int (*take)(void *context, json_t *peers), void *context, struct why *why);

/*
 * Which of the book's addresses that are refused (@refused) or else trusted is spelled most like @typed: for "did you mean".
 * False when none is near, or the book cannot be read.
 */
bool book_nearest(struct peergate *peergate, bool refused, const char *typed,
		  char ret_addr[ADDR_TEXT_MAX]);

#endif
