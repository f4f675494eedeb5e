/* SPDX-License-Identifier: BSD-2-Clause */
#include "listening.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "diag.h"

struct answer {
	enum transport transport;
	void (*take)(void *context, const struct listening *listening);
	void *context;
};

static uint64_t cgroup_of(const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	int room = (int)header->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*message));
	uint64_t id = 0;

	for (const struct rtattr *at = (const struct rtattr *)(message + 1); RTA_OK(at, room);
	     at = RTA_NEXT(at, room))
		if (at->rta_type == INET_DIAG_CGROUP_ID && RTA_PAYLOAD(at) >= sizeof(id))
			memcpy(&id, RTA_DATA(at), sizeof(id));
	return id;
}

static int take_message(void *context, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	const struct answer *self = context;
	struct listening one = {.port.transport = self->transport,
				.port.port = ntohs(message->id.idiag_sport),
				.cgroup = cgroup_of(header)};

	self->take(self->context, &one);
	return 0;
}

int listening_each(int socket, void (*take)(void *context, const struct listening *listening),
		   void *context)
{
	static const struct {
		enum transport transport;
		uint8_t protocol;
		uint32_t states;
	} kinds[] = {
		{TRANSPORT_TCP, IPPROTO_TCP, DIAG_LISTEN},
		{TRANSPORT_QUIC, IPPROTO_UDP, DIAG_CLOSE},
	};
	static const uint8_t families[] = {AF_INET, AF_INET6};
	int error = 0;

	for (unsigned int i = 0; !error && i < 4; i++) {
		struct answer answer = {kinds[i / 2].transport, take, context};
		const struct inet_diag_req_v2 all = {.sdiag_family = families[i % 2],
						     .sdiag_protocol = kinds[i / 2].protocol,
						     .idiag_states = kinds[i / 2].states};

		error = diag_dump(socket, &all, take_message, &answer);
	}
	return error;
}
