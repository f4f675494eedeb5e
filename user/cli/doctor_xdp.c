/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_xdp: who holds the XDP slots of this host's interfaces, as rtnetlink tells. */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer.h"
#include "doctor.h"

/* Whether the daemon's own program sits there: it is then on the rung native or generic. */
static bool is_ours(const struct doctor *self, const char *name)
{
	const json_t *interfaces = json_object_get(self->status, "interfaces"), *interface;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		const char *rung = answer_text(interface, "rung", "none");

		if (!strcmp(answer_text(interface, "name", ""), name))
			return !strcmp(rung, "native") || !strcmp(rung, "generic");
	}
	return false;
}

static struct rtattr *find(struct rtattr *attribute, int length, unsigned short type)
{
	for (; RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length))
		if ((attribute->rta_type & NLA_TYPE_MASK) == type)
			return attribute;
	return NULL;
}

static void look_at_link(struct doctor *self, struct nlmsghdr *head)
{
	struct ifinfomsg *link = NLMSG_DATA(head);
	int length = (int)IFLA_PAYLOAD(head);
	struct rtattr *name = find(IFLA_RTA(link), length, IFLA_IFNAME),
		      *xdp = find(IFLA_RTA(link), length, IFLA_XDP), *attached, *program;
	uint32_t id = 0;

	if (!name || !xdp)
		return;
	attached = find(RTA_DATA(xdp), (int)RTA_PAYLOAD(xdp), IFLA_XDP_ATTACHED);
	program = find(RTA_DATA(xdp), (int)RTA_PAYLOAD(xdp), IFLA_XDP_PROG_ID);
	if (!attached || !*(uint8_t *)RTA_DATA(attached) || is_ours(self, RTA_DATA(name)))
		return;
	if (program)
		memcpy(&id, RTA_DATA(program), sizeof(id));
	doctor_find(self, HEALTH_NOTE, "xdp",
		    "peergate gates such an interface by TCX or clsact; bpftool prog show id N "
		    "names the holder",
		    "the XDP slot of %s is taken by program %u, which is not peergate's",
		    (char *)RTA_DATA(name), id);
}

static bool read_links(struct doctor *self, int fd)
{
	static char bytes[65536];
	ssize_t length = recv(fd, bytes, sizeof(bytes), 0);
	struct nlmsghdr *head = (struct nlmsghdr *)bytes;

	if (length <= 0)
		return false;
	for (; NLMSG_OK(head, length); head = NLMSG_NEXT(head, length)) {
		if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR)
			return false;
		if (head->nlmsg_type == RTM_NEWLINK)
			look_at_link(self, head);
	}
	return true;
}

void doctor_xdp(struct doctor *self)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} request = {.head = {.nlmsg_len = sizeof(request),
			      .nlmsg_type = RTM_GETLINK,
			      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		     .link = {.ifi_family = AF_UNSPEC}};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return;
	if (send(fd, &request, sizeof(request), 0) == sizeof(request))
		while (read_links(self, fd))
			;
	close(fd);
}
