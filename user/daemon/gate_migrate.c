/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Same shape: the pinned maps are used as they are, and the programs are replaced behind their links, but for those of the same
 * build, which are taken as they are (gate_build.h).
 * Another shape or ABI: new maps are filled from the old while the old programs go on judging, then every link gets its new
 * program, then the folder is exchanged in one rename. Nobody else writes to the old maps meanwhile: the lock is ours.
 */
#include "gate_migrate.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "gate_build.h"
#include "gate_cgroups.h"
#include "gate_counters.h"
#include "gate_load.h"
#include "gate_maps.h"

/* The first member of every ABI's settings. */
static uint32_t abi_of(int settings_fd)
{
	char value[4096] = {0};
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info), zero = 0, abi;

	if (settings_fd < 0 || bpf_obj_get_info_by_fd(settings_fd, &info, &size) ||
	    info.value_size > sizeof(value) || bpf_map_lookup_elem(settings_fd, &zero, value))
		return 0;
	memcpy(&abi, value, sizeof(abi));
	return abi;
}

static int update_interfaces(struct gate *self, struct why *why)
{
	for (unsigned int i = 0; i < self->link_count; i++) {
		int error = rung_update(self, &self->links[i]);

		if (error == -ENOLINK)
			link_forget(self, &self->links[i], "the interface is gone");
		else if (error)
			return why_fill(why, error,
					"%s: cannot replace the program behind its link: %s",
					self->links[i].shown.name, strerror(-error));
	}
	return 0;
}

static int update_links(struct gate *self, struct why *why)
{
	int error = update_interfaces(self, why);

	return error ? error : cgroups_update(self, why);
}

static int pin_programs(const struct gate *self, const struct pins *pins, struct why *why)
{
	int error;

	build_forget(pins);
	for (int i = 0; i < VARIANTS; i++) {
		const struct gate_program *program = &self->programs[i];

		error = 0;
		if (program->fd >= 0)
			error = pins_put(pins, program->pin, program->fd);
		else
			(void)pins_remove(pins, program->pin);
		if (error)
			return why_fill(why, error, "%s/%s: cannot pin it: %s", pins->dir,
					program->pin, strerror(-error));
	}
	error = build_note(self, pins);
	if (error)
		return why_fill(why, error, "%s/build: cannot pin it: %s", pins->dir,
				strerror(-error));
	return 0;
}

static int pin_maps(const struct gate *self, const struct pins *pins, struct why *why)
{
	for (int i = 0; i < MAPS; i++) {
		int error = pins_put(pins, map_name((enum map)i), self->maps[i]);

		if (error)
			return why_fill(why, error, "%s/%s: cannot pin it: %s", pins->dir,
					map_name((enum map)i), strerror(-error));
	}
	return 0;
}

static int carry(struct gate *self, const int pinned[MAPS], const bool adopted[MAPS], bool by_name,
		 struct why *why)
{
	int error = 0;

	for (int i = 0; !error && i < MAPS; i++)
		if (!adopted[i] && pinned[i] >= 0)
			error = map_carry((enum map)i, pinned[i], self->maps[i], by_name, why);
	return error;
}

/*
 * What the old programs counted between the copy and the switch cannot be added where the new ones count: readers add it,
 * for as long as we live.
 */
static int keep_late_counts(struct gate *self, int counters, const struct tally *before)
{
	struct tally after[COUNTERS];
	int error = carry_sums(counters, self->maps[MAP_COUNTERS], after);

	if (!error)
		counters_difference(after, before, self->late);
	return error;
}

static int switch_over(struct gate *self, const int pinned[MAPS], const bool adopted[MAPS],
		       bool by_name, struct why *why)
{
	int counters = adopted[MAP_COUNTERS] ? -1 : pinned[MAP_COUNTERS];
	struct tally before[COUNTERS];
	int error = carry(self, pinned, adopted, by_name, why);

	if (!error && counters >= 0) {
		error = carry_sums(counters, self->maps[MAP_COUNTERS], before);
		if (!error)
			error = counters_start(self->maps[MAP_COUNTERS], before);
	}
	if (!error)
		error = update_links(self, why);
	if (!error && counters >= 0)
		error = keep_late_counts(self, counters, before);
	return error ? why_fill(why, error, "counters: cannot carry them over: %s",
				strerror(-error))
		     : 0;
}

/* The old programs, which are still pinned, go back behind the links that had been switched. */
static void put_back(struct gate *self)
{
	for (int i = 0; i < VARIANTS; i++) {
		struct gate_program *program = &self->programs[i];
		int fd = pins_get(&self->pins, program->pin);

		if (fd < 0)
			continue;
		if (program->fd >= 0)
			close(program->fd);
		program->fd = fd;
		program_identify(program);
	}
	update_links(self, NULL);
}

static int migrate(struct gate *self, const int pinned[MAPS], const bool adopted[MAPS],
		   bool by_name, struct why *why)
{
	struct pins next = {.fd = -1};
	int error = pins_open_next(&next, &self->pins, why);

	if (!error)
		error = pin_maps(self, &next, why);
	if (!error)
		error = pin_programs(self, &next, why);
	if (!error) {
		error = switch_over(self, pinned, adopted, by_name, why);
		if (!error)
			error = attach_pin(self, &next, why);
		if (!error)
			error = cgroups_pin(self, &next, why);
		if (!error)
			error = pins_exchange(&self->pins, &next, why);
		if (error)
			put_back(self);
	}
	if (next.fd >= 0)
		pins_wipe(&next);
	return error;
}

int gate_take_over(struct gate *self, const struct gate_settings *settings, int pinned[MAPS],
		   struct why *why)
{
	uint32_t abi = abi_of(pinned[MAP_SETTINGS]);
	bool adopted[MAPS], all = true, other_abi = abi && abi != PEERGATE_ABI;
	int none[MAPS];
	int error;

	for (int i = 0; i < MAPS; i++)
		none[i] = -1;
	error = gate_load(self, settings, other_abi ? none : pinned, adopted, why);
	if (error)
		return error;
	for (int i = 0; i < MAPS; i++)
		all &= adopted[i];
	if (!all)
		return migrate(self, pinned, adopted, other_abi, why);
	error = update_links(self, why);
	return error ? error : pin_programs(self, &self->pins, why);
}
