/* SPDX-License-Identifier: BSD-2-Clause */
/* attach_egress: the hook on what leaves an interface, beside the door: TCX, or clsact where the kernel has no TCX. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "gate_load.h"

enum { TCX_EGRESS = 47 /* BPF_TCX_EGRESS of linux/bpf.h since 6.6 */ };

static enum variant variant_for(const struct device *device)
{
	return device_is_bare(device) ? VARIANT_EGRESS_BARE : VARIANT_EGRESS;
}

static int attach_tcx(struct gate *self, struct gate_link *link)
{
	struct gate_egress *egress = &link->egress;
	char pin[PIN_NAME_MAX];
	int error,
		fd = bpf_link_create(self->programs[egress->variant].fd, (int)link->shown.ifindex,
				     (enum bpf_attach_type)TCX_EGRESS, NULL);

	if (fd < 0)
		return -errno;
	pin_name(pin, PIN_EGRESS, link->shown.name);
	error = pins_put(&self->pins, pin, fd);
	if (error) {
		close(fd);
		return error;
	}
	egress->fd = fd;
	return 0;
}

static int attach(struct gate *self, struct gate_link *link, enum rung rung)
{
	int error = rung == RUNG_TCX ? attach_tcx(self, link)
				     : clsact_attach(self, link->shown.name, link->shown.ifindex,
						     SIDE_EGRESS, link->egress.variant);

	if (error)
		return error;
	link->egress.rung = rung;
	link->egress.fresh = true;
	return 0;
}

static void climb(struct gate *self, struct gate_link *link, const struct device *device)
{
	struct gate_egress *egress = &link->egress;
	enum rung rung = self->has_tcx ? RUNG_TCX : RUNG_CLSACT;
	struct why why = {""};
	int error = attach(self, link, rung);

	if (error && rung == RUNG_TCX && !attach(self, link, RUNG_CLSACT))
		error = 0;
	if (error)
		attach_why(device, rung, error, &why);
	memcpy(egress->note, why.sentence, sizeof(egress->note));
}

static int update(struct gate *self, struct gate_link *link)
{
	const struct gate_program *program = &self->programs[link->egress.variant];
	struct held held;
	int error;

	if (link->egress.rung == RUNG_CLSACT)
		return clsact_update(self, link->shown.name, link->shown.ifindex, SIDE_EGRESS,
				     link->egress.variant);
	error = held_read(link->egress.fd, &held);
	if (!error && held.program != program->id &&
	    bpf_link_update(link->egress.fd, program->fd, NULL))
		error = -errno;
	return error;
}

void egress_settle(struct gate *self, struct gate_link *link, const struct device *device)
{
	struct gate_egress *egress = &link->egress;
	const struct gate_program *program = &self->programs[variant_for(device)];
	enum rung before = egress->rung;

	if (link->shown.rung == RUNG_AUTO)
		return;
	egress->variant = variant_for(device);
	if (egress->rung != RUNG_AUTO && (program->fd < 0 || update(self, link)))
		egress_detach(self, link);
	if (program->fd < 0)
		memcpy(egress->note, program->note, sizeof(egress->note));
	else if (egress->rung == RUNG_AUTO)
		climb(self, link, device);
	if (egress->rung != before)
		(void)rung_tell(self, link);
}

void egress_detach(struct gate *self, struct gate_link *link)
{
	struct gate_egress *egress = &link->egress;
	char pin[PIN_NAME_MAX];

	if (egress->rung == RUNG_CLSACT)
		clsact_detach(&self->pins, link->shown.name, link->shown.ifindex, SIDE_EGRESS);
	if (egress->rung == RUNG_TCX) {
		pin_name(pin, PIN_EGRESS, link->shown.name);
		pins_remove(&self->pins, pin);
		link_let_go(egress->fd);
	}
	egress->fd = -1;
	egress->rung = RUNG_AUTO;
	egress->fresh = false;
}

static void adopt_link(struct gate *self, struct gate_link *link, const struct device *device)
{
	char pin[PIN_NAME_MAX];
	struct held held;
	int fd;

	pin_name(pin, PIN_EGRESS, link->shown.name);
	fd = pins_get(&self->pins, pin);
	if (fd < 0)
		return;
	if (held_read(fd, &held) || !held_is_tcx(&held, device, SIDE_EGRESS)) {
		pins_remove(&self->pins, pin);
		close(fd);
		return;
	}
	link->egress.fd = fd;
	link->egress.rung = RUNG_TCX;
}

static void adopt_filter(struct gate *self, struct gate_link *link, const struct device *device)
{
	struct gate_program program = {0};
	char pin[PIN_NAME_MAX];

	pin_name(pin, PIN_EGRESS_FILTER, link->shown.name);
	program.fd = pins_get(&self->pins, pin);
	if (program.fd < 0)
		return;
	if (link->egress.rung == RUNG_AUTO && !program_identify(&program) &&
	    clsact_program(device->ifindex, SIDE_EGRESS) == program.id)
		link->egress.rung = RUNG_CLSACT;
	else
		pins_remove(&self->pins, pin);
	close(program.fd);
}

void egress_adopt(struct gate *self, struct gate_link *link, const struct device *device)
{
	link->egress.variant = variant_for(device);
	adopt_link(self, link, device);
	adopt_filter(self, link, device);
}

int egress_pin(const struct gate *self, const struct gate_link *link, const struct pins *pins)
{
	const struct gate_egress *egress = &link->egress;
	char pin[PIN_NAME_MAX];

	if (egress->rung == RUNG_AUTO)
		return 0;
	pin_name(pin, egress->rung == RUNG_TCX ? PIN_EGRESS : PIN_EGRESS_FILTER, link->shown.name);
	return pins_put(pins, pin,
			egress->rung == RUNG_TCX ? egress->fd : self->programs[egress->variant].fd);
}
