/* SPDX-License-Identifier: BSD-2-Clause */
/* units: durations, rates, shares and whole numbers as people write them in settings and on command lines. */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>

#include <peergate/why.h>

#define NS_PER_S UINT64_C(1000000000)

/* "90s", "10m", "2h", "1d", "500ms"; a bare number counts seconds. -EINVAL: none of these, or over 100 years. */
int duration_parse(const char *text, uint64_t *ret_ns, struct why *why);

/* "1/60s", "4/s", "10/m": so many in that time; @ret_interval_ns is the time for one. "off" or "0": 0. -EINVAL otherwise. */
int rate_parse(const char *text, uint64_t *ret_interval_ns, struct why *why);

/* "1/32", "0.03125", "0" … "1", as parts of 65,536, rounded down. -EINVAL otherwise. */
int share_parse(const char *text, uint32_t *ret_parts, struct why *why);

/* A whole number in decimal digits, without sign, within @min .. @max. -EINVAL: none, -ERANGE: outside. */
int whole_parse(const char *text, uint64_t min, uint64_t max, uint64_t *ret, struct why *why);

#endif
