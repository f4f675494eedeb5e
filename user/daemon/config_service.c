/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_service.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "units.h"

enum { TEXT_MAX = 1024, PORT_MAX = 65535 };

static int check_name(const struct config *config, const char *name, struct why *why)
{
	size_t length = strlen(name);

	if (!length || length >= SERVICE_NAME_MAX)
		return why_fill(why, -EINVAL, "\"%.40s\" is no name of a service: 1 to %d letters",
				name, SERVICE_NAME_MAX - 1);
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			return why_fill(
				why, -EINVAL,
				"\"%s\": a service's name has letters, digits, - and _ only", name);
	for (unsigned int i = 0; i < config->service_count; i++)
		if (!strcmp(config->services[i], name))
			return why_fill(why, -EINVAL, "service %s is named twice", name);
	if (config->service_count == SERVICES_MAX)
		return why_fill(why, -EINVAL, "%s is one service too many: at most %d", name,
				SERVICES_MAX);
	return 0;
}

static int add_port(struct config *config, const struct config_port *port, struct why *why)
{
	unsigned int n = config->port_count;

	for (unsigned int i = 0; i < n; i++) {
		const struct config_port *other = &config->ports[i];

		if (other->key.port == port->key.port &&
		    other->key.transport == port->key.transport)
			return why_fill(
				why, -EINVAL,
				"%s:%u is named twice, in %s and %s: a port has one service",
				transport_word(port->key.transport), port->key.port,
				config->services[other->service],
				config->services[config->service_count]);
	}
	if (n == CONFIG_PORTS_MAX)
		return why_fill(why, -EINVAL, "more than %d ports", CONFIG_PORTS_MAX);
	config->ports[n] = *port;
	config->ports[n].service = (uint8_t)config->service_count;
	config->port_count++;
	return 0;
}

static int parse_port(const char *text, const char *whole, uint64_t *ret, struct why *why)
{
	if (!whole_parse(text, 1, PORT_MAX, ret, NULL))
		return 0;
	return why_fill(why, -EINVAL, "\"%.40s\": \"%.20s\" is no port: 1 .. %d", whole, text,
			PORT_MAX);
}

struct range {
	uint64_t from, to;
};

/* "13000" or "9000-9003". */
static int parse_range(char *text, const char *whole, struct range *ret, struct why *why)
{
	char *last = strchr(text, '-');
	int error;

	if (last)
		*last++ = '\0';
	error = parse_port(text, whole, &ret->from, why);
	if (!error)
		error = parse_port(last ? last : text, whole, &ret->to, why);
	if (!error && ret->to < ret->from)
		return why_fill(why, -EINVAL, "\"%.40s\": %s-%s ends before it begins", whole, text,
				last);
	return error;
}

/* Published ports and, behind another colon, those inside the container, as docker writes it. */
static int parse_ranges(char *text, const char *whole, struct range *ret_published,
			struct range *ret_inside, struct why *why)
{
	char *inside = strchr(text, ':');
	int error;

	if (inside)
		*inside++ = '\0';
	error = parse_range(text, whole, ret_published, why);
	*ret_inside = *ret_published;
	if (!error && inside)
		error = parse_range(inside, whole, ret_inside, why);
	if (!error && ret_inside->to - ret_inside->from != ret_published->to - ret_published->from)
		return why_fill(why, -EINVAL,
				"\"%.40s\": %u published ports, but %u in the container: give as "
				"many on both sides",
				whole, (unsigned int)(ret_published->to - ret_published->from + 1),
				(unsigned int)(ret_inside->to - ret_inside->from + 1));
	return error;
}

/* "tcp:13000", "quic:9000-9003" or "tcp:13000:9000". */
static int add_ports(struct config *config, char *text, struct why *why)
{
	struct range published, inside;
	struct config_port port = {0};
	char *ports = strchr(text, ':'), whole[48] = "";
	int transport, error;

	strncpy(whole, text, sizeof(whole) - 1);
	if (!ports)
		return why_fill(why, -EINVAL,
				"\"%.40s\" is no port: write tcp:13000 or quic:9000-9003", text);
	*ports++ = '\0';
	transport = transport_of(text);
	if (transport < 0)
		return why_fill(why, -EINVAL, "\"%.40s\" is neither tcp nor quic", text);
	port.key.transport = (enum transport)transport;
	error = parse_ranges(ports, whole, &published, &inside, why);
	for (uint64_t i = 0; !error && i <= published.to - published.from; i++) {
		port.key.port = (uint16_t)(published.from + i);
		port.container = (uint16_t)(inside.from + i);
		error = add_port(config, &port, why);
	}
	return error;
}

static int add_all(struct config *config, char *text, struct why *why)
{
	char *ports = strchr(text, '='), *one;
	int error;

	if (!ports)
		return why_fill(why, -EINVAL,
				"\"%.40s\" is no service: write NAME=tcp:13000,quic:13000", text);
	*ports++ = '\0';
	error = check_name(config, text, why);
	if (error)
		return error;
	strcpy(config->services[config->service_count], text);
	while (!error && (one = strsep(&ports, ",")))
		error = add_ports(config, one + strspn(one, " \t"), why);
	return error;
}

int config_service_add(struct config *config, const char *text, struct why *why)
{
	unsigned int ports = config->port_count;
	char copy[TEXT_MAX];
	int error;

	if (strlen(text) >= sizeof(copy))
		return why_fill(why, -EINVAL, "a service's text is longer than %d letters",
				TEXT_MAX - 1);
	strcpy(copy, text);
	error = add_all(config, copy, why);
	if (!error) {
		config->service_count++;
		return 0;
	}
	if (config->service_count < SERVICES_MAX)
		memset(config->services[config->service_count], 0, SERVICE_NAME_MAX);
	memset(&config->ports[ports], 0, (config->port_count - ports) * sizeof(config->ports[0]));
	config->port_count = ports;
	return error;
}
