/* SPDX-License-Identifier: BSD-2-Clause */
/* What leaves: whose address it proves, which dials it refuses, and that nothing else is touched. */
#include "dialogue.h"

#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <peergate/source.h>

static const uint64_t ms_ns = 1000000, second_ns = 1000000000, short_s = 15;

static void everywhere(void **state, void (*with)(const struct dialogue *self))
{
	struct dialogue dialogue = {.rig = *state};

	each_dialogue(&dialogue, with);
}

static unsigned int opened(const struct dialogue *self)
{
	return their_witness(self).opened;
}

static void churns(struct rig *rig)
{
	rig->settings.short_ns = short_s * second_ns;
	rig_settings(rig);
}

/* The first flights of a dial of theirs, and our answer. */
static void they_dial(const struct dialogue *self, const char *first, const char *caller,
		      const char *ours)
{
	assert_true(they_reach(self, INITIAL, first, caller));
	assert_true(we_say(self, INITIAL, caller, ours));
	assert_true(we_say(self, HANDSHAKE, caller, ours));
}

static void our_id_comes_back(const struct dialogue *with)
{
	struct witness witness;

	churns(with->rig);
	they_dial(with, "first-id", "caller-8", "ours-of8");
	assert_int_equal(opened(with), 0);
	assert_true(they_reach(with, HANDSHAKE, "ours-of8", "caller-8"));
	assert_true(they_reach(with, HANDSHAKE, "ours-of8", "caller-8"));
	witness = their_witness(with);
	assert_int_equal(witness.opened, 1);
	assert_int_equal(witness.live[SERVICE].living, 1);
	assert_int_equal(witness.short_lived, 0);
}

static void an_id_that_comes_back_is_a_proof(void **state)
{
	everywhere(state, our_id_comes_back);
}

static void our_stack_follows(const struct dialogue *with)
{
	churns(with->rig);
	they_dial(with, "first-id", "caller-8", "ours-of8");
	assert_true(we_say(with, SHORT_HEADER, "caller-8", NULL)); /* before any proof */
	assert_true(they_reach(with, INITIAL, "hidden-8", "caller-8"));
	assert_true(they_reach(with, SHORT_HEADER, "hidden-8", NULL));
	assert_true(we_say(with, SHORT_HEADER, "theirs-2", NULL));
	assert_int_equal(opened(with), 0);
	assert_true(we_say(with, SHORT_HEADER, "theirs-2", NULL));
	assert_int_equal(opened(with), 1);
	assert_true(we_say(with, SHORT_HEADER, "theirs-2", NULL));
	assert_true(we_say(with, SHORT_HEADER, "theirs-3", NULL));
	assert_true(we_say(with, SHORT_HEADER, "theirs-3", NULL));
	assert_int_equal(opened(with), 1);
	assert_int_equal(their_witness(with).live[SERVICE].living, 1);
}

static void an_id_that_only_they_could_tell_us_is_a_proof(void **state)
{
	everywhere(state, our_stack_follows);
}

static void our_stack_goes_on(const struct dialogue *with)
{
	they_dial(with, "first-id", "caller-8", "ours-of8");
	assert_true(they_reach(with, INITIAL, "hidden-8", "caller-8"));
	rig_wait(with->rig, 900 * ms_ns);
	assert_true(we_say(with, SHORT_HEADER, "caller-8", NULL));
	assert_true(we_say(with, INITIAL, "caller-8",
			   "ours-of8")); /* a repeat: they have not answered */
	rig_wait(with->rig, 900 * ms_ns);
	assert_true(we_say(with, SHORT_HEADER, "caller-8", NULL));
	assert_int_equal(opened(with), 0);
	rig_wait(with->rig, 200 * ms_ns);
	assert_true(we_say(with, SHORT_HEADER, "caller-8", NULL));
	assert_int_equal(opened(with), 1);
}

static void a_handshake_that_is_repeated_no_more_is_a_proof(void **state)
{
	everywhere(state, our_stack_goes_on);
}

/*
 * Forged in a victim's name: an Initial, whose answer the forger does not see, and whatever he likes behind it. Our stack repeats
 * its handshake, sends what goes before a proof, and stateless resets, which are random.
 */
static void somebody_is_forged(const struct dialogue *with)
{
	they_dial(with, "first-id", "caller-8", "ours-of8");
	for (int turn = 0; turn < 300; turn++) {
		char guess[32];

		snprintf(guess, sizeof(guess), "guess-%02d", turn % 100);
		they_reach(with, turn % 2 ? INITIAL : HANDSHAKE, guess, "caller-8");
		they_reach(with, SHORT_HEADER, guess, NULL);
		if (turn % 8 == 0)
			assert_true(we_say(with, SHORT_HEADER, "caller-8", NULL));
		snprintf(guess, sizeof(guess), "reset%03d", turn);
		assert_true(we_say(with, SHORT_HEADER, guess, NULL));
		if (turn % 8 == 0)
			assert_true(we_say(with, INITIAL, "caller-8", "ours-of8"));
		rig_wait(with->rig, 100 * ms_ns);
	}
	assert_int_equal(opened(with), 0);
	assert_int_equal(rig_count(with->rig->gate->maps.witness), 0);
	assert_int_equal(rig_count(with->rig->gate->maps.flows), 0);
}

static void forgeries_prove_nothing(void **state)
{
	everywhere(state, somebody_is_forged);
}

static void connections_follow_each_other(const struct dialogue *with)
{
	struct witness witness;

	churns(with->rig);
	for (int i = 0; i < 3; i++) {
		char first[16], caller[16], ours[16];

		snprintf(first, sizeof(first), "first-%02d", i);
		snprintf(caller, sizeof(caller), "caller%02d", i);
		snprintf(ours, sizeof(ours), "ours-f%02d", i);
		they_dial(with, first, caller, ours);
		assert_true(they_reach(with, HANDSHAKE, ours, caller));
		rig_wait(with->rig, 2 * second_ns);
		assert_true(they_reach(with, SHORT_HEADER, ours, NULL));
		rig_wait(with->rig, second_ns);
		assert_true(we_say(with, SHORT_HEADER, caller, NULL));
		rig_wait(with->rig, 5 * second_ns);
	}
	witness = their_witness(with);
	assert_int_equal(witness.opened, 3);
	assert_int_equal(witness.live[SERVICE].living, 1);
	assert_int_equal(witness.short_lived, 2);
	assert_in_range(witness.last_ms, 2900, 3300);
	rig_wait(with->rig, (short_s - 7) * second_ns);
	assert_true(they_reach(with, SHORT_HEADER, "ours-f02", NULL));
	witness = their_witness(with);
	assert_int_equal(witness.lasted, 1);
	assert_int_equal(witness.short_lived, 0);
}

static void a_dial_on_the_same_ports_ends_the_one_before(void **state)
{
	everywhere(state, connections_follow_each_other);
}

/* Hours later one packet of 32 is looked at, by bits that nobody chooses; a chatty connection is thus seen to live. */
static void a_sample_tells_that_it_lives(void **state)
{
	struct dialogue with = {.rig = *state, .door = DOOR_TC};
	struct shape shape = {
		.transport = TRANSPORT_QUIC, .quic = 0x41, .payload = 101, .to = "ours-of8: p"};
	struct flow_key key, none = {0};
	struct flow flow;
	struct frame frame;
	int flows = bpf_map__fd(with.rig->gate->maps.flows);
	uint64_t seen_ns;

	rig_remembers(*state, true);
	churns(*state);
	they_dial(&with, "first-id", "caller-8", "ours-of8");
	assert_true(they_reach(&with, HANDSHAKE, "ours-of8", "caller-8"));
	assert_int_equal(bpf_map_get_next_key(flows, &none, &key), 0);
	rig_wait(*state, 60 * second_ns);
	assert_true(they_reach(&with, SHORT_HEADER, "ours-of8", NULL));
	rig_wait(*state, 60 * second_ns);
	assert_int_equal(bpf_map_lookup_elem(flows, &key, &flow), 0);
	seen_ns = flow.seen_ns;
	assert_true(they_reach(&with, SHORT_HEADER, "ours-of8", NULL));
	assert_int_equal(bpf_map_lookup_elem(flows, &key, &flow), 0);
	assert_true(flow.seen_ns == seen_ns);
	shape.quic = 0x60;
	frame_build(&frame, &shape);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
		seen_ns = flow.seen_ns;
		rig_wait(*state, second_ns);
		rig_run(*state, door, &frame);
		assert_int_equal(bpf_map_lookup_elem(flows, &key, &flow), 0);
		assert_in_range(flow.seen_ns - seen_ns, second_ns, 70 * second_ns);
	}
}

static void refuse_dials(struct rig *rig, enum reach reach, int banned)
{
	rig->settings.dial = reach;
	rig->settings.dial_banned = banned;
	rig_settings(rig);
}

static const struct {
	const char *what, *source;
	enum family family;
	enum reach reach;
	int banned, leaves;
} dials[] = {
	{"anybody, by default", "10.0.0.1", FAMILY_IPV4, REACH_OFF, 0, 1},
	{"a public one", "192.88.98.1", FAMILY_IPV4, REACH_BOGON, 1, 1},
	{"private", "10.0.0.1", FAMILY_IPV4, REACH_PRIVATE, 0, 0},
	{"carrier's", "100.64.0.1", FAMILY_IPV4, REACH_PRIVATE, 0, 0},
	{"private, IPv6", "fc00::1", FAMILY_IPV6, REACH_PRIVATE, 0, 0},
	{"a bogon, which is not asked about", "240.0.0.1", FAMILY_IPV4, REACH_PRIVATE, 0, 1},
	{"a bogon", "240.0.0.1", FAMILY_IPV4, REACH_BOGON, 0, 0},
	{"banned", "192.88.98.7", FAMILY_IPV4, REACH_OFF, 1, 0},
	{"banned, which is not asked about", "192.88.98.7", FAMILY_IPV4, REACH_PRIVATE, 0, 1},
};

static uint64_t dials_refused(struct rig *rig)
{
	struct tally tallies[COUNTERS];
	uint64_t refused = 0;

	rig_counters(rig, tallies);
	for (int i = counter_index(DOOR_DIAL, 0, 0); i < (int)counter_index(DOOR_DIAL + 1, 0, 0);
	     i++)
		for (int reason = 0; reason < REASONS; reason++)
			refused += ((uint64_t *)&tallies[i].refused)[reason] +
				   ((uint64_t *)&tallies[i].would_refuse)[reason];
	return refused;
}

static void only_first_initials_are_refused_and_only_where_told(void **state)
{
	struct record ban = {.until = FOREVER_NS,
			     .standing = STANDING_BANNED,
			     .reason = REASON_OPERATOR,
			     .services = 0xff};
	struct rig *rig = *state;

	for (size_t i = 0; i < ARRAY_SIZE(dials); i++)
		for (int tags = 0; tags <= 2; tags++) {
			struct dialogue with = {.rig = rig,
						.door = DOOR_TC,
						.family = dials[i].family,
						.source = dials[i].source,
						.tags = tags};
			struct dialogue small = with;

			rig_clear(state);
			rig_put(rig, "192.88.98.7", &ban);
			refuse_dials(rig, dials[i].reach, dials[i].banned);
			small.size = 1199;
			assert_true(we_say(&small, INITIAL, "too-small", "ours-of8"));
			assert_true(we_say(&with, HANDSHAKE, "whatever", "ours-of8"));
			assert_true(we_say(&with, SHORT_HEADER, "whatever", NULL));
			assert_true(we_say(&with, INITIAL, "shrt", "ours-of8"));
			for (int repeat = 0; repeat < 2; repeat++)
				if (we_say(&with, INITIAL, "a-random-one", "ours-of8") !=
				    dials[i].leaves)
					fail_msg("%s, %d tags: %s", dials[i].what, tags,
						 dials[i].leaves ? "refused" : "left");
			assert_int_equal(rig_count(rig->gate->maps.dialled), dials[i].leaves);
			assert_int_equal(dials_refused(rig), dials[i].leaves ? 0 : 2);
			rig->settings.mode = MODE_OBSERVE;
			rig_settings(rig);
			assert_true(we_say(&with, INITIAL, "another-one", "ours-of9"));
			assert_int_equal(dials_refused(rig), dials[i].leaves ? 0 : 3);
		}
}

/* Who is being answered was let in: no setting of our dials shuts him out. */
static void answers_leave_wherever_they_go(void **state)
{
	struct dialogue with = {.rig = *state, .door = DOOR_TC, .source = "10.0.0.1"};

	rig_remembers(*state, true);
	refuse_dials(*state, REACH_BOGON, 1);
	they_dial(&with, "first-id", "caller-8", "ours-of8");
	they_dial(&with, "second-1", "cal4", "ours");
	with.source_port = 4242;
	assert_true(we_say(&with, INITIAL, "cal4",
			   "ours")); /* nobody known: too short for a first one */
	assert_false(we_say(&with, INITIAL, "caller-8", "ours-of8"));
}

static const struct {
	const char *what;
	struct shape shape;
} others[] = {
	{"TCP", {.flags = SYN}},
	{"TCP, established", {.flags = ACK}},
	{"another port's dial", {.transport = TRANSPORT_QUIC, .port = OTHER_PORT}},
	{"version 3", {.transport = TRANSPORT_QUIC, .version = 3}},
	{"DNS", {.transport = TRANSPORT_QUIC, .quic = 0x12, .payload = 40}},
	{"five bytes", {.transport = TRANSPORT_QUIC, .payload = 6}},
	{"later fragment", {.transport = TRANSPORT_QUIC, .fragment = 0x2001}},
	{"headers that hide",
	 {.transport = TRANSPORT_QUIC, .family = FAMILY_IPV6, .headers = "ddddddddd"}},
	{"an ID beyond the packet", {.transport = TRANSPORT_QUIC, .id = 0xff, .payload = 60}},
	{"three tags", {.transport = TRANSPORT_QUIC, .tags = 3}},
	{"ARP", {.ethertype = 0x0806}},
};

static void all_else_passes_and_leaves_no_trace(void **state)
{
	struct rig *rig = *state;

	refuse_dials(rig, REACH_BOGON, 1);
	rig_remembers(rig, true);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		for (int family = 0; family < FAMILIES; family++) {
			struct shape shape = others[i].shape;
			struct frame frame;
			size_t whole;

			shape.out = 1;
			shape.family = shape.headers	? FAMILY_IPV6
				       : shape.fragment ? FAMILY_IPV4
							: family;
			shape.source = shape.family == FAMILY_IPV6 ? "fc00::1" : "10.0.0.1";
			frame_build(&frame, &shape);
			for (whole = frame.size; frame.size >= 14 + 40 && frame.size > whole - 80;
			     frame.size--)
				if (!rig_leaves(rig, 0, &frame))
					fail_msg("%s: dropped (%zu of %zu bytes)", others[i].what,
						 frame.size, whole);
		}
	assert_int_equal(rig_count(rig->gate->maps.dialled), 0);
	assert_int_equal(rig_count(rig->gate->maps.answered), 0);
}

/* Extension headers are walked as at the front door. */
static void headers_before_a_dial_are_walked(void **state)
{
	static const char *const chains[] = {"h", "hdr", "dddddddd"};
	struct rig *rig = *state;

	refuse_dials(rig, REACH_PRIVATE, 0);
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
		struct shape shape = {.family = FAMILY_IPV6,
				      .transport = TRANSPORT_QUIC,
				      .headers = chains[i],
				      .source = "fc00::1",
				      .out = 1};
		struct frame frame;

		frame_build(&frame, &shape);
		assert_false(rig_leaves(rig, 0, &frame));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_id_that_comes_back_is_a_proof, rig_clear),
		cmocka_unit_test_setup(an_id_that_only_they_could_tell_us_is_a_proof, rig_clear),
		cmocka_unit_test_setup(a_handshake_that_is_repeated_no_more_is_a_proof, rig_clear),
		cmocka_unit_test_setup(forgeries_prove_nothing, rig_clear),
		cmocka_unit_test_setup(a_dial_on_the_same_ports_ends_the_one_before, rig_clear),
		cmocka_unit_test_setup(a_sample_tells_that_it_lives, rig_clear),
		cmocka_unit_test_setup(only_first_initials_are_refused_and_only_where_told,
				       rig_clear),
		cmocka_unit_test_setup(answers_leave_wherever_they_go, rig_clear),
		cmocka_unit_test_setup(all_else_passes_and_leaves_no_trace, rig_clear),
		cmocka_unit_test_setup(headers_before_a_dial_are_walked, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
