/* SPDX-License-Identifier: BSD-2-Clause */
/* candidates: JSON lines of a file, one candidate each, as one list. */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include <peergate/why.h>

struct candidates {
	json_t *list;
	uint64_t *lines; /* where each stood */
	size_t room;
	uint64_t bad; /* lines that are none, each named on standard error */
};

/* Reads @path to its end; "-" is standard input. 0, or a negative errno with the sentence in @why. */
int candidates_read(struct candidates *ret, const char *path, struct why *why);
void candidates_free(struct candidates *self);

/* The daemon's "candidates[3]: …" becomes "line 4: …". */
void candidates_name_line(const struct candidates *self, struct why *why);

#endif
