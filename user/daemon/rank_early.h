/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rank_early: a long gate_rank is read while it comes: when its last byte is there, only the last piece is left to be read. One
 * client's at a time; whoever else sends one meanwhile is read at its end.
 */
#ifndef RANK_EARLY_H
#define RANK_EARLY_H

#include "rank_question.h"

struct client;

struct rank_early {
	struct client *client; /* whose value it is; NULL: nobody's */
	struct rank_question question;
	size_t from,
		at; /* bytes of the value: behind the list's bracket, and behind the last candidate that was read */
};

/* More of @client's value has come: it is client->partial. */
void rank_early_more(struct client *client);

/*
 * Whether the list that begins at @scan, in @client's value, was read early as far as the question says; @scan then stands behind
 * that.
 */
bool rank_early_resume(struct client *client, struct json_scan *scan);

/* @client's value has ended, or @client has. */
void rank_early_end(struct client *client);

#endif
