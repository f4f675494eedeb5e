/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_settings.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "gate_maps.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t gate_now_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

static int write_settings(const struct gate *self, const struct settings *settings)
{
	uint32_t zero = 0;

	return bpf_map_update_elem(self->maps[MAP_SETTINGS], &zero, settings, BPF_ANY) ? -errno : 0;
}

/* The programs' clock stands still in a suspend and this offset makes up for it. */
static uint64_t boot_offset(void)
{
	uint64_t monotonic = clock_ns(CLOCK_MONOTONIC), boot = clock_ns(CLOCK_BOOTTIME);

	return boot - monotonic;
}

static bool has_secret(const struct settings *settings)
{
	return settings->hash_key[0] || settings->hash_key[1];
}

static int begin(struct settings *ret)
{
	struct settings self = {.mode = MODE_OBSERVE};

	if (getrandom(self.hash_key, sizeof(self.hash_key), 0) != sizeof(self.hash_key))
		return -errno;
	for (int i = 0; i < SERVICES_MAX; i++)
		self.services[i].floor = FLOOR_OPEN;
	*ret = self;
	return 0;
}

int settings_start(struct gate *self, struct why *why)
{
	uint32_t zero = 0;
	int error = 0;

	if (bpf_map_lookup_elem(self->maps[MAP_SETTINGS], &zero, &self->settings))
		error = -errno;
	if (!error && !has_secret(&self->settings))
		error = begin(&self->settings);
	self->settings.abi = PEERGATE_ABI;
	self->settings.boot_offset = boot_offset();
	self->settings.prefixes = self->entries[MAP_PREFIXES];
	self->settings.closing = self->entries[MAP_CLOSURES];
	if (!error)
		error = write_settings(self, &self->settings);
	return error ? why_fill(why, error, "settings: cannot write them: %s", strerror(-error))
		     : 0;
}

int settings_count(struct gate *self)
{
	self->settings.prefixes = self->entries[MAP_PREFIXES];
	self->settings.closing = self->entries[MAP_CLOSURES];
	return write_settings(self, &self->settings);
}

int gate_settings_put(struct gate *self, const struct settings *settings, struct why *why)
{
	struct settings next = *settings;
	int error;

	next.abi = self->settings.abi;
	next.lease = self->settings.lease;
	next.boot_offset = boot_offset();
	next.prefixes = self->settings.prefixes;
	next.closing = self->settings.closing;
	memcpy(next.hash_key, self->settings.hash_key, sizeof(next.hash_key));
	error = write_settings(self, &next);
	if (error)
		return why_fill(why, error, "settings: cannot write them: %s", strerror(-error));
	self->settings = next;
	return 0;
}

void gate_settings_held(const struct gate *self, struct settings *ret)
{
	*ret = self->settings;
}

int gate_lease(struct gate *self, uint64_t lease_ns)
{
	int error;

	if (pins_are_gone(&self->pins))
		return -ESTALE;
	self->settings.lease = clock_ns(CLOCK_MONOTONIC) + lease_ns;
	self->settings.boot_offset = boot_offset();
	error = write_settings(self, &self->settings);
	if (!error)
		self->leased_ns = gate_now_ns();
	return error;
}

uint64_t gate_lease_age_ns(const struct gate *self)
{
	return self->leased_ns ? gate_now_ns() - self->leased_ns : UINT64_MAX;
}

int gate_services(struct gate *self, const struct port_key *ports, const struct service *services,
		  unsigned int count, struct why *why)
{
	int error;

	for (unsigned int i = 0; i < count; i++) {
		if (!bpf_map_update_elem(self->maps[MAP_SERVICES], &ports[i], &services[i],
					 BPF_ANY))
			continue;
		return why_fill(why, -errno, "services: no room for port %u: %u ports at most",
				ports[i].port, self->max[MAP_SERVICES]);
	}
	error = map_keep(self->maps[MAP_SERVICES], ports, sizeof(*ports), count);
	if (error)
		return why_fill(why, error, "services: cannot remove a port: %s", strerror(-error));
	self->entries[MAP_SERVICES] = count;
	return 0;
}
