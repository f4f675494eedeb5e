/* SPDX-License-Identifier: BSD-2-Clause */
/* subscriptions: events told to the clients that asked; who reads too slowly misses some and is told how many. */
#ifndef SUBSCRIPTIONS_H
#define SUBSCRIPTIONS_H

#include <jansson.h>
#include <stdbool.h>

struct listener;

bool subscriptions_any(const struct listener *listener);

/* Queues @event for each subscription of the listener's clients, or counts it as missed where the output is full. */
void subscriptions_tell(struct listener *listener, const json_t *event);

#endif
