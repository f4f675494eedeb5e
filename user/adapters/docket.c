/* SPDX-License-Identifier: BSD-2-Clause */
#include "docket.h"

#include <errno.h>
#include <stdlib.h>

int docket_init(struct docket *ret)
{
	*ret = (struct docket){.cases = calloc(DOCKET_MAX, sizeof(*ret->cases))};
	return ret->cases ? 0 : -ENOMEM;
}

void docket_free(struct docket *self)
{
	free(self->cases);
	*self = (struct docket){0};
}

static struct docket_case *at(const struct docket *self, unsigned int number)
{
	return &self->cases[(self->first + number) % DOCKET_MAX];
}

struct docket_case *docket_add(struct docket *self)
{
	return self->count == DOCKET_MAX ? NULL : at(self, self->count++);
}

struct docket_case *docket_first(struct docket *self)
{
	return self->count ? at(self, 0) : NULL;
}

void docket_drop(struct docket *self)
{
	self->first = (self->first + 1) % DOCKET_MAX;
	self->count--;
}

void docket_review(struct docket *self, bool (*decide)(void *context, struct docket_case *at),
		   void *context)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < self->count; i++) {
		struct docket_case *one = at(self, i);

		if (decide(context, one))
			continue;
		if (kept != i)
			*at(self, kept) = *one;
		kept++;
	}
	self->count = kept;
}
