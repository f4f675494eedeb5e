/* SPDX-License-Identifier: BSD-2-Clause */
/* attach_rungs: XDP and TCX by links, clsact by a filter; which program goes where. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"

enum { TCX_INGRESS = 46 /* BPF_TCX_INGRESS of linux/bpf.h since 6.6 */ };

/* Link headers of no bytes: tun and wireguard, ppp, tunnels, modems (linux/if_arp.h). */
bool device_is_bare(const struct device *device)
{
	static const uint16_t types[] = {ARPHRD_NONE,	 ARPHRD_PPP, ARPHRD_RAWIP, ARPHRD_TUNNEL,
					 ARPHRD_TUNNEL6, ARPHRD_SIT, ARPHRD_IPGRE, ARPHRD_IP6GRE};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (device->type == types[i])
			return true;
	return false;
}

bool device_is_readable(const struct device *device)
{
	return device->type == ARPHRD_ETHER || device->type == ARPHRD_LOOPBACK ||
	       device_is_bare(device);
}

const char *rung_word(enum rung rung)
{
	static const char *const words[] = {"auto", "native", "tcx", "clsact", "generic"};

	return (unsigned int)rung < sizeof(words) / sizeof(words[0]) ? words[rung] : "?";
}

static enum variant variant_for(const struct device *device, enum rung rung)
{
	if (rung == RUNG_NATIVE || rung == RUNG_GENERIC)
		return VARIANT_XDP;
	return device_is_bare(device) ? VARIANT_TC_BARE : VARIANT_TC;
}

static int create_link(const struct gate_program *program, uint32_t ifindex, enum rung rung)
{
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, options,
			    .flags = rung == RUNG_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
	int fd;

	if (rung == RUNG_TCX)
		fd = bpf_link_create(program->fd, (int)ifindex, (enum bpf_attach_type)TCX_INGRESS,
				     NULL);
	else
		fd = bpf_link_create(program->fd, (int)ifindex, BPF_XDP, &options);
	return fd < 0 ? -errno : fd;
}

static int link_attach(struct gate *self, struct gate_link *link, const struct device *device,
		       enum rung rung)
{
	const struct gate_program *program = &self->programs[variant_for(device, rung)];
	char pin[PIN_NAME_MAX];
	int error, fd = create_link(program, device->ifindex, rung);

	if (fd < 0)
		return fd;
	pin_name(pin, PIN_LINK, link->shown.name);
	error = pins_put(&self->pins, pin, fd);
	if (error) {
		close(fd);
		return error;
	}
	link->fd = fd;
	return 0;
}

/* What the program cannot see by itself lies ready before its first packet. */
static int tell_interface(struct gate *self, const struct device *device, enum rung rung,
			  enum rung egress)
{
	struct interface value = {
		.takes_tags = rung == RUNG_NATIVE && device_takes_tags(device),
		.remembers = egress != RUNG_AUTO,
	};

	memcpy(value.name, device->name, sizeof(value.name));
	return bpf_map_update_elem(self->maps[MAP_INTERFACES], &device->ifindex, &value, BPF_ANY)
		       ? -errno
		       : 0;
}

int rung_attach(struct gate *self, struct gate_link *link, const struct device *device,
		enum rung rung)
{
	enum variant variant = variant_for(device, rung), before = link->variant;
	int error = tell_interface(self, device, rung, link->egress.rung);

	link->variant = variant;
	if (!error)
		error = rung == RUNG_CLSACT ? clsact_attach(self, device->name, device->ifindex,
							    SIDE_INGRESS, variant)
					    : link_attach(self, link, device, rung);
	if (error) {
		link->variant = before;
		return error;
	}
	link->fresh = true;
	link->shown.rung = rung;
	link->shown.ifindex = device->ifindex;
	link->shown.tag = self->programs[variant].tag;
	return 0;
}

void link_let_go(int fd)
{
	if (fd < 0)
		return;
	bpf_link_detach(fd);
	close(fd);
}

static void drop_link(struct gate *self, struct gate_link *link)
{
	char pin[PIN_NAME_MAX];

	pin_name(pin, PIN_LINK, link->shown.name);
	pins_remove(&self->pins, pin);
	link_let_go(link->fd);
	link->fd = -1;
}

void rung_detach(struct gate *self, struct gate_link *link)
{
	if (link->shown.rung == RUNG_CLSACT)
		clsact_detach(&self->pins, link->shown.name, link->shown.ifindex, SIDE_INGRESS);
	else
		drop_link(self, link);
	bpf_map_delete_elem(self->maps[MAP_INTERFACES], &link->shown.ifindex);
	link->shown.rung = RUNG_AUTO;
	link->shown.tag = 0;
}

void link_detach(struct gate *self, struct gate_link *link)
{
	egress_detach(self, link);
	if (link->shown.rung != RUNG_AUTO)
		rung_detach(self, link);
}

int rung_tell(struct gate *self, const struct gate_link *link)
{
	struct device device;
	int error = device_find(self->asking, link->shown.name, &device);

	return error ? error : tell_interface(self, &device, link->shown.rung, link->egress.rung);
}

static int update(struct gate *self, const struct gate_link *link)
{
	const struct gate_program *program = &self->programs[link->variant];
	struct held held;
	int error;

	if (link->shown.rung == RUNG_CLSACT)
		return clsact_update(self, link->shown.name, link->shown.ifindex, SIDE_INGRESS,
				     link->variant);
	error = held_read(link->fd, &held);
	if (!error && held.program != program->id && bpf_link_update(link->fd, program->fd, NULL))
		error = -errno;
	return error;
}

int rung_update(struct gate *self, struct gate_link *link)
{
	struct device device;
	int error = device_find(self->asking, link->shown.name, &device);

	if (error)
		return error == -ENODEV ? -ENOLINK : error;
	error = tell_interface(self, &device, link->shown.rung, link->egress.rung);
	if (!error)
		error = update(self, link);
	if (error)
		return error;
	link->shown.tag = self->programs[link->variant].tag;
	egress_settle(self, link, &device);
	return 0;
}
