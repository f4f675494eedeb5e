/* SPDX-License-Identifier: BSD-2-Clause */
/* report_decode: one JSON report becomes one struct report; whatever is wrong with it is named before anything changes. */
#ifndef REPORT_DECODE_H
#define REPORT_DECODE_H

#include <jansson.h>

#include <peergate/why.h>

#include "config.h"
#include "json_scan.h"
#include "policy.h"

struct dated_report {
	struct report report;
	double at_unix_s; /* the moment it speaks of; 0: now */
};

/* @reporter is who sent it. -EINVAL: @why names the field; @ret is then undefined. */
int report_decode(struct dated_report *ret, const json_t *object, const struct config *config,
		  uint32_t reporter, struct why *why);

/* The same from plain text; false: not plain, or wrong: report_decode() says how. */
bool report_scan(struct dated_report *ret, struct json_scan *scan, const struct config *config,
		 uint32_t reporter);

/* Reports that came together. The zeroed struct is an empty list. */
struct report_list {
	struct dated_report *reports;
	size_t count, room;
};

struct dated_report *report_list_next(struct report_list *self); /* NULL: no memory */
void report_list_clear(struct report_list *self); /* lets go of much memory, keeps a little */
void report_list_free(struct report_list *self);

#endif
