/* SPDX-License-Identifier: BSD-2-Clause */
/* Which folder is whose cgroup, where the hierarchy is mounted, and at which cgroups the doors hang. */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup_choice.h"
#include "cgroup_look.h"
#include "cgroup_mount.h"
#include "cgroup_name.h"
#include "cgroup_tree.h"
#include "listeners.h"

/* Two containers whose IDs begin alike. */
#define ID_A "4f66ad9a0b2e5d1c8e7f60123456789abcdef0123456789abcdef0123456789a"
#define ID_B "4f66ad9a0b2ec0ffee7f60123456789abcdef0123456789abcdef0123456789a"
#define POD "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f2e.slice"

static const struct {
	const char *text, *part; /* of the sentence; NULL: taken */
	enum cgroup_kind kind;
	const char *name;
} names[] = {
	{"auto", NULL, CGROUP_AUTO, ""},
	{"none", NULL, CGROUP_NONE, ""},
	{"/", NULL, CGROUP_PATH, "/"},
	{"/system.slice/beacon.service", NULL, CGROUP_PATH, "/system.slice/beacon.service"},
	{"unit:beacon", NULL, CGROUP_UNIT, "beacon"},
	{"container:4f66ad9a0b2e", NULL, CGROUP_CONTAINER, "4f66ad9a0b2e"},
	{"container:" ID_A, NULL, CGROUP_CONTAINER, ID_A},
	{"", "none of auto, none", 0, NULL},
	{"Auto", "none of auto, none", 0, NULL},
	{"beacon.service", "none of auto, none", 0, NULL},
	{"/a/", "no plain path", 0, NULL},
	{"//a", "no plain path", 0, NULL},
	{"/a/../b", "no plain path", 0, NULL},
	{"/a/./b", "no plain path", 0, NULL},
	{"/a/..b", NULL, CGROUP_PATH, "/a/..b"},
	{"unit:", "is no unit", 0, NULL},
	{"unit:system.slice/beacon.service", "is no unit", 0, NULL},
	{"container:lighthouse", "no container's ID: give 12 to 64", 0, NULL},
	{"container:4f66ad9a0b2", "no container's ID", 0, NULL},
	{"container:" ID_A "0", "no container's ID", 0, NULL},
	{"container:4F66AD9A0B2E", "no container's ID", 0, NULL},
};

static void names_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct why why = {""};
		enum cgroup_kind kind = CGROUP_AUTO;
		const char *name = NULL;
		int error = cgroup_name_parse(names[i].text, &kind, &name, &why);

		expect_true(names[i].text, !error == !names[i].part);
		if (names[i].part && !strstr(why.sentence, names[i].part))
			fail_msg("%s: \"%s\" does not say \"%s\"", names[i].text, why.sentence,
				 names[i].part);
		if (names[i].part)
			continue;
		expect_true(names[i].text, kind == names[i].kind);
		assert_string_equal(name, names[i].name);
	}
}

static const struct {
	const char *folder, *name;
	bool is;
} units[] = {
	{"/system.slice/beacon.service", "beacon.service", true},
	{"/system.slice/beacon.service", "beacon", true},
	{"/system.slice/beacon.service", "beaco", false},
	{"/system.slice/beacon.service", "eacon", false},
	{"/system.slice/beacon.scope", "beacon", false},
	{"/system.slice/run-u12.scope", "run-u12.scope", true},
	{"/system.slice/system-node.slice/node@1.service", "node@1", true},
	{"/eth.slice/eth-mainnet.slice/beacon.service", "beacon", true},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/beacon.service", "beacon", true},
	{"/system.slice/beacon.service/workers", "beacon", false},
	{"/system.slice/docker-" ID_A ".scope/system.slice/beacon.service", "beacon", false},
	{"/beacon.service", "beacon", false},
	{"/system.slice/_cpu.service", "cpu", true},
	{"/system.slice/cpu.service", "cpu", true},
	{"/system.slice/__x.service", "_x", true},
	{"/", "beacon", false},
};

static void units_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		expect_true(units[i].folder,
			    cgroup_is_unit(units[i].folder, units[i].name) == units[i].is);
}

static const struct {
	const char *what, *folder, *id;
	bool is;
} containers[] = {
	{"docker, systemd", "/system.slice/docker-" ID_A ".scope", "4f66ad9a0b2e", true},
	{"docker, cgroupfs", "/docker/" ID_A, "4f66ad9a0b2e", true},
	{"podman", "/machine.slice/libpod-" ID_A ".scope", "4f66ad9a0b2e", true},
	{"podman's monitor", "/machine.slice/libpod-conmon-" ID_A ".scope", "4f66ad9a0b2e", false},
	{"podman, inside", "/machine.slice/libpod-" ID_A ".scope/container", "4f66ad9a0b2e", false},
	{"podman of a user",
	 "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID_A ".scope",
	 "4f66ad9a0b2e", true},
	{"containerd", POD "/cri-containerd-" ID_A ".scope", "4f66ad9a0b2e", true},
	{"CRI-O", POD "/crio-" ID_A ".scope", "4f66ad9a0b2e", true},
	{"CRI-O's monitor", POD "/crio-conmon-" ID_A ".scope", "4f66ad9a0b2e", false},
	{"kubernetes, cgroupfs", "/kubepods/burstable/pod1f2e/" ID_A, "4f66ad9a0b2e", true},
	{"nerdctl", "/system.slice/nerdctl-" ID_A ".scope", "4f66ad9a0b2e", true},
	{"the whole ID", "/docker/" ID_A, ID_A, true},
	{"another ID", "/docker/" ID_B, ID_A, false},
	{"another one that begins alike", "/docker/" ID_B, "4f66ad9a0b2e", true},
	{"a digit too many", "/docker/" ID_A "0", "4f66ad9a0b2e", false},
	{"another ending", "/docker/" ID_A ".service", "4f66ad9a0b2e", false},
	{"a short name", "/docker/4f66ad9a0b2e", "4f66ad9a0b2e", false},
	{"the root", "/", "4f66ad9a0b2e", false},
};

static void containers_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(containers); i++)
		expect_true(containers[i].what,
			    cgroup_is_container(containers[i].folder, containers[i].id) ==
				    containers[i].is);
}

#define MOUNT_ROOT "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
#define MOUNT_V1 "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu\n"
#define MOUNT_V2 "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNT_HYBRID "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
#define MOUNT_PART "50 22 0:28 /docker/x /run/part rw - cgroup2 cgroup2 rw\n"
#define MOUNT_ODD "51 22 0:28 / /run/a\\040b\\134c rw master:1 shared:2 - cgroup2 none rw\n"

static const struct {
	const char *what, *text, *path; /* NULL: refused */
	const char *part;
} mounts[] = {
	{"version 2", MOUNT_ROOT MOUNT_V2, "/sys/fs/cgroup", NULL},
	{"both", MOUNT_ROOT MOUNT_V1 MOUNT_HYBRID, "/sys/fs/cgroup/unified", NULL},
	{"a part of it before the whole", MOUNT_PART MOUNT_V2, "/sys/fs/cgroup", NULL},
	{"the whole before a part", MOUNT_V2 MOUNT_PART, "/sys/fs/cgroup", NULL},
	{"a part only", MOUNT_ROOT MOUNT_PART, "/run/part", NULL},
	{"the first of two", MOUNT_V2 MOUNT_HYBRID, "/sys/fs/cgroup", NULL},
	{"a strange path", MOUNT_ODD, "/run/a b\\c", NULL},
	{"version 1 only", MOUNT_ROOT MOUNT_V1, NULL, "cgroup v1 only"},
	{"none", MOUNT_ROOT, NULL, "no cgroup hierarchy"},
	{"nothing", "", NULL, "no cgroup hierarchy"},
	{"no mounts", "one two three\n- - - - - -\n\n", NULL, "no cgroup hierarchy"},
};

static void write_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void the_hierarchy_is_found(void **state)
{
	char found[CGROUP_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		char path[] = "/tmp/peergate-test-XXXXXX";
		struct why why = {""};
		int error;

		write_file(path, mounts[i].text);
		error = cgroup_mount_find(path, found, &why);
		unlink(path);
		expect_true(mounts[i].what, error == (mounts[i].path ? 0 : -EOPNOTSUPP));
		if (mounts[i].path)
			assert_string_equal(found, mounts[i].path);
		else
			expect_true(why.sentence, strstr(why.sentence, mounts[i].part));
	}
	assert_int_equal(cgroup_mount_find("/nonexistent/mountinfo", found, NULL), -ENOENT);
}

/* A kernel with version 1 only: no door, one sentence, and nothing fails. */
static void version_1_is_told(void **state)
{
	char path[] = "/tmp/peergate-test-XXXXXX";
	struct cgroup_look *look = calloc(1, sizeof(*look));

	(void)state;
	write_file(path, MOUNT_ROOT MOUNT_V1);
	config_default(&look->config);
	look->mountinfo = path;
	memset(look->sockets, 0xff, sizeof(look->sockets));
	cgroup_look(look);
	unlink(path);
	assert_int_equal(look->choice.count, 0);
	assert_int_equal(look->note_count, 1);
	assert_non_null(strstr(look->notes[0].sentence, "cgroup v1 only"));
	free(look);
}

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
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(units_are_known),
		cmocka_unit_test(containers_are_known),
		cmocka_unit_test(the_hierarchy_is_found),
		cmocka_unit_test(version_1_is_told),
		cmocka_unit_test(auto_follows_who_listens),
		cmocka_unit_test(a_part_of_the_hierarchy_is_no_root),
		cmocka_unit_test(what_was_seen_is_remembered),
		cmocka_unit_test(memory_has_an_end),
		cmocka_unit_test(named_ones_carry_both),
		cmocka_unit_test(listeners_are_told_by_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
