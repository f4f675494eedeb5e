/* SPDX-License-Identifier: BSD-2-Clause */
/* enforce: what the policy decided, written where the programs look. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "gate_maps.h"
#include "gate_settings.h"

/* What the clock that people read is ahead of boot time, in seconds. */
static int64_t unix_ahead(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return wall.tv_sec - (int64_t)(gate_now_ns() / 1000000000);
}

/* The same moment on that clock; it is for people only, the programs compare boot time. */
static uint32_t unix_of(uint64_t until_ns, int64_t ahead_s)
{
	int64_t seconds = ahead_s + (int64_t)(until_ns / 1000000000);

	if (until_ns == FOREVER_NS)
		return FOREVER_UNIX;
	if (!until_ns || seconds < 0)
		return 0;
	return seconds >= FOREVER_UNIX ? FOREVER_UNIX - 1 : (uint32_t)seconds;
}

/* Writes and keeps count: a first try that must be new tells whether it is. */
static int put(struct gate *self, enum map map, const void *key, const void *value)
{
	if (!bpf_map_update_elem(self->maps[map], key, value, BPF_NOEXIST)) {
		self->entries[map]++;
		return 0;
	}
	if (errno != EEXIST)
		return -errno;
	return bpf_map_update_elem(self->maps[map], key, value, BPF_ANY) ? -errno : 0;
}

static int drop(struct gate *self, enum map map, const void *key)
{
	if (!bpf_map_delete_elem(self->maps[map], key)) {
		self->entries[map]--;
		return 0;
	}
	return errno == ENOENT ? 0 : -errno;
}

static int say_full(const struct gate *self, enum map map, int error, struct why *why)
{
	if (error == -E2BIG || error == -ENOSPC)
		return why_fill(why, -ENOSPC,
				"%s: full with %u of %u entries: what it holds stays; set a larger "
				"size and restart",
				map_name(map), self->entries[map], self->max[map]);
	if (error == -ENOMEM)
		return why_fill(why, error,
				"%s: the kernel has no memory for one entry more (%u held): what "
				"it holds stays",
				map_name(map), self->entries[map]);
	return error ? why_fill(why, error, "%s: cannot write: %s", map_name(map), strerror(-error))
		     : 0;
}

static struct prefix_key prefix_key_of(const struct prefix *prefix)
{
	struct prefix_key key = {.length = prefix->length};

	memcpy(key.address, prefix->addr.bytes, sizeof(key.address));
	return key;
}

static struct prefix_record prefix_record_of(const struct prefix *prefix,
					     const struct record *record)
{
	return (struct prefix_record){
		.until = record->until,
		.until_unix = record->until_unix,
		.score = record->score,
		.standing = record->standing,
		.reason = record->reason,
		.services = record->services,
		.length = prefix->length,
	};
}

/* The count is told first when one comes and last when one goes, so that a held prefix is never skipped. */
static int put_prefix(struct gate *self, const struct prefix *prefix, const struct record *record)
{
	struct prefix_key key = prefix_key_of(prefix);
	struct prefix_record value = prefix_record_of(prefix, record);
	int error = put(self, MAP_PREFIXES, &key, &value);

	if (!error && self->settings.prefixes != self->entries[MAP_PREFIXES])
		error = settings_count(self);
	return error;
}

static int drop_prefix(struct gate *self, const struct prefix *prefix)
{
	struct prefix_key key = prefix_key_of(prefix);
	int error = drop(self, MAP_PREFIXES, &key);

	if (!error && self->settings.prefixes != self->entries[MAP_PREFIXES])
		error = settings_count(self);
	return error;
}

int gate_put(struct gate *self, const struct prefix *prefix, const struct record *record,
	     struct why *why)
{
	struct record value = *record;

	value.until_unix = unix_of(record->until, unix_ahead());
	if (prefix_is_source(prefix)) {
		struct source_key key = addr_source(&prefix->addr);

		return say_full(self, MAP_SOURCES, put(self, MAP_SOURCES, &key, &value), why);
	}
	return say_full(self, MAP_PREFIXES, put_prefix(self, prefix, &value), why);
}

int gate_remove(struct gate *self, const struct prefix *prefix, struct why *why)
{
	if (prefix_is_source(prefix)) {
		struct source_key key = addr_source(&prefix->addr);

		return say_full(self, MAP_SOURCES, drop(self, MAP_SOURCES, &key), why);
	}
	return say_full(self, MAP_PREFIXES, drop_prefix(self, prefix), why);
}

int gate_neighbours(struct gate *self, const struct source_key *prefix56, uint32_t sources)
{
	struct neighbours value = {.sources = sources};

	if (!sources)
		return drop(self, MAP_NEIGHBOURS, prefix56);
	return put(self, MAP_NEIGHBOURS, prefix56, &value);
}

struct taker {
	int (*take)(void *context, const struct prefix *prefix, const struct record *record);
	void *context;
};

static int take_sources(void *context, const struct batch *batch)
{
	const struct source_key *keys = (const struct source_key *)batch->keys;
	const struct record *records = (const struct record *)batch->values;
	const struct taker *taker = context;
	int result = 0;

	for (uint32_t i = 0; !result && i < batch->count; i++) {
		struct prefix prefix = source_prefix(&keys[i]);

		result = taker->take(taker->context, &prefix, &records[i]);
	}
	return result;
}

static int take_prefixes(void *context, const struct batch *batch)
{
	const struct prefix_key *keys = (const struct prefix_key *)batch->keys;
	const struct prefix_record *held = (const struct prefix_record *)batch->values;
	const struct taker *taker = context;
	int result = 0;

	for (uint32_t i = 0; !result && i < batch->count; i++) {
		struct prefix prefix = {.length = (uint8_t)keys[i].length};
		struct record record = {
			.until = held[i].until,
			.until_unix = held[i].until_unix,
			.score = held[i].score,
			.standing = held[i].standing,
			.reason = held[i].reason,
			.services = held[i].services,
		};

		memcpy(prefix.addr.bytes, keys[i].address, sizeof(prefix.addr.bytes));
		result = taker->take(taker->context, &prefix, &record);
	}
	return result;
}

int gate_each(struct gate *self,
	      int (*take)(void *context, const struct prefix *prefix, const struct record *record),
	      void *context)
{
	struct taker taker = {take, context};
	int result = map_walk(self->maps[MAP_SOURCES], take_sources, &taker);

	return result ? result : map_walk(self->maps[MAP_PREFIXES], take_prefixes, &taker);
}

bool gate_holds(const struct gate *self)
{
	return self->entries[MAP_SOURCES] || self->entries[MAP_PREFIXES];
}

int gate_put_batch(struct gate *self, struct gate_batch *batch, unsigned int *ret_done,
		   struct why *why)
{
	uint32_t count = batch->count;
	int64_t ahead_s = unix_ahead();
	int error;

	for (unsigned int i = 0; i < batch->count; i++)
		batch->records[i].until_unix = unix_of(batch->records[i].until, ahead_s);
	error = count && bpf_map_update_batch(self->maps[MAP_SOURCES], batch->keys, batch->records,
					      &count, NULL)
			? -errno
			: 0;
	for (unsigned int i = 0; i < count; i++)
		self->entries[MAP_SOURCES] += batch->fresh[i];
	*ret_done = count;
	return say_full(self, MAP_SOURCES, error, why);
}

unsigned int gate_maps(struct gate *self, struct gate_map *ret, unsigned int max)
{
	static const enum map told[] = {MAP_SOURCES, MAP_PREFIXES, MAP_NEIGHBOURS, MAP_SERVICES,
					MAP_WITNESS};
	unsigned int count = sizeof(told) / sizeof(told[0]);

	if (count > max)
		count = max;
	for (unsigned int i = 0; i < count; i++) {
		ret[i] = (struct gate_map){.entries = self->entries[told[i]],
					   .max = self->max[told[i]],
					   .makes_room = told[i] == MAP_WITNESS};
		strncpy(ret[i].name, map_name(told[i]), sizeof(ret[i].name) - 1);
	}
	return count;
}
