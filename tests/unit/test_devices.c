/* SPDX-License-Identifier: BSD-2-Clause */
/* Which interfaces stand in a stack with which, and what is read of a message of the kernel. */
#include "tap.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "devices.h"

/* eth0 ← bond0 ← bond0.5 ← br0; eth1 alone with a macvlan; veth pairs name each other and stand on nothing. */
static const struct device all[] = {
	{.name = "eth0", .ifindex = 2, .master = 3},
	{.name = "bond0", .ifindex = 3},
	{.name = "bond0.5", .ifindex = 4, .kind = "vlan", .lower = 3, .master = 5},
	{.name = "br0", .ifindex = 5},
	{.name = "eth1", .ifindex = 6},
	{.name = "mac0", .ifindex = 7, .kind = "macvlan", .lower = 6},
	{.name = "loop0", .ifindex = 8, .master = 9},
	{.name = "loop1", .ifindex = 9, .master = 8},
};

static const struct {
	const char *what;
	uint32_t high, low;
	bool above;
} stacks[] = {
	{"a bond over its member", 3, 2, true},
	{"a member is not over its bond", 2, 3, false},
	{"a VLAN over its device", 4, 3, true},
	{"a VLAN over the member of its bond", 4, 2, true},
	{"a bridge over all of it", 5, 2, true},
	{"a macvlan over its device", 7, 6, true},
	{"two that have nothing to do with each other", 5, 6, false},
	{"one and the same", 5, 5, false},
	{"a ring, which the kernel does not make, ends", 5, 8, false},
	{"unknown ones", 77, 78, false},
};

static void knows_stacks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++)
		expect_true(stacks[i].what, device_is_above(all, ARRAY_SIZE(all), stacks[i].high,
							    stacks[i].low) == stacks[i].above);
}

struct message {
	_Alignas(8) char bytes[512];
};

static struct nlmsghdr *begin(struct message *self, uint16_t type, int family)
{
	struct nlmsghdr *header = (struct nlmsghdr *)self->bytes;
	struct ifinfomsg link = {
		.ifi_family = (unsigned char)family, .ifi_index = 12, .ifi_type = 1};

	memset(self, 0, sizeof(*self));
	header->nlmsg_type = type;
	header->nlmsg_len = NLMSG_LENGTH(sizeof(link));
	memcpy(NLMSG_DATA(header), &link, sizeof(link));
	return header;
}

static void add(struct nlmsghdr *header, uint16_t type, const void *data, size_t size)
{
	struct rtattr *attribute =
		(struct rtattr *)((char *)header + NLMSG_ALIGN(header->nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(size);
	memcpy(RTA_DATA(attribute), data, size);
	header->nlmsg_len =
		NLMSG_ALIGN(header->nlmsg_len) + (unsigned int)RTA_ALIGN(attribute->rta_len);
}

static void add_kind(struct nlmsghdr *header, const char *kind)
{
	_Alignas(8) char nest[64] = {0};
	struct rtattr *inner = (struct rtattr *)nest;

	inner->rta_type = IFLA_INFO_KIND;
	inner->rta_len = (unsigned short)RTA_LENGTH(strlen(kind) + 1);
	memcpy(RTA_DATA(inner), kind, strlen(kind) + 1);
	add(header, IFLA_LINKINFO, nest, inner->rta_len);
}

static void reads_messages(void **state)
{
	const uint32_t lower = 3, mtu = 9000;
	struct message message;
	struct nlmsghdr *header = begin(&message, RTM_NEWLINK, AF_UNSPEC);
	struct device device;
	bool gone = true;

	(void)state;
	add(header, IFLA_IFNAME, "eth0.5", 7);
	add(header, IFLA_MTU, &mtu, 4);
	add(header, IFLA_LINK, &lower, 4);
	add_kind(header, "vlan");
	assert_true(device_read(header, &device, &gone));
	assert_false(gone);
	assert_string_equal(device.name, "eth0.5");
	assert_int_equal(device.ifindex, 12);
	assert_int_equal(device.mtu, 9000);
	assert_int_equal(device.lower, 3);

	header = begin(&message, RTM_DELLINK, AF_UNSPEC);
	add(header, IFLA_LINK, &lower, 4);
	add_kind(header, "veth");
	assert_true(device_read(header, &device, &gone));
	assert_true(gone);
	assert_int_equal(device.lower, 0);
}

static void a_lower_device_elsewhere_is_none(void **state)
{
	const uint32_t lower = 3, netns = 1;
	struct message message;
	struct nlmsghdr *header = begin(&message, RTM_NEWLINK, AF_UNSPEC);
	struct device device;
	bool gone;

	(void)state;
	add(header, IFLA_LINK, &lower, 4);
	add(header, IFLA_LINK_NETNSID, &netns, 4);
	add_kind(header, "macvlan");
	assert_true(device_read(header, &device, &gone));
	assert_int_equal(device.lower, 0);
}

static void takes_no_others(void **state)
{
	struct message message;
	struct device device;
	bool gone;

	(void)state;
	assert_false(device_read(begin(&message, RTM_NEWADDR, AF_UNSPEC), &device, &gone));
	assert_false(device_read(begin(&message, RTM_NEWLINK, AF_BRIDGE), &device, &gone));
	begin(&message, RTM_NEWLINK, AF_UNSPEC)->nlmsg_len = NLMSG_LENGTH(3);
	assert_false(device_read((struct nlmsghdr *)message.bytes, &device, &gone));
}

/* Cut at every length, and with lengths of attributes that lie. */
static void survives_broken_messages(void **state)
{
	const uint32_t lower = 3;
	struct message message;
	struct nlmsghdr *header = begin(&message, RTM_NEWLINK, AF_UNSPEC);
	struct device device;
	unsigned int length;
	bool gone;

	(void)state;
	add(header, IFLA_IFNAME, "eth0", 5);
	add(header, IFLA_LINK, &lower, 4);
	add_kind(header, "vlan");
	length = header->nlmsg_len;
	for (unsigned int i = 0; i <= length; i++) {
		char *copy = malloc(i + sizeof(*header));

		memcpy(copy, message.bytes, i);
		if (i >= sizeof(*header)) {
			((struct nlmsghdr *)copy)->nlmsg_len = i;
			device_read((struct nlmsghdr *)copy, &device, &gone);
		}
		free(copy);
	}
	for (unsigned int at = NLMSG_LENGTH(sizeof(struct ifinfomsg)); at + 2 < length; at++) {
		struct message lying = message;

		lying.bytes[at] = (char)0xff;
		lying.bytes[at + 1] = 0;
		device_read((struct nlmsghdr *)lying.bytes, &device, &gone);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_stacks),
		cmocka_unit_test(reads_messages),
		cmocka_unit_test(a_lower_device_elsewhere_is_none),
		cmocka_unit_test(takes_no_others),
		cmocka_unit_test(survives_broken_messages),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
