/* SPDX-License-Identifier: BSD-2-Clause */
/* attach_why: what each refusal of the kernel means on this interface, and what helps. The bpf() call gives an errno only. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attach.h"

struct hardware {
	char driver[32];     /* "" unknown */
	uint32_t queues_max; /* 0 unknown */
};

static struct hardware hardware_of(const char *ifname)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
	struct hardware self = {0};
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return self;
	snprintf(request.ifr_name, IFNAMSIZ, "%s", ifname);
	request.ifr_data = (char *)&info;
	if (!ioctl(fd, SIOCETHTOOL, &request))
		memcpy(self.driver, info.driver, sizeof(self.driver) - 1);
	request.ifr_data = (char *)&channels;
	if (!ioctl(fd, SIOCETHTOOL, &request))
		self.queues_max = channels.max_combined;
	close(fd);
	return self;
}

/* The name of a program that holds the slot; needs CAP_SYS_ADMIN, so later only the id is told. */
static void program_name(uint32_t id, char ret[32])
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	ret[0] = '\0';
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size) && info.name[0])
		snprintf(ret, 32, " (%s)", info.name);
	close(fd);
}

static int why_taken(const struct device *device, int error, struct why *why)
{
	uint32_t id = device->xdp_program  ? device->xdp_program
		      : device->xdp_native ? device->xdp_native
					   : device->xdp_generic;
	char name[32];

	program_name(id, name);
	return why_fill(why, error,
			"%s: its XDP slot is taken by program %u%s (see: bpftool net show dev %s)",
			device->name, id, name, device->name);
}

static int why_queues(const struct device *device, const struct hardware *hardware, int error,
		      struct why *why)
{
	char remedy[64] = "fewer queues (ethtool -l)";

	if (hardware->queues_max > 1)
		snprintf(remedy, sizeof(remedy), "ethtool -L %s combined %u", device->name,
			 hardware->queues_max / 2);
	return why_fill(why, error,
			"%s: %s keeps as many queues again for XDP and has too few left: %s",
			device->name, hardware->driver, remedy);
}

static int why_mtu(const struct device *device, int error, struct why *why)
{
	return why_fill(why, error,
			"%s: its driver takes no XDP at an MTU of %u: a smaller one (ip link set "
			"%s mtu 1500) or a TC rung",
			device->name, device->mtu, device->name);
}

static int why_offload(const struct device *device, int error, struct why *why)
{
	return why_fill(
		why, error,
		"%s: large receive offload keeps XDP out: ethtool -K %s lro off rx-gro-hw off",
		device->name, device->name);
}

static int why_unsupported(const struct device *device, const struct hardware *hardware, int error,
			   struct why *why)
{
	const char *driver = hardware->driver[0] ? hardware->driver : device->kind;

	return why_fill(why, error,
			"%s: its driver%s%s has no native XDP: use --attach auto or tcx",
			device->name, driver[0] ? " " : "", driver);
}

/* Drivers that answer "no" when queues or offloads are in the way (amzn-drivers #240, xdp-tools #333, katran #18). */
static int why_native(const struct device *device, int error, struct why *why)
{
	struct hardware hardware = hardware_of(device->name);
	bool ena = !strcmp(hardware.driver, "ena"), virtio = !strcmp(hardware.driver, "virtio_net");
	bool bnxt = !strcmp(hardware.driver, "bnxt_en");

	if (error == -ERANGE)
		return why_mtu(device, error, why);
	if ((ena && error == -EINVAL) || ((virtio || bnxt) && error == -ENOMEM))
		return why_queues(device, &hardware, error, why);
	if (virtio && error == -EOPNOTSUPP)
		return why_offload(device, error, why);
	if (error == -EOPNOTSUPP)
		return why_unsupported(device, &hardware, error, why);
	if (error == -EINVAL && device->mtu > 1500)
		return why_mtu(device, error, why);
	return why_fill(why, error, "%s: its driver%s%s refuses native XDP: %s", device->name,
			hardware.driver[0] ? " " : "", hardware.driver, strerror(-error));
}

int attach_why(const struct device *device, enum rung rung, int error, struct why *why)
{
	bool xdp = rung == RUNG_NATIVE || rung == RUNG_GENERIC;

	if (error == -EPERM)
		return why_fill(why, error,
				"%s: no right to attach here: CAP_NET_ADMIN is needed%s",
				device->name,
				rung == RUNG_CLSACT ? " for clsact, at each start and change" : "");
	if (xdp && (error == -EBUSY || error == -EEXIST) &&
	    (device->xdp_program || device->xdp_native || device->xdp_generic))
		return why_taken(device, error, why);
	if (rung == RUNG_NATIVE)
		return why_native(device, error, why);
	if (rung == RUNG_TCX && error == -EINVAL)
		return why_fill(why, error,
				"%s: this kernel has no TCX (6.6 has): use --attach clsact",
				device->name);
	if (rung == RUNG_CLSACT && (error == -ENOENT || error == -EOPNOTSUPP))
		return why_fill(why, error,
				"%s: this kernel lacks clsact or cls_bpf (CONFIG_NET_SCH_INGRESS, "
				"CONFIG_NET_CLS_BPF)",
				device->name);
	return why_fill(why, error, "%s: %s was refused: %s", device->name, rung_word(rung),
			strerror(-error));
}
