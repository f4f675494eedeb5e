/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_choice.h"

#include <stdio.h>
#include <string.h>

#include "cgroup_name.h"

/*
 * include/linux/kernfs.h: the root of a hierarchy, which all the rest is below, also what was removed. In a cgroup namespace what is
 * mounted as the root is some other folder.
 */
enum { CGROUP_ROOT_ID = 1 };

static bool is_root(const char *folder)
{
	return !strcmp(folder, "/");
}

static bool teaches(const struct cgroup_listener *listener)
{
	return listener->place.folder[0] && !cgroup_shared_with(listener->place.folder) &&
	       !listener->proxy;
}

static void forget(struct cgroup_memory *self, uint8_t services)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < self->count; i++) {
		self->all[i].services &= (uint8_t)~services;
		if (self->all[i].services)
			self->all[kept++] = self->all[i];
	}
	self->count = kept;
}

static void remember(struct cgroup_memory *self, const struct cgroup_listener *listener)
{
	unsigned int i = 0;

	while (i < self->count && strcmp(self->all[i].place.folder, listener->place.folder) != 0)
		i++;
	if (i == sizeof(self->all) / sizeof(self->all[0])) {
		self->full = true;
		return;
	}
	if (i == self->count) {
		self->all[i].services = 0;
		self->count++;
	}
	self->all[i].place = listener->place;
	self->all[i].services |= (uint8_t)(1U << listener->service);
}

void cgroup_memory_learn(struct cgroup_memory *self, const struct cgroup_listener *listeners,
			 unsigned int count)
{
	uint8_t seen = 0;

	for (unsigned int i = 0; i < count; i++)
		if (teaches(&listeners[i]))
			seen |= (uint8_t)(1U << listeners[i].service);
	self->full = false;
	forget(self, seen);
	for (unsigned int i = 0; i < count; i++)
		if (teaches(&listeners[i]))
			remember(self, &listeners[i]);
}

static void want(struct cgroup_choice *self, const char *mount, const struct cgroup_place *place,
		 bool sockets, bool dial)
{
	struct gate_cgroup *wanted = &self->wanted[self->count];

	if (self->count == GATE_CGROUPS_MAX)
		return;
	memset(wanted, 0, sizeof(*wanted));
	/* The walk through the hierarchy gives only paths that fit. */
	snprintf(wanted->path, sizeof(wanted->path), "%s%s", mount,
		 is_root(place->folder) ? "" : place->folder);
	wanted->id = place->id;
	wanted->sockets = sockets;
	wanted->dial = dial;
	self->count++;
}

void cgroup_choose_auto(struct cgroup_choice *ret, const char *mount, uint64_t root,
			const struct cgroup_memory *memory)
{
	struct cgroup_place places[GATE_CGROUPS_MAX - 1];
	const struct cgroup_place top = {.folder = "/", .id = root};
	struct cgroup_choice dial;

	for (unsigned int i = 0; i < memory->count; i++)
		places[i] = memory->all[i].place;
	cgroup_choose_named(&dial, mount, places, memory->count);
	memset(ret, 0, sizeof(*ret));
	want(ret, mount, &top, true, false);
	for (unsigned int i = 0; i < dial.count; i++) {
		ret->wanted[ret->count] = dial.wanted[i];
		ret->wanted[ret->count++].sockets = false;
	}
}

static bool is_covered(const struct cgroup_place *places, unsigned int count, unsigned int which)
{
	for (unsigned int i = 0; i < count; i++) {
		bool same = !strcmp(places[i].folder, places[which].folder);

		if (i == which || !places[i].id || is_root(places[i].folder))
			continue;
		if (same ? i < which : cgroup_is_within(places[which].folder, places[i].folder))
			return true;
	}
	return false;
}

static bool has_root(const struct cgroup_place *places, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (is_root(places[i].folder))
			return true;
	return false;
}

void cgroup_choose_named(struct cgroup_choice *ret, const char *mount,
			 const struct cgroup_place *places, unsigned int count)
{
	bool root = has_root(places, count), told = false;

	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < count; i++) {
		if (!places[i].id || (told && is_root(places[i].folder)))
			continue;
		if (is_root(places[i].folder)) {
			want(ret, mount, &places[i], true, false);
			told = true;
		} else if (!is_covered(places, count, i)) {
			want(ret, mount, &places[i], !root, true);
		}
	}
}

void cgroup_choice_cover(const struct cgroup_choice *self, const char *mount,
			 struct cgroup_listener *listeners, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const char *folder = listeners[i].place.folder;

		for (unsigned int j = 0; j < self->count; j++) {
			const struct gate_cgroup *wanted = &self->wanted[j];
			const char *above = wanted->path + strlen(mount);

			if (folder[0] ? !cgroup_is_within(folder, above[0] ? above : "/")
				      : wanted->id != CGROUP_ROOT_ID)
				continue;
			listeners[i].inside |= wanted->sockets;
			listeners[i].dials |= wanted->dial;
		}
	}
}
