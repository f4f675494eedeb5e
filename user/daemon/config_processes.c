/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_processes.h"

#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "cgroup_name.h"
#include "namespace_find.h"

static bool stands_alone(const char *cgroup)
{
	return cgroup[0] != '/' && !strchr(cgroup, ':');
}

int config_set_cgroup(struct config *config, const struct config_key *key, const char *value,
		      struct why *why)
{
	unsigned int n = config->cgroup_count;
	enum cgroup_kind kind;
	const char *name;
	int error = cgroup_name_parse(value, &kind, &name, why);

	(void)key;
	if (error)
		return error;
	if (strlen(value) >= CONFIG_PATH_MAX)
		return why_fill(why, -EINVAL, "\"%.40s…\" is longer than %d letters", value,
				CONFIG_PATH_MAX - 1);
	for (unsigned int i = 0; i < n; i++) {
		const char *other = config->cgroups[i];

		if (!strcmp(other, value))
			return why_fill(why, -EINVAL, "%s is named twice", value);
		if (stands_alone(value) || stands_alone(other))
			return why_fill(why, -EINVAL,
					"%s and %s exclude each other: %s stands alone", other,
					value, stands_alone(value) ? value : other);
	}
	if (n == CONFIG_CGROUPS_MAX)
		return why_fill(why, -EINVAL, "more than %d cgroups", CONFIG_CGROUPS_MAX);
	strcpy(config->cgroups[config->cgroup_count++], value);
	return 0;
}

int config_set_netns(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	struct config_netns netns = {.name = ""};
	const char *name = value;
	size_t service = strcspn(value, "=/:");
	int error;

	(void)key;
	if (value[service] == '=') {
		if (!service || service >= SERVICE_NAME_MAX)
			return why_fill(why, -EINVAL, "\"%.40s\": no service is called so", value);
		memcpy(netns.service, value, service);
		name += service + 1;
	}
	error = namespace_name_check(name, why);
	if (error)
		return error;
	if (strlen(name) >= sizeof(netns.name))
		return why_fill(why, -EINVAL, "\"%.40s…\" is longer than %d letters", name,
				CONFIG_PATH_MAX - 1);
	strcpy(netns.name, name);
	for (unsigned int i = 0; i < config->netns_count; i++)
		if (!strcmp(config->netns[i].name, name))
			return why_fill(why, -EINVAL,
					"%s is named twice: without SERVICE= it is there for all",
					name);
	if (config->netns_count == CONFIG_NETNS_MAX)
		return why_fill(why, -EINVAL, "more than %d namespaces", CONFIG_NETNS_MAX);
	config->netns[config->netns_count++] = netns;
	return 0;
}

static const struct config_port *first_in(const struct config *self,
					  const struct config_netns *netns,
					  const struct config_port *like)
{
	const struct config_port *port = self->ports;

	while (port->container != like->container || port->key.transport != like->key.transport ||
	       !config_netns_serves(self, netns, port->service))
		port++;
	return port;
}

/* Two published ports may lead to one port of a container, but that has one service. */
static int check_ports(const struct config *self, const struct config_netns *netns, struct why *why)
{
	for (unsigned int i = 0; i < self->port_count; i++) {
		const struct config_port *port = &self->ports[i], *first;

		if (!config_netns_serves(self, netns, port->service))
			continue;
		first = first_in(self, netns, port);
		if (first->service != port->service)
			return why_fill(why, -EINVAL,
					"netns: in %s %s:%u would be both %s's and %s's: say whose "
					"namespace it is by netns = %s=%s",
					netns->name, transport_word(port->key.transport),
					port->container, self->services[first->service],
					self->services[port->service],
					self->services[first->service], netns->name);
	}
	return 0;
}

static int check_seen(const struct config *self, const struct config_port *port, struct why *why)
{
	if (port->container == port->key.port)
		return 0;
	for (unsigned int i = 0; i < self->netns_count; i++)
		if (config_netns_serves(self, &self->netns[i], port->service))
			return 0;
	return why_fill(
		why, -EINVAL,
		"service: %s:%u:%u of %s names a port inside a container, but no netns of its "
		"is given: add netns = container:ID or netns = /run/netns/NAME",
		transport_word(port->key.transport), port->key.port, port->container,
		self->services[port->service]);
}

int config_processes_check(const struct config *self, struct why *why)
{
	int error = 0;

	for (unsigned int i = 0; i < self->netns_count && !error; i++) {
		const struct config_netns *netns = &self->netns[i];

		if (netns->service[0])
			error = config_service(self, netns->service, why);
		error = error < 0
				? why_lead(why, error, "netns = %s=%s", netns->service, netns->name)
				: check_ports(self, netns, why);
	}
	for (unsigned int i = 0; i < self->port_count && !error; i++)
		error = check_seen(self, &self->ports[i], why);
	return error;
}
