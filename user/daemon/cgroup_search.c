/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_search.h"

#include <string.h>

#include "cgroup_tree.h"

static bool is_still(const struct cgroup_look *self, const struct cgroup_place *place)
{
	return place->id && cgroup_tree_id(self->mount, place->folder) == place->id;
}

static bool recall_listener(struct cgroup_look *self, struct cgroup_place *place)
{
	for (unsigned int i = 0; i < self->before->listener_count; i++) {
		const struct cgroup_place *known = &self->before->listeners[i].place;

		if (known->id != place->id || !known->folder[0] || !is_still(self, known))
			continue;
		strcpy(place->folder, known->folder);
		return true;
	}
	return false;
}

const char *cgroup_below(const char *path, const char *mount)
{
	size_t length = strlen(mount);

	if (strncmp(path, mount, length) || (path[length] && path[length] != '/'))
		return path;
	return path[length] ? path + length : "/";
}

static bool recall_named(struct cgroup_search *search, unsigned int i)
{
	struct cgroup_look *self = search->look;
	const char *name = self->config.cgroups[i];
	struct cgroup_place *place = &search->first[i];

	if (name[0] != '/') {
		*place = self->named[i];
		return is_still(self, place);
	}
	name = cgroup_below(name, self->mount);
	place->id = strlen(self->mount) + strlen(name) < sizeof(place->folder)
			    ? cgroup_tree_id(self->mount, name)
			    : 0;
	if (place->id)
		strcpy(place->folder, name);
	return true;
}

/* Most looks find all where it was; a walk through thousands of folders takes tens of milliseconds. */
static bool is_all_known(struct cgroup_search *search)
{
	struct cgroup_look *self = search->look;
	bool all = self->before && !self->before->unclear;

	search->root = cgroup_tree_id(self->mount, "/");
	for (unsigned int i = 0; i < self->config.cgroup_count; i++)
		all &= recall_named(search, i);
	for (unsigned int i = 0; all && i < self->listener_count; i++)
		all = recall_listener(self, &self->listeners[i].place);
	return all;
}

static void offer(struct cgroup_search *self, unsigned int i, const char *folder, uint64_t id)
{
	struct cgroup_place *place = &self->first[i];

	/* A container within that of the same name is the same one: the outer folder comes first. */
	if (place->folder[0] && cgroup_is_within(folder, place->folder))
		return;
	if (place->folder[0])
		place = &self->second[i];
	if (place->folder[0])
		return;
	strcpy(place->folder, folder);
	place->id = id;
}

static bool fits(const char *folder, const char *cgroup)
{
	enum cgroup_kind kind = CGROUP_NONE;
	const char *name = "";

	cgroup_name_parse(cgroup, &kind, &name, NULL);
	return (kind == CGROUP_UNIT && cgroup_is_unit(folder, name)) ||
	       (kind == CGROUP_CONTAINER && cgroup_is_container(folder, name));
}

static int search_folder(void *context, const char *folder, uint64_t id)
{
	struct cgroup_search *self = context;
	struct cgroup_look *look = self->look;

	for (unsigned int i = 0; i < look->listener_count; i++)
		if (look->listeners[i].place.id == id)
			strcpy(look->listeners[i].place.folder, folder);
	for (unsigned int i = 0; i < look->config.cgroup_count; i++)
		if (fits(folder, look->config.cgroups[i]))
			offer(self, i, folder, id);
	return 0;
}

int cgroup_search(struct cgroup_search *self, unsigned int *ret_left_out)
{
	const struct config *config = &self->look->config;

	*ret_left_out = 0;
	if (is_all_known(self))
		return 0;
	for (unsigned int i = 0; i < config->cgroup_count; i++)
		if (config->cgroups[i][0] != '/')
			self->first[i].folder[0] = '\0';
	return cgroup_tree_walk(self->look->mount, search_folder, self, ret_left_out);
}
