/* SPDX-License-Identifier: BSD-2-Clause */
/* What a value of one build is in another: members by name, words by their word, numbers by value. */
#include "tap.h"

#include <bpf/btf.h>
#include <string.h>

#include "gate_convert.h"
#include "gate_pins.h"

struct old {
	uint64_t until;
	uint32_t when;
	int8_t score;
	uint8_t reason;
	uint8_t mask;
	uint8_t gone;
};

struct new
{
	uint8_t reason;
	int32_t score;
	uint64_t added;
	uint64_t until;
	uint16_t mask;
	uint32_t when;
};

/* A record before and after: reordered, widened, a word put before others, a member gone, one come. */
struct builds {
	struct btf *old, *new;
	int old_record, new_record;
};

static int words(struct btf *btf, const char *const *list)
{
	int id = btf__add_enum(btf, "reason", 1);

	for (int i = 0; list[i]; i++)
		btf__add_enum_value(btf, list[i], i);
	return id;
}

static void make_old(struct builds *self)
{
	static const char *const list[] = {"none", "bad_score", "operator", "obsolete", NULL};
	struct btf *btf = self->old = btf__new_empty();
	int u64 = btf__add_int(btf, "u64", 8, 0), u32 = btf__add_int(btf, "u32", 4, 0);
	int s8 = btf__add_int(btf, "s8", 1, BTF_INT_SIGNED), u8 = btf__add_int(btf, "u8", 1, 0);
	int reason = words(btf, list), typed = btf__add_typedef(btf, "__u64", u64);

	self->old_record = btf__add_struct(btf, "record", sizeof(struct old));
	btf__add_field(btf, "until", typed, offsetof(struct old, until) * 8, 0);
	btf__add_field(btf, "when", u32, offsetof(struct old, when) * 8, 0);
	btf__add_field(btf, "score", s8, offsetof(struct old, score) * 8, 0);
	btf__add_field(btf, "reason", reason, offsetof(struct old, reason) * 8, 0);
	btf__add_field(btf, "mask", u8, offsetof(struct old, mask) * 8, 0);
	btf__add_field(btf, "gone", u8, offsetof(struct old, gone) * 8, 0);
}

static void make_new(struct builds *self)
{
	static const char *const list[] = {"none", "earlier", "bad_score", "operator", NULL};
	struct btf *btf = self->new = btf__new_empty();
	int reason = words(btf, list), s32 = btf__add_int(btf, "s32", 4, BTF_INT_SIGNED);
	int u16 = btf__add_int(btf, "u16", 2, 0), u64 = btf__add_int(btf, "u64", 8, 0);
	int u32 = btf__add_int(btf, "u32", 4, 0);

	self->new_record = btf__add_struct(btf, "record", sizeof(struct new));
	btf__add_field(btf, "reason", reason, offsetof(struct new, reason) * 8, 0);
	btf__add_field(btf, "score", s32, offsetof(struct new, score) * 8, 0);
	btf__add_field(btf, "added", u64, offsetof(struct new, added) * 8, 0);
	btf__add_field(btf, "until", u64, offsetof(struct new, until) * 8, 0);
	btf__add_field(btf, "mask", u16, offsetof(struct new, mask) * 8, 0);
	btf__add_field(btf, "when", u32, offsetof(struct new, when) * 8, 0);
}

static struct new converted(const struct old *old)
{
	struct builds builds;
	struct new new;

	memset(&new, 0xaa, sizeof(new));
	make_old(&builds);
	make_new(&builds);
	assert_true(convert(builds.old, (uint32_t)builds.old_record, old, builds.new,
			    (uint32_t)builds.new_record, &new));
	btf__free(builds.old);
	btf__free(builds.new);
	return new;
}

static void members_go_by_name(void **state)
{
	const struct old old = {.until = 1234567890123, .when = 77, .score = -100, .reason = 1};
	struct new new = converted(&old);

	(void)state;
	assert_true(new.until == 1234567890123);
	assert_int_equal(new.when, 77);
	assert_int_equal(new.score, -100);
	assert_true(new.added == 0);
}

static void words_keep_their_meaning(void **state)
{
	static const struct {
		const char *what;
		uint8_t old, new;
	} rows[] = {
		{"none", 0, 0},
		{"bad_score", 1, 2},
		{"operator", 2, 3},
		{"a word that is no more", 3, 0},
		{"a number that was no word", 200, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct old old = {.reason = rows[i].old};

		expect_true(rows[i].what, converted(&old).reason == rows[i].new);
	}
}

/* "All services", "for ever" are all ones, in whatever width. */
static void all_ones_stay_all_ones(void **state)
{
	const struct old all = {.mask = 0xff, .until = UINT64_MAX}, some = {.mask = 0x7f};

	(void)state;
	assert_int_equal(converted(&all).mask, 0xffff);
	assert_true(converted(&all).until == UINT64_MAX);
	assert_int_equal(converted(&some).mask, 0x7f);
}

static void different_kinds_are_refused(void **state)
{
	struct builds builds;
	const struct old old = {0};
	struct new new;

	(void)state;
	make_old(&builds);
	make_new(&builds);
	assert_false(convert(builds.old, 1, &old, builds.new, (uint32_t)builds.new_record, &new));
	assert_false(convert(builds.old, 999, &old, builds.new, (uint32_t)builds.new_record, &new));
	btf__free(builds.old);
	btf__free(builds.new);
}

static const struct {
	const char *ifname, *pin;
} names[] = {
	{"eth0", "link_eth0"},
	{"eth0.5", "link_eth0%2e5"},
	{"a%2eb", "link_a%252eb"},
	{"123456789012345", "link_123456789012345"},
	{"...............", "link_%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e"},
};

static void names_of_pins_go_both_ways(void **state)
{
	char pin[PIN_NAME_MAX], ifname[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		pin_name(pin, "link_", names[i].ifname);
		assert_string_equal(pin, names[i].pin);
		assert_true(pin_name_parse(ifname, "link_", pin));
		assert_string_equal(ifname, names[i].ifname);
	}
	assert_false(pin_name_parse(ifname, "link_", "gate_xdp"));
	assert_false(pin_name_parse(ifname, "link_", "link_"));
	assert_false(pin_name_parse(ifname, "link_", "link_1234567890123456"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_go_by_name),
		cmocka_unit_test(words_keep_their_meaning),
		cmocka_unit_test(all_ones_stay_all_ones),
		cmocka_unit_test(different_kinds_are_refused),
		cmocka_unit_test(names_of_pins_go_both_ways),
	};

	return cmocka_run_group_tests_name("gate_convert", tests, NULL, NULL);
}
