/* SPDX-License-Identifier: BSD-2-Clause */
/* The look at the host: where the named cgroups are in its hierarchy, and who listens. */
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_look.h"
#include "cgroup_tree.h"
#include "diag.h"
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
		cmocka_unit_test(the_walk_sees_all_that_fits),
		cmocka_unit_test(a_look_finds_the_named),
		cmocka_unit_test(who_listens_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
