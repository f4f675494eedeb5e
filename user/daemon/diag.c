/* SPDX-License-Identifier: BSD-2-Clause */
#include "diag.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

/* Dumps come in buffers of at most 32 KiB (netlink(7)). */
enum { MESSAGE_MAX = 32768, ANSWER_S = 2 };

struct question {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

struct dump {
	int (*take)(void *context, const struct nlmsghdr *header);
	void *context;
	bool done;
	int result; /* the first that is not 0 */
};

int diag_open(void)
{
	/* The kernel answers at once; should it not, a look ends nevertheless. */
	const struct timeval patience = {.tv_sec = ANSWER_S};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static int ask(int fd, uint16_t type, uint16_t flags, const struct inet_diag_req_v2 *request)
{
	struct question question = {
		.header = {.nlmsg_len = sizeof(question),
			   .nlmsg_type = type,
			   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)},
		.request = *request,
	};

	return send(fd, &question, sizeof(question), 0) < 0 ? -errno : 0;
}

static int error_of(const struct nlmsghdr *header)
{
	return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
}

static void take_message(struct dump *self, const struct nlmsghdr *header)
{
	int result = 0;

	if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
		self->done = true;
	if (header->nlmsg_type == NLMSG_ERROR)
		result = error_of(header);
	else if (!self->done && !self->result &&
		 header->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
		result = self->take(self->context, header);
	if (!self->result)
		self->result = result;
}

static ssize_t receive(int fd, char *buffer)
{
	ssize_t got;

	do
		got = recv(fd, buffer, MESSAGE_MAX, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

int diag_dump(int fd, const struct inet_diag_req_v2 *request,
	      int (*take)(void *context, const struct nlmsghdr *header), void *context)
{
	struct dump dump = {.take = take, .context = context};
	char *buffer = malloc(MESSAGE_MAX);
	int error = buffer ? ask(fd, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, request) : -ENOMEM;

	while (!error && !dump.done) {
		ssize_t got = receive(fd, buffer);
		unsigned int left = (unsigned int)got;

		if (got < 0) {
			error = (int)got;
			break;
		}
		for (struct nlmsghdr *at = (struct nlmsghdr *)buffer; NLMSG_OK(at, left);
		     at = NLMSG_NEXT(at, left))
			take_message(&dump, at);
	}
	free(buffer);
	return error ? error : dump.result;
}

int diag_destroy(int fd, const struct inet_diag_req_v2 *request)
{
	char buffer[512] __attribute__((aligned(4)));
	const struct nlmsghdr *answer = (const struct nlmsghdr *)buffer;
	int error = ask(fd, SOCK_DESTROY, NLM_F_ACK, request);
	ssize_t got = -EIO;

	if (error)
		return error;
	do
		got = recv(fd, buffer, sizeof(buffer), 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (got < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) ||
	    answer->nlmsg_type != NLMSG_ERROR)
		return -EIO;
	return error_of(answer);
}
