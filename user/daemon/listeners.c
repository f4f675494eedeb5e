/* SPDX-License-Identifier: BSD-2-Clause */
#include "listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_there(const struct config *config, int n, const struct config_port *port)
{
	return n == NAMESPACE_OWN || config_netns_serves(config, &config->netns[n], port->service);
}

static struct port_key key_of(const struct config_port *port, int n)
{
	struct port_key key = port->key;

	if (n != NAMESPACE_OWN)
		key.port = port->container;
	return key;
}

const struct config_port *listeners_port(const struct config *config, int n,
					 const struct port_key *port)
{
	for (unsigned int i = 0; i < config->port_count; i++) {
		struct port_key key = key_of(&config->ports[i], n);

		if (key.port == port->port && key.transport == port->transport &&
		    is_there(config, n, &config->ports[i]))
			return &config->ports[i];
	}
	return NULL;
}

struct table {
	struct listener_key *keys;
	struct service *services;
	unsigned int count;
};

static void add(struct table *self, const struct config *config, int n, uint64_t cookie)
{
	for (unsigned int i = 0; i < config->port_count; i++) {
		const struct config_port *port = &config->ports[i];

		if (!is_there(config, n, port))
			continue;
		self->keys[self->count].namespace_cookie = cookie;
		self->keys[self->count].port = key_of(port, n);
		self->services[self->count].id = port->service;
		strcpy(self->services[self->count].name, config->services[port->service]);
		self->count++;
	}
}

int listeners_put(struct gate *gate, const struct config *config,
		  const struct namespaces *namespaces, struct why *why)
{
	unsigned int room = config->port_count * (1 + namespaces_count(namespaces));
	struct table table = {calloc(room + 1, sizeof(*table.keys)),
			      calloc(room + 1, sizeof(*table.services)), 0};
	int error = -ENOMEM;

	if (!table.keys || !table.services) {
		why_fill(why, error, "no memory for the listeners");
		goto out;
	}
	add(&table, config, NAMESPACE_OWN, gate_namespace_cookie());
	for (unsigned int i = 0; i < namespaces_count(namespaces); i++) {
		struct namespace_view view;

		namespaces_view(namespaces, i, &view);
		if (view.here)
			add(&table, config, (int)i, view.cookie);
	}
	error = gate_listeners(gate, table.keys, table.services, table.count, why);
out:
	free(table.keys);
	free(table.services);
	return error;
}
