/* SPDX-License-Identifier: BSD-2-Clause */
/* gate: the life of the gate in this process: take over or make, upgrade or migrate, let go. */
#include "gate.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "devices.h"
#include "events.h"
#include "gate_census.h"
#include "gate_cgroups.h"
#include "gate_iterators.h"
#include "gate_load.h"
#include "gate_maps.h"
#include "gate_migrate.h"
#include "gate_settings.h"
#include "gate_sightings.h"

static void release(struct gate *self)
{
	events_close(self);
	sightings_close(self);
	census_close(self);
	iterators_close(self);
	cgroups_close(self);
	for (unsigned int i = 0; i < self->link_count; i++) {
		if (self->links[i].fd >= 0)
			close(self->links[i].fd);
		if (self->links[i].egress.fd >= 0)
			close(self->links[i].egress.fd);
	}
	for (int i = 0; i < VARIANTS; i++)
		if (self->programs[i].fd >= 0)
			close(self->programs[i].fd);
	maps_close(self->maps);
	if (self->asking >= 0)
		close(self->asking);
	if (self->listening >= 0)
		close(self->listening);
	pins_close(&self->pins);
	free(self);
}

static struct gate *create(void)
{
	struct gate *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->pins.fd = -1;
	self->asking = self->listening = -1;
	for (int i = 0; i < MAPS; i++)
		self->maps[i] = -1;
	for (int i = 0; i < VARIANTS; i++)
		self->programs[i].fd = -1;
	for (int i = 0; i < ITERATORS; i++)
		self->iterators[i] = -1;
	return self;
}

/* The notices are heard from before the first look at the interfaces, so that no change falls between. */
static int open_sockets(struct gate *self, struct why *why)
{
	self->listening = devices_listen();
	self->asking = devices_open();
	if (self->listening < 0 || self->asking < 0)
		return why_fill(why, self->asking < 0 ? self->asking : self->listening,
				"cannot open rtnetlink: %s",
				strerror(self->asking < 0 ? -self->asking : -self->listening));
	return 0;
}

static int count_entries(struct gate *self, struct why *why)
{
	for (int i = 0; i < MAPS; i++) {
		int error = map_count((enum map)i, self->maps[i], &self->entries[i]);

		if (error)
			return why_fill(why, error, "%s: cannot be read: %s", map_name((enum map)i),
					strerror(-error));
	}
	return 0;
}

static int build(struct gate *self, const struct gate_settings *settings, struct why *why)
{
	int pinned[MAPS];
	int error;

	maps_open(&self->pins, pinned);
	error = attach_adopt(self, why);
	if (!error)
		error = cgroups_adopt(self, why);
	if (!error)
		error = gate_take_over(self, settings, pinned, why);
	maps_close(pinned);
	if (!error)
		iterators_open(self);
	if (!error)
		error = count_entries(self, why);
	if (!error)
		error = settings_start(self, why);
	if (!error)
		error = events_open(self, why);
	if (!error)
		error = sightings_open(self, why);
	if (!error)
		error = census_open(self, why);
	return error;
}

/* What this process attached; what it found stays. */
static void let_go(struct gate *self)
{
	for (unsigned int i = 0; i < self->link_count; i++) {
		struct gate_link *link = &self->links[i];

		if (link->fresh && link->shown.rung != RUNG_AUTO)
			link_detach(self, link);
		else if (link->egress.fresh)
			egress_detach(self, link);
	}
	cgroups_let_go(self);
	if (self->is_new)
		pins_wipe(&self->pins);
}

int gate_open(struct gate **ret, const struct gate_settings *settings, struct why *why)
{
	struct gate *self = create();
	int error;

	if (!self)
		return why_fill(why, -ENOMEM, "no memory for the gate");
	gate_hush();
	error = gate_probe(self, why);
	if (!error)
		error = pins_open(&self->pins, settings->pin_dir, settings->owner, settings->group,
				  why);
	if (!error) {
		self->is_new = pins_are_empty(&self->pins);
		error = open_sockets(self, why);
	}
	if (!error)
		error = build(self, settings, why);
	if (error) {
		let_go(self);
		release(self);
		return error;
	}
	gate_weigh_capabilities(self);
	*ret = self;
	return 0;
}

void gate_close(struct gate *self)
{
	if (self)
		release(self);
}

void gate_abandon(struct gate *self)
{
	if (!self)
		return;
	let_go(self);
	release(self);
}
