/* SPDX-License-Identifier: BSD-2-Clause */
/* peer_order: the orders in which `peers` can be listed. */
#ifndef PEER_ORDER_H
#define PEER_ORDER_H

#include <jansson.h>

enum { PEER_ORDERS = 6 };

/* "peer", "addr", …; "?" for no order. */
const char *peer_order_word(unsigned int order);
int peer_order_of(const char *word); /* -EINVAL */

/* Sorts the members of an array of gate_peers' objects; equal ones keep their places. -ENOMEM. */
int peer_order_sort(json_t *peers, int order);

#endif
