/* SPDX-License-Identifier: BSD-2-Clause */
/* report_decode: one JSON report becomes one struct report; whatever is wrong with it is named before anything changes. */
#ifndef REPORT_DECODE_H
#define REPORT_DECODE_H

#include <jansson.h>

#include <peergate/why.h>

#include "config.h"
#include "policy.h"

struct dated_report {
	struct report report;
	double at_unix_s; /* the moment it speaks of; 0: now */
};

/* @reporter is who sent it. -EINVAL: @why names the field; @ret is then undefined. */
int report_decode(struct dated_report *ret, const json_t *object, const struct config *config,
		  uint32_t reporter, struct why *why);

#endif
