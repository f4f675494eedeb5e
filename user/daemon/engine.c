/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "listeners.h"
#include "log.h"
#include "save.h"
#include "units.h"
#include "witness_book.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

json_t *engine_unix(uint64_t boot_ns)
{
	uint64_t offset = clock_ns(CLOCK_REALTIME) - gate_now_ns();

	if (!boot_ns || boot_ns == FOREVER_NS)
		return json_null();
	return json_integer((json_int_t)((boot_ns + offset + NS_PER_S / 2) / NS_PER_S));
}

bool engine_boot_ns(double unix_s, uint64_t *ret_ns)
{
	double ago_s = (double)clock_ns(CLOCK_REALTIME) / NS_PER_S - unix_s;
	uint64_t now_ns = gate_now_ns();

	if (ago_s * NS_PER_S >= (double)now_ns)
		return false;
	*ret_ns = now_ns - (uint64_t)(int64_t)(ago_s * NS_PER_S);
	return true;
}

/* They wait until the call that made them is over: many are written at once. */
static void decide(void *context, const struct decision *decision)
{
	struct engine *self = context;

	self->decisions[self->decision_count++] = *decision;
	if (self->decision_count == DECISIONS_MAX)
		engine_flush(self);
}

static void set_floor(void *context, unsigned int service, int8_t floor)
{
	struct engine *self = context;
	struct why why = {""};
	int error;

	if (service >= SERVICES_MAX)
		return;
	self->settings.services[service].floor = floor;
	error = gate_settings_put(self->gate, &self->settings, &why);
	if (error)
		engine_fail(self, error, &why);
}

static void set_neighbours(void *context, const struct source_key *prefix56, uint32_t sources)
{
	struct engine *self = context;
	struct why why = {""};
	int error = gate_neighbours(self->gate, prefix56, sources);

	if (!error || (!sources && error == -ENOENT))
		return;
	why_fill(&why, error, "the map of neighbours: %s", strerror(-error));
	engine_fail(self, error, &why);
}

/* A follower's word; see docs/POLICY.md, 2a. */
static bool saw(void *context, const struct source_key *source, int service, uint64_t at_ns)
{
	const struct engine *self = context;
	struct witness witness;

	if (!self->config.corroborate)
		return true;
	if (gate_witness(self->gate, source, &witness))
		return false;
	return book_saw(&witness, service, at_ns, self->config.corroborate_slack_ns, gate_now_ns());
}

int engine_settle(struct engine *self, struct why *why)
{
	int failure;

	engine_flush(self);
	failure = self->failure;
	self->failure = 0;
	if (failure)
		why_fill(why, failure, "%s", self->failure_why.sentence);
	closing_run(self);
	return failure;
}

static int restore(void *context, const struct prefix *prefix, const struct record *record)
{
	struct engine *self = context;
	struct decision held = {
		.prefix = *prefix,
		.until_ns = record->until,
		.by_operator = record->until & UNTIL_OPERATOR,
		.score = record->score,
		.standing = record->standing,
		.reason = record->reason,
		.services = record->services,
	};

	return policy_restore(self->policy, &held, self->started_ns);
}

static int put_services(struct engine *self, const struct config *config, struct why *why)
{
	struct port_key keys[CONFIG_PORTS_MAX];
	struct service services[CONFIG_PORTS_MAX];

	memset(services, 0, sizeof(services));
	for (unsigned int i = 0; i < config->port_count; i++) {
		keys[i] = config->ports[i].key;
		services[i].id = config->ports[i].service;
		strcpy(services[i].name, config->services[services[i].id]);
	}
	return gate_services(self->gate, keys, services, config->port_count, why);
}

/* Whom the gate cannot know by name it lets share a source only while there is room; see docs/POLICY.md, "admit". */
static uint32_t living_of(const struct engine *self, const struct config *config,
			  unsigned int service)
{
	const char *name = config->services[service];
	uint32_t usual = config_limit_of(&config->living, name);
	uint32_t contested = config_limit_of(&config->living_contested, name);

	if (!contested || !policy_is_contested(self->policy, service, gate_now_ns()))
		return usual;
	return usual && usual < contested ? usual : contested;
}

int engine_configure(struct engine *self, const struct config *config, struct why *why)
{
	struct settings next;
	int error = put_services(self, config, why);

	if (!error)
		error = listeners_put(self->gate, config, self->namespaces, why);
	if (error)
		return error;
	config_settings(config, &next);
	for (unsigned int i = 0; i < SERVICES_MAX; i++) {
		next.services[i].floor = self->settings.services[i].floor;
		next.services[i].witnessed = self->settings.services[i].witnessed;
		next.services[i].living = living_of(self, config, i);
	}
	if (!config->has_mode)
		next.mode = self->settings.mode;
	error = gate_settings_put(self->gate, &next, why);
	if (error)
		return error;
	self->settings = next;
	self->config = *config;
	return 0;
}

int engine_listeners(struct engine *self, struct why *why)
{
	return listeners_put(self->gate, &self->config, self->namespaces, why);
}

int engine_mode(struct engine *self, enum mode mode, struct why *why)
{
	struct settings next = self->settings;
	int error;

	next.mode = mode;
	error = gate_settings_put(self->gate, &next, why);
	if (error)
		return error;
	self->settings = next;
	/* So that a reload sees, and tells, that it changes the mode back. */
	if (self->config.has_mode)
		self->config.mode = mode;
	return 0;
}

void engine_refresh_guard(struct engine *self)
{
	struct why why = {""};
	struct prefix all[GUARD_MAX + CONFIG_PROTECT_MAX];
	size_t count;

	guard_refresh(&self->guard, gate_now_ns());
	count = guard_prefixes(&self->guard, all);
	memcpy(all + count, self->config.protect,
	       self->config.protect_count * sizeof(*self->config.protect));
	if (policy_protect(self->policy, all, count + self->config.protect_count, &why))
		log_error("protected addresses: %s; the former list stays", why.sentence);
	engine_flush(self);
}

int engine_guard(struct engine *self, const struct prefix *prefix, struct why *why)
{
	uint64_t now_ns = gate_now_ns();

	/* Who logged in a moment ago counts too; reading the tables for each of 100,000 bans would not do. */
	if (now_ns - self->guard.read_ns > NS_PER_S)
		guard_refresh(&self->guard, now_ns);
	return guard_check(&self->guard, prefix, why);
}

int engine_open(struct engine *self, const struct config *config, struct gate *gate,
		struct namespaces *namespaces, struct why *why)
{
	const struct policy_output output = {self, decide, set_floor, set_neighbours, saw};
	uint64_t seed = 0;
	int error;

	memset(self, 0, sizeof(*self));
	self->gate = gate;
	self->namespaces = namespaces;
	gate_namespaces(gate, namespaces);
	self->started_ns = gate_now_ns();
	self->decisions = calloc(DECISIONS_MAX, sizeof(*self->decisions));
	if (!self->decisions)
		return -ENOMEM;
	guard_init(&self->guard);
	gate_settings_held(gate, &self->settings);
	for (unsigned int i = 0; i < SERVICES_MAX; i++)
		self->settings.services[i].floor = FLOOR_OPEN;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return why_fill(why, -EIO, "no random numbers: getrandom: %s", strerror(errno));
	error = policy_new(&self->policy, &config->policy, &output, seed, why);
	if (error)
		return error;
	policy_tick(self->policy, self->started_ns);
	error = engine_configure(self, config, why);
	if (!error)
		engine_refresh_guard(self);
	return error;
}

int engine_restore(struct engine *self, bool held, struct why *why)
{
	int error = held ? gate_each(self->gate, restore, self) : 0;

	policy_load_end(self->policy);
	engine_write_end(self);
	policy_tick(self->policy, gate_now_ns());
	if (error)
		return why_fill(why, error, "what the gate holds cannot be taken over: %s",
				strerror(-error));
	return engine_settle(self, why);
}

void engine_close(struct engine *self)
{
	policy_free(self->policy);
	self->policy = NULL;
	free(self->decisions);
	self->decisions = NULL;
}

/* Newcomers pay when they are established, where somebody sees that; a door that comes or goes changes it. */
static int look_at_doors(struct engine *self, struct why *why)
{
	struct settings next = self->settings;
	uint8_t witnessed = gate_witnesses(self->gate);
	int error;

	if (next.services[0].witnessed == witnessed)
		return 0;
	for (unsigned int i = 0; i < SERVICES_MAX; i++)
		next.services[i].witnessed = witnessed;
	error = gate_settings_put(self->gate, &next, why);
	if (!error)
		self->settings = next;
	return error;
}

/* A service has become contested, or is so no more. */
static int look_at_room(struct engine *self, struct why *why)
{
	struct settings next = self->settings;
	bool differs = false;
	int error;

	for (unsigned int i = 0; i < SERVICES_MAX; i++) {
		next.services[i].living = living_of(self, &self->config, i);
		differs = differs || next.services[i].living != self->settings.services[i].living;
	}
	if (!differs)
		return 0;
	error = gate_settings_put(self->gate, &next, why);
	if (!error)
		self->settings = next;
	return error;
}

int engine_tick(struct engine *self, struct why *why)
{
	int error = gate_lease(self->gate, self->config.lease_ns);

	gate_closures_tick(self->gate);
	policy_tick(self->policy, gate_now_ns());
	engine_flush(self);
	if (error)
		return why_fill(why, error, "the lease was not renewed: %s", strerror(-error));
	error = look_at_doors(self, why);
	if (!error)
		error = look_at_room(self, why);
	if (error)
		return error;
	return engine_settle(self, why);
}
