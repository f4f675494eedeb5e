/* SPDX-License-Identifier: BSD-2-Clause */
/* queue: JSON values in the order they came, at most QUEUE_MAX of them. Owns what it holds. */
#ifndef QUEUE_H
#define QUEUE_H

#include <jansson.h>
#include <stddef.h>

enum { QUEUE_MAX = 16384 };

struct queue {
	json_t **values; /* a ring; NULL while size is 0 */
	size_t size, begin, count;
};

/* Takes @value over. When full, the oldest goes: returns 1 then, 0 else, -ENOMEM (and @value is gone). */
int queue_push(struct queue *self, json_t *value);

/* The oldest, now the caller's; NULL when empty. */
json_t *queue_pop(struct queue *self);
void queue_release(struct queue *self);

#endif
