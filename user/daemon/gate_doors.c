/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_doors: what hangs where, hook by hook, and why the rest does not. */
#include <stdio.h>
#include <string.h>

#include "gate_cgroups.h"

struct list {
	struct gate_door *doors;
	unsigned int count, max;
};

/* The next one to fill in; NULL: no room left. */
static struct gate_door *add(struct list *self, enum door door, const char *hook)
{
	struct gate_door *next;

	if (self->count == self->max)
		return NULL;
	next = &self->doors[self->count++];
	*next = (struct gate_door){.door = door};
	snprintf(next->hook, sizeof(next->hook), "%s", hook);
	return next;
}

static void fill(struct gate_door *self, const char *place, const char *rung, bool on,
		 const char *note)
{
	if (!self)
		return;
	snprintf(self->place, sizeof(self->place), "%s", place);
	snprintf(self->rung, sizeof(self->rung), "%s", on ? rung : "");
	self->on = on;
	snprintf(self->note, sizeof(self->note), "%s", on ? "" : note);
}

static void add_egress(struct list *list, const struct gate_link *link)
{
	const char *note = link->shown.rung == RUNG_AUTO
				   ? "it comes with the door of this interface"
				   : link->egress.note;

	fill(add(list, DOOR_DIAL, "egress"), link->shown.name, rung_word(link->egress.rung),
	     link->egress.rung != RUNG_AUTO, note);
}

static void add_cgroup_hook(struct list *list, const struct gate *self, enum cgroup_hook which)
{
	const struct gate_program *program = &self->programs[cgroup_hook_variant(which)];
	enum door door = cgroup_hook_door(which);
	unsigned int before = list->count;

	for (unsigned int i = 0; i < self->place_count; i++) {
		const struct gate_place *place = &self->places[i];
		const struct gate_hook *hook = &place->hooks[which];

		if (door == DOOR_SOCKETS ? place->cgroup.sockets : place->cgroup.dial)
			fill(add(list, door, cgroup_hook_word(which)), place->cgroup.path, "cgroup",
			     hook->fd >= 0, hook->note);
	}
	if (list->count == before)
		fill(add(list, door, cgroup_hook_word(which)), "", "", false,
		     program->fd < 0 ? program->note : "no cgroup is to carry it");
}

/* A program that is run on a map's keys needs nothing but itself. */
static void add_sweep(struct list *list, const struct gate *self, const char *hook,
		      enum variant variant)
{
	fill(add(list, DOOR_SOCKETS, hook), "", "run", self->programs[variant].fd >= 0,
	     self->programs[variant].note);
}

static void add_iterator(struct list *list, const struct gate *self, const char *hook,
			 enum iterator iterator, enum variant variant)
{
	fill(add(list, DOOR_SOCKETS, hook), "", "iterator", self->iterators[iterator] >= 0,
	     self->programs[variant].note);
}

unsigned int gate_doors(const struct gate *self, struct gate_door *ret, unsigned int max)
{
	struct list list = {.doors = ret, .max = max};

	for (unsigned int i = 0; i < self->link_count; i++)
		add_egress(&list, &self->links[i]);
	for (int i = 0; i < CGROUP_HOOKS; i++)
		add_cgroup_hook(&list, self, (enum cgroup_hook)i);
	add_iterator(&list, self, "census", ITERATOR_CENSUS, VARIANT_CENSUS);
	add_sweep(&list, self, "flows", VARIANT_FLOWS);
	add_sweep(&list, self, "settle", VARIANT_SETTLE);
	add_sweep(&list, self, "crowds", VARIANT_SETTLE_CROWDS);
	add_iterator(&list, self, "kill", ITERATOR_KILL, VARIANT_KILL);
	return list.count;
}
