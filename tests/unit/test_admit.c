/* SPDX-License-Identifier: BSD-2-Clause */
/* The first question: continue or disconnect? What is asked, by whom, from where, and the answer with its reason and its end. */
#include "play.h"

#include "questions.h"

enum { INBOUND = DIRECTION_INBOUND, OUTBOUND = DIRECTION_OUTBOUND };

static struct admittance ask(struct play *play, const char *peer, const char *addr, int direction)
{
	struct admission question = {.direction = (enum direction)direction, .service = 0};
	struct admittance answer;
	struct endpoint endpoint;

	snprintf(question.peer, sizeof(question.peer), "%s", peer);
	if (addr) {
		assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
		question.has_addr = true;
		question.addr = endpoint.addr;
	}
	memset(&answer, 0xff, sizeof(answer));
	policy_admit(play->policy, &question, play->now, &answer);
	assert_true(strnlen(answer.why, sizeof(answer.why)) < 100);
	assert_true(answer.why[0]);
	assert_int_equal(answer.allow, answer.reason == REASON_NONE);
	assert_true(!answer.retry_ns || answer.retry_ns > play->now);
	return answer;
}

static bool admits(struct play *play, const char *peer, const char *addr, int direction)
{
	return ask(play, peer, addr, direction).allow;
}

static unsigned long retry_s(struct play *play, const char *peer, const char *addr, int direction)
{
	struct admittance answer = ask(play, peer, addr, direction);

	return answer.retry_ns ? (unsigned long)((answer.retry_ns - play->now) / S) : 0;
}

static void ban(struct play *play, const char *addr, uint64_t until)
{
	const struct prefix prefix = play_prefix(addr);

	assert_int_equal(policy_ban(play->policy, &prefix, until, REASON_OPERATOR, play->now, NULL),
			 0);
}

static void allow(struct play *play, const char *addr)
{
	const struct prefix prefix = play_prefix(addr);

	assert_int_equal(policy_allow(play->policy, &prefix, play->now, NULL), 0);
}

static void tell(struct play *play, uint32_t connected, uint32_t max)
{
	int8_t floor;

	assert_int_equal(policy_capacity(play->policy, 0,
					 &(struct capacity){.max = max, .connected = connected},
					 play->now, &floor, NULL),
			 0);
}

static void strangers_go_on(void **state)
{
	struct play *play = play_new();

	(void)state;
	assert_true(admits(play, "New", "192.0.2.1", INBOUND));
	assert_true(admits(play, "New", "192.0.2.1", OUTBOUND));
	assert_true(admits(play, "New", "192.0.2.1", DIRECTION_UNKNOWN));
	assert_true(admits(play, "New", NULL, INBOUND));
	assert_true(admits(play, "", "2001:db8::1", INBOUND));
	play_free(play);
}

/* What the kernel cannot see: it knows sources only. */
static void a_bad_peer_is_known_at_a_fresh_address(void **state)
{
	static const struct {
		const char *what;
		enum report_result result;
		enum reason reason;
		unsigned long least_s, most_s;
	} rows[] = {
		{"another network", RESULT_WRONG_NETWORK, REASON_IRRELEVANT_NETWORK, 480, 720},
		{"another fork", RESULT_UNVIABLE_FORK, REASON_UNVIABLE_FORK, 600, 600},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play *play = play_new();
		struct admittance answer;

		play_fail(play, "Bad", "192.0.2.1", rows[i].result, NODE);
		answer = ask(play, "Bad", "203.0.113.9", INBOUND);
		expect_true(rows[i].what, !answer.allow && answer.reason == rows[i].reason);
		expect_true(rows[i].what, strstr(answer.why, "the peer is"));
		expect_true(rows[i].what,
			    retry_s(play, "Bad", NULL, OUTBOUND) >= rows[i].least_s &&
				    retry_s(play, "Bad", NULL, OUTBOUND) <= rows[i].most_s);
		expect_true(rows[i].what, admits(play, "Other", "203.0.113.9", INBOUND));
		expect_true(rows[i].what, !admits(play, "Other", "192.0.2.1", INBOUND));
		play_wait(play, 721 * S);
		expect_true(rows[i].what, admits(play, "Bad", "203.0.113.9", INBOUND));
		play_free(play);
	}
}

static void operators_are_heard_first_and_the_trusted_are_never_refused(void **state)
{
	struct play *play = play_new();
	struct admittance answer;

	(void)state;
	play_join(play, "Friend", "192.0.2.1");
	play_ok(play, "Friend", "192.0.2.1", REPORT_VERDICT, RESULT_TRUST, NODE);
	play_fail(play, "Friend", "192.0.2.1", RESULT_WRONG_NETWORK, NODE);
	assert_true(admits(play, "Friend", "203.0.113.9", INBOUND));
	assert_true(admits(play, "Any", "192.0.2.1", INBOUND)); /* its source is trusted, too */
	ban(play, "203.0.113.0/24", FOREVER_NS);
	answer = ask(play, "Friend", "203.0.113.9", INBOUND);
	assert_false(answer.allow);
	assert_int_equal(answer.reason, REASON_OPERATOR);
	assert_true(answer.retry_ns == FOREVER_NS);
	allow(play, "203.0.113.9");
	play_fail(play, "Bad", "198.51.100.1", RESULT_WRONG_NETWORK, NODE);
	assert_true(admits(play, "Bad", "203.0.113.9", INBOUND));
	assert_false(admits(play, "Bad", "203.0.113.10", INBOUND));
	play_free(play);
}

/* 30 s, twice as long each time, 4 h at most; only for dialling, only that address, until a dial succeeds. */
static void an_address_that_cannot_be_dialled_waits(void **state)
{
	static const struct report dialled = {.direction = DIRECTION_OUTBOUND};
	struct play *play = play_new();
	unsigned long expected = 30;

	(void)state;
	for (int i = 0; i < 12; i++) {
		play_ok(play, "Nat", "192.0.2.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, dialled);
		assert_int_equal(retry_s(play, "Nat", "192.0.2.1", OUTBOUND), expected);
		assert_int_equal(ask(play, "Nat", "192.0.2.1", OUTBOUND).reason, REASON_IO_ERROR);
		assert_true(admits(play, "Nat", "192.0.2.1", INBOUND));
		assert_false(play_refuses(play, "192.0.2.1"));
		assert_true(admits(play, "Nat", "192.0.2.2", OUTBOUND));
		assert_true(admits(play, "Twin", "192.0.2.1", OUTBOUND));
		play_wait(play, expected * S);
		assert_true(admits(play, "Nat", "192.0.2.1", OUTBOUND));
		expected = expected * 2 < 14400 ? expected * 2 : 14400;
	}
	play_ok(play, "Nat", "192.0.2.1", REPORT_HANDSHAKE, RESULT_OK, dialled);
	play_ok(play, "Nat", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, dialled);
	play_ok(play, "Nat", "192.0.2.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, dialled);
	assert_int_equal(retry_s(play, "Nat", "192.0.2.1", OUTBOUND), 30);
	play_ok(play, "Nowhere", NULL, REPORT_HANDSHAKE, RESULT_TIMEOUT, dialled);
	assert_int_equal(retry_s(play, "Nowhere", "192.0.2.77", OUTBOUND), 30);
	assert_true(admits(play, "Nowhere", "192.0.2.77", INBOUND));
	play_free(play);
}

static void a_full_peer_is_not_dialled_but_may_come(void **state)
{
	static const struct report full = {.goodbye_code = 129, .direction = DIRECTION_INBOUND};
	struct play *play = play_new();

	(void)state;
	play_ok(play, "Full", "192.0.2.1", REPORT_GOODBYE, RESULT_NONE, full);
	assert_int_equal(ask(play, "Full", "192.0.2.1", OUTBOUND).reason, REASON_TOO_MANY_PEERS);
	assert_in_range(retry_s(play, "Full", "192.0.2.1", OUTBOUND), 240, 360);
	assert_true(admits(play, "Full", "192.0.2.1", INBOUND));
	play_free(play);
}

/* Law 9: an answer to our own dial, the same peer's second connection while ours stands. */
static void our_own_dials_go_on(void **state)
{
	static const struct report dialled = {.direction = DIRECTION_OUTBOUND};
	struct play *play = play_new();

	(void)state;
	tell(play, 100, 100);
	play_join(play, "Here", "192.0.2.1");
	play_ok(play, "Ours", "192.0.2.1", REPORT_CONNECTED, RESULT_NONE, dialled);
	assert_true(admits(play, "Ours", "192.0.2.1", INBOUND));
	assert_true(admits(play, "Ours", "192.0.2.1", OUTBOUND));
	assert_false(admits(play, "Stranger", "192.0.2.1", INBOUND));
	play_ok(play, "Ours", "192.0.2.1", REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, dialled);
	assert_false(admits(play, "Ours", "192.0.2.1", INBOUND)); /* proof is proof */
	play_free(play);
}

/* A conference behind one address works while there is room. */
static void strangers_share_a_source_while_there_is_room(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "First", "192.0.2.1");
	assert_true(admits(play, "Second", "192.0.2.1", INBOUND));
	tell(play, 50, 100);
	assert_true(admits(play, "Second", "192.0.2.1", INBOUND));
	tell(play, 51, 100);
	assert_true(policy_is_contested(play->policy, 0, play->now));
	assert_int_equal(ask(play, "Second", "192.0.2.1", INBOUND).reason, REASON_SOURCE_FULL);
	assert_true(admits(play, "First", "192.0.2.1", INBOUND)); /* itself */
	assert_true(admits(play, "Second", "192.0.2.2", INBOUND));
	assert_true(admits(play, "Second", "192.0.2.1", OUTBOUND));
	tell(play, 46, 100); /* a little below half: still */
	assert_false(admits(play, "Second", "192.0.2.1", INBOUND));
	tell(play, 45, 100);
	assert_true(admits(play, "Second", "192.0.2.1", INBOUND));
	tell(play, 90, 100);
	play_join(play, "Local", "192.168.1.1");
	assert_true(admits(play, "Other", "192.168.1.1", INBOUND)); /* a gateway: law 5 */
	play_wait(play, 61 * S);				    /* a stale count */
	assert_true(admits(play, "Second", "192.0.2.1", INBOUND));
	play_free(play);
}

static void the_tenured_share_a_source_even_so(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "First", "192.0.2.1");
	play_join(play, "Old", "192.0.2.1");
	play_wait(play, HOUR);
	play_ok(play, "Old", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	tell(play, 99, 100);
	assert_true(admits(play, "Old", "192.0.2.1", INBOUND));
	assert_true(admits(play, "Old", "192.0.2.1", INBOUND));
	assert_false(admits(play, "New", "192.0.2.1", INBOUND));
	play_ok(play, "New", "192.0.2.9", REPORT_VERDICT, RESULT_TRUST, NODE);
	assert_true(admits(play, "New", "192.0.2.1", INBOUND));
	play_free(play);
}

/* Law 4: five bad key pairs behind an honest validator's address. */
static void the_next_bad_identity_is_refused_by_name(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Honest", "192.0.2.1");
	play_wait(play, HOUR);
	play_fail(play, "Bad1", "192.0.2.1", RESULT_WRONG_NETWORK, NODE);
	play_wait(play, 721 * S);
	assert_false(play_refuses(play, "192.0.2.1")); /* ten minutes at most */
	assert_int_equal(ask(play, "Bad2", "192.0.2.1", INBOUND).reason, REASON_BAD_SCORE);
	assert_true(retry_s(play, "Bad2", "192.0.2.1", INBOUND) > 23 * 3600);
	assert_true(admits(play, "Honest", "192.0.2.1", INBOUND));
	assert_true(admits(play, "Bad2", "192.0.2.2", INBOUND));
	play_wait(play, DAY);
	assert_true(admits(play, "Bad2", "192.0.2.1", INBOUND));
	play_free(play);
}

static void a_full_service_asks_for_its_floor(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Bad", "192.0.2.1");
	play_ok(play, "Bad", "192.0.2.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	play_ok(play, "Bad", "192.0.2.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	play_ok(play, "Bad", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_true(admits(play, "Bad", "198.51.100.1", INBOUND));
	tell(play, 100, 100);
	assert_int_equal(ask(play, "Bad", "198.51.100.1", INBOUND).reason, REASON_NODE_FULL);
	assert_true(admits(play, "Bad", "198.51.100.1", OUTBOUND));
	assert_true(admits(play, "New", "198.51.100.1", INBOUND)); /* the gate had a token for it */
	tell(play, 99, 100);
	assert_true(admits(play, "Bad", "198.51.100.1", INBOUND));
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_go_on),
		cmocka_unit_test(a_bad_peer_is_known_at_a_fresh_address),
		cmocka_unit_test(operators_are_heard_first_and_the_trusted_are_never_refused),
		cmocka_unit_test(an_address_that_cannot_be_dialled_waits),
		cmocka_unit_test(a_full_peer_is_not_dialled_but_may_come),
		cmocka_unit_test(our_own_dials_go_on),
		cmocka_unit_test(strangers_share_a_source_while_there_is_room),
		cmocka_unit_test(the_tenured_share_a_source_even_so),
		cmocka_unit_test(the_next_bad_identity_is_refused_by_name),
		cmocka_unit_test(a_full_service_asks_for_its_floor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
