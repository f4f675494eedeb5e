/* SPDX-License-Identifier: BSD-2-Clause */
/* At which cgroups the doors hang, by who listens and who is named. */
#include "tap.h"

#include <string.h>

#include "cgroup_choice.h"
#include "cgroup_mount.h"
#include "cgroup_name.h"
#include "listeners.h"

#define ID_A "4f66ad9a0b2e5d1c8e7f60123456789abcdef0123456789abcdef0123456789a"

static const struct cgroup_listener listeners[] = {
	{.service = 0, .namespace = NAMESPACE_OWN, .place = {"/a.slice/one.service", 11}},
	{.service = 0, .namespace = NAMESPACE_OWN, .place = {"/a.slice/one.service/sub", 12}},
	{.service = 1, .namespace = NAMESPACE_OWN, .place = {"/", 1}},
	{.service = 1, .namespace = NAMESPACE_OWN, .proxy = true, .place = {"/docker.service", 13}},
	{.service = 1, .namespace = 0, .place = {"/docker/" ID_A, 14}},
	{.service = 2, .namespace = NAMESPACE_OWN, .place = {"", 99}},
};

static void expect_wanted(const struct cgroup_choice *choice, unsigned int i, const char *path,
			  bool sockets, bool dial)
{
	assert_true(i < choice->count);
	assert_string_equal(choice->wanted[i].path, path);
	expect_true(path, choice->wanted[i].sockets == sockets);
	expect_true(path, choice->wanted[i].dial == dial);
}

/* Neither the root nor a proxy gets the dial door, and no cgroup within another gets it twice. */
static void auto_follows_who_listens(void **state)
{
	struct cgroup_listener heard[ARRAY_SIZE(listeners)];
	struct cgroup_memory memory = {0};
	struct cgroup_choice choice;

	(void)state;
	memcpy(heard, listeners, sizeof(heard));
	cgroup_memory_learn(&memory, heard, ARRAY_SIZE(heard));
	cgroup_choose_auto(&choice, "/cg", 1, &memory);
	assert_int_equal(choice.count, 3);
	expect_wanted(&choice, 0, "/cg", true, false);
	expect_wanted(&choice, 1, "/cg/a.slice/one.service", false, true);
	expect_wanted(&choice, 2, "/cg/docker/" ID_A, false, true);
	cgroup_choice_cover(&choice, "/cg", heard, ARRAY_SIZE(heard));
	for (size_t i = 0; i < ARRAY_SIZE(heard); i++) {
		expect_true(heard[i].place.folder, heard[i].inside);
		expect_true(heard[i].place.folder, heard[i].dials == (i == 0 || i == 1 || i == 4));
	}
}

/* In a cgroup namespace the root is a part: who is not in it is not counted there. */
static void a_part_of_the_hierarchy_is_no_root(void **state)
{
	struct cgroup_listener heard[ARRAY_SIZE(listeners)];
	const struct cgroup_memory memory = {0};
	struct cgroup_choice choice;

	(void)state;
	memcpy(heard, listeners, sizeof(heard));
	cgroup_choose_auto(&choice, "/cg", 77, &memory);
	cgroup_choice_cover(&choice, "/cg", heard, ARRAY_SIZE(heard));
	for (size_t i = 0; i < ARRAY_SIZE(heard); i++)
		expect_true(heard[i].place.folder, heard[i].inside == (i != 5));
}

/* A node that is down is waited for where it was; one that listens elsewhere now has moved. */
static void what_was_seen_is_remembered(void **state)
{
	const struct cgroup_listener moved = {.service = 0, .place = {"/b.slice/one.service", 21}};
	struct cgroup_memory memory = {0};
	struct cgroup_choice choice;

	(void)state;
	cgroup_memory_learn(&memory, listeners, ARRAY_SIZE(listeners));
	cgroup_memory_learn(&memory, NULL, 0);
	assert_int_equal(memory.count, 3);
	memory.all[0].place.id = 0; /* its folder is away */
	memory.all[1].place.id = 0;
	cgroup_choose_auto(&choice, "/cg", 1, &memory);
	assert_int_equal(choice.count, 2);
	cgroup_memory_learn(&memory, &moved, 1);
	assert_int_equal(memory.count, 2);
	assert_string_equal(memory.all[0].place.folder, "/docker/" ID_A);
	assert_string_equal(memory.all[1].place.folder, "/b.slice/one.service");
}

static void memory_has_an_end(void **state)
{
	struct cgroup_listener heard[GATE_CGROUPS_MAX + 4];
	struct cgroup_memory memory = {0};
	struct cgroup_choice choice;

	(void)state;
	memset(heard, 0, sizeof(heard));
	for (unsigned int i = 0; i < ARRAY_SIZE(heard); i++) {
		snprintf(heard[i].place.folder, sizeof(heard[i].place.folder), "/n%u", i);
		heard[i].place.id = 100 + i;
	}
	cgroup_memory_learn(&memory, heard, ARRAY_SIZE(heard));
	assert_true(memory.full);
	assert_int_equal(memory.count, GATE_CGROUPS_MAX - 1);
	cgroup_choose_auto(&choice, "/cg", 1, &memory);
	assert_int_equal(choice.count, GATE_CGROUPS_MAX);
	cgroup_memory_learn(&memory, heard, 3);
	assert_false(memory.full);
	assert_int_equal(memory.count, 3);
}

static void named_ones_carry_both(void **state)
{
	const struct cgroup_place places[] = {{"/a/b", 2}, {"/a", 3},  {"/c", 0},
					      {"", 0},	   {"/ab", 4}, {"/a", 3}};
	const struct cgroup_place with_root[] = {{"/a", 3}, {"/", 1}, {"/", 1}};
	struct cgroup_listener heard[ARRAY_SIZE(listeners)];
	struct cgroup_choice choice;

	(void)state;
	cgroup_choose_named(&choice, "/cg", places, ARRAY_SIZE(places));
	assert_int_equal(choice.count, 2);
	expect_wanted(&choice, 0, "/cg/a", true, true);
	expect_wanted(&choice, 1, "/cg/ab", true, true);
	memcpy(heard, listeners, sizeof(heard));
	cgroup_choice_cover(&choice, "/cg", heard, ARRAY_SIZE(heard));
	for (size_t i = 0; i < ARRAY_SIZE(heard); i++)
		expect_true(heard[i].place.folder, !heard[i].inside && !heard[i].dials);
	cgroup_choose_named(&choice, "/cg", with_root, ARRAY_SIZE(with_root));
	assert_int_equal(choice.count, 2);
	expect_wanted(&choice, 0, "/cg/a", false, true);
	expect_wanted(&choice, 1, "/cg", true, false);
}

static void listeners_are_told_by_namespace(void **state)
{
	const struct port_key published = {.port = 13001, .transport = TRANSPORT_TCP};
	const struct port_key inside = {.port = 9001, .transport = TRANSPORT_TCP};
	struct config config;

	(void)state;
	config_default(&config);
	assert_int_equal(config_set(&config, "service", "a=tcp:13000-13001:9000-9001", NULL), 0);
	assert_int_equal(config_set(&config, "service", "b=tcp:9001", NULL), 0);
	assert_int_equal(config_set(&config, "netns", "a=/run/netns/a", NULL), 0);
	assert_int_equal(config_check(&config, NULL), 0);
	assert_int_equal(listeners_port(&config, NAMESPACE_OWN, &published)->service, 0);
	assert_int_equal(listeners_port(&config, NAMESPACE_OWN, &inside)->service, 1);
	assert_int_equal(listeners_port(&config, 0, &inside)->service, 0);
	assert_null(listeners_port(&config, 0, &published));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auto_follows_who_listens),
		cmocka_unit_test(a_part_of_the_hierarchy_is_no_root),
		cmocka_unit_test(what_was_seen_is_remembered),
		cmocka_unit_test(memory_has_an_end),
		cmocka_unit_test(named_ones_carry_both),
		cmocka_unit_test(listeners_are_told_by_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
