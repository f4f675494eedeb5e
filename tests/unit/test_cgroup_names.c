/* SPDX-License-Identifier: BSD-2-Clause */
/* How people name cgroups, which folder is whose, and where the hierarchy is mounted. */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup_mount.h"
#include "cgroup_name.h"

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
	{"unit:*", "is no unit", 0, NULL},
	{"unit:beacon@eth0\\x2d1.service", NULL, CGROUP_UNIT, "beacon@eth0\\x2d1.service"},
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

static const struct {
	const char *folder;
	bool shared;
} sharers[] = {
	{"/", true},
	{"/user.slice/user-0.slice/session-3.scope", true},
	{"/user.slice/user-1000.slice/user@1000.service/tmux-spawn-1f.scope", true},
	{"/user.slice/user-1000.slice/user@1000.service/init.scope", true},
	{"/init.scope", true},
	{"/system.slice/docker.service", true},
	{"/system.slice/docker-" ID_A ".scope", false},
	{"/system.slice/session-3.service", false},
	{"/system.slice/beacon.service", false},
	{"/system.slice/docker.service/nested", false},
};

static void sharers_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sharers); i++)
		expect_true(sharers[i].folder,
			    !!cgroup_shared_with(sharers[i].folder) == sharers[i].shared);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),	  cmocka_unit_test(units_are_known),
		cmocka_unit_test(containers_are_known),	  cmocka_unit_test(sharers_are_known),
		cmocka_unit_test(the_hierarchy_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
