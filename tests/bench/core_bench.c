/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core_bench: what the policy alone costs, on one core: an operator's bans and unbans, reports that ban, reports that only
 * count, at several set sizes. Random sources (IPv4 and, every fourth, IPv6), each drawn once; decisions go nowhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy.h"

#define S UINT64_C(1000000000)

struct bench {
	struct policy *policy;
	struct addr *addrs;
	uint32_t count;
	uint64_t told;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void decide(void *context, const struct decision *decision)
{
	(void)decision;
	((struct bench *)context)->told++;
}

static void floors(void *context, unsigned int service, int8_t floor)
{
	(void)context;
	(void)service;
	(void)floor;
}

static void neighbours(void *context, const struct source_key *prefix56, uint32_t sources)
{
	(void)context;
	(void)prefix56;
	(void)sources;
}

/* A permutation of 32 bits: random-looking, and never the same address twice. */
static uint32_t scatter(uint32_t i)
{
	i *= 0x9e3779b1u;
	i ^= i >> 16;
	i *= 0x85ebca6bu;
	i ^= i >> 13;
	return i * 0xc2b2ae35u;
}

/* 44.0.0.0 .. 107.255.255.255 has no protected range; 2001:db8 stands for the rest. */
static struct addr draw(uint32_t i)
{
	uint32_t bits = scatter(i);
	struct addr addr = {{0}};

	if (i % 4 == 0) {
		memcpy(addr.bytes, "\x20\x01\x0d\xb8", 4);
		memcpy(addr.bytes + 4, &bits, 4);
	} else {
		addr.bytes[10] = addr.bytes[11] = 0xff;
		memcpy(addr.bytes + 12, &bits, 4);
		addr.bytes[12] = (uint8_t)(44 + addr.bytes[12] % 53);
	}
	return addr;
}

static struct prefix source_of(const struct bench *self, uint32_t i)
{
	struct source_key key = addr_source(&self->addrs[i]);

	return source_prefix(&key);
}

static void ban(struct bench *self, uint32_t i, uint64_t now)
{
	struct prefix prefix = source_of(self, i);

	if (policy_ban(self->policy, &prefix, now + 3600 * S, REASON_OPERATOR, now, NULL))
		abort();
}

static void unban(struct bench *self, uint32_t i, uint64_t now)
{
	struct prefix prefix = source_of(self, i);

	policy_unban(self->policy, &prefix, now, NULL); /* two draws may be one source */
}

static void say(struct bench *self, uint32_t i, uint64_t now, enum report_event event,
		enum report_result result)
{
	struct report report = {.has_addr = true,
				.addr = self->addrs[i],
				.port = 1,
				.direction = DIRECTION_INBOUND,
				.service = 0,
				.event = event,
				.result = result};

	snprintf(report.peer, sizeof(report.peer), "16Uiu2HAm%08x", i);
	if (policy_report(self->policy, &report, now, NULL))
		abort();
}

static void say_ban(struct bench *self, uint32_t i, uint64_t now)
{
	say(self, i, now, REPORT_VERDICT, RESULT_BAN);
}

static void say_hello(struct bench *self, uint32_t i, uint64_t now)
{
	say(self, i, now, REPORT_HANDSHAKE, RESULT_OK);
}

static void say_good(struct bench *self, uint32_t i, uint64_t now)
{
	say(self, i, now, REPORT_RESPONSE, RESULT_OK);
}

/* Each source once, from the first to the last drawn, or scattered. */
static void run(struct bench *self, const char *what,
		void (*act)(struct bench *self, uint32_t i, uint64_t now), int is_scattered)
{
	double start = seconds(), spent;

	for (uint32_t n = 0; n < self->count; n++) {
		uint32_t i =
			is_scattered ? (uint32_t)((n * UINT64_C(2654435761)) % self->count) : n;

		act(self, i, 100 * S + n * 1000);
	}
	spent = seconds() - start;
	printf("%-34s %10" PRIu32 " %12.0f %10.0f\n", what, self->count, self->count / spent,
	       spent * 1e9 / self->count);
}

static void begin(struct bench *self)
{
	struct policy_output output = {self, decide, floors, neighbours, NULL};
	struct policy_settings settings;
	struct why why = {""};

	policy_settings_default(&settings);
	settings.peers_max = settings.sources_max = settings.held_max = 1 << 20;
	settings.share_permille = 1000;
	if (policy_new(&self->policy, &settings, &output, 1, &why)) {
		fprintf(stderr, "core_bench: %s\n", why.sentence);
		exit(1);
	}
	policy_tick(self->policy, 100 * S);
}

static void bench(uint32_t count)
{
	struct bench self = {.addrs = calloc(count, sizeof(struct addr)), .count = count};

	if (!self.addrs)
		abort();
	for (uint32_t i = 0; i < count; i++)
		self.addrs[i] = draw(i);
	begin(&self);
	run(&self, "ban (operator)", ban, 0);
	run(&self, "unban, other order", unban, 1);
	policy_free(self.policy);
	begin(&self);
	run(&self, "report: verdict ban, new source", say_ban, 0);
	policy_free(self.policy);
	begin(&self);
	run(&self, "report: handshake ok, new source", say_hello, 0);
	run(&self, "report: response ok, known", say_good, 1);
	policy_free(self.policy);
	free(self.addrs);
}

int main(void)
{
	static const uint32_t counts[] = {1000, 65536, 1000000};

	printf("%-34s %10s %12s %10s\n", "", "sources", "a second", "ns each");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		bench(counts[i]);
	return 0;
}
