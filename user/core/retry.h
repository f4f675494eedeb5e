/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * retry: how long an address that could not be dialled is left alone: 30 s, twice as long each time, at most 4 h. For dialling
 * only: behind NAT honest peers cannot be dialled, and come in all the same.
 *
 * A ladder is one word, so that each link of the book can have its own: the level above, below the second of boot time
 * before which nobody dials. 0: never failed.
 */
#ifndef RETRY_H
#define RETRY_H

#include <stdint.h>

enum { DIAL_FIRST_S = 30, DIAL_MAX_S = 4 * 3600 };

/* A dial failed at @at_ns. While it is backed off already nothing changes: that dial began before. A day's peace forgets. */
uint32_t dial_failed(uint32_t ladder, uint64_t at_ns);

/* Until when it is not dialled; 0: it may be. */
uint64_t dial_until(uint32_t ladder, uint64_t now_ns);

/* How often it failed in a row. */
unsigned int dial_failures(uint32_t ladder);

#endif
