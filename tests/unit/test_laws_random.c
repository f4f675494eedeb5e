/* SPDX-License-Identifier: BSD-2-Clause */
/* The laws on random histories: many peers, sources, followers and operators; what must never be is looked for throughout. */
#include "play.h"

enum { SEEDS = 6, STEPS = 4000, PEERS = 60, SOURCES = 120 };

struct history {
	struct play *play;
	uint64_t dice;
	bool proven[SOURCES];		/* the node itself gave a proof there */
	unsigned int failures[SOURCES]; /* reports against anybody there that may touch it */
	bool churned[SOURCES];		/* the kernel told of churn there */
};

/* xorshift64*: the history, not the policy, draws from it. */
static uint32_t draw(struct history *self, uint32_t sides)
{
	self->dice ^= self->dice >> 12;
	self->dice ^= self->dice << 25;
	self->dice ^= self->dice >> 27;
	return (uint32_t)((self->dice * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % sides;
}

/* A third each: IPv4, IPv6 crowded into few /56, and addresses that law 5 protects. */
static void source_text(unsigned int i, char text[48])
{
	if (i % 3 == 0)
		snprintf(text, 48, "192.0.2.%u", i + 1);
	else if (i % 3 == 1)
		snprintf(text, 48, "2001:db8:%x:%x::1", i / 60, i % 60);
	else
		snprintf(text, 48, "10.0.0.%u", i + 1);
}

static bool is_protected(unsigned int i)
{
	return i % 3 == 2;
}

/* The kernel sees the one half; of the other every follower is wrong. */
static bool is_seen(unsigned int i)
{
	return i % 2;
}

static const struct {
	enum report_event event;
	enum report_result result;
	bool is_proof, is_against;
} kinds[] = {
	{REPORT_CONNECTED, RESULT_NONE, false, false},
	{REPORT_DISCONNECTED, RESULT_NONE, false, false},
	{REPORT_HANDSHAKE, RESULT_OK, false, false},
	{REPORT_HANDSHAKE, RESULT_TIMEOUT, false, true},
	{REPORT_HANDSHAKE, RESULT_ERROR, false, true},
	{REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, true, true},
	{REPORT_HANDSHAKE, RESULT_UNVIABLE_FORK, false, true},
	{REPORT_HANDSHAKE, RESULT_INCOMPATIBLE, false, true},
	{REPORT_RESPONSE, RESULT_OK, false, false},
	{REPORT_RESPONSE, RESULT_BAD, false, true},
	{REPORT_RESPONSE, RESULT_INVALID, true, true},
	{REPORT_RESPONSE, RESULT_TIMEOUT, false, true},
	{REPORT_STATUS, RESULT_NONE, false, false},
	{REPORT_GOSSIP, RESULT_NONE, false, false},
	{REPORT_VERDICT, RESULT_BAN, true, true},
	{REPORT_VERDICT, RESULT_DISCOURAGE, false, false},
	{REPORT_VERDICT, RESULT_CLEAR, false, false},
};

/* One report by anybody on anything. Proofs are rare, else nothing else is ever seen. */
static void report(struct history *self)
{
	struct report base = {.service = (int)draw(self, 9) - 1, .port = (uint16_t)draw(self, 3)};
	unsigned int source = draw(self, SOURCES), kind = draw(self, ARRAY_SIZE(kinds));
	bool has_peer = draw(self, 10) > 0;
	char peer[16], addr[48];

	if (kinds[kind].is_proof && draw(self, 4))
		kind = 3;
	base.direction = (enum direction)draw(self, 3);
	base.second_hand = draw(self, 2);
	base.reporter = draw(self, 3);
	base.score = (double)draw(self, 20000) - 10000;
	snprintf(peer, sizeof(peer), "Peer%u", draw(self, PEERS));
	source_text(source, addr);
	if (kinds[kind].is_against && (!base.second_hand || is_seen(source)))
		self->failures[source]++;
	if (kinds[kind].is_proof && has_peer && !base.second_hand)
		self->proven[source] = true;
	play_ok(self->play, has_peer ? peer : NULL, addr, kinds[kind].event, kinds[kind].result,
		base);
}

static void churn(struct history *self)
{
	unsigned int source = draw(self, SOURCES);
	struct source_key key;
	char addr[48];

	source_text(source, addr);
	key = play_source(addr);
	self->churned[source] = true;
	assert_int_equal(policy_churn(self->play->policy, &key, (int)draw(self, 9) - 1,
				      1 + draw(self, 9), self->play->now, NULL),
			 0);
}

/* An operator's word now and then, on a narrow or a wide prefix. */
static void operate(struct history *self)
{
	static const char *const wide[] = {"192.0.2.0/26", "2001:db8::/48", "192.0.2.64/26",
					   "2001:db8:1::/56"};
	struct policy *policy = self->play->policy;
	uint64_t now = self->play->now;
	struct prefix prefix;
	char addr[48];

	source_text(draw(self, SOURCES / 2), addr);
	prefix = play_prefix(draw(self, 2) ? addr : wide[draw(self, ARRAY_SIZE(wide))]);
	switch (draw(self, 4)) {
	case 0:
		policy_ban(policy, &prefix, now + (1 + draw(self, 3600)) * S, REASON_OPERATOR, now,
			   NULL);
		break;
	case 1:
		policy_unban(policy, &prefix, now, NULL);
		break;
	case 2:
		policy_allow(policy, &prefix, now, NULL);
		break;
	default:
		policy_disallow(policy, &prefix, now, NULL);
	}
}

/* The operator's most specific word for @addr as the kernel holds it; reason operator marks his bans, no end his trust. */
static const struct decision *operators_word(const struct play *play, const struct addr *addr)
{
	const struct decision *best = NULL;

	for (unsigned int i = 0; i < play->count; i++) {
		const struct decision *at = &play->held[i];
		bool said = at->reason == REASON_OPERATOR ||
			    (at->standing == STANDING_TRUSTED && at->until_ns == FOREVER_NS);

		if (said && at->until_ns > play->now && prefix_contains(&at->prefix, addr) &&
		    (!best || at->prefix.length > best->prefix.length))
			best = at;
	}
	return best;
}

static void check_source(struct history *self, unsigned int source)
{
	struct play *play = self->play;
	const struct decision *verdict, *word;
	struct endpoint endpoint;
	bool refused;
	char addr[48];

	source_text(source, addr);
	endpoint_parse(&endpoint, addr, strlen(addr), NULL);
	word = operators_word(play, &endpoint.addr);
	refused = play_refuses(play, addr); /* and explain agrees */
	verdict = play_verdict(play, addr);
	if (word) { /* law 2: an operator's word is what holds */
		expect_true(addr, refused == (word->standing != STANDING_TRUSTED));
		return;
	}
	if (!refused)
		return;
	expect_true(addr, !is_protected(source));		 /* law 5 */
	expect_true(addr, verdict->until_ns <= play->now + DAY); /* law 3 */
	if (verdict->reason != REASON_IRRELEVANT_NETWORK)
		expect_true(addr, verdict->until_ns <= play->now + 12 * HOUR);
	if (!prefix_is_source(&verdict->prefix))
		return; /* a fold: its members were banned */
	expect_true(addr, self->failures[source] || self->churned[source]);
	if (verdict->standing == STANDING_BANNED) /* law 1 */
		expect_true(addr, self->proven[source] || self->failures[source] >= 3);
}

static void check_caps(const struct play *play)
{
	struct policy_counts counts;

	policy_count(play->policy, &counts);
	assert_true(counts.peers <= counts.peers_max && counts.sources <= counts.sources_max &&
		    counts.prefixes <= counts.prefixes_max);
	assert_true(play->count <= counts.sources + counts.prefixes);
}

static void let_see(struct play *play)
{
	char addr[48];

	play->blind = true;
	for (unsigned int i = 0; i < SOURCES; i++) {
		if (!is_seen(i))
			continue;
		source_text(i, addr);
		play_visits(play, addr, 0, FOREVER_NS, -1);
	}
}

static uint64_t live(uint64_t seed, bool checks)
{
	struct policy_settings settings;
	struct history self = {.dice = seed * 77 + 1};
	uint64_t digest;

	policy_settings_default(&settings);
	settings.peers_max = 50; /* fewer than there are: records come and go */
	settings.sources_max = 100;
	settings.share_permille = 500;
	self.play = play_new_with(&settings, seed);
	let_see(self.play);
	for (int step = 0; step < STEPS; step++) {
		if (draw(&self, 20) == 0)
			operate(&self);
		else if (draw(&self, 20) == 0)
			churn(&self);
		else
			report(&self);
		play_wait(self.play,
			  draw(&self, 50) ? draw(&self, 2000) * S / 100 : draw(&self, 40000) * S);
		for (unsigned int i = 0; checks && step % 25 == 0 && i < SOURCES; i++)
			check_source(&self, i);
		check_caps(self.play);
	}
	play_wait(self.play, 60 * DAY);
	for (int i = 0; i < 100; i++)
		play_wait(self.play, S);
	for (unsigned int i = 0; i < self.play->count;
	     i++) /* nothing but an operator's is for ever */
		assert_true(self.play->held[i].until_ns == 0 ||
			    self.play->held[i].until_ns == FOREVER_NS);
	digest = self.play->digest ^ self.play->told;
	play_free(self.play);
	return digest;
}

static void laws_01_02_03_05_10_hold_on_random_histories(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		live(seed, true);
}

static void law_11_the_same_calls_give_the_same_decisions(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		assert_int_equal(live(seed, false), live(seed, false));
	assert_int_not_equal(live(1, false), live(2, false));
}

/* Looking (explain, pages, counts) changes nothing that is decided: the checks above are looks. */
static void law_11_looking_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++)
		assert_int_equal(live(seed, true), live(seed, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(laws_01_02_03_05_10_hold_on_random_histories),
		cmocka_unit_test(law_11_the_same_calls_give_the_same_decisions),
		cmocka_unit_test(law_11_looking_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
