/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_kill.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <peergate/source.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "gate_closures.h"
#include "gate_maps.h"
#include "namespaces.h"

bool quarry_has(const struct quarry *self, const struct addr *addr)
{
	struct addr host = *addr;
	struct source_key key;

	source_normalise(host.bytes);
	if (self->prefix)
		return prefix_contains(self->prefix, &host) &&
		       (self->prefix->length >= 96 || !addr_is_ipv4(&host));
	key = addr_source(&host);
	for (unsigned int i = 0; i < self->count; i++)
		if (!memcmp(&self->sources[i], &key, sizeof(key)))
			return true;
	return false;
}

static int aim(const struct gate *self, const struct quarry *quarry)
{
	struct target target = {.services = quarry->services, .by_closures = !quarry->prefix};
	uint32_t zero = 0;

	if (quarry->prefix) {
		target.prefix.length = quarry->prefix->length;
		memcpy(target.prefix.address, quarry->prefix->addr.bytes,
		       sizeof(target.prefix.address));
	}
	return bpf_map_update_elem(self->maps[MAP_TARGET], &zero, &target, BPF_ANY) ? -errno : 0;
}

static int create_there(void *link)
{
	int fd = bpf_iter_create(*(int *)link);

	return fd < 0 ? -errno : fd;
}

/* The program writes nothing: the walk is done when the file ends; a kernel that is asked for too much at once says EAGAIN. */
static int walk(int iterator)
{
	char nothing[64];
	ssize_t got;

	if (iterator < 0)
		return iterator;
	do
		got = read(iterator, nothing, sizeof(nothing));
	while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
	got = got < 0 ? -errno : 0;
	close(iterator);
	return (int)got;
}

static int kill_by_iterator(struct gate *self, const struct quarry *quarry, uint32_t *closed)
{
	unsigned int others = namespaces_count(self->namespaces);
	int link = self->iterators[ITERATOR_KILL];
	struct target done = {0};
	uint32_t zero = 0;
	int error = aim(self, quarry);

	if (!error)
		error = walk(create_there(&link));
	for (unsigned int i = 0; !error && i < others; i++) {
		/* What cannot be entered any more has gone, and its sockets with it. */
		int there = namespaces_make(self->namespaces, i, create_there, &link);

		error = there < 0 ? 0 : walk(there);
	}
	if (!error && bpf_map_lookup_elem(self->maps[MAP_TARGET], &zero, &done))
		error = -errno;
	*closed += done.closed;
	return error;
}

static int open_there(void *nothing)
{
	(void)nothing;
	return diag_open();
}

static int kill_in(const struct gate *self, int socket, uint64_t cookie,
		   const struct quarry *quarry, uint32_t *closed)
{
	int error;

	if (socket < 0)
		return socket;
	error = kill_by_diag(self, socket, cookie, quarry, closed);
	close(socket);
	return error;
}

static int kill_all_by_diag(struct gate *self, const struct quarry *quarry, uint32_t *closed)
{
	unsigned int others = namespaces_count(self->namespaces);
	int error = kill_in(self, diag_open(), gate_namespace_cookie(), quarry, closed);

	for (unsigned int i = 0; !error && i < others; i++) {
		struct namespace_view view;

		namespaces_view(self->namespaces, i, &view);
		if (view.here)
			error = kill_in(self,
					namespaces_make(self->namespaces, i, open_there, NULL),
					view.cookie, quarry, closed);
	}
	return error;
}

static int kill_tcp(struct gate *self, const struct quarry *quarry, uint32_t *closed,
		    struct why *why)
{
	int error;

	if (self->iterators[ITERATOR_KILL] >= 0) {
		error = kill_by_iterator(self, quarry, closed);
		return error ? why_fill(why, error, "the walk over sockets that closes: %s",
					strerror(-error))
			     : 0;
	}
	error = kill_all_by_diag(self, quarry, closed);
	if (error == -EPERM || error == -EOPNOTSUPP)
		return why_fill(why, -EOPNOTSUPP,
				"live TCP connections stay open: this kernel has neither "
				"bpf_sock_destroy (6.5) nor %s; new ones are refused",
				error == -EPERM ? "may this daemon use SOCK_DESTROY without "
						  "CAP_NET_ADMIN"
						: "SOCK_DESTROY (CONFIG_INET_DIAG_DESTROY)");
	return error ? why_fill(why, error, "SOCK_DESTROY: %s", strerror(-error)) : 0;
}

/* What is done on a walk over the QUIC connections that are known. */
struct flows {
	struct gate *gate;
	const struct quarry *quarry;
	uint64_t until_ns;
	uint32_t found;
	int error; /* the first of an end that could not be told */
};

static int take_flows(void *context, const struct batch *batch)
{
	const struct flow_key *keys = (const struct flow_key *)batch->keys;
	const struct flow *flows = (const struct flow *)batch->values;
	struct flows *self = context;

	for (uint32_t i = 0; i < batch->count; i++) {
		struct source_key source;
		struct addr addr;
		int error;

		memcpy(addr.bytes, keys[i].address, sizeof(addr.bytes));
		if (!flows[i].opened_ns || !(self->quarry->services >> flows[i].service & 1) ||
		    !quarry_has(self->quarry, &addr))
			continue;
		self->found++;
		source = addr_source(&addr);
		error = closures_put(self->gate, &source, self->until_ns);
		if (error && !self->error)
			self->error = error;
	}
	return 0;
}

static int say_full(const struct gate *self, int error, struct why *why)
{
	if (error != -E2BIG)
		return why_fill(why, error, "closures: cannot write: %s", strerror(-error));
	return why_fill(
		why, -ENOSPC,
		"closures: full with %u sources whose connections are being closed: wait until "
		"their time is over",
		self->entries[MAP_CLOSURES]);
}

/* Sources that are named are closed whether a connection of theirs is known or not. */
static int close_named(struct gate *self, const struct quarry *quarry, uint64_t until_ns)
{
	struct source_key source;
	int error = 0;

	for (unsigned int i = 0; !error && i < quarry->count; i++)
		error = closures_put(self, &quarry->sources[i], until_ns);
	if (quarry->prefix && prefix_is_source(quarry->prefix)) {
		source = addr_source(&quarry->prefix->addr);
		error = closures_put(self, &source, until_ns);
	}
	return error;
}

/* The others are known by their connections; all of those are counted. */
static int close_flows(struct gate *self, const struct quarry *quarry, uint64_t until_ns,
		       uint32_t *closed)
{
	struct flows flows = {.gate = self, .quarry = quarry, .until_ns = until_ns};
	int error = map_walk(self->maps[MAP_FLOWS], take_flows, &flows);

	*closed += flows.found;
	return error ? error : flows.error;
}

static int kill_both(struct gate *self, const struct quarry *quarry, uint64_t quic_ns,
		     uint32_t *ret_closed, struct why *why)
{
	uint64_t until_ns = gate_now_ns() + quic_ns;
	uint32_t closed = 0;
	int quic = close_named(self, quarry, until_ns);
	int tcp = kill_tcp(self, quarry, &closed, why);

	if (!quic)
		quic = close_flows(self, quarry, until_ns, &closed);
	*ret_closed = closed;
	if (tcp)
		return tcp;
	return quic ? say_full(self, quic, why) : 0;
}

int gate_kill(struct gate *self, const struct prefix *prefix, uint8_t services, uint64_t quic_ns,
	      uint32_t *ret_closed, struct why *why)
{
	const struct quarry quarry = {.prefix = prefix, .services = services};

	return kill_both(self, &quarry, quic_ns, ret_closed, why);
}

int gate_kill_sources(struct gate *self, const struct source_key *sources, unsigned int count,
		      uint64_t quic_ns, uint32_t *ret_closed, struct why *why)
{
	const struct quarry quarry = {.sources = sources, .count = count, .services = 0xff};

	return kill_both(self, &quarry, quic_ns, ret_closed, why);
}
