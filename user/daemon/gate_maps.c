/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[MAPS] = {
	[MAP_SOURCES] = "sources",	 [MAP_PREFIXES] = "prefixes",
	[MAP_NEIGHBOURS] = "neighbours", [MAP_SERVICES] = "services",
	[MAP_INTERFACES] = "interfaces", [MAP_SETTINGS] = "settings",
	[MAP_COUNTERS] = "counters",	 [MAP_PACE] = "pace",
	[MAP_NEWCOMERS] = "newcomers",	 [MAP_EVENTS] = "events",
	[MAP_SAMPLES] = "samples",	 [MAP_LISTENERS] = "listeners",
	[MAP_CLOSURES] = "closures",	 [MAP_WITNESS] = "witness",
	[MAP_CROWDS] = "crowds",	 [MAP_FLOWS] = "flows",
	[MAP_DIALLED] = "dialled",	 [MAP_ANSWERED] = "answered",
	[MAP_CALLERS] = "callers",	 [MAP_HANDSHAKES] = "handshakes",
	[MAP_UNPROVEN] = "unproven",	 [MAP_WATCHED] = "watched",
	[MAP_REMEMBERED] = "remembered", [MAP_CENSUS] = "census",
	[MAP_TARGET] = "target",	 [MAP_MARKS] = "marks",
	[MAP_SIGHTINGS] = "sightings",	 [MAP_DESKS] = "desks",
};

const char *map_name(enum map map)
{
	return names[map];
}

unsigned int maps_open(const struct pins *pins, int ret_fds[MAPS])
{
	unsigned int found = 0;

	for (int i = 0; i < MAPS; i++) {
		ret_fds[i] = pins_get(pins, names[i]);
		found += ret_fds[i] >= 0;
	}
	return found;
}

void maps_close(int fds[MAPS])
{
	for (int i = 0; i < MAPS; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static bool is_known(const char *name)
{
	for (int i = 0; i < MAPS; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* A map that is not pinned would not be adopted: the next daemon's programs would have another. */
static int check_names(const struct bpf_object *object, struct why *why)
{
	const struct bpf_map *map;

	for (int i = 0; i < MAPS; i++)
		if (!bpf_object__find_map_by_name(object, names[i]))
			return why_fill(why, -ENOENT, "this build's gate has no map called %s",
					names[i]);
	bpf_object__for_each_map (map, object) {
		if (!bpf_map__is_internal(map) && !is_known(bpf_map__name(map)))
			return why_fill(why, -ENOENT,
					"this build's gate has a map called %s, which the daemon "
					"does not know",
					bpf_map__name(map));
	}
	return 0;
}

int maps_size(struct bpf_object *object, const struct gate_settings *settings, struct why *why)
{
	const struct {
		enum map map;
		uint32_t max;
	} sizes[] = {
		{MAP_SOURCES, settings->sources_max},	{MAP_NEIGHBOURS, settings->sources_max},
		{MAP_PREFIXES, settings->prefixes_max}, {MAP_PACE, settings->pace_max},
		{MAP_WITNESS, settings->witness_max},
	};

	int error = check_names(object, why);

	if (error)
		return error;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, map_name(sizes[i].map));

		if (sizes[i].max && bpf_map__set_max_entries(map, sizes[i].max))
			return why_fill(why, -EINVAL, "%s: a size of %u is not possible",
					map_name(sizes[i].map), sizes[i].max);
	}
	return 0;
}

static bool has_shape(const struct bpf_map *map, int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && info.type == bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map) &&
	       info.max_entries == bpf_map__max_entries(map) &&
	       (info.map_flags & ~(uint32_t)BPF_F_RDONLY_PROG) ==
		       (bpf_map__map_flags(map) & ~(uint32_t)BPF_F_RDONLY_PROG);
}

int maps_adopt(struct bpf_object *object, const int pinned[MAPS], bool ret_adopted[MAPS],
	       struct why *why)
{
	for (int i = 0; i < MAPS; i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, names[i]);
		int error;

		ret_adopted[i] = pinned[i] >= 0 && has_shape(map, pinned[i]);
		if (!ret_adopted[i])
			continue;
		error = bpf_map__reuse_fd(map, pinned[i]);
		if (error)
			return why_fill(why, error, "%s: cannot take over the pinned map: %s",
					names[i], strerror(-error));
	}
	return 0;
}

int maps_take(struct bpf_object *object, int ret_fds[MAPS])
{
	for (int i = 0; i < MAPS; i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, names[i]);

		ret_fds[i] = fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0);
		if (ret_fds[i] < 0)
			return -errno;
	}
	return 0;
}

struct walk {
	struct batch batch;
	uint64_t at
		[4]; /* the kernel's place: a bucket for hashes, the last key (at most 20 bytes) for others */
};

static int walk_init(struct walk *self, int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	*self = (struct walk){0};
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	self->batch.key_size = info.key_size;
	self->batch.value_size = info.value_size;
	self->batch.keys = calloc(MAP_BATCH, info.key_size);
	self->batch.values = calloc(MAP_BATCH, info.value_size);
	return self->batch.keys && self->batch.values ? 0 : -ENOMEM;
}

int map_walk(int fd, int (*step)(void *context, const struct batch *batch), void *context)
{
	struct walk walk;
	bool first = true, last = false;
	int error = walk_init(&walk, fd);

	while (!error && !last) {
		walk.batch.count = MAP_BATCH;
		if (bpf_map_lookup_batch(fd, first ? NULL : walk.at, walk.at, walk.batch.keys,
					 walk.batch.values, &walk.batch.count, NULL)) {
			last = errno == ENOENT;
			if (!last)
				error = -errno;
		}
		first = false;
		if (!error && walk.batch.count)
			error = step(context, &walk.batch);
	}
	free(walk.batch.keys);
	free(walk.batch.values);
	return error;
}

static int count_step(void *context, const struct batch *batch)
{
	*(uint32_t *)context += batch->count;
	return 0;
}

int map_count(enum map map, int fd, uint32_t *ret_count)
{
	uint32_t count = 0;
	int error = 0;

	if (map <= MAP_CLOSURES)
		error = map_walk(fd, count_step, &count);
	if (!error)
		*ret_count = count;
	return error;
}

static bool is_among(const void *key, const void *keys, size_t key_size, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (!memcmp(key, (const char *)keys + i * key_size, key_size))
			return true;
	return false;
}

/* The walk is by keys, so that an entry can be deleted on the way: the next one is asked for first. */
int map_keep(int fd, const void *keys, size_t key_size, unsigned int count)
{
	char at[MAP_KEY_MAX], next[MAP_KEY_MAX];
	bool more = !bpf_map_get_next_key(fd, NULL, next);

	while (more) {
		memcpy(at, next, key_size);
		more = !bpf_map_get_next_key(fd, at, next);
		if (!is_among(at, keys, key_size, count) && bpf_map_delete_elem(fd, at) &&
		    errno != ENOENT)
			return -errno;
	}
	return 0;
}
