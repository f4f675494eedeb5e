/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_listeners: which local port in which namespace belongs to which service, for the doors that see sockets. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gate_maps.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* include/uapi/asm-generic/socket.h, since 5.14 */
#endif

uint64_t gate_namespace_cookie(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size))
		cookie = 0;
	close(fd);
	return cookie;
}

void gate_namespaces(struct gate *self, struct namespaces *namespaces)
{
	self->namespaces = namespaces;
}

int gate_listeners(struct gate *self, const struct listener_key *ports,
		   const struct service *services, unsigned int count, struct why *why)
{
	int error;

	for (unsigned int i = 0; i < count; i++) {
		if (!bpf_map_update_elem(self->maps[MAP_LISTENERS], &ports[i], &services[i],
					 BPF_ANY))
			continue;
		return why_fill(why, -errno,
				"listeners: no room for port %u: %u at most, over all namespaces",
				ports[i].port.port, self->max[MAP_LISTENERS]);
	}
	error = map_keep(self->maps[MAP_LISTENERS], ports, sizeof(*ports), count);
	if (error)
		return why_fill(why, error, "listeners: cannot remove a port: %s",
				strerror(-error));
	self->entries[MAP_LISTENERS] = count;
	return 0;
}
