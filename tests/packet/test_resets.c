/* SPDX-License-Identifier: BSD-2-Clause */
/* A refused SYN that is answered: the reset's every byte, its checksums, its tags; and who gets none. */
#include "expect.h"

#include <string.h>

static const struct record ban = {
	.until = FOREVER_NS,
	.standing = STANDING_BANNED,
	.reason = REASON_BAD_SCORE,
	.services = 0xff,
};

static void ban_all(struct rig *rig)
{
	for (int family = 0; family < FAMILIES; family++)
		for (int bare = 0; bare < 2; bare++)
			rig_put(rig, honest_source(family, bare), &ban);
	rig->settings.resets = 1u << REASON_BAD_SCORE;
	rig_settings(rig);
}

static uint32_t sum(const uint8_t *bytes, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

/* A right checksum makes the sum of all that it covers 0xffff. */
static bool is_right(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16) == 0xffff;
}

static uint32_t number(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void is_link_turned(const struct frame *syn, const struct frame *reset)
{
	assert_memory_equal(reset->bytes, syn->bytes + 6, 6);
	assert_memory_equal(reset->bytes + 6, syn->bytes, 6);
	assert_memory_equal(reset->bytes + 12, syn->bytes + 12, syn->network - 12); /* tags too */
}

static void is_ipv4_turned(const uint8_t *syn, const uint8_t *reset)
{
	static const uint8_t fixed[] = {0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6};

	assert_memory_equal(reset, fixed, sizeof(fixed));
	assert_memory_equal(reset + 12, syn + 16, 4);
	assert_memory_equal(reset + 16, syn + 12, 4);
	assert_true(is_right(sum(reset, 20)));
	assert_true(is_right(sum(reset + 12, 28) + 6 + 20));
}

static void is_ipv6_turned(const uint8_t *syn, const uint8_t *reset)
{
	static const uint8_t fixed[] = {0x60, 0, 0, 0, 0, 20, 6, 64};

	assert_memory_equal(reset, fixed, sizeof(fixed));
	assert_memory_equal(reset + 8, syn + 24, 16);
	assert_memory_equal(reset + 24, syn + 8, 16);
	assert_true(is_right(sum(reset + 8, 52) + 6 + 20));
}

static void is_reset(const struct frame *syn, const struct frame *reset, enum family family,
		     uint32_t data)
{
	size_t ip = family == FAMILY_IPV6 ? 40 : 20;
	const uint8_t *from = syn->bytes + syn->header, *to = reset->bytes + syn->network + ip;

	assert_int_equal(reset->size, syn->network + ip + 20);
	if (syn->network)
		is_link_turned(syn, reset);
	if (family == FAMILY_IPV6)
		is_ipv6_turned(syn->bytes + syn->network, reset->bytes + syn->network);
	else
		is_ipv4_turned(syn->bytes + syn->network, reset->bytes + syn->network);
	assert_memory_equal(to, from + 2, 2);
	assert_memory_equal(to + 2, from, 2);
	assert_int_equal(number(to + 4), 0);
	assert_int_equal(number(to + 8), number(from + 4) + 1 + data); /* wraps: builder.c */
	assert_int_equal(number(to + 12), 0x50140000);		       /* RST, ACK, no window */
	assert_int_equal(to[18] << 8 | to[19], 0);
}

static const struct shape answered[] = {
	{.payload = 0},
	{.payload = 1},
	{.payload = 999},
	{.tcp_words = 11},
	{.tcp_words = 16, .payload = 3},
	{.flags = SYN | PSH},
	{.padding = 6},
	{.tags = 1},
	{.tags = 2},
	{.tags = 2, .payload = 100},
	{.source_port = 65535},
	{.fragment = 0x4000},
};

static void every_byte_of_a_reset_is_right(void **state)
{
	struct rig *rig = *state;

	ban_all(rig);
	for (size_t i = 0; i < ARRAY_SIZE(answered); i++)
		for (int family = 0; family < FAMILIES; family++)
			for (int door = 0; door < RIG_DOOR_COUNT; door++) {
				struct shape shape = answered[i];
				struct frame frame;

				if (shape.tags && door == DOOR_TC_BARE)
					continue;
				shape.family = family;
				shape.bare = door == DOOR_TC_BARE;
				frame_build(&frame, &shape);
				expect(rig, "answered", door, family, &frame, REFUSES(BAD_SCORE));
				is_reset(&frame, &rig->answer, family, shape.payload);
			}
}

static void data_in_several_buffers_is_acknowledged_whole(void **state)
{
	struct rig *rig = *state;

	ban_all(rig);
	for (int family = 0; family < FAMILIES; family++) {
		struct shape shape = {.family = family, .payload = 6000};
		struct frame frame;

		frame_build(&frame, &shape);
		expect(rig, "answered", DOOR_XDP, family, &frame, REFUSES(BAD_SCORE));
		is_reset(&frame, &rig->answer, family, shape.payload);
	}
}

/* Refused, and silence. */
static const struct {
	const char *what;
	enum family family;
	struct shape shape;
	struct count count;
} silent[] = {
	{"a first fragment", FAMILY_IPV4, {.fragment = 0x2000}, REFUSES(BAD_SCORE)},
	{"a tiny first fragment", FAMILY_IPV4, {.fragment = 0x2000, .keep = 8}, REFUSES(BAD_SCORE)},
	{"a first fragment", FAMILY_IPV6, {.headers = "f"}, REFUSES(BAD_SCORE)},
	{"options, which no honest SYN has", FAMILY_IPV4, {.options = 8}, REFUSES(BAD_SCORE)},
	{"extension headers, as above", FAMILY_IPV6, {.headers = "h"}, REFUSES(BAD_SCORE)},
	{"hidden ports", FAMILY_IPV6, {.headers = "ddddddddd"}, HIDDEN_REFUSED},
	{"an Initial", FAMILY_IPV4, {.transport = TRANSPORT_QUIC}, REFUSES(BAD_SCORE)},
	{"an Initial", FAMILY_IPV6, {.transport = TRANSPORT_QUIC}, REFUSES(BAD_SCORE)},
};

static void not_reset(struct rig *rig, const char *what, enum rig_door door,
		      const struct shape *shape)
{
	struct frame frame;

	frame_build(&frame, shape);
	if (rig_run(rig, door, &frame) != RIG_DROP)
		fail_msg("%s (%s): not dropped", what, rig_door_name(door));
}

static void what_cannot_be_answered_is_dropped(void **state)
{
	struct rig *rig = *state;

	ban_all(rig);
	rig->settings.resets = ~0u;
	rig_settings(rig);
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
			struct shape shape = silent[i].shape;

			shape.family = silent[i].family;
			expect_on(rig, silent[i].what, door, &shape, silent[i].count);
			not_reset(rig, silent[i].what, door, &shape);
		}
}

static void a_group_answers_nobody(void **state)
{
	static const uint8_t groups[] = {0x01, 0x33, 0xff};
	struct rig *rig = *state;

	ban_all(rig);
	for (int family = 0; family < FAMILIES; family++)
		for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
			struct frame frame;

			frame_build(&frame, &(struct shape){.family = family});
			assert_int_equal(rig_run(rig, door, &frame), RIG_RESET);
			for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
				frame.bytes[0] = groups[i];
				assert_int_equal(rig_run(rig, door, &frame), RIG_DROP);
			}
		}
}

static void other_reasons_are_dropped(void **state)
{
	struct rig *rig = *state;

	ban_all(rig);
	rig->settings.resets = ~(1u << REASON_BAD_SCORE);
	rig_settings(rig);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		not_reset(rig, "a reason that is not answered", door, &(struct shape){0});
}

static void observing_answers_nobody(void **state)
{
	struct rig *rig = *state;

	ban_all(rig);
	rig->settings.mode = MODE_OBSERVE;
	rig_settings(rig);
	for (int door = 0; door < RIG_DOOR_COUNT; door++)
		expect_on(rig, "observed", door, &(struct shape){0}, WOULD(BAD_SCORE));
}

/* A driver that takes tags off shows XDP an untagged frame: its answer might go astray, so there is none. */
static void an_answer_that_may_lose_its_tag_is_not_sent(void **state)
{
	struct interface eth0 = {.name = "eth0", .takes_tags = 1};
	struct shape tagged = {.tags = 1};
	struct rig *rig = *state;
	struct frame frame;

	ban_all(rig);
	/* The test run comes in by the loopback device, 1. */
	bpf_map__update_elem(rig->gate->maps.interfaces, &(uint32_t){1}, 4, &eth0, sizeof(eth0),
			     BPF_ANY);
	frame_build(&frame, &tagged);
	for (int door = DOOR_XDP; door <= DOOR_XDP_PLAIN; door++) {
		not_reset(rig, "no tag is seen", door, &(struct shape){0});
		assert_int_equal(rig_run(rig, door, &frame), RIG_RESET);
	}
	frame_build(&frame, &(struct shape){0});
	assert_int_equal(rig_run(rig, DOOR_TC, &frame), RIG_RESET);
}

static void answers_are_counted_among_the_refused(void **state)
{
	struct tally tallies[COUNTERS];
	struct rig *rig = *state;
	struct frame frame;

	ban_all(rig);
	frame_build(&frame, &(struct shape){0});
	rig_run(rig, DOOR_XDP, &frame);
	rig_run(rig, DOOR_TC, &frame);
	rig->settings.resets = 0;
	rig_settings(rig);
	rig_run(rig, DOOR_XDP, &frame);
	rig_counters(rig, tallies);
	assert_int_equal(
		tallies[counter_index(DOOR_INGRESS, FAMILY_IPV4, SERVICE)].refused.bad_score, 3);
	assert_int_equal(tallies[counter_index(DOOR_INGRESS, FAMILY_IPV4, SERVICE)].resets, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_byte_of_a_reset_is_right, rig_clear),
		cmocka_unit_test_setup(data_in_several_buffers_is_acknowledged_whole, rig_clear),
		cmocka_unit_test_setup(what_cannot_be_answered_is_dropped, rig_clear),
		cmocka_unit_test_setup(a_group_answers_nobody, rig_clear),
		cmocka_unit_test_setup(other_reasons_are_dropped, rig_clear),
		cmocka_unit_test_setup(observing_answers_nobody, rig_clear),
		cmocka_unit_test_setup(an_answer_that_may_lose_its_tag_is_not_sent, rig_clear),
		cmocka_unit_test_setup(answers_are_counted_among_the_refused, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
