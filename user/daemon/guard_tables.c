/* SPDX-License-Identifier: BSD-2-Clause */
#include "guard_tables.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <peergate/source.h>

#include "diag.h"

/* include/uapi/linux/route.h */
enum { ROUTE_UP = 1, ROUTE_GATEWAY = 2 };
/* include/net/tcp_states.h */
enum { ESTABLISHED = 1 };

/* Eight hex digits are one word of the kernel's memory, printed as a number of this host. */
static uint32_t word_of(const char *hex)
{
	char digits[9] = "";

	memcpy(digits, hex, strnlen(hex, 8));
	return (uint32_t)strtoul(digits, NULL, 16);
}

static struct addr addr_of_words(const char *hex)
{
	struct addr addr;
	uint32_t words[4];

	if (strlen(hex) <= 8) {
		words[0] = word_of(hex);
		source_put_ipv4(addr.bytes, 0, 0, 0, 0);
		memcpy(addr.bytes + 12, words, 4);
		return addr;
	}
	for (int i = 0; i < 4; i++)
		words[i] = word_of(hex + 8 * i);
	memcpy(addr.bytes, words, sizeof(words));
	source_normalise(addr.bytes);
	return addr;
}

void guard_read_routes4(struct guard *self, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[256], destination[9], gateway[9], mask[9];
	unsigned int flags;

	while (file && fgets(line, sizeof(line), file)) {
		struct addr addr;

		if (sscanf(line, "%*s %8[0-9A-F] %8[0-9A-F] %x %*s %*s %*s %8[0-9A-F]", destination,
			   gateway, &flags, mask) != 4)
			continue;
		if (!(flags & ROUTE_UP) || !(flags & ROUTE_GATEWAY) || word_of(mask))
			continue;
		addr = addr_of_words(gateway);
		guard_add(self, &addr, GUARD_GATEWAY);
	}
	if (file)
		fclose(file);
}

/* Here the digits are the address's bytes in their order. */
static struct addr addr_of_bytes(const char *hex)
{
	struct addr addr;
	unsigned int byte = 0;

	for (int i = 0; i < 16; i++) {
		sscanf(hex + 2 * i, "%2x", &byte);
		addr.bytes[i] = (uint8_t)byte;
	}
	return addr;
}

void guard_read_routes6(struct guard *self, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[256], gateway[33];
	unsigned int length, flags;

	while (file && fgets(line, sizeof(line), file)) {
		struct addr addr;

		if (sscanf(line, "%*s %x %*s %*s %32[0-9a-f] %*s %*s %*s %x", &length, gateway,
			   &flags) != 3)
			continue;
		if (length || !(flags & ROUTE_UP) || !(flags & ROUTE_GATEWAY) ||
		    strlen(gateway) != 32)
			continue;
		addr = addr_of_bytes(gateway);
		guard_add(self, &addr, GUARD_GATEWAY);
	}
	if (file)
		fclose(file);
}

struct line {
	char remote[33];
	unsigned int local_port, state;
	unsigned long inode;
};

static bool read_line(FILE *file, struct line *ret)
{
	char line[512];

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*d: %*[0-9A-F]:%x %32[0-9A-F]:%*x %x %*s %*s %*s %*d %*d %lu",
			   &ret->local_port, ret->remote, &ret->state, &ret->inode) == 4)
			return true;
	return false;
}

static bool is_ssh_port(const struct guard *self, unsigned int port)
{
	for (unsigned int i = 0; i < self->ssh_port_count; i++)
		if (self->ssh_ports[i] == port)
			return true;
	return false;
}

void guard_read_sockets(struct guard *self, const char *path)
{
	FILE *file = fopen(path, "re");
	struct line line;

	while (file && read_line(file, &line)) {
		struct addr addr = addr_of_words(line.remote);

		if (line.state == ESTABLISHED && is_ssh_port(self, line.local_port))
			guard_add(self, &addr, GUARD_SSH);
	}
	if (file)
		fclose(file);
}

uint16_t guard_port_of_inode(const char *path, unsigned long inode)
{
	FILE *file = fopen(path, "re");
	struct line line;
	uint16_t port = 0;

	while (file && !port && read_line(file, &line))
		if (line.inode == inode)
			port = (uint16_t)line.local_port;
	if (file)
		fclose(file);
	return port;
}

static int take_ssh(void *context, const struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	struct addr addr;

	if (message->idiag_family == AF_INET)
		source_put_host(addr.bytes, ntohl(message->id.idiag_dst[0]));
	else
		memcpy(addr.bytes, message->id.idiag_dst, sizeof(addr.bytes));
	guard_add(context, &addr, GUARD_SSH);
	return 0;
}

int guard_ask_sockets(struct guard *self)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	int fd = diag_open(), error = 0;

	if (fd < 0)
		return fd;
	for (unsigned int i = 0; !error && i < 2 * self->ssh_port_count; i++) {
		const struct inet_diag_req_v2 request = {
			.sdiag_family = families[i % 2],
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = DIAG_ESTABLISHED,
			.id.idiag_sport = htons(self->ssh_ports[i / 2]),
		};

		error = diag_dump(fd, &request, take_ssh, self);
	}
	close(fd);
	return error;
}
