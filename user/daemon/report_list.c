/* SPDX-License-Identifier: BSD-2-Clause */
/* report_list: reports that came together, in memory that is used again. */
#include <stdlib.h>

#include "report_decode.h"

enum { ROOM_FIRST = 64, ROOM_KEPT = 1024 };

struct dated_report *report_list_next(struct report_list *self)
{
	size_t room = self->room ? self->room * 2 : ROOM_FIRST;
	struct dated_report *reports;

	if (self->count < self->room)
		return &self->reports[self->count++];
	reports = reallocarray(self->reports, room, sizeof(*reports));
	if (!reports)
		return NULL;
	self->reports = reports;
	self->room = room;
	return &self->reports[self->count++];
}

void report_list_free(struct report_list *self)
{
	free(self->reports);
	*self = (struct report_list){0};
}

void report_list_clear(struct report_list *self)
{
	self->count = 0;
	if (self->room > ROOM_KEPT)
		report_list_free(self);
}
