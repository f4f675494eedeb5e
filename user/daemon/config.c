/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include <peergate/words.h>

#include "config_processes.h"
#include "log.h"
#include "units.h"

enum { KEYS_MAX = 128 };

void config_default(struct config *ret)
{
	memset(ret, 0, sizeof(*ret));
	strcpy(ret->run_dir, "/run/peergate");
	strcpy(ret->pin_dir, "/sys/fs/bpf/peergate");
	strcpy(ret->store, "/var/lib/peergate/peergate.db");
	ret->log_format = LOG_FORMAT_TEXT;
	ret->log_level = LOG_LEVEL_INFO;
	ret->sources_max = 131072;
	ret->prefixes_max = 16384;
	ret->pace_max = 65536;
	ret->witness_max = 131072;
	/* An honest peer dials again after tens of seconds; a conference behind one address needs the burst. */
	ret->pace_ns = NS_PER_S;
	ret->pace_burst = 32;
	/* POLICY: faster than 1 in 30 s only buys attackers a door. */
	ret->newcomers_ns = 60 * NS_PER_S;
	ret->newcomers_burst = 2;
	/* POLICY, law 8: some hundreds a second. A listener answers ten times as many without noticing. */
	ret->unproven_ns = NS_PER_S / 200;
	ret->unproven_burst = 200;
	/*
	 * libp2p lets in 8 at once from one address, so a house or a cloud's exit with several nodes has some; twice that hurts
	 * nobody honest. A /56 is a customer, a /48 a site: two and eight full sources.
	 */
	ret->living.all = 16;
	/* libp2p closes a QUIC connection that has been silent for 30 s; both its ends have by then. */
	ret->closing_ns = 35 * NS_PER_S;
	ret->living_56.all = 32;
	ret->living_48.all = 128;
	ret->lease_ns = 3 * NS_PER_S;
	ret->leak = 65536 / 32;
	ret->samples_per_s = 10;
	/* DNS, NTP, DNS over TLS, the execution client (JSON-RPC, WebSocket, engine API), mev-boost. */
	ret->dial = (struct config_dial){.ports = {53, 123, 853, 8545, 8546, 8551, 18550}};
	/* Honest nodes fail a few times while they start; clients cut a mute peer after ten seconds. */
	ret->census_ns = 10 * NS_PER_S;
	ret->churn = 5;
	ret->churn_short_ns = 15 * NS_PER_S;
	ret->corroborate = true;
	ret->corroborate_slack_ns = 15 * NS_PER_S;
	ret->wire = (struct config_wire){
		.value_max = 4 << 20, .depth_max = 32, .clients_max = 64, .output_max = 1 << 20};
	policy_settings_default(&ret->policy);
}

const struct config_key *config_find(const char *name, struct why *why)
{
	const char *names[KEYS_MAX], *near;
	unsigned int count = 0;

	for (unsigned int i = 0; i < config_key_count; i++) {
		if (!strcmp(config_keys[i].name, name))
			return &config_keys[i];
		if (count < KEYS_MAX)
			names[count++] = config_keys[i].name;
	}
	near = nearest_word(name, names, count);
	why_fill(why, -EINVAL, "unknown key \"%.40s\"%s%s%s", name, near ? "; did you mean " : "",
		 near ? near : "", near ? "?" : "");
	return NULL;
}

int config_set(struct config *self, const char *name, const char *value, struct why *why)
{
	const struct config_key *key = config_find(name, why);
	struct why cause = {""};
	int error;

	if (!key)
		return -EINVAL;
	error = key->set(self, key, value, &cause);
	return error ? why_fill(why, error, "%s: %s", name, cause.sentence) : 0;
}

void config_clear(struct config *self, const struct config_key *key)
{
	memset((char *)self + key->offset, 0, key->size);
}

bool config_differs(const struct config *self, const struct config *next,
		    const struct config_key *key)
{
	return memcmp((const char *)self + key->offset, (const char *)next + key->offset,
		      key->size);
}

/* One run through a file: inih tells no line numbers to the handler, so the reader counts them. */
struct reading {
	struct config *config;
	FILE *file;
	unsigned int line;
	int error;
	struct why why;
};

static char *read_line(char *line, int room, void *context)
{
	struct reading *self = context;
	size_t length;

	if (self->error || !fgets(line, room, self->file))
		return NULL;
	self->line++;
	length = strlen(line);
	if (length + 1 == (size_t)room && line[length - 1] != '\n') {
		self->error = why_fill(&self->why, -EINVAL, "longer than %d letters", room - 2);
		return NULL;
	}
	return line;
}

static int take_key(void *context, const char *section, const char *name, const char *value)
{
	struct reading *self = context;

	if (self->error)
		return 0;
	if (section[0])
		self->error = why_fill(&self->why, -EINVAL,
				       "[%.40s]: there are no sections, keys stand alone", section);
	else
		self->error = config_set(self->config, name, value, &self->why);
	return !self->error;
}

int config_load(struct config *self, const char *path, struct why *why)
{
	struct reading reading = {.config = self, .file = fopen(path, "re")};
	int line;

	if (!reading.file)
		return why_fill(why, -errno, "%s: %s", path, strerror(errno));
	errno = 0;
	line = ini_parse_stream(read_line, &reading, take_key, &reading);
	if (ferror(reading.file)) { /* a folder, for one, is opened but not read */
		int error = errno ? -errno : -EIO;

		fclose(reading.file);
		return why_fill(why, error, "%s: %s", path, strerror(-error));
	}
	fclose(reading.file);
	if (line > 0 && !reading.error)
		reading.error =
			why_fill(&reading.why, -EINVAL, "neither KEY = VALUE nor a comment");
	if (reading.error)
		return why_fill(why, reading.error, "%s:%u: %s", path,
				line > 0 ? (unsigned int)line : reading.line, reading.why.sentence);
	return 0;
}

static int check_rate(const char *key, uint64_t interval_ns, uint32_t burst, struct why *why)
{
	if (interval_ns <= 86400 * NS_PER_S && interval_ns * (uint64_t)burst <= 86400 * NS_PER_S)
		return 0;
	return why_fill(why, -ERANGE, "%s: a burst of %u at this rate takes longer than a day", key,
			burst);
}

static int check_limit(const struct config *self, const char *key, const struct config_limit *limit,
		       struct why *why)
{
	struct why cause = {""};

	for (uint32_t i = 0; i < limit->own_count; i++)
		if (config_service(self, limit->own[i].service, &cause) < 0)
			return why_fill(why, -EINVAL, "%s: %s", key, cause.sentence);
	return 0;
}

static int check_limits(const struct config *self, struct why *why)
{
	int error = check_limit(self, "living", &self->living, why);

	if (!error)
		error = check_limit(self, "living-contested", &self->living_contested, why);
	if (!error)
		error = check_limit(self, "living-56", &self->living_56, why);
	if (!error)
		error = check_limit(self, "living-48", &self->living_48, why);
	return error;
}

int config_check(struct config *self, struct why *why)
{
	int error;

	/* The kernel holds some of what the book knows; a larger table of the kernel makes a larger book. */
	self->policy.held_max = self->sources_max;
	if (self->policy.sources_max < self->sources_max)
		self->policy.sources_max = self->sources_max;
	self->policy.prefixes_max = self->prefixes_max;
	error = check_rate("pace", self->pace_ns, self->pace_burst, why);
	if (!error)
		error = check_rate("newcomers", self->newcomers_ns, self->newcomers_burst, why);
	if (!error)
		error = check_rate("unproven", self->unproven_ns, self->unproven_burst, why);
	if (!error)
		error = check_limits(self, why);
	if (error)
		return error;
	if (self->interface_count && !self->service_count)
		return why_fill(why, -EINVAL,
				"%s is to be gated, but no service is named: give --service "
				"NAME=tcp:PORT,quic:PORT",
				self->interfaces[0]);
	error = config_processes_check(self, why);
	return error ? error : policy_settings_check(&self->policy, why);
}

static struct rate rate_of(uint64_t interval_ns, uint32_t burst)
{
	return (struct rate){interval_ns, (burst - 1) * interval_ns};
}

void config_settings(const struct config *self, struct settings *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->mode = self->mode;
	ret->resets = self->resets;
	ret->leak = self->leak;
	ret->samples_per_s = self->samples_per_s;
	ret->dial = self->dial.reach;
	ret->dial_banned = self->dial.banned;
	memcpy(ret->dial_ports, self->dial.ports, sizeof(ret->dial_ports));
	for (unsigned int i = 0; i < SERVICES_MAX; i++)
		ret->services[i] = (struct limits){
			.pace = rate_of(self->pace_ns, self->pace_burst),
			.newcomers = rate_of(self->newcomers_ns, self->newcomers_burst),
			.unproven = rate_of(self->unproven_ns, self->unproven_burst),
			.living = config_limit_of(&self->living, self->services[i]),
			.living_56 = config_limit_of(&self->living_56, self->services[i]),
			.living_48 = config_limit_of(&self->living_48, self->services[i]),
			.floor = FLOOR_OPEN,
		};
	ret->churn = self->churn;
	ret->short_ns = self->churn_short_ns;
}

bool config_has_interface(const struct config *self, const char *name)
{
	for (unsigned int i = 0; i < self->interface_count; i++)
		if (!strcmp(self->interfaces[i], name))
			return true;
	return false;
}

bool config_netns_serves(const struct config *self, const struct config_netns *netns,
			 unsigned int service)
{
	return !netns->service[0] || !strcmp(netns->service, self->services[service]);
}

int config_service(const struct config *self, const char *name, struct why *why)
{
	const char *names[SERVICES_MAX], *near;

	for (unsigned int i = 0; i < self->service_count; i++) {
		if (!strcmp(self->services[i], name))
			return (int)i;
		names[i] = self->services[i];
	}
	near = nearest_word(name, names, self->service_count);
	return why_fill(why, -EINVAL, "no service \"%.40s\" is gated%s%s%s", name,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
