/* SPDX-License-Identifier: BSD-2-Clause */
/* devices: what the kernel says of network interfaces, by rtnetlink: no privilege, no polling, no sysfs. */
#ifndef DEVICES_H
#define DEVICES_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include <peergate/why.h>

struct device {
	char name[16];
	uint32_t ifindex;
	uint16_t type; /* ARPHRD_x: which link header its packets have */
	uint32_t mtu;
	char kind[16]; /* "veth", "tun", "vlan" …; "" for hardware */
	uint32_t
		lower; /* ifindex of the device that it stands on (vlan, macvlan …); 0: none here */
	uint32_t master;      /* ifindex of the bond or bridge that it belongs to; 0: none */
	uint8_t xdp_mode;     /* XDP_ATTACHED_x of if_link.h */
	uint32_t xdp_program; /* its id; 0: the slot is free */
	uint32_t xdp_native;  /* the same by slot, when both are taken */
	uint32_t xdp_generic;
};

/* Opens a socket for the questions below, or one that also hears of changes. Returns it, or a negative errno. */
int devices_open(void);
int devices_listen(void);

/* Asks for one interface by name. -ENODEV: there is none such. */
int device_find(int socket, const char *ifname, struct device *ret);

/* All interfaces of this network namespace, in an array that the caller frees. */
int devices_all(int socket, struct device **ret, unsigned int *ret_count);

/* Reads one message; false when it tells of no interface. @ret_gone: it was removed. */
bool device_read(const struct nlmsghdr *message, struct device *ret, bool *ret_gone);

/* Whether its driver takes VLAN tags off received frames, so that native XDP sees none. */
bool device_takes_tags(const struct device *self);

/* Whether packets that reach @high came through @low before: a VLAN or macvlan on it, the bond or bridge it belongs to, and so on up. */
bool device_is_above(const struct device *all, unsigned int count, uint32_t high, uint32_t low);

#endif
