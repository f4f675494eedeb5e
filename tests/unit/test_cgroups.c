/* SPDX-License-Identifier: BSD-2-Clause */
/* Who listens, where the named cgroups are, and at which cgroups the doors hang. */
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_choice.h"
#include "cgroup_look.h"
#include "cgroup_mount.h"
#include "cgroup_name.h"
#include "cgroup_tree.h"
#include "diag.h"
#include "listeners.h"
#include "listening.h"

#define ID_A "4f66ad9a0b2e5d1c8e7f60123456789abcdef0123456789abcdef0123456789a"

#define MOUNT_ROOT "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
#define MOUNT_V1 "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu\n"

static void write_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
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

/* A hierarchy is folders: any will do. */
struct tree {
	char top[32];
	char mountinfo[64];
};

static void tree_make(struct tree *self, const char *const *folders, size_t count)
{
	char text[128], path[1024];

	strcpy(self->top, "/tmp/peergate-test-XXXXXX");
	strcpy(self->mountinfo, "/tmp/peergate-test-XXXXXX");
	assert_non_null(mkdtemp(self->top));
	snprintf(text, sizeof(text), "31 23 0:28 / %s rw - cgroup2 cgroup2 rw\n", self->top);
	write_file(self->mountinfo, text);
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s%s", self->top, folders[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
}

static void tree_remove(struct tree *self, const char *const *folders, size_t count)
{
	char path[1024];

	while (count--) {
		snprintf(path, sizeof(path), "%s%s", self->top, folders[count]);
		rmdir(path);
	}
	assert_int_equal(rmdir(self->top), 0);
	unlink(self->mountinfo);
}

#define LONG_PART "/a-part-of-a-path-that-is-too-long-when-it-is-said-again-and-again-and-again"
#define LONG_FOLDER LONG_PART LONG_PART LONG_PART

static const char *const folders[] = {
	"/system.slice",
	"/system.slice/beacon.service",
	"/system.slice/other.service",
	"/user.slice",
	"/user.slice/other.service",
	"/docker",
	"/docker/" ID_A,
	"/docker/" ID_A "/" ID_A,
	LONG_PART,
	LONG_PART LONG_PART,
	LONG_FOLDER,
	LONG_FOLDER "/and-one-more",
	LONG_FOLDER "/and-one-more/below",
};

static int count_folder(void *context, const char *folder, uint64_t id)
{
	unsigned int *count = context;

	expect_true(folder, folder[0] == '/' && id);
	++*count;
	return 0;
}

static void the_walk_sees_all_that_fits(void **state)
{
	unsigned int count = 0, left_out = 0;
	struct tree tree;

	(void)state;
	tree_make(&tree, folders, ARRAY_SIZE(folders));
	assert_int_equal(cgroup_tree_walk(tree.top, count_folder, &count, &left_out), 0);
	tree_remove(&tree, folders, ARRAY_SIZE(folders));
	assert_int_equal(count, ARRAY_SIZE(folders) - 1); /* and the root, but not the last two */
	assert_int_equal(left_out, 1);
	assert_int_equal(cgroup_tree_walk("/nonexistent", count_folder, &count, NULL), -ENOENT);
}

static const struct {
	const char *what, *cgroup[2], *folder[2], *note; /* NULL: nothing to say */
} looks[] = {
	{"a path", {"/docker"}, {"/docker"}, NULL},
	{"a path that is not there", {"/docker/x"}, {NULL}, "cgroup /docker/x is not there"},
	{"a unit", {"unit:beacon"}, {"/system.slice/beacon.service"}, NULL},
	{"a unit that is not there", {"unit:beac"}, {NULL}, "cgroup unit:beac is not there"},
	{"two units", {"unit:other"}, {"?"}, "cgroup unit:other may be /"},
	{"a container in itself", {"container:4f66ad9a0b2e"}, {"/docker/" ID_A}, NULL},
	{"one within another", {"container:4f66ad9a0b2e", "/docker"}, {"/docker"}, NULL},
	{"two", {"unit:beacon", "/docker"}, {"/system.slice/beacon.service", "/docker"}, NULL},
	{"the root", {"/"}, {""}, "cgroup / is the root of all"},
	{"by auto, nobody listens", {"auto"}, {""}, NULL},
	{"none", {"none"}, {NULL}, NULL},
};

static struct cgroup_look *look_at(const struct tree *tree, const char *const cgroups[2])
{
	struct cgroup_look *look = calloc(1, sizeof(*look));

	assert_non_null(look);
	config_default(&look->config);
	for (int i = 0; i < 2 && cgroups[i]; i++)
		assert_int_equal(config_set(&look->config, "cgroup", cgroups[i], NULL), 0);
	look->mountinfo = tree->mountinfo;
	memset(look->sockets, 0xff, sizeof(look->sockets));
	cgroup_look(look);
	return look;
}

static bool is_noted(const struct cgroup_look *look, const char *part)
{
	for (unsigned int i = 0; i < look->note_count; i++)
		if (strstr(look->notes[i].sentence, part))
			return true;
	return false;
}

static void a_look_finds_the_named(void **state)
{
	struct tree tree;

	(void)state;
	/* Without those that are too long, which each look would note. */
	tree_make(&tree, folders, 8);
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		struct cgroup_look *look = look_at(&tree, looks[i].cgroup);
		const char *what = looks[i].what;
		unsigned int count = !!looks[i].folder[0] + !!looks[i].folder[1];

		expect_true(what, look->choice.count == count);
		for (unsigned int k = 0; k < count; k++)
			if (strcmp(looks[i].folder[k], "?") != 0)
				assert_string_equal(look->choice.wanted[k].path + strlen(tree.top),
						    looks[i].folder[k]);
		expect_true(what,
			    looks[i].note ? is_noted(look, looks[i].note) : !look->note_count);
		free(look);
	}
	tree_remove(&tree, folders, 8);
}

struct heard {
	uint16_t tcp, udp, connected;
	bool has_tcp, has_udp, has_connected;
};

static void hear(void *context, const struct listening *listening)
{
	struct heard *self = context;

	if (listening->port.transport == TRANSPORT_TCP)
		self->has_tcp |= listening->port.port == self->tcp;
	else if (listening->port.port == self->connected)
		self->has_connected = true;
	else
		self->has_udp |= listening->port.port == self->udp;
}

static int bound(int type, uint16_t *ret_port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

/* The kernel itself is asked: for our own sockets. */
static void who_listens_is_told(void **state)
{
	struct heard heard = {0};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons(9)};
	int tcp = bound(SOCK_STREAM, &heard.tcp), udp = bound(SOCK_DGRAM, &heard.udp);
	int connected = bound(SOCK_DGRAM, &heard.connected), fd = diag_open();

	(void)state;
	assert_int_equal(connect(connected, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_true(fd >= 0);
	assert_int_equal(listening_each(fd, hear, &heard), 0);
	assert_false(heard.has_tcp); /* bound, but it does not listen yet */
	assert_int_equal(listen(tcp, 1), 0);
	assert_int_equal(listening_each(fd, hear, &heard), 0);
	assert_true(heard.has_tcp);
	assert_true(heard.has_udp);
	assert_false(heard.has_connected);
	close(tcp);
	close(udp);
	close(connected);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_1_is_told),
		cmocka_unit_test(auto_follows_who_listens),
		cmocka_unit_test(a_part_of_the_hierarchy_is_no_root),
		cmocka_unit_test(what_was_seen_is_remembered),
		cmocka_unit_test(memory_has_an_end),
		cmocka_unit_test(named_ones_carry_both),
		cmocka_unit_test(listeners_are_told_by_namespace),
		cmocka_unit_test(the_walk_sees_all_that_fits),
		cmocka_unit_test(a_look_finds_the_named),
		cmocka_unit_test(who_listens_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
