/* SPDX-License-Identifier: BSD-2-Clause */
#include "listening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Dumps come in buffers of at most 32 KiB (netlink(7)). */
enum { MESSAGE_MAX = 32768, ANSWER_S = 2 };
/* include/net/tcp_states.h: a bound UDP socket that is not connected is closed, so to speak. */
enum { STATE_CLOSE = 7, STATE_LISTEN = 10 };

struct question {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

struct answer {
	enum transport transport;
	void (*take)(void *context, const struct listening *listening);
	void *context;
	bool done;
	int error;
};

int listening_open(void)
{
	/* The kernel answers at once; should it not, a look ends nevertheless. */
	const struct timeval patience = {.tv_sec = ANSWER_S};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static int ask(int fd, int family, int protocol, int state)
{
	struct question question = {
		.header = {.nlmsg_len = sizeof(question),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.request = {.sdiag_family = (__u8)family,
			    .sdiag_protocol = (__u8)protocol,
			    .idiag_states = 1U << state},
	};

	return send(fd, &question, sizeof(question), 0) < 0 ? -errno : 0;
}

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

static void take_message(struct answer *self, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct listening one = {.port.transport = self->transport};

	if (header->nlmsg_type == NLMSG_DONE) {
		self->done = true;
	} else if (header->nlmsg_type == NLMSG_ERROR) {
		self->error = ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
		self->done = true;
	} else if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(*message))) {
		one.port.port = ntohs(message->id.idiag_sport);
		one.cgroup = cgroup_of(header);
		self->take(self->context, &one);
	}
}

static int dump(int fd, struct answer *self, char *buffer)
{
	self->done = false;
	while (!self->done && !self->error) {
		ssize_t got = recv(fd, buffer, MESSAGE_MAX, 0);
		unsigned int left = (unsigned int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, left);
		     header = NLMSG_NEXT(header, left))
			take_message(self, header);
	}
	return self->error;
}

int listening_each(int socket, void (*take)(void *context, const struct listening *listening),
		   void *context)
{
	static const struct {
		enum transport transport;
		int protocol, state;
	} kinds[] = {
		{TRANSPORT_TCP, IPPROTO_TCP, STATE_LISTEN},
		{TRANSPORT_QUIC, IPPROTO_UDP, STATE_CLOSE},
	};
	static const int families[] = {AF_INET, AF_INET6};
	char *buffer = malloc(MESSAGE_MAX);
	int error = buffer ? 0 : -ENOMEM;

	for (unsigned int i = 0; !error && i < 4; i++) {
		struct answer answer = {kinds[i / 2].transport, take, context, false, 0};

		error = ask(socket, families[i % 2], kinds[i / 2].protocol, kinds[i / 2].state);
		if (!error)
			error = dump(socket, &answer, buffer);
	}
	free(buffer);
	return error;
}
