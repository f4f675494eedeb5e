/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 10 on random histories: every table keeps its cap, no network holds more than its share of the refusals, memory
 * stays what it was, and newcomers never push out who was tried, is connected, or trusted.
 */
#include "law_facts.h"

enum { SHARE = 4, SOURCES_MAX = 40 }; /* 100 permille of 40 */

struct caps {
	size_t bytes;
};

/* One of each crowd: an IPv4 /16, the IPv6 /32, the /16 of what carriers hold. */
static const unsigned int crowds[] = {1, 3, 5};

/* Automatic refusals of sources in the same network: an IPv4 /16 or an IPv6 /32. */
static unsigned int refused_beside(const struct history *self, unsigned int source)
{
	struct prefix network = source_prefix_of(source);
	unsigned int count = 0;

	network.length = addr_is_ipv4(&network.addr) ? 112 : 32;
	memset(network.addr.bytes + network.length / 8, 0, 16 - network.length / 8);
	for (uint32_t i = 0; i < self->stage.count; i++) {
		const struct stage_record *at = &self->stage.records[i];

		count += record_refuses(self, at) && prefix_is_source(&at->held.prefix) &&
			 prefix_contains(&network, &at->held.prefix.addr);
	}
	return count;
}

static void check_counts(struct history *self)
{
	struct caps *own = self->own;
	struct policy_counts counts;
	unsigned int held = 0;

	policy_count(self->stage.policy, &counts);
	for (uint32_t i = 0; i < self->stage.count; i++)
		held += self->stage.records[i].is_held;
	HOLDS(self, counts.peers <= 24 && counts.sources <= SOURCES_MAX && counts.prefixes <= 32,
	      "a table is over its cap: %u peers, %u sources, %u prefixes", counts.peers,
	      counts.sources, counts.prefixes);
	HOLDS(self, held <= counts.sources + counts.prefixes, "the kernel holds %u records", held);
	HOLDS(self, !own->bytes || own->bytes == counts.bytes, "the book grew");
	own->bytes = counts.bytes;
}

static void the_caps_hold(struct history *self)
{
	check_counts(self);
	if (self->count % 4)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(crowds); i++) {
		unsigned int refused = refused_beside(self, crowds[i]);

		HOLDS(self, refused <= SHARE, "%u refusals in the network of source %u", refused,
		      crowds[i]);
	}
}

static const struct shape crowd = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 80, [STEP_CHURN] = 6, [STEP_OPERATOR] = 2, [STEP_WAIT] = 10},
	.proofs = 40,
	.goods = 10,
	.strangers = 50,
	.jumps = 5,
	.second_hand = 15,
	.wait_ns = 10 * S,
	.peers_max = 24,
	.sources_max = SOURCES_MAX,
	.share_permille = 100,
};

static void law_10_the_caps_hold(void **state)
{
	static const struct law law = {
		.shape = &crowd, .own_size = sizeof(struct caps), .after = the_caps_hold};

	(void)state;
	law_try(&law);
}

/* --- two pools --- */

enum { TRIED = 8, HERE = 4 };

/* Peers 12 and up have succeeded and left, the next few are connected, one is trusted. */
static void settle(struct history *self)
{
	for (unsigned int i = 0; i < TRIED + HERE; i++) {
		history_say(self, 12 + i, 12 + i, REPORT_HANDSHAKE, RESULT_OK);
		if (i < TRIED)
			history_say(self, 12 + i, 12 + i, REPORT_DISCONNECTED, RESULT_NONE);
	}
	history_say(self, 30, 30, REPORT_VERDICT, RESULT_TRUST);
}

/* Everybody else is new each time, by name and by address, and never succeeds. */
static void flood(struct history *self)
{
	struct step *step = &self->step;

	if (step->kind != STEP_REPORT)
		return;
	snprintf(step->report.peer, PEER_ID_MAX, "New%u", draw(self, 100000));
	step->report.addr = source_addr(0);
	step->report.has_addr = true;
	for (int i = 13; i < 16; i++)
		step->report.addr.bytes[i] = (uint8_t)draw(self, 256);
}

static bool knows_peer(const struct history *self, unsigned int peer)
{
	char name[PEER_ID_MAX];
	struct account account;

	peer_name(peer, name);
	return !policy_explain_peer(self->stage.policy, name, self->stage.now_ns, &account);
}

static void the_tried_are_known(struct history *self)
{
	if (self->count % 20)
		return;
	for (unsigned int i = 0; i < TRIED + HERE; i++) {
		const struct addr addr = source_addr(12 + i);
		struct account account;

		HOLDS(self, knows_peer(self, 12 + i), "peer %u, who was tried, is forgotten",
		      12 + i);
		policy_explain_addr(self->stage.policy, &addr, self->stage.now_ns, &account);
		HOLDS(self, account.known, "source %u, which was tried, is forgotten", 12 + i);
	}
	HOLDS(self, knows_peer(self, 30), "a trusted peer is forgotten");
}

static const struct shape newcomers = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 92, [STEP_WAIT] = 8},
	.proofs = 5,
	.strangers = 100,
	.second_hand = 30,
	.wait_ns = 10 * S,
	.peers_max = 32,
	.sources_max = 40,
};

static void law_10_newcomers_push_out_nobody_who_was_tried(void **state)
{
	static const struct law law = {.shape = &newcomers,
				       .begin = settle,
				       .before = flood,
				       .after = the_tried_are_known};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_10_the_caps_hold),
		cmocka_unit_test(law_10_newcomers_push_out_nobody_who_was_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
