/* SPDX-License-Identifier: BSD-2-Clause */
#include "guard.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <peergate/source.h>

#include "guard_tables.h"

static const char *const sockets[] = {"/proc/net/tcp", "/proc/net/tcp6"};

void guard_add(struct guard *self, const struct addr *addr, enum guard_kind kind)
{
	for (size_t i = 0; i < self->count; i++)
		if (addr_equal(&self->entries[i].addr, addr))
			return;
	if (self->count == GUARD_MAX)
		return;
	self->entries[self->count].addr = *addr;
	self->entries[self->count++].kind = kind;
}

static void read_own(struct guard *self)
{
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all))
		return;
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct addr addr;

		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET) {
			const struct sockaddr_in *in = (const void *)i->ifa_addr;

			source_put_ipv4(addr.bytes, 0, 0, 0, 0);
			memcpy(addr.bytes + 12, &in->sin_addr, 4);
		} else if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET6) {
			const struct sockaddr_in6 *in6 = (const void *)i->ifa_addr;

			memcpy(addr.bytes, &in6->sin6_addr, 16);
		} else {
			continue;
		}
		guard_add(self, &addr, GUARD_OWN);
	}
	freeifaddrs(all);
}

void guard_refresh(struct guard *self, uint64_t now_ns)
{
	self->count = 0;
	self->read_ns = now_ns;
	read_own(self);
	guard_read_routes4(self, "/proc/net/route");
	guard_read_routes6(self, "/proc/net/ipv6_route");
	/* /proc lists all connections, which takes 25 ms where there are 10,000. */
	if (!guard_ask_sockets(self))
		return;
	for (unsigned int i = 0; i < 2; i++)
		guard_read_sockets(self, sockets[i]);
}

static void add_port(struct guard *self, uint16_t port)
{
	for (unsigned int i = 0; i < self->ssh_port_count; i++)
		if (self->ssh_ports[i] == port)
			return;
	if (port && self->ssh_port_count < GUARD_PORTS_MAX)
		self->ssh_ports[self->ssh_port_count++] = port;
}

static bool is_sshd(const char *pid)
{
	char path[64], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strncmp(name, "sshd", 4);
}

static void add_ports_of(struct guard *self, const char *pid)
{
	char path[64], link[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		unsigned long inode;
		ssize_t length = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		if (length < 0)
			continue;
		link[length] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) != 1)
			continue;
		for (unsigned int i = 0; i < 2; i++)
			add_port(self, guard_port_of_inode(sockets[i], inode));
	}
	if (dir)
		closedir(dir);
}

void guard_init(struct guard *self)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	*self = (struct guard){.ssh_ports = {22}, .ssh_port_count = 1};
	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) && is_sshd(entry->d_name))
			add_ports_of(self, entry->d_name);
	if (proc)
		closedir(proc);
}

static bool is_ipv4(const struct prefix *prefix)
{
	return prefix->length >= 96 && addr_is_ipv4(&prefix->addr);
}

/* A prefix of IPv6 that holds all of IPv4, as ::/16 does, is as wide as can be. */
static bool is_too_wide(const struct prefix *prefix)
{
	struct addr ipv4;

	if (is_ipv4(prefix))
		return prefix->length < 96 + GUARD_WIDEST_V4;
	source_put_ipv4(ipv4.bytes, 0, 0, 0, 0);
	return prefix->length < GUARD_WIDEST_V6 || prefix_contains(prefix, &ipv4);
}

int guard_check(const struct guard *self, const struct prefix *prefix, struct why *why)
{
	static const char *const kinds[] = {
		[GUARD_OWN] = "an address of this host",
		[GUARD_GATEWAY] = "its default gateway",
		[GUARD_SSH] = "logged in by SSH now",
	};
	char whole[ADDR_TEXT_MAX], text[ADDR_TEXT_MAX];

	prefix_text(prefix, whole);
	if (is_too_wide(prefix))
		return why_fill(
			why, -EPERM,
			"%s is wider than /%d: it may lock you out; give force if you mean it",
			whole, is_ipv4(prefix) ? GUARD_WIDEST_V4 : GUARD_WIDEST_V6);
	for (size_t i = 0; i < self->count; i++)
		if (prefix_contains(prefix, &self->entries[i].addr))
			return why_fill(
				why, -EPERM,
				"%s holds %s, %s: it may lock you out; give force if you mean it",
				whole, addr_text(&self->entries[i].addr, text),
				kinds[self->entries[i].kind]);
	return 0;
}

/* ::1 and the like lie in ::/64, which as a prefix holds all of IPv4. */
static bool is_in_first_64(const struct addr *addr)
{
	static const uint8_t zero[8];

	return !addr_is_ipv4(addr) && !memcmp(addr->bytes, zero, sizeof(zero));
}

size_t guard_prefixes(const struct guard *self, struct prefix *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < self->count; i++) {
		struct source_key key = addr_source(&self->entries[i].addr);

		if (!is_in_first_64(&self->entries[i].addr))
			ret[count++] = source_prefix(&key);
	}
	return count;
}
