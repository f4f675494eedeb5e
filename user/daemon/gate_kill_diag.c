/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_kill_diag: SOCK_DESTROY for kernels before 6.5: sock_diag lists the connections, and each one meant is ended by name. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <peergate/source.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gate_kill.h"

/* Dumps come in buffers of at most 32 KiB (netlink(7)). */
enum { MESSAGE_MAX = 32768 };
/* include/net/tcp_states.h: what is or was established; not LISTEN, TIME_WAIT, CLOSE. */
enum {
	STATES = 1 << 1 /* ESTABLISHED */ | 1 << 4 /* FIN_WAIT1 */ | 1 << 5 /* FIN_WAIT2 */ |
		 1 << 8 /* CLOSE_WAIT */ | 1 << 9 /* LAST_ACK */ | 1 << 11 /* CLOSING */,
};

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

/* Connections found on a dump, to be ended after it: the socket answers one question at a time. */
struct found {
	struct inet_diag_req_v2 *list;
	uint32_t count, room;
};

static int ask(int fd, uint16_t type, uint16_t flags, const struct inet_diag_req_v2 *request)
{
	struct request message = {
		.header = {.nlmsg_len = sizeof(message),
			   .nlmsg_type = type,
			   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)},
		.request = *request,
	};

	return send(fd, &message, sizeof(message), 0) < 0 ? -errno : 0;
}

static bool is_gated(const struct gate *self, uint64_t cookie, uint16_t port, uint8_t services)
{
	struct listener_key key = {.namespace_cookie = cookie,
				   .port = {.port = port, .transport = TRANSPORT_TCP}};
	struct service service;

	return !bpf_map_lookup_elem(self->maps[MAP_LISTENERS], &key, &service) &&
	       service.id < SERVICES_MAX && services >> service.id & 1;
}

static int keep(struct found *self, const struct inet_diag_msg *message)
{
	if (self->count == self->room) {
		uint32_t room = self->room ? 2 * self->room : 64;
		void *list = reallocarray(self->list, room, sizeof(*self->list));

		if (!list)
			return -ENOMEM;
		self->list = list;
		self->room = room;
	}
	self->list[self->count++] = (struct inet_diag_req_v2){
		.sdiag_family = message->idiag_family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = STATES,
		.id = message->id,
	};
	return 0;
}

static struct addr remote_of(const struct inet_diag_msg *message)
{
	struct addr addr;

	if (message->idiag_family == AF_INET)
		source_put_host(addr.bytes, ntohl(message->id.idiag_dst[0]));
	else
		memcpy(addr.bytes, message->id.idiag_dst, sizeof(addr.bytes));
	return addr;
}

static int consider(const struct gate *self, uint64_t cookie, const struct quarry *quarry,
		    const struct nlmsghdr *header, struct found *found)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct addr addr;

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*message)))
		return 0;
	addr = remote_of(message);
	if (!quarry_has(quarry, &addr) ||
	    !is_gated(self, cookie, ntohs(message->id.idiag_sport), quarry->services))
		return 0;
	return keep(found, message);
}

static int error_of(const struct nlmsghdr *header)
{
	return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
}

static int list(const struct gate *self, int fd, uint64_t cookie, const struct quarry *quarry,
		char *buffer, struct found *found)
{
	for (;;) {
		ssize_t got = recv(fd, buffer, MESSAGE_MAX, 0);
		unsigned int left = (unsigned int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		for (struct nlmsghdr *at = (struct nlmsghdr *)buffer; NLMSG_OK(at, left);
		     at = NLMSG_NEXT(at, left)) {
			int error = at->nlmsg_type == NLMSG_ERROR ? error_of(at) : 0;

			if (at->nlmsg_type == NLMSG_DONE)
				return 0;
			if (!error)
				error = consider(self, cookie, quarry, at, found);
			if (error)
				return error;
		}
	}
}

/* One that ended by itself meanwhile is no error, and not counted. */
static int end(int fd, const struct found *found, char *buffer, uint32_t *closed)
{
	for (uint32_t i = 0; i < found->count; i++) {
		const struct nlmsghdr *answer = (const struct nlmsghdr *)buffer;
		int error = ask(fd, SOCK_DESTROY, NLM_F_ACK, &found->list[i]);

		if (!error && recv(fd, buffer, MESSAGE_MAX, 0) <
				      (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)))
			error = -EIO;
		if (!error && answer->nlmsg_type == NLMSG_ERROR)
			error = error_of(answer);
		*closed += !error;
		if (error && error != -ENOENT)
			return error;
	}
	return 0;
}

int kill_by_diag(const struct gate *self, int socket, uint64_t cookie, const struct quarry *quarry,
		 uint32_t *closed)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	char *buffer = malloc(MESSAGE_MAX);
	struct found found = {0};
	int error = buffer ? 0 : -ENOMEM;

	for (unsigned int i = 0; !error && i < 2; i++) {
		const struct inet_diag_req_v2 all = {.sdiag_family = families[i],
						     .sdiag_protocol = IPPROTO_TCP,
						     .idiag_states = STATES};

		error = ask(socket, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &all);
		if (!error)
			error = list(self, socket, cookie, quarry, buffer, &found);
	}
	if (!error)
		error = end(socket, &found, buffer, closed);
	free(found.list);
	free(buffer);
	return error;
}
