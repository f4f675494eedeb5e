/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_watch.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void cgroup_watch_init(struct cgroup_watch *self, uv_loop_t *loop, void (*stirred)(void *context),
		       void *context)
{
	memset(self, 0, sizeof(*self));
	self->stirred = stirred;
	self->context = context;
	for (unsigned int i = 0; i < WATCH_MAX; i++) {
		uv_fs_event_init(loop, &self->all[i].handle);
		self->all[i].handle.data = self;
	}
}

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct cgroup_watch *self = handle->data;

	(void)name;
	(void)events;
	if (!status)
		self->stirred(self->context);
}

struct wish {
	char paths[WATCH_MAX][CGROUP_PATH_MAX];
	unsigned int count;
};

static void add_above(struct wish *self, const char *mount, const struct cgroup_place *place)
{
	const char *name = strrchr(place->folder, '/');
	char *path = self->paths[self->count];

	if (!name || self->count == WATCH_MAX)
		return;
	snprintf(path, CGROUP_PATH_MAX, "%s%.*s", mount, (int)(name - place->folder),
		 place->folder);
	for (unsigned int i = 0; i < self->count; i++)
		if (!strcmp(self->paths[i], path))
			return;
	self->count++;
}

static bool is_wished(struct wish *wish, const char *path)
{
	for (unsigned int i = 0; i < wish->count; i++) {
		if (strcmp(wish->paths[i], path) != 0)
			continue;
		wish->paths[i][0] = '\0'; /* had already */
		return true;
	}
	return false;
}

static void start(struct cgroup_watch *self, const char *path)
{
	for (unsigned int i = 0; i < WATCH_MAX; i++) {
		if (self->all[i].path[0])
			continue;
		if (!uv_fs_event_start(&self->all[i].handle, on_event, path, 0))
			strcpy(self->all[i].path, path);
		return;
	}
}

void cgroup_watch_follow(struct cgroup_watch *self, const struct cgroup_look *look)
{
	struct wish wish = {.count = 0};

	for (unsigned int i = 0; i < look->memory.count; i++)
		add_above(&wish, look->mount, &look->memory.all[i].place);
	for (unsigned int i = 0; i < look->config.cgroup_count; i++)
		add_above(&wish, look->mount, &look->named[i]);
	for (unsigned int i = 0; i < WATCH_MAX; i++) {
		if (!self->all[i].path[0] || is_wished(&wish, self->all[i].path))
			continue;
		uv_fs_event_stop(&self->all[i].handle);
		self->all[i].path[0] = '\0';
	}
	for (unsigned int i = 0; i < wish.count; i++)
		if (wish.paths[i][0])
			start(self, wish.paths[i]);
}
