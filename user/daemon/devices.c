/* SPDX-License-Identifier: BSD-2-Clause */
#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A message of one interface with all its statistics is about 2 KiB; dumps come in buffers of at most 32 KiB (netlink(7)). */
enum { MESSAGE_MAX = 32768, STACK_DEPTH_MAX = 8 /* as the kernel's MAX_NEST_DEV */ };

struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	struct rtattr name;
	char ifname[IFNAMSIZ];
};

static int open_socket(unsigned int groups, int flags)
{
	struct sockaddr_nl self = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&self, sizeof(self))) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

int devices_open(void)
{
	return open_socket(0, 0);
}

int devices_listen(void)
{
	return open_socket(RTMGRP_LINK, SOCK_NONBLOCK);
}

static uint32_t number(const struct rtattr *attribute)
{
	uint32_t value = 0;

	if (RTA_PAYLOAD(attribute) >= sizeof(value))
		memcpy(&value, RTA_DATA(attribute), sizeof(value));
	return value;
}

static void text(char *ret, size_t size, const struct rtattr *attribute)
{
	size_t length = RTA_PAYLOAD(attribute);

	if (length >= size)
		length = size - 1;
	memcpy(ret, RTA_DATA(attribute), length);
	ret[length] = '\0';
}

#define each_attribute(attribute, first, room)              \
	for (const struct rtattr *attribute = (first);      \
	     RTA_OK(attribute, room); /* as rtnetlink(3) */ \
	     attribute = RTA_NEXT(attribute, room))

static void read_info(struct device *self, const struct rtattr *nest)
{
	int room = RTA_PAYLOAD(nest);

	each_attribute(attribute, (const struct rtattr *)RTA_DATA(nest),
		       room) if (attribute->rta_type == IFLA_INFO_KIND)
		text(self->kind, sizeof(self->kind), attribute);
}

static void read_xdp(struct device *self, const struct rtattr *nest)
{
	int room = RTA_PAYLOAD(nest);

	each_attribute(attribute, (const struct rtattr *)RTA_DATA(nest), room)
	{
		switch (attribute->rta_type) {
		case IFLA_XDP_ATTACHED:
			self->xdp_mode = *(const uint8_t *)RTA_DATA(attribute);
			break;
		case IFLA_XDP_PROG_ID:
			self->xdp_program = number(attribute);
			break;
		case IFLA_XDP_DRV_PROG_ID:
			self->xdp_native = number(attribute);
			break;
		case IFLA_XDP_SKB_PROG_ID:
			self->xdp_generic = number(attribute);
			break;
		}
	}
}

/* A veth names its peer in the same attribute as a VLAN its lower device; only the kinds below stand on what they name. */
static bool stands_on(const struct device *self)
{
	static const char *const kinds[] = {"vlan",   "macvlan", "macvtap",
					    "ipvlan", "ipvtap",	 "macsec"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(self->kind, kinds[i]))
			return true;
	return false;
}

bool device_read(const struct nlmsghdr *message, struct device *ret, bool *ret_gone)
{
	const struct ifinfomsg *link = NLMSG_DATA(message);
	struct device self = {0};
	bool elsewhere = false;
	int room = (int)message->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*link));

	/* A bridge also tells of its ports in its own family, with half of the attributes. */
	if ((message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK) ||
	    room < 0 || link->ifi_family != AF_UNSPEC)
		return false;
	self.ifindex = (uint32_t)link->ifi_index;
	self.type = link->ifi_type;
	each_attribute(attribute, IFLA_RTA(link), room)
	{
		switch (attribute->rta_type & NLA_TYPE_MASK) {
		case IFLA_IFNAME:
			text(self.name, sizeof(self.name), attribute);
			break;
		case IFLA_MTU:
			self.mtu = number(attribute);
			break;
		case IFLA_LINK:
			self.lower = number(attribute);
			break;
		case IFLA_LINK_NETNSID:
			elsewhere = true;
			break;
		case IFLA_MASTER:
			self.master = number(attribute);
			break;
		case IFLA_LINKINFO:
			read_info(&self, attribute);
			break;
		case IFLA_XDP:
			read_xdp(&self, attribute);
			break;
		}
	}
	if (elsewhere || !stands_on(&self))
		self.lower = 0;
	*ret = self;
	*ret_gone = message->nlmsg_type == RTM_DELLINK;
	return true;
}

static int ask(int socket, const char *ifname)
{
	struct request request = {
		.header = {.nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST},
		.link = {.ifi_family = AF_UNSPEC},
		.name = {.rta_type = IFLA_IFNAME, .rta_len = RTA_LENGTH(IFNAMSIZ)},
	};

	if (ifname) {
		strncpy(request.ifname, ifname, IFNAMSIZ - 1);
		request.header.nlmsg_len = sizeof(request);
	} else {
		request.header.nlmsg_flags |= NLM_F_DUMP;
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.link));
	}
	return send(socket, &request, request.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

struct answers {
	struct device *all;
	unsigned int count;
	bool done;
	int error;
};

static void answers_add(struct answers *self, const struct device *device)
{
	struct device *grown = reallocarray(self->all, self->count + 1, sizeof(*grown));

	if (!grown) {
		self->error = -ENOMEM;
		return;
	}
	self->all = grown;
	self->all[self->count++] = *device;
}

static void answers_take(struct answers *self, const struct nlmsghdr *message, bool dump)
{
	struct device device;
	bool gone;

	if (message->nlmsg_type == NLMSG_DONE) {
		self->done = true;
	} else if (message->nlmsg_type == NLMSG_ERROR) {
		self->error = ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
		self->done = true;
	} else if (device_read(message, &device, &gone)) {
		answers_add(self, &device);
		self->done |= !dump;
	}
}

static int collect(int socket, const char *ifname, struct answers *ret)
{
	char *buffer = malloc(MESSAGE_MAX);
	int error = buffer ? ask(socket, ifname) : -ENOMEM;

	*ret = (struct answers){0};
	while (!error && !ret->done) {
		ssize_t got = recv(socket, buffer, MESSAGE_MAX, 0);
		unsigned int left = (unsigned int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error = -errno;
			break;
		}
		for (struct nlmsghdr *message = (struct nlmsghdr *)buffer; NLMSG_OK(message, left);
		     message = NLMSG_NEXT(message, left))
			answers_take(ret, message, !ifname);
	}
	free(buffer);
	if (!error)
		error = ret->error;
	if (error) {
		free(ret->all);
		ret->all = NULL;
	}
	return error;
}

int device_find(int socket, const char *ifname, struct device *ret)
{
	struct answers answers;
	int error;

	if (!ifname[0] || strlen(ifname) >= IFNAMSIZ)
		return -ENODEV;
	error = collect(socket, ifname, &answers);
	if (error)
		return error;
	if (!answers.all) /* no memory for the answer */
		return -ENOMEM;
	*ret = answers.all[0];
	free(answers.all);
	/* An alternative name is found too, but pins and notices go by the first one. */
	return strcmp(ret->name, ifname) ? -ENODEV : 0;
}

int devices_all(int socket, struct device **ret, unsigned int *ret_count)
{
	struct answers answers;
	int error = collect(socket, NULL, &answers);

	if (error)
		return error;
	*ret = answers.all;
	*ret_count = answers.count;
	return 0;
}

bool device_takes_tags(const struct device *self)
{
	struct ethtool_value flags = {.cmd = ETHTOOL_GFLAGS};
	struct ifreq request = {.ifr_data = (char *)&flags};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool takes = false;

	/* A veth hands tags over beside the packet whatever it says. */
	if (!strcmp(self->kind, "veth"))
		takes = true;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", self->name);
	if (fd >= 0 && !ioctl(fd, SIOCETHTOOL, &request))
		takes |= flags.data & ETH_FLAG_RXVLAN;
	if (fd >= 0)
		close(fd);
	return takes;
}

static bool reaches(const struct device *all, unsigned int count, uint32_t high, uint32_t low,
		    unsigned int depth)
{
	uint32_t master = 0;

	if (high == low)
		return true;
	if (!depth)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		if (all[i].ifindex == low)
			master = all[i].master;
		if (all[i].lower == low && reaches(all, count, high, all[i].ifindex, depth - 1))
			return true;
	}
	return master && reaches(all, count, high, master, depth - 1);
}

bool device_is_above(const struct device *all, unsigned int count, uint32_t high, uint32_t low)
{
	return high != low && reaches(all, count, high, low, STACK_DEPTH_MAX);
}
