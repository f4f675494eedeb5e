/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_ports: where clients listen, and whether the gate stands before it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "doctor.h"

enum { LISTEN = 0x0a, UNCONNECTED = 0x07, SOCKETS_MAX = 4096, NODES_MAX = 16 };

/* Addresses as the kernel prints them: words of 32 bits in this machine's order. */
static bool is_loopback(const char *address)
{
	uint32_t last;

	if (strlen(address) == 8)
		return sscanf(address, "%8" SCNx32, &last) == 1 && (last & 0xff) == 127;
	return !strcmp(address, "00000000000000000000000001000000");
}

static size_t read_table(const struct doctor *self, const char *name, bool udp,
			 struct listening_socket *ret, size_t max)
{
	char path[DOCTOR_PATH_MAX], line[512], address[33];
	FILE *file = fopen(doctor_path(self, name, path), "re");
	size_t count = 0;

	while (file && count < max && fgets(line, sizeof(line), file)) {
		unsigned int port, state;
		uint64_t inode;

		/* "sl local remote st tx:rx tr:when retrnsmt uid timeout inode" */
		if (sscanf(line,
			   " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*s %*s %" SCNu64,
			   address, &port, &state, &inode) != 4)
			continue;
		if (state != (udp ? UNCONNECTED : LISTEN) || is_loopback(address))
			continue;
		ret[count++] = (struct listening_socket){udp, (uint16_t)port, inode};
	}
	if (file)
		fclose(file);
	return count;
}

size_t doctor_listening(const struct doctor *self, struct listening_socket *ret, size_t max)
{
	static const struct {
		const char *path;
		bool udp;
	} tables[] = {{"/proc/net/tcp", false},
		      {"/proc/net/tcp6", false},
		      {"/proc/net/udp", true},
		      {"/proc/net/udp6", true}};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		count += read_table(self, tables[i].path, tables[i].udp, ret + count, max - count);
	return count;
}

/* Whether a service of the daemon has the port: "tcp:13000", "quic:13000", "tcp:13000:9000". */
static bool is_gated(const struct doctor *self, bool udp, uint16_t port)
{
	const json_t *services = json_object_get(self->status, "services"), *service, *text;
	char wanted[32];
	size_t i, k, length;

	length = (size_t)snprintf(wanted, sizeof(wanted), "%s:%u", udp ? "quic" : "tcp", port);
	json_array_foreach (services, i, service) {
		json_array_foreach (json_object_get(service, "ports"), k, text) {
			const char *told = json_string_value(text);

			if (told && !strncmp(told, wanted, length) &&
			    (!told[length] || told[length] == ':'))
				return true;
		}
	}
	return false;
}

/* Which port of UDP is QUIC's cannot be seen; discovery's must not be gated as such. */
static uint16_t quic_port(const struct node_process *node)
{
	static const char *const options[] = {"p2p-quic-port", "quic-port", "p2p-udp-quic-port"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *value = node_option(node, options[i]);
		unsigned int port;

		if (value && sscanf(value, "%u", &port) == 1 && port > 0 && port < 65536)
			return (uint16_t)port;
	}
	return node->kind->quic;
}

static uint16_t tcp_port(const struct node_process *node)
{
	static const char *const options[] = {"p2p-tcp-port", "p2p-port", "tcp-port", "port"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *value = node_option(node, options[i]);
		unsigned int port;

		if (value && sscanf(value, "%u", &port) == 1 && port > 0 && port < 65536)
			return (uint16_t)port;
	}
	return node->kind->tcp;
}

static void look_at_port(struct doctor *self, const struct node_process *node, bool udp,
			 uint16_t port)
{
	const char *transport = udp ? "quic" : "tcp";
	char remedy[128];

	snprintf(remedy, sizeof(remedy), "in /etc/peergate/peergate.conf: service = %s=%s:%u",
		 node->kind->is_consensus ? "beacon" : "execution", transport, port);
	if (is_gated(self, udp, port))
		doctor_find(self, HEALTH_WELL, "ports", NULL,
			    "%s (pid %d) listens on %s:%u, which is gated", node->kind->name,
			    node->pid, transport, port);
	else
		doctor_find(self, self->status ? HEALTH_FAULT : HEALTH_NOTE, "ports", remedy,
			    "%s (pid %d) listens on %s:%u, which is not gated", node->kind->name,
			    node->pid, transport, port);
}

static void look_at_node(struct doctor *self, const struct node_process *node,
			 const struct listening_socket *sockets, size_t count)
{
	uint16_t tcp = tcp_port(node), quic = quic_port(node);
	bool tcp_done = false, quic_done = false;

	if (node->elsewhere) {
		doctor_find(self, HEALTH_NOTE, "container",
			    "gate the host's ports as the wire shows them, and name the namespace: "
			    "netns = "
			    "container:ID, service = beacon=tcp:HOST:CONTAINER (docs/DOORS.md)",
			    "%s (pid %d) runs in a network namespace of its own", node->kind->name,
			    node->pid);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct listening_socket *at = &sockets[i];
		bool *done = at->udp ? &quic_done : &tcp_done;

		if (*done || at->port != (at->udp ? quic : tcp) ||
		    !node_holds(self->root, node, at->inode))
			continue;
		*done = true;
		look_at_port(self, node, at->udp, at->port);
	}
	if (!tcp_done && !quic_done)
		doctor_find(self, HEALTH_NOTE, "ports",
			    "run the doctor as root, or when the node is up",
			    "%s (pid %d) runs, but listens on none of tcp:%u, quic:%u as far as "
			    "can be seen",
			    node->kind->name, node->pid, tcp, quic);
}

void doctor_ports(struct doctor *self)
{
	static struct node_process nodes[NODES_MAX];
	static struct listening_socket sockets[SOCKETS_MAX];
	size_t node_count = node_processes(self->root, nodes, NODES_MAX);
	size_t count = doctor_listening(self, sockets, SOCKETS_MAX);

	if (!node_count)
		doctor_find(self, HEALTH_NOTE, "ports", NULL,
			    "none of the clients known here runs on this host");
	for (size_t i = 0; i < node_count; i++)
		look_at_node(self, &nodes[i], sockets, count);
}
