/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 5 on random histories: own, private and listed addresses are never refused by what is reported; an address that
 * carries an IPv4 is that IPv4.
 */
#include <arpa/inet.h>

#include "law_facts.h"

struct listed {
	struct prefix prefixes[2];
	unsigned int count;
};

static bool is_listed(const struct listed *own, const struct prefix *prefix)
{
	for (unsigned int i = 0; i < own->count; i++) {
		if (prefix_overlaps(&own->prefixes[i], prefix))
			return true;
	}
	return false;
}

static void nothing_protected_is_refused(struct history *self)
{
	struct listed *own = self->own;
	const struct step *step = &self->step;

	if (step->kind == STEP_PROTECT) {
		memcpy(own->prefixes, step->listed, sizeof(own->prefixes));
		own->count = step->listed_count;
	}
	for (uint32_t i = 0; i < self->stage.count; i++) {
		const struct stage_record *at = &self->stage.records[i];

		if (record_refuses(self, at))
			HOLDS(self, !is_listed(own, &at->held.prefix),
			      "a listed address is refused");
	}
	for (unsigned int source = 0; source < SOURCES; source++) {
		const struct stage_record *at = source_record(self, source);

		if (at && is_protected_by_nature(source))
			HOLDS(self, !record_refuses(self, at), "10.0.0.0/8 is refused");
	}
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 72,
		    [STEP_CHURN] = 6,
		    [STEP_OPERATOR] = 3,
		    [STEP_CAPACITY] = 2,
		    [STEP_PROTECT] = 5,
		    [STEP_WAIT] = 12},
	.proofs = 20,
	.goods = 15,
	.strangers = 30,
	.jumps = 5,
	.second_hand = 20,
	.wait_ns = 20 * S,
};

static void law_05_the_protected_are_never_refused(void **state)
{
	static const struct law law = {.shape = &shape,
				       .own_size = sizeof(struct listed),
				       .after = nothing_protected_is_refused};

	(void)state;
	law_try(&law);
}

/* --- carriers --- */

/* The IPv4 of @addr in NAT64, 6to4 and Teredo, as a client writes such an address. */
static struct addr carry(const struct addr *addr, unsigned int how)
{
	static const uint8_t heads[3][4] = {{0, 0x64, 0xff, 0x9b}, {0x20, 2}, {0x20, 1}};
	struct addr carried = {{0}};
	struct endpoint endpoint;
	char text[INET6_ADDRSTRLEN];

	memcpy(carried.bytes, heads[how], 4);
	if (how == 0)
		memcpy(carried.bytes + 12, addr->bytes + 12, 4);
	else if (how == 1)
		memcpy(carried.bytes + 2, addr->bytes + 12, 4);
	for (int i = 12; how == 2 && i < 16; i++)
		carried.bytes[i] = (uint8_t)~addr->bytes[i];
	assert_non_null(inet_ntop(AF_INET6, carried.bytes, text, sizeof(text)));
	assert_int_equal(endpoint_parse(&endpoint, text, strlen(text), NULL), 0);
	return endpoint.addr;
}

static void use_carriers(struct history *self)
{
	struct report *report = &self->step.report;

	if (self->step.kind == STEP_REPORT && report->has_addr && addr_is_ipv4(&report->addr))
		report->addr = carry(&report->addr, self->count % 3);
}

static void law_05_a_carried_ipv4_is_that_ipv4(void **state)
{
	static const struct law plain = {.shape = &shape};
	static const struct law carried = {.shape = &shape, .before = use_carriers};

	(void)state;
	for (uint64_t seed = 1; seed <= seeds() / 4; seed++)
		assert_int_equal(law_live(&plain, seed, false).all,
				 law_live(&carried, seed, false).all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_05_the_protected_are_never_refused),
		cmocka_unit_test(law_05_a_carried_ipv4_is_that_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
