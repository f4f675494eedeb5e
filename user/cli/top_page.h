/* SPDX-License-Identifier: BSD-2-Clause */
/* top_page: what `top` shows each second, in words or as JSON. */
#ifndef TOP_PAGE_H
#define TOP_PAGE_H

#include "output.h"
#include "refusals.h"

struct top_page {
	struct refusals *refusals; /* its sources get sorted */
	const char *mode;
	uint64_t missed; /* samples that nobody took in time */
};

/* @height: lines of the screen, which the page is to fit; 0: no screen, as many lines as are of use. */
void top_page_tell(const struct top_page *self, struct output *output, int height);

/* The caller's to json_decref(). */
json_t *top_page_json(const struct top_page *self);

#endif
