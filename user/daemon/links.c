/* SPDX-License-Identifier: BSD-2-Clause */
/* links: hears of interfaces that go and come, and attaches again what is wanted. Notices, no polling. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attach.h"

struct listener {
	void (*changed)(void *context, const struct gate_interface *now);
	void *context;
};

static void tell(const struct listener *listener, const struct gate_link *link)
{
	if (listener->changed)
		listener->changed(listener->context, &link->shown);
}

void link_forget(struct gate *self, struct gate_link *link, const char *note)
{
	link_detach(self, link);
	link->shown.ifindex = 0;
	snprintf(link->shown.note, sizeof(link->shown.note), "%s", note);
}

static void went(struct gate *self, const struct device *device, const struct listener *listener)
{
	for (unsigned int i = 0; i < self->link_count; i++) {
		struct gate_link *link = &self->links[i];

		if (link->shown.rung == RUNG_AUTO || link->shown.ifindex != device->ifindex)
			continue;
		link_forget(self, link, "the interface is gone; it is gated again when it is back");
		tell(listener, link);
	}
}

/* A notice comes for each change of an interface; only one that makes a difference is told. */
static void came(struct gate *self, const struct device *device, const struct listener *listener)
{
	struct gate_link *link = link_of(self, device->name);
	char before[WHY_MAX];

	if (!link || !link->wanted)
		return;
	if (link->shown.rung != RUNG_AUTO && link->shown.ifindex == device->ifindex)
		return;
	if (link->shown.rung != RUNG_AUTO)
		link_forget(self, link, "another interface has its name now");
	memcpy(before, link->shown.note, sizeof(before));
	if (!link_climb(self, link, NULL) || strcmp(before, link->shown.note))
		tell(listener, link);
}

static void take(struct gate *self, const struct nlmsghdr *message, const struct listener *listener)
{
	struct device device;
	bool gone;

	if (!device_read(message, &device, &gone))
		return;
	if (gone)
		went(self, &device, listener);
	else
		came(self, &device, listener);
}

/* Notices were lost (ENOBUFS): looks at each interface that is held or wanted. */
static void look_again(struct gate *self, const struct listener *listener)
{
	for (unsigned int i = 0; i < self->link_count; i++) {
		struct gate_link *link = &self->links[i];
		struct device device;
		int error = device_find(self->asking, link->shown.name, &device);

		if (!error) {
			came(self, &device, listener);
		} else if (error == -ENODEV && link->shown.rung != RUNG_AUTO) {
			device.ifindex = link->shown.ifindex;
			went(self, &device, listener);
		}
	}
}

int gate_links_fd(const struct gate *self)
{
	return self->listening;
}

void gate_links(struct gate *self, void (*changed)(void *context, const struct gate_interface *now),
		void *context)
{
	struct listener listener = {changed, context};
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t got;

	while ((got = recv(self->listening, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0 ||
	       (got < 0 && (errno == EINTR || errno == ENOBUFS))) {
		unsigned int left = got > 0 ? (unsigned int)got : 0;

		if (got < 0 && errno == ENOBUFS)
			look_again(self, &listener);
		for (struct nlmsghdr *message = (struct nlmsghdr *)buffer; NLMSG_OK(message, left);
		     message = NLMSG_NEXT(message, left))
			take(self, message, &listener);
	}
}
