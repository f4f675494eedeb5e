/* SPDX-License-Identifier: BSD-2-Clause */
/* server_reload: SIGHUP: the configuration is read again, and what can change while packets pass does. */
#include <string.h>

#include "log.h"
#include "options.h"
#include "server.h"
#include "server_witness.h"

/* What needs a restart stays as it is, and is told. */
static void keep_fixed(struct server *self, struct config *next)
{
	struct config *now = &self->engine.config;

	for (unsigned int i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		if (!config_differs(now, next, key))
			continue;
		if (key->change == CHANGE_LIVE) {
			log_info("reload: %s changes", key->name);
			continue;
		}
		log_warning("reload: %s changes with the next restart only", key->name);
		memcpy((char *)next + key->offset, (char *)now + key->offset, key->size);
	}
}

static bool is_away(const struct server *self, const char *ifname)
{
	struct gate_interface held[GATE_INTERFACES_MAX];
	unsigned int count = gate_interfaces(self->engine.gate, held, GATE_INTERFACES_MAX);

	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(held[i].name, ifname))
			return held[i].rung == RUNG_AUTO;
	return false;
}

/* As at a start: a name that cannot be gated takes nothing off. One that was gated and is away now is waited for as before. */
static int check_interfaces(struct server *self, const struct config *next, struct why *why)
{
	char asked[GATE_INTERFACES_MAX][IFNAMSIZ];
	unsigned int count = 0;

	for (unsigned int i = 0; i < next->interface_count; i++)
		if (!is_away(self, next->interfaces[i]))
			memcpy(asked[count++], next->interfaces[i], IFNAMSIZ);
	return gate_check(self->engine.gate, asked, count, self->engine.config.attach,
			  next->gate_lo, why);
}

static void attach_new(struct server *self, const struct config *before)
{
	const struct config *now = &self->engine.config;

	for (unsigned int i = 0; i < now->interface_count; i++) {
		struct why why = {""};

		if (config_has_interface(before, now->interfaces[i]))
			continue;
		if (gate_attach(self->engine.gate, now->interfaces[i], now->attach, now->gate_lo,
				&why))
			log_error("reload: %s", why.sentence);
		else
			log_info("reload: %s is gated", now->interfaces[i]);
	}
}

void server_reload(struct server *self)
{
	struct config next, before;
	struct why why = {""};
	int error = options_config(self->options, &next, &why);

	if (!error)
		error = config_check(&next, &why);
	if (!error)
		error = check_interfaces(self, &next, &why);
	if (error) {
		log_error("reload: %s; everything stays as it is", why.sentence);
		return;
	}
	before = self->engine.config;
	keep_fixed(self, &next);
	error = engine_configure(&self->engine, &next, &why);
	if (error) {
		log_error("reload: %s", why.sentence);
		return;
	}
	log_setup((enum log_level)next.log_level, (enum log_format)next.log_format);
	server_census_period(self);
	attach_new(self, &before);
	server_detach_unwanted(self);
	engine_refresh_guard(&self->engine);
	processes_reload(&self->processes);
	server_witness_warn(self);
	log_info("reloaded");
}
