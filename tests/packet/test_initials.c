/* SPDX-License-Identifier: BSD-2-Clause */
/* QUIC's Initials with what leaves remembered: answers and second flights pass whoever sends them, starts are judged once each. */
#include "dialogue.h"

#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <peergate/source.h>

static const uint64_t second_ns = 1000000000, hour_ns = 3600ULL * 1000000000;

static void put_standing(const struct dialogue *with, enum standing standing)
{
	struct record record = {.until = standing == STANDING_NEUTRAL ? 0 : FOREVER_NS,
				.standing = standing,
				.reason = standing == STANDING_BANNED ? REASON_BAD_SCORE
								      : REASON_NONE,
				.services = 0xff};

	rig_put(with->rig,
		with->source ? with->source
			     : honest_source(with->family, with->door == DOOR_TC_BARE),
		&record);
}

static void pace(struct rig *rig, unsigned int burst)
{
	rig->settings.services[SERVICE].pace =
		(struct rate){.interval_ns = hour_ns, .burst_ns = (burst - 1) * hour_ns};
	rig_settings(rig);
}

static void everywhere(void **state, void (*with)(const struct dialogue *self))
{
	struct dialogue dialogue = {.rig = *state};

	each_dialogue(&dialogue, with);
}

static void we_dial_the_banned(const struct dialogue *with)
{
	static const char *const own[] = {"our4", "ours-of8", "ours-of-twenty-bytes", ""};

	put_standing(with, STANDING_BANNED);
	with->rig->settings.services[SERVICE].floor = 100;
	rig_settings(with->rig);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		struct dialogue clients = *with, small = *with;

		clients.token = 7;
		small.size = 41;
		they_say(with, "before our dial", INITIAL, "ours-of8", "theirs-8",
			 REFUSES(BAD_SCORE));
		assert_true(we_say(with, INITIAL, "a-random-one", own[i]));
		assert_true(we_say(with, INITIAL, "a-random-one", own[i]));
		they_say(&small, "an answer of 41 bytes", INITIAL, own[i], "theirs-8", NOTHING);
		they_say(with, "the answer", INITIAL, own[i], "theirs-8", PASSES(ANSWER));
		they_say(with, "its handshake", HANDSHAKE, own[i], "theirs-8", NOTHING);
		if (strlen(own[i]) >= 4)
			they_say(&clients, "no server sends a token", INITIAL, own[i], "theirs-8",
				 REFUSES(BAD_SCORE));
		assert_true(we_say(with, INITIAL, "theirs-8", own[i]));
		assert_true(we_say(with, HANDSHAKE, "theirs-2", own[i]));
		they_say(with, "a dial of theirs on the same ports", INITIAL, "fresh-one", "new1",
			 REFUSES(BAD_SCORE));
		rig_wait(with->rig, 31 * second_ns);
		if (strlen(own[i]) >= 8)
			they_say(with, "half a minute on", INITIAL, own[i], "theirs-8",
				 REFUSES(BAD_SCORE));
	}
}

static void answers_to_our_dials_pass_from_the_banned_and_when_full(void **state)
{
	everywhere(state, we_dial_the_banned);
}

static void they_dial(const struct dialogue *with)
{
	struct dialogue other = *with;

	they_say(with, "a start", INITIAL, "first-id", "caller-8", PASSES(ADMITTED));
	assert_true(we_say(with, INITIAL, "caller-8", "ours-of8"));
	put_standing(with, STANDING_BANNED);
	they_say(with, "to our ID", INITIAL, "ours-of8", "caller-8", PASSES(ANSWER));
	they_say(with, "to one of another length", INITIAL, "hidden-10", "caller-8",
		 REFUSES(BAD_SCORE));
	they_say(with, "to one that we never sent in clear", INITIAL, "hidden-8", "caller-8",
		 PASSES(ANSWER));
	they_say(with, "again", INITIAL, "hidden-8", "caller-8", PASSES(ANSWER));
	they_say(with, "to a second such one", INITIAL, "hidden-9", "caller-8", REFUSES(BAD_SCORE));
	they_say(with, "to the first one", INITIAL, "first-id", "caller-8", REFUSES(BAD_SCORE));
	they_say(with, "by somebody unknown", INITIAL, "hidden-8", "caller-9", REFUSES(BAD_SCORE));
	other.source_port = THEIR_PORT + 1;
	they_say(&other, "from another port", INITIAL, "ours-of8", "caller-8", REFUSES(BAD_SCORE));
	they_say(with, "early data", ZERO_RTT, "first-id", "caller-8", NOTHING);
	they_say(with, "a handshake", HANDSHAKE, "whatever", "anybody1", NOTHING);
	they_say(with, "a short header", SHORT_HEADER, "whatever", NULL, NOTHING);
	other = *with;
	other.source_port = THEIR_PORT + 2;
	they_say(&other, "a short header from another port", SHORT_HEADER, "ours-of8", NULL,
		 NOTHING);
	rig_wait(with->rig, 31 * second_ns);
	they_say(with, "later", INITIAL, "ours-of8", "caller-8", REFUSES(BAD_SCORE));
	they_say(with, "later", INITIAL, "hidden-8", "caller-8", REFUSES(BAD_SCORE));
}

static void second_flights_pass_and_other_dials_do_not(void **state)
{
	everywhere(state, they_dial);
}

static void we_retry(const struct dialogue *with)
{
	struct dialogue tokened = *with;

	tokened.token = 63;
	they_say(with, "a start", INITIAL, "first-id", "caller-8", PASSES(ADMITTED));
	assert_true(we_say(&tokened, RETRY, "caller-8", "retried8"));
	put_standing(with, STANDING_BANNED);
	they_say(&tokened, "with our token", INITIAL, "retried8", "caller-8", PASSES(ANSWER));
	assert_int_equal(rig_count(with->rig->gate->maps.flows), 0);
	assert_true(we_say(with, INITIAL, "caller-8", "ours-of8"));
	they_say(&tokened, "its second flight", INITIAL, "hidden-8", "caller-8", PASSES(ANSWER));
	they_say(&tokened, "or that", INITIAL, "ours-of8", "caller-8", PASSES(ANSWER));
	assert_int_equal(rig_count(with->rig->gate->maps.flows), 1);
	they_say(&tokened, "the token elsewhere", INITIAL, "shrt", "caller-9", REFUSES(BAD_SCORE));
}

static void a_retry_is_an_answer_but_no_connection(void **state)
{
	everywhere(state, we_retry);
}

static void they_retry(const struct dialogue *with)
{
	struct dialogue tokened = *with;

	tokened.token = 63;
	put_standing(with, STANDING_BANNED);
	assert_true(we_say(with, INITIAL, "a-random-one", "ours-of8"));
	they_say(&tokened, "their Retry", RETRY, "ours-of8", "retried8", NOTHING);
	assert_true(we_say(&tokened, INITIAL, "retried8", "ours-of8"));
	they_say(with, "the answer", INITIAL, "ours-of8", "theirs-8", PASSES(ANSWER));
}

static void a_retry_of_theirs_changes_nothing(void **state)
{
	everywhere(state, they_retry);
}

/* Whoever gets in, by whatever they know, is answered with another ID; what they know ends all the same. */
static void nobody_lives_on_by_being_answered(void **state)
{
	for (int own = 0; own < 2; own++)
		for (int size = 4; size <= 8; size += 4) {
			struct dialogue with = {.rig = *state, .door = DOOR_TC};
			char ours[32] = "ours-of8", next[32];
			unsigned int late = 0, first = 0;

			rig_clear(state);
			rig_remembers(*state, true);
			if (own) {
				assert_true(we_say(&with, INITIAL, "a-random-one", ours));
			} else {
				assert_true(they_reach(&with, INITIAL, "first-id", "caller-8"));
				assert_true(we_say(&with, INITIAL, "caller-8", ours));
			}
			put_standing(&with, STANDING_BANNED);
			for (int turn = 0; turn < 600; turn++) {
				const char *from = turn % 3 == 2 ? "caller-9" : "caller-8";
				bool again = turn % 3 == 1;

				with.token = size == 4 ? 9 : 0;
				snprintf(next, sizeof(next), "%0*d", size, turn);
				if (they_reach(&with, INITIAL, again ? "hidden-8" : ours, from)) {
					with.token = 0;
					assert_true(we_say(&with, INITIAL, from, next));
					strcpy(ours, next);
					late += turn > 31;
					first += turn <= 31;
				}
				rig_wait(*state, second_ns);
			}
			assert_int_equal(late, 0);
			assert_true(first <= 31);
		}
}

static void a_dial_is_judged_once(void **state)
{
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		for (int family = 0; family < FAMILIES; family++) {
			struct dialogue with = {.rig = *state, .door = door, .family = family};

			rig_clear(state);
			rig_remembers(*state, true);
			pace(*state, 2);
			for (int i = 0; i < 5; i++)
				they_say(&with, "one dial", INITIAL, "first-id", "caller-8",
					 PASSES(ADMITTED));
			they_say(&with, "who repeats himself for ever pays again", INITIAL,
				 "first-id", "caller-8", PASSES(ADMITTED));
			for (int i = 0; i < 3; i++)
				they_say(&with, "another dial", INITIAL, "second-1", "caller-8",
					 REFUSES(SOURCE_PACE));
			they_say(&with, "no unit without an ID", SHORT_HEADER, "first-id", NULL,
				 NOTHING);
		}
}

static void the_leak_is_drawn_for_each_id(void **state)
{
	struct dialogue with = {.rig = *state, .door = DOOR_XDP};
	unsigned int leaked = 0;

	rig_remembers(*state, true);
	pace(*state, 1);
	with.rig->settings.leak = 65536 / 32;
	rig_settings(*state);
	they_reach(&with, INITIAL, "first-id", "caller-8");
	for (int i = 0; i < 2048; i++) {
		char to[16];
		bool passes;

		snprintf(to, sizeof(to), "dial%04d", i);
		passes = they_reach(&with, INITIAL, to, "caller-8");
		assert_int_equal(they_reach(&with, INITIAL, to, "caller-8"), passes);
		leaked += passes;
	}
	assert_in_range(leaked, 64 - 40, 64 + 40);
}

static void all_questions_are_asked(void **state)
{
	struct dialogue with = {.rig = *state, .door = DOOR_XDP};
	struct rig *rig = *state;

	rig_remembers(rig, true);
	rig->settings.services[SERVICE].floor = 5;
	rig_settings(rig);
	rig_put(rig, honest_source(0, 0), &(struct record){.score = 4});
	they_say(&with, "below the floor", INITIAL, "first-id", "caller-8", REFUSES(NODE_FULL));
	rig_put(rig, honest_source(0, 0), &(struct record){.score = 5});
	they_say(&with, "the same dial", INITIAL, "first-id", "caller-8", REFUSES(NODE_FULL));
	they_say(&with, "another one", INITIAL, "second-1", "caller-8", PASSES(ADMITTED));
	put_standing(&with, STANDING_TRUSTED);
	they_say(&with, "trusted by now", INITIAL, "third-id", "caller-8", PASSES(TRUST));
	put_standing(&with, STANDING_BANNED);
	they_say(&with, "banned by now", INITIAL, "third-id", "caller-9", REFUSES(BAD_SCORE));
	rig->settings.mode = MODE_OBSERVE;
	rig_settings(rig);
	they_say(&with, "observed", INITIAL, "fourth-1", "caller-9", WOULD(BAD_SCORE));
	rig->settings.mode = MODE_ENFORCE;
	rig->settings.lease = 0;
	rig_settings(rig);
	they_say(&with, "bans need no lease", INITIAL, "fifth-id", "caller-9", REFUSES(BAD_SCORE));
	rig_put(rig, honest_source(0, 0), &(struct record){.score = -100});
	they_say(&with, "the rest does", INITIAL, "sixth-id", "caller-9", PASSES(NO_LEASE));
}

/* Without a way out that is seen, any Initial may be an answer: bans only. */
static void without_a_memory_only_bans_hold(void **state)
{
	struct dialogue with = {.rig = *state, .door = DOOR_XDP};

	pace(*state, 1);
	with.rig->settings.services[SERVICE].floor = 100;
	rig_settings(*state);
	for (int i = 0; i < 3; i++)
		they_say(&with, "unlimited", INITIAL, i ? "first-id" : "second-1", "caller-8",
			 PASSES(ADMITTED));
	put_standing(&with, STANDING_BANNED);
	they_say(&with, "banned", INITIAL, "first-id", "caller-8", REFUSES(BAD_SCORE));
	they_say(&with, "too short for a first one", INITIAL, "shrt", "caller-8", PASSES(ANSWER));
	assert_int_equal(rig_count(with.rig->gate->maps.callers), 0);
}

/* Each has another source and ID, and nobody is answered: nothing of what our own sending writes is touched. */
static void a_flood_of_forged_starts_leaves_the_memory_alone(void **state)
{
	enum { FORGED = 40000 };
	struct dialogue with = {.rig = *state, .door = DOOR_XDP};
	struct rig *rig = *state;

	rig_remembers(rig, true);
	assert_true(we_say(&with, INITIAL, "a-random-one", "ours-of8"));
	for (unsigned int i = 0; i < FORGED; i++) {
		char source[32], to[16], from[16];

		snprintf(source, sizeof(source), "203.%u.%u.7", i >> 8 & 255, i & 255);
		snprintf(to, sizeof(to), "forg%04x", i & 0xffff);
		snprintf(from, sizeof(from), "%04x", i & 0xffff);
		with.source = source;
		assert_true(they_reach(&with, i & 1 ? INITIAL : HANDSHAKE, to, from));
		if (i % 64 == 0)
			assert_true(they_reach(&with, SHORT_HEADER, to, NULL));
	}
	with.source = NULL;
	assert_int_equal(rig_count(rig->gate->maps.dialled), 1);
	assert_int_equal(rig_count(rig->gate->maps.answered), 0);
	assert_int_equal(rig_count(rig->gate->maps.handshakes), 0);
	assert_int_equal(rig_count(rig->gate->maps.flows), 0);
	assert_int_equal(rig_count(rig->gate->maps.witness), 0);
	assert_true(rig_count(rig->gate->maps.callers) <=
		    bpf_map__max_entries(rig->gate->maps.callers));
	put_standing(&with, STANDING_BANNED);
	they_say(&with, "our dial is still known", INITIAL, "ours-of8", "theirs-8", PASSES(ANSWER));
}

static void close_source(struct rig *rig, const uint8_t key[8], uint64_t ns)
{
	uint64_t until = rig_boot_ns() + ns;
	uint32_t slot = watched_slot((const struct source_key *)key),
		 until_s = until / second_ns + 1;

	assert_int_equal(
		bpf_map_update_elem(bpf_map__fd(rig->gate->maps.closures), key, &until, BPF_ANY),
		0);
	assert_int_equal(
		bpf_map_update_elem(bpf_map__fd(rig->gate->maps.watched), &slot, &until_s, BPF_ANY),
		0);
	rig->settings.closing = 1;
	rig_settings(rig);
}

static void their_connections_close(const struct dialogue *with)
{
	static const uint8_t keys[FAMILIES][2][8] = {
		{{0, 0, 255, 255, 192, 0, 2, 7}, {0, 0, 255, 255, 8, 0, 2, 7}},
		{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 7}, {0x20, 0x01, 0x0d, 0xb8, 0x86, 0xdd, 0, 7}}};
	struct dialogue other = *with;

	if (with->door != DOOR_TC_BARE)
		other.source = with->family == FAMILY_IPV6 ? "2001:db8:0:8::1" : "192.0.2.8";
	they_say(with, "a connection", SHORT_HEADER, "whatever", NULL, NOTHING);
	assert_true(we_say(with, INITIAL, "a-random-one", "ours-of8"));
	close_source(with->rig, keys[with->family][with->door == DOOR_TC_BARE], 35 * second_ns);
	they_say(with, "is closed", SHORT_HEADER, "whatever", NULL, REFUSES(CLOSING));
	they_say(with, "early data", ZERO_RTT, "first-id", "caller-8", REFUSES(CLOSING));
	they_say(with, "a handshake", HANDSHAKE, "first-id", "caller-8", REFUSES(CLOSING));
	they_say(with, "and none is made", INITIAL, "first-id", "caller-8", REFUSES(CLOSING));
	they_say(with, "but that we dialled", INITIAL, "ours-of8", "theirs-8", PASSES(ANSWER));
	if (other.source)
		they_say(&other, "a neighbour's goes on", SHORT_HEADER, "whatever", NULL, NOTHING);
	with->rig->settings.mode = MODE_OBSERVE;
	rig_settings(with->rig);
	they_say(with, "observed", SHORT_HEADER, "whatever", NULL, WOULD(CLOSING));
	with->rig->settings.mode = MODE_ENFORCE;
	put_standing(with, STANDING_TRUSTED);
	they_say(with, "trusted", SHORT_HEADER, "whatever", NULL, NOTHING);
	put_standing(with, STANDING_NEUTRAL);
	rig_wait(with->rig, 40 * second_ns);
	they_say(with, "later", SHORT_HEADER, "whatever", NULL, NOTHING);
}

static void a_closed_source_gets_nothing_through(void **state)
{
	everywhere(state, their_connections_close);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answers_to_our_dials_pass_from_the_banned_and_when_full,
				       rig_clear),
		cmocka_unit_test_setup(second_flights_pass_and_other_dials_do_not, rig_clear),
		cmocka_unit_test_setup(a_retry_is_an_answer_but_no_connection, rig_clear),
		cmocka_unit_test_setup(a_retry_of_theirs_changes_nothing, rig_clear),
		cmocka_unit_test_setup(nobody_lives_on_by_being_answered, rig_clear),
		cmocka_unit_test_setup(a_dial_is_judged_once, rig_clear),
		cmocka_unit_test_setup(the_leak_is_drawn_for_each_id, rig_clear),
		cmocka_unit_test_setup(all_questions_are_asked, rig_clear),
		cmocka_unit_test_setup(without_a_memory_only_bans_hold, rig_clear),
		cmocka_unit_test_setup(a_flood_of_forged_starts_leaves_the_memory_alone, rig_clear),
		cmocka_unit_test_setup(a_closed_source_gets_nothing_through, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
