/* SPDX-License-Identifier: BSD-2-Clause */
#include "queue.h"

#include <errno.h>
#include <stdlib.h>

/* Twice the room (QUEUE_MAX is a power of two), unrolled so that the ring begins at 0. */
static int grow(struct queue *self)
{
	size_t size = self->size ? self->size * 2 : 16;
	json_t **values = calloc(size, sizeof(*values));

	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < self->count; i++)
		values[i] = self->values[(self->begin + i) % self->size];
	free(self->values);
	*self = (struct queue){.values = values, .size = size, .count = self->count};
	return 0;
}

int queue_push(struct queue *self, json_t *value)
{
	int dropped = 0;

	if (self->count == QUEUE_MAX) {
		json_decref(queue_pop(self));
		dropped = 1;
	}
	if (self->count == self->size && grow(self)) {
		json_decref(value);
		return -ENOMEM;
	}
	self->values[(self->begin + self->count++) % self->size] = value;
	return dropped;
}

json_t *queue_pop(struct queue *self)
{
	json_t *value;

	if (!self->count)
		return NULL;
	value = self->values[self->begin];
	self->begin = (self->begin + 1) % self->size;
	self->count--;
	return value;
}

void queue_release(struct queue *self)
{
	json_t *value;

	while ((value = queue_pop(self)))
		json_decref(value);
	free(self->values);
	*self = (struct queue){0};
}
