/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A simultaneous open: a refused SYN for which a socket of ours waits, on that very 4-tuple, passes; but for bans.
 *
 * The sockets are real ones, in a network namespace of the test's own, whose cable ends nowhere: what they send is lost, so
 * they wait. A test run looks sockets up in the caller's namespace.
 */
#include "expect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const own[FAMILIES] = {"198.51.100.10", "2001:db8::10"};

/* Both honest sources of each family lie behind the cable; their link address is nobody's. */
static int cable_up(void)
{
	/* By its full name: busybox's shell, in the virtual machines, would take its own applet. */
	static const char script[] =
		"set -e; ip() { /bin/ip \"$@\"; }; ip link set lo up; ip link add cable type veth "
		"peer name nowhere\n"
		"ip link set cable addrgenmode none; ip link set cable up; ip link set nowhere up\n"
		"ip addr add 198.51.100.10/24 dev cable; ip addr add 2001:db8::10/64 dev cable "
		"nodad\n"
		"for peer in 192.0.2.7 192.0.2.8 8.0.2.7 2001:db8:0:7::1 2001:db8:86dd:7::1; do\n"
		"  ip route add $peer dev cable; ip neigh add $peer lladdr 02:00:00:00:00:99 dev "
		"cable\n"
		"done";

	return unshare(CLONE_NEWNET) || system(script);
}

static int wired_up(void **state)
{
	if (cable_up()) {
		fprintf(stderr, "Bail out! no network namespace of our own: %s\n", strerror(errno));
		exit(1);
	}
	return rig_up(state);
}

static void address(struct sockaddr_storage *ret, enum family family, const char *text,
		    uint16_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *in = (struct sockaddr_in *)ret;

	memset(ret, 0, sizeof(*ret));
	ret->ss_family = family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	in->sin_port = htons(port); /* the same place in both */
	assert_int_equal(
		inet_pton(ret->ss_family, text,
			  family == FAMILY_IPV6 ? (void *)&in6->sin6_addr : (void *)&in->sin_addr),
		1);
}

static int socket_of(enum family family)
{
	int one = 1,
	    fd = socket(family == FAMILY_IPV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_storage here;

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	address(&here, family, own[family], OWN_PORT);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	return fd;
}

/* A socket that has sent its SYN from the gated port to the honest source's @port. */
static int dial(enum family family, int bare, uint16_t port)
{
	struct sockaddr_storage there;
	int fd = socket_of(family);

	address(&there, family, honest_source(family, bare), port);
	assert_int_equal(connect(fd, (struct sockaddr *)&there, sizeof(there)), -1);
	assert_int_equal(errno, EINPROGRESS);
	return fd;
}

/* The packet's destination is the socket's address. */
static void frame_to_us(struct frame *ret, const struct shape *shape)
{
	frame_build(ret, shape);
	inet_pton(shape->family == FAMILY_IPV6 ? AF_INET6 : AF_INET, own[shape->family],
		  ret->bytes + ret->network + (shape->family == FAMILY_IPV6 ? 24 : 16));
}

static void expect_us(struct rig *rig, const char *what, enum rig_door door,
		      const struct shape *shape, struct count count)
{
	struct shape here = *shape;
	struct frame frame;

	here.bare = door == DOOR_TC_BARE;
	frame_to_us(&frame, &here);
	expect(rig, what, door, shape->family, &frame, count);
}

static void refuse_all(struct rig *rig, enum standing standing, enum reason reason)
{
	const struct record record = {
		.until = FOREVER_NS,
		.standing = standing,
		.reason = reason,
		.services = 0xff,
	};

	for (int family = 0; family < FAMILIES; family++)
		for (int bare = 0; bare < 2; bare++)
			rig_put(rig, honest_source(family, bare), &record);
	rig->settings.resets = 1U << REASON_TOO_MANY_PEERS;
	rig_settings(rig);
}

static void who_is_dialled_at_the_same_time_passes(void **state)
{
	struct rig *rig = *state;

	for (int door = 0; door < RIG_DOOR_COUNT; door++)
		for (int family = 0; family < FAMILIES; family++) {
			struct shape shape = {.family = family};
			int fd;

			rig_clear(state);
			refuse_all(rig, STANDING_NEUTRAL, REASON_TOO_MANY_PEERS);
			expect_us(rig, "nobody waits", door, &shape, REFUSES(TOO_MANY_PEERS));
			fd = dial(family, door == DOOR_TC_BARE, THEIR_PORT);
			expect_us(rig, "a socket waits", door, &shape, PASSES(ANSWER));
			shape.source_port = THEIR_PORT + 1;
			expect_us(rig, "not for that port", door, &shape, REFUSES(TOO_MANY_PEERS));
			close(fd);
			shape.source_port = THEIR_PORT;
			expect_us(rig, "nor any longer", door, &shape, REFUSES(TOO_MANY_PEERS));
		}
}

static void behind_tags_options_and_headers_too(void **state)
{
	static const struct shape shapes[] = {
		{.tags = 1},	 {.tags = 2},
		{.options = 8},	 {.family = FAMILY_IPV6, .tags = 1},
		{.payload = 64}, {.family = FAMILY_IPV6, .headers = "d"},
	};
	int fds[FAMILIES] = {dial(FAMILY_IPV4, 0, THEIR_PORT), dial(FAMILY_IPV6, 0, THEIR_PORT)};

	refuse_all(*state, STANDING_POOR, REASON_TOO_MANY_PEERS);
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		for (int door = 0; door < DOOR_TC_BARE; door++)
			expect_us(*state, "awaited", door, &shapes[i], PASSES(ANSWER));
	for (int family = 0; family < FAMILIES; family++)
		close(fds[family]);
}

static void a_ban_holds(void **state)
{
	struct shape shape = {0};
	struct rig *rig = *state;
	int fd = dial(FAMILY_IPV4, 0, THEIR_PORT);

	refuse_all(rig, STANDING_BANNED, REASON_BAD_SCORE);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_us(rig, "banned", door, &shape, REFUSES(BAD_SCORE));
	rig->settings.mode = MODE_OBSERVE;
	rig_settings(rig);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_us(rig, "banned, observed", door, &shape, WOULD(BAD_SCORE));
	refuse_all(rig, STANDING_POOR, REASON_IO_ERROR);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_us(rig, "a backoff, observed", door, &shape, PASSES(ANSWER));
	close(fd);
}

static void pace_and_floor_give_way(void **state)
{
	const uint64_t hour_ns = 3600ULL * 1000000000;
	struct shape shape = {0};
	struct rig *rig = *state;
	struct limits *limits = &rig->settings.services[SERVICE];
	int fd = dial(FAMILY_IPV4, 0, THEIR_PORT);

	limits->pace = (struct rate){hour_ns, 0};
	rig_settings(rig);
	expect_us(rig, "the burst", DOOR_XDP, &shape, PASSES(ADMITTED));
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_us(rig, "over its pace", door, &shape, PASSES(ANSWER));
	limits->pace = (struct rate){0, 0};
	limits->floor = 50;
	rig_settings(rig);
	rig_put(rig, honest_source(FAMILY_IPV4, 0), &(struct record){.score = 1});
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_us(rig, "below the floor", door, &shape, PASSES(ANSWER));
	close(fd);
	expect_us(rig, "and now a stranger", DOOR_XDP, &shape, REFUSES(NODE_FULL));
}

static void a_listener_waits_for_nobody(void **state)
{
	struct shape shape = {0};
	struct rig *rig = *state;
	int fd = socket_of(FAMILY_IPV4);

	assert_int_equal(listen(fd, 16), 0);
	refuse_all(rig, STANDING_POOR, REASON_IO_ERROR);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_us(rig, "a listener is there", door, &shape, REFUSES(IO_ERROR));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_is_dialled_at_the_same_time_passes, rig_clear),
		cmocka_unit_test_setup(behind_tags_options_and_headers_too, rig_clear),
		cmocka_unit_test_setup(a_ban_holds, rig_clear),
		cmocka_unit_test_setup(pace_and_floor_give_way, rig_clear),
		cmocka_unit_test_setup(a_listener_waits_for_nobody, rig_clear),
	};

	return cmocka_run_group_tests(tests, wired_up, rig_down);
}
