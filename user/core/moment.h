/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * moment: a point in time in four bytes, for records of which there are a million: sixteenths of a second since 60 days before
 * boot, so that what came back from the store (30 days at most) has a place, too. 0 is never, MOMENT_FOREVER has no end. Eight
 * years of uptime fit; what is later than that counts as the last one. Fields and variables that hold one end in _at.
 */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>

enum { MOMENTS_A_SECOND = 16, MOMENTS_BEFORE_BOOT = 60 * 24 * 3600 * MOMENTS_A_SECOND };

#define MOMENT_NS (UINT64_C(1000000000) / MOMENTS_A_SECOND)
#define MOMENT_FOREVER UINT32_MAX

/* The moment of boot-time @ns, at most a sixteenth of a second earlier. */
static inline uint32_t moment_of(uint64_t ns)
{
	uint64_t at = ns / MOMENT_NS + MOMENTS_BEFORE_BOOT;

	return at < MOMENT_FOREVER ? (uint32_t)at : MOMENT_FOREVER - 1;
}

/* The same for an end: never earlier than @ns, at most a sixteenth later; FOREVER_NS stays without end, 0 stays none. */
static inline uint32_t moment_end(uint64_t ns)
{
	if (ns == FOREVER_NS)
		return MOMENT_FOREVER;
	return ns ? moment_of(ns < FOREVER_NS - MOMENT_NS ? ns + MOMENT_NS - 1 : ns) : 0;
}

/* Boot-time ns; 0 for never, and for what was before boot. */
static inline uint64_t moment_ns(uint32_t at)
{
	if (at == MOMENT_FOREVER)
		return FOREVER_NS;
	return at > MOMENTS_BEFORE_BOOT ? (at - (uint64_t)MOMENTS_BEFORE_BOOT) * MOMENT_NS : 0;
}

/* @seconds later; never MOMENT_FOREVER, never around. */
static inline uint32_t moment_after(uint32_t at, uint32_t seconds)
{
	uint64_t later = at + (uint64_t)seconds * MOMENTS_A_SECOND;

	return later < MOMENT_FOREVER ? (uint32_t)later : MOMENT_FOREVER - 1;
}

/* @seconds earlier; never 0. */
static inline uint32_t moment_before(uint32_t at, uint32_t seconds)
{
	uint64_t less = (uint64_t)seconds * MOMENTS_A_SECOND;

	return at > less ? at - (uint32_t)less : 1;
}

/* Whole seconds from @from to @to; 0 when it is not later. */
static inline uint32_t moment_seconds(uint32_t from, uint32_t to)
{
	return to > from ? (to - from) / MOMENTS_A_SECOND : 0;
}

/* Whether @at lies at most @seconds before @now_ns; 0 (never) does not. */
static inline bool moment_is_within(uint32_t at, uint32_t seconds, uint64_t now_ns)
{
	uint32_t now = moment_of(now_ns);

	return at && (at >= now || now - at <= (uint64_t)seconds * MOMENTS_A_SECOND);
}

/* The later of the two stays. */
static inline void moment_later(uint32_t *at, uint64_t ns)
{
	uint32_t other = moment_of(ns);

	if (other > *at)
		*at = other;
}

#endif
