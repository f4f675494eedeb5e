/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_off: opens everything at once, whoever lives. Works from what is pinned and from what hangs in the kernel, not from
 * what a daemon knows; a link is detached, so that a daemon that holds it (stopped, perhaps) does not hold the gate.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "gate_cgroups.h"
#include "gate_load.h"
#include "gate_maps.h"

enum { PROGRAM_MAPS_MAX = 32 };

struct off {
	struct pins pins;
	uint32_t maps[MAPS]; /* ids of what is pinned here: whatever uses one of them is ours */
	unsigned int detached;
	int error;
};

static uint32_t map_id(const struct pins *pins, enum map map)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pins_get(pins, map_name(map));

	if (fd < 0)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		info.id = 0;
	close(fd);
	return info.id;
}

static bool is_ours(const struct off *self, uint32_t program)
{
	uint32_t ids[PROGRAM_MAPS_MAX] = {0};
	struct bpf_prog_info info = {.nr_map_ids = PROGRAM_MAPS_MAX,
				     .map_ids = (uint64_t)(uintptr_t)ids};
	uint32_t size = sizeof(info);
	int fd = program ? bpf_prog_get_fd_by_id(program) : -1;
	bool ours = false;

	if (fd < 0)
		return false;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		for (uint32_t i = 0; i < info.nr_map_ids && i < PROGRAM_MAPS_MAX; i++)
			for (int k = 0; k < MAPS; k++)
				ours |= ids[i] && ids[i] == self->maps[k];
	close(fd);
	return ours;
}

/*
 * Whether a link hangs: on an interface, of which the door alone is counted, or on a cgroup. Others, an iterator's, end with
 * whoever holds them.
 */
static bool hangs(int fd, bool *ret_door)
{
	struct bpf_link_info info = {0};
	uint32_t size = sizeof(info);
	struct held held;

	*ret_door = false;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) || held_read(fd, &held))
		return false;
	if (info.type == BPF_LINK_TYPE_CGROUP)
		return info.cgroup.cgroup_id != 0;
	if (info.type == BPF_LINK_TYPE_ITER || !held.ifindex)
		return false;
	*ret_door = held.side == SIDE_INGRESS;
	return true;
}

static void detach_link(struct off *self, int fd)
{
	bool door, hung = hangs(fd, &door);

	if (!bpf_link_detach(fd))
		self->detached += door;
	else if (hung)
		self->error = -errno;
}

static void remove_filter(struct off *self, const char *ifname, uint32_t ifindex, enum side side)
{
	char pin[PIN_NAME_MAX];
	int qdisc, error;
	bool bare;

	pin_name(pin, PIN_QDISC, ifname);
	qdisc = pins_get(&self->pins, pin);
	error = clsact_remove(ifindex, side, qdisc >= 0, &bare);
	if (error)
		self->error = error;
	else
		self->detached += side == SIDE_INGRESS;
	if (qdisc >= 0)
		close(qdisc);
}

static int take_link(struct off *self, const char *pin)
{
	int fd = pins_get(&self->pins, pin);

	if (fd < 0)
		return 0;
	detach_link(self, fd);
	close(fd);
	return 0;
}

static int take_filter(struct off *self, const char *pin, const char *ifname, enum side side)
{
	struct gate_program program = {.fd = pins_get(&self->pins, pin)};
	uint32_t ifindex = if_nametoindex(ifname);

	if (program.fd < 0)
		return 0;
	if (ifindex && !program_identify(&program) && clsact_program(ifindex, side) == program.id)
		remove_filter(self, ifname, ifindex, side);
	close(program.fd);
	return 0;
}

static int take_pin(void *context, const char *pin)
{
	static const char *const links[] = {PIN_LINK, PIN_EGRESS};
	char ifname[16];

	if (!strncmp(pin, PIN_CGROUP, strlen(PIN_CGROUP)))
		return take_link(context, pin);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (pin_name_parse(ifname, links[i], pin))
			return take_link(context, pin);
	for (int side = SIDE_INGRESS; side <= SIDE_EGRESS; side++)
		if (pin_name_parse(ifname, clsact_pin((enum side)side), pin))
			return take_filter(context, pin, ifname, (enum side)side);
	return 0;
}

/* Links whose pin is lost, but that run over our maps. */
static void take_stray_links(struct off *self)
{
	uint32_t id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = {0};
		uint32_t size = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) && is_ours(self, info.prog_id))
			detach_link(self, fd);
		close(fd);
	}
}

static void take_stray_filters(struct off *self)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *at = all; at && at->if_index; at++)
		for (int side = SIDE_INGRESS; side <= SIDE_EGRESS; side++)
			if (is_ours(self, clsact_program(at->if_index, (enum side)side)))
				remove_filter(self, at->if_name, at->if_index, (enum side)side);
	if_freenameindex(all);
}

static void off_folder(struct off *self)
{
	for (int i = 0; i < MAPS; i++)
		self->maps[i] = map_id(&self->pins, (enum map)i);
	pins_each(&self->pins, take_pin, self);
	take_stray_links(self);
	take_stray_filters(self);
}

static int off_and_wipe(struct off *self, struct why *why)
{
	char dir[PINS_DIR_MAX];
	int error;

	memcpy(dir, self->pins.dir, sizeof(dir));
	off_folder(self);
	if (self->error) {
		pins_close(&self->pins);
		return why_fill(why, self->error, "%s: the kernel refuses to detach: %s", dir,
				self->error == -EPERM ? "start as root" : strerror(-self->error));
	}
	error = pins_wipe(&self->pins);
	return error ? why_fill(why, error, "%s: the gate is off, but the folder stays: %s", dir,
				strerror(-error))
		     : 0;
}

int gate_off(const char *pin_dir, unsigned int *ret_detached, struct why *why)
{
	struct off self = {.pins = {.fd = -1}};
	char dir[PINS_DIR_MAX], next[PINS_DIR_MAX];
	int error = pins_name(dir, pin_dir, why), left;

	if (error)
		return error;
	gate_hush();
	snprintf(next, sizeof(next), "%.*s_next", PINS_DIR_MAX - 6, dir);
	/* A migration that was cut short leaves a sibling. */
	left = pins_look(&self.pins, next);
	if (!left)
		error = off_and_wipe(&self, why);
	if (!error)
		error = pins_look(&self.pins, dir);
	if (error == -ENOENT && !left)
		error = 0;
	else if (error && !self.error)
		return why_fill(why, error, "%s: %s", dir,
				error == -ENOENT ? "nothing is pinned there: no gate to take off"
						 : strerror(-error));
	else if (!error)
		error = off_and_wipe(&self, why);
	if (!error)
		*ret_detached = self.detached;
	return error;
}

int gate_take_off(struct gate *self, unsigned int *ret_detached, struct why *why)
{
	struct off off = {.pins = self->pins};
	int error;

	off.pins.fd = fcntl(self->pins.fd, F_DUPFD_CLOEXEC, 0);
	error = off.pins.fd < 0 ? -errno : off_and_wipe(&off, why);
	if (!error)
		*ret_detached = off.detached;
	return error;
}
