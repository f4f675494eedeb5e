/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_kill_diag: SOCK_DESTROY for kernels before 6.5: sock_diag lists the connections, and each one meant is ended by name. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <peergate/source.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "diag.h"
#include "gate_kill.h"

/* What is or was established; not LISTEN, TIME_WAIT, CLOSE. */
enum {
	STATES = DIAG_ESTABLISHED | DIAG_FIN_WAIT1 | DIAG_FIN_WAIT2 | DIAG_CLOSE_WAIT |
		 DIAG_LAST_ACK | DIAG_CLOSING,
};

/* Connections found on a dump, to be ended after it: the socket answers one question at a time. */
struct found {
	const struct gate *gate;
	const struct quarry *quarry;
	uint64_t cookie; /* of the namespace */
	struct inet_diag_req_v2 *list;
	uint32_t count, room;
};

static bool is_gated(const struct found *self, uint16_t port)
{
	struct listener_key key = {.namespace_cookie = self->cookie,
				   .port = {.port = port, .transport = TRANSPORT_TCP}};
	struct service service;

	return !bpf_map_lookup_elem(self->gate->maps[MAP_LISTENERS], &key, &service) &&
	       service.id < SERVICES_MAX && self->quarry->services >> service.id & 1;
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

static int consider(void *context, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct addr addr = remote_of(message);
	struct found *self = context;

	if (!quarry_has(self->quarry, &addr) || !is_gated(self, ntohs(message->id.idiag_sport)))
		return 0;
	return keep(self, message);
}

/* One that ended by itself meanwhile is no error, and not counted. */
static int end(int socket, const struct found *found, uint32_t *closed)
{
	for (uint32_t i = 0; i < found->count; i++) {
		int error = diag_destroy(socket, &found->list[i]);

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
	struct found found = {.gate = self, .quarry = quarry, .cookie = cookie};
	int error = 0;

	for (unsigned int i = 0; !error && i < 2; i++) {
		const struct inet_diag_req_v2 all = {.sdiag_family = families[i],
						     .sdiag_protocol = IPPROTO_TCP,
						     .idiag_states = STATES};

		error = diag_dump(socket, &all, consider, &found);
	}
	if (!error)
		error = end(socket, &found, closed);
	free(found.list);
	return error;
}
