/* SPDX-License-Identifier: BSD-2-Clause */
/* attach_adopt: takes over what a daemon before us left hanging, without detaching it. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "gate_load.h"

enum {
	TCX_INGRESS = 46,
	TCX_EGRESS = 47,
	LINK_TYPE_TCX = 11 /* linux/bpf.h since 6.6 */,
	TCX_PROGRAMS_MAX = 64
};

/* The first members of both kinds. */
struct tcx_info {
	uint32_t ifindex, attach_type;
};

int held_read(int fd, struct held *ret)
{
	struct bpf_link_info info = {0};
	uint32_t size = sizeof(info);
	struct tcx_info tcx;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	memcpy(&tcx, &info.xdp, sizeof(tcx));
	*ret = (struct held){info.type, info.prog_id, tcx.ifindex, SIDE_INGRESS};
	if (info.type == LINK_TYPE_TCX && tcx.attach_type == TCX_EGRESS)
		ret->side = SIDE_EGRESS;
	return 0;
}

/* The link may hang on an interface of the same number in another network namespace. */
static bool hangs_here(const struct held *held)
{
	int type = held->side == SIDE_INGRESS ? TCX_INGRESS : TCX_EGRESS;
	uint32_t ids[TCX_PROGRAMS_MAX], count = TCX_PROGRAMS_MAX;

	if (bpf_prog_query((int)held->ifindex, (enum bpf_attach_type)type, 0, NULL, ids, &count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (ids[i] == held->program)
			return true;
	return false;
}

bool held_is_tcx(const struct held *held, const struct device *device, enum side side)
{
	return held->type == LINK_TYPE_TCX && held->ifindex && held->ifindex == device->ifindex &&
	       held->side == side && hangs_here(held);
}

static enum rung rung_of(const struct held *held, const struct device *device)
{
	if (!held->ifindex || held->ifindex != device->ifindex)
		return RUNG_AUTO;
	if (held->type == LINK_TYPE_TCX)
		return held_is_tcx(held, device, SIDE_INGRESS) ? RUNG_TCX : RUNG_AUTO;
	if (held->type != BPF_LINK_TYPE_XDP)
		return RUNG_AUTO;
	if (device->xdp_native == held->program)
		return RUNG_NATIVE;
	if (device->xdp_generic == held->program)
		return RUNG_GENERIC;
	return RUNG_AUTO;
}

static struct gate_link *take_over(struct gate *self, const struct device *device, enum rung rung)
{
	struct gate_link *link = link_add(self, device->name, NULL);
	bool tc = rung == RUNG_TCX || rung == RUNG_CLSACT;

	if (!link)
		return NULL;
	link->shown.rung = rung;
	link->shown.ifindex = device->ifindex;
	link->variant = !tc ? VARIANT_XDP : device_is_bare(device) ? VARIANT_TC_BARE : VARIANT_TC;
	link_describe(link, device, "");
	return link;
}

static void adopt_link(struct gate *self, const char *pin, const struct device *device)
{
	int fd = pins_get(&self->pins, pin);
	struct gate_link *link = NULL;
	struct held held = {0};
	enum rung rung;

	if (fd < 0)
		return;
	rung = device && !held_read(fd, &held) ? rung_of(&held, device) : RUNG_AUTO;
	if (rung != RUNG_AUTO)
		link = take_over(self, device, rung);
	if (link) {
		link->fd = fd;
		return;
	}
	/* Closing the last hold on it takes it off, should it hang anywhere. */
	pins_remove(&self->pins, pin);
	close(fd);
}

static void adopt_filter(struct gate *self, const char *pin, const struct device *device)
{
	struct gate_program program = {.fd = pins_get(&self->pins, pin)};
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	if (program.fd < 0)
		return;
	if (!device || bpf_obj_get_info_by_fd(program.fd, &info, &size) ||
	    clsact_program(device->ifindex, SIDE_INGRESS) != info.id ||
	    !take_over(self, device, RUNG_CLSACT))
		pins_remove(&self->pins, pin);
	close(program.fd);
}

static int adopt_pin(void *context, const char *pin)
{
	struct gate *self = context;
	struct device device;
	char ifname[16];
	bool there;

	if (pin_name_parse(ifname, PIN_LINK, pin)) {
		there = !device_find(self->asking, ifname, &device);
		adopt_link(self, pin, there ? &device : NULL);
	} else if (pin_name_parse(ifname, PIN_FILTER, pin)) {
		there = !device_find(self->asking, ifname, &device);
		adopt_filter(self, pin, there ? &device : NULL);
	}
	return 0;
}

/* What leaves an interface whose door did not live on: nobody would update it, nor take it off. */
static void let_go_of_egress(struct gate *self, const char *pin, const char *ifname, bool filter)
{
	struct gate_program held = {.fd = pins_get(&self->pins, pin)};
	struct device device;

	if (held.fd < 0)
		return;
	if (!filter) {
		pins_remove(&self->pins, pin);
		link_let_go(held.fd);
		return;
	}
	if (!device_find(self->asking, ifname, &device) && !program_identify(&held) &&
	    clsact_program(device.ifindex, SIDE_EGRESS) == held.id)
		clsact_detach(&self->pins, ifname, device.ifindex, SIDE_EGRESS);
	pins_remove(&self->pins, pin);
	close(held.fd);
}

static int adopt_egress(void *context, const char *pin)
{
	struct gate *self = context;
	struct gate_link *link;
	struct device device;
	char ifname[16];
	bool filter = pin_name_parse(ifname, PIN_EGRESS_FILTER, pin);

	if (!filter && !pin_name_parse(ifname, PIN_EGRESS, pin))
		return 0;
	link = link_of(self, ifname);
	if (!link || device_find(self->asking, ifname, &device))
		let_go_of_egress(self, pin, ifname, filter);
	else if (link->egress.rung == RUNG_AUTO)
		egress_adopt(self, link, &device);
	return 0;
}

int attach_adopt(struct gate *self, struct why *why)
{
	int error = pins_each(&self->pins, adopt_pin, self);

	if (!error)
		error = pins_each(&self->pins, adopt_egress, self);
	return error ? why_fill(why, error, "%s: cannot read it: %s", self->pins.dir,
				strerror(-error))
		     : 0;
}

static int pin_qdisc(const struct gate *self, const struct gate_link *link, const struct pins *pins)
{
	char name[PIN_NAME_MAX];
	int error, own;

	pin_name(name, PIN_QDISC, link->shown.name);
	own = pins_get(&self->pins, name);
	if (own < 0)
		return 0;
	error = pins_put(pins, name, own);
	close(own);
	return error;
}

static int pin_link(const struct gate *self, const struct gate_link *link, const struct pins *pins)
{
	bool clsact = link->shown.rung == RUNG_CLSACT;
	char name[PIN_NAME_MAX];
	int error;

	if (link->shown.rung == RUNG_AUTO)
		return 0;
	pin_name(name, clsact ? PIN_FILTER : PIN_LINK, link->shown.name);
	error = pins_put(pins, name, clsact ? self->programs[link->variant].fd : link->fd);
	if (!error)
		error = egress_pin(self, link, pins);
	return error ? error : pin_qdisc(self, link, pins);
}

int attach_pin(const struct gate *self, const struct pins *pins, struct why *why)
{
	for (unsigned int i = 0; i < self->link_count; i++) {
		int error = pin_link(self, &self->links[i], pins);

		if (error)
			return why_fill(why, error, "%s: cannot pin its link below %s: %s",
					self->links[i].shown.name, pins->dir, strerror(-error));
	}
	return 0;
}
