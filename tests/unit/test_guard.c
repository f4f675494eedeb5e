/* SPDX-License-Identifier: BSD-2-Clause */
/* The guard against lock-outs: how wide is too wide, who must not be hit, and how the kernel's tables are read. */
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard.h"
#include "guard_tables.h"

static struct addr addr_of(const char *text)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, text, strlen(text), NULL), 0);
	return endpoint.addr;
}

static const struct {
	const char *prefix, *part; /* NULL: may be banned */
} bans[] = {
	{"0.0.0.0/0", "wider than /8"},
	{"128.0.0.0/7", "wider than /8"},
	{"9.0.0.0/8", NULL},
	{"::/0", "wider than /16"},
	{"2000::/15", "wider than /16"},
	{"2a00::/16", NULL},
	{"::/16", "wider"},
	{"::/64", NULL}, /* one source, and IPv4 is not in it */
	{"198.51.100.7", "198.51.100.7, an address of this host"},
	{"198.51.100.0/24", "an address of this host"},
	{"198.51.100.8", NULL},
	{"203.0.113.1", "default gateway"},
	{"203.0.113.0/31", "default gateway"},
	{"2001:db8::5", "SSH"},
	{"2001:db8::/32", "SSH"},
	{"2001:db8::5/128", "SSH"},
	{"2001:db8::6/128", NULL},
	{"2001:db8:1::/48", NULL},
};

static void nobody_is_locked_out(void **state)
{
	struct addr own = addr_of("198.51.100.7"), gateway = addr_of("203.0.113.1"),
		    ssh = addr_of("2001:db8::5");
	struct guard guard = {.count = 0};

	(void)state;
	guard_add(&guard, &own, GUARD_OWN);
	guard_add(&guard, &gateway, GUARD_GATEWAY);
	guard_add(&guard, &ssh, GUARD_SSH);
	guard_add(&guard, &ssh, GUARD_SSH);
	assert_int_equal(guard.count, 3);
	for (size_t i = 0; i < ARRAY_SIZE(bans); i++) {
		struct why why = {""};
		struct prefix prefix;
		bool widened;
		int error;

		assert_int_equal(prefix_parse(&prefix, &widened, bans[i].prefix, NULL), 0);
		error = guard_check(&guard, &prefix, &why);
		expect_true(bans[i].prefix, error == (bans[i].part ? -EPERM : 0));
		if (bans[i].part && !strstr(why.sentence, bans[i].part))
			fail_msg("%s: \"%s\" does not say \"%s\"", bans[i].prefix, why.sentence,
				 bans[i].part);
	}
}

static void read_with(struct guard *guard, void (*reader)(struct guard *guard, const char *path),
		      const char *text)
{
	char path[] = "/tmp/peergate-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	reader(guard, path);
	unlink(path);
}

static void expect_entries(const struct guard *guard, const char *const *texts, size_t count)
{
	assert_int_equal(guard->count, count);
	for (size_t i = 0; i < count; i++) {
		struct addr addr = addr_of(texts[i]);

		expect_true(texts[i], addr_equal(&guard->entries[i].addr, &addr));
	}
}

/* The tables' words are in the host's order: these samples were taken on little-endian hosts. */
static bool is_little(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one;
}

static void default_routes(void **state)
{
	static const char *const gateways[] = {"192.0.2.1", "2001:db8::1"};
	struct guard guard = {.count = 0};

	(void)state;
	if (!is_little())
		skip();
	read_with(&guard, guard_read_routes4,
		  "Iface\tDestination\tGateway "
		  "\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
		  "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		  "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		  "eth0\t007100CB\t090200C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		  "eth1\t00000000\t080200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n");
	read_with(&guard, guard_read_routes6,
		  "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		  "20010db8000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
		  "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
		  "00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n"
		  "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		  "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo\n");
	expect_entries(&guard, gateways, 2);
}

static const char tcp[] = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			  "retrnsmt   uid  timeout inode\n"
			  "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 "
			  "00000000     0        0 111 1 0 100 0\n"
			  "   1: 0A0200C0:0016 070200C0:D431 01 00000000:00000000 00:00000000 "
			  "00000000     0        0 222 1 0 20 4\n"
			  "   2: 0A0200C0:0016 080200C0:D432 06 00000000:00000000 00:00000000 "
			  "00000000     0        0 0 3 0\n"
			  "   3: 0A0200C0:0050 090200C0:D433 01 00000000:00000000 00:00000000 "
			  "00000000     0        0 333 1 0\n"
			  "   4: 0A0200C0:08AE 050200C0:D434 01 00000000:00000000 00:00000000 "
			  "00000000     0        0 444 1 0\n";

static const char tcp6[] =
	"  sl  local_address                         remote_address                        st …\n"
	"   0: 0000000000000000FFFF00000A0200C0:0016 0000000000000000FFFF0000060200C0:D435 01 "
	"00000000:00000000 "
	"00:00000000 00000000     0        0 555 1 0\n"
	"   1: B80D0120000000000000000010000000:0016 B80D0120000000000000000005000000:D436 01 "
	"00000000:00000000 "
	"00:00000000 00000000     0        0 666 1 0\n";

static void ssh_sessions(void **state)
{
	static const char *const remotes[] = {"192.0.2.7", "192.0.2.5", "192.0.2.6", "2001:db8::5"};
	struct guard guard = {.ssh_ports = {22, 2222}, .ssh_port_count = 2};

	(void)state;
	if (!is_little())
		skip();
	read_with(&guard, guard_read_sockets, tcp);
	read_with(&guard, guard_read_sockets, tcp6);
	expect_entries(&guard, remotes, 4);
}

/* A connection over loopback to a port that the kernel chooses, as if it were sshd's; and one to another port. */
static void who_is_logged_in_is_asked_for(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	struct guard guard = {.ssh_port_count = 2};
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	guard.ssh_ports[0] = 1; /* nobody's */
	guard.ssh_ports[1] = ntohs(at.sin_port);
	assert_int_equal(guard_ask_sockets(&guard), 0);
	assert_int_equal(guard.count, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, size), 0);
	guard.ssh_port_count = 1;
	assert_int_equal(guard_ask_sockets(&guard), 0);
	assert_int_equal(guard.count, 0);
	guard.ssh_port_count = 2;
	assert_int_equal(guard_ask_sockets(&guard), 0);
	assert_int_equal(guard.count, 1);
	assert_true(addr_is_ipv4(&guard.entries[0].addr));
	assert_memory_equal(guard.entries[0].addr.bytes + 12, &at.sin_addr, 4);
	close(client);
	close(listener);
}

static void what_cannot_be_read_adds_nothing(void **state)
{
	struct guard guard = {.ssh_ports = {22}, .ssh_port_count = 1};

	(void)state;
	guard_read_routes4(&guard, "/nonexistent");
	guard_read_routes6(&guard, "/nonexistent");
	guard_read_sockets(&guard, "/nonexistent");
	read_with(&guard, guard_read_routes4, "a b c\n\xff\xfe\n\n");
	read_with(&guard, guard_read_routes6, "zz zz zz zz zz\n");
	read_with(&guard, guard_read_sockets, "   0: 0:16 0:0\n");
	assert_int_equal(guard.count, 0);
}

static void it_has_an_end(void **state)
{
	static struct guard guard;
	static struct prefix prefixes[GUARD_MAX];

	(void)state;
	for (int i = 0; i < 2 * GUARD_MAX; i++) {
		struct addr addr = {{0x20, 1, 0x0d, 0xb8, (uint8_t)(i >> 8), (uint8_t)i}};

		guard_add(&guard, &addr, GUARD_OWN);
	}
	assert_int_equal(guard.count, GUARD_MAX);
	assert_int_equal(guard_prefixes(&guard, prefixes), GUARD_MAX);
	assert_true(prefix_is_source(&prefixes[GUARD_MAX - 1]));
}

static void the_host_itself(void **state)
{
	struct addr loopback = addr_of("127.0.0.1");
	static struct guard guard;
	bool found = false;

	(void)state;
	guard_init(&guard);
	assert_int_equal(guard.ssh_ports[0], 22);
	guard_refresh(&guard, 5);
	assert_true(guard.read_ns == 5);
	for (size_t i = 0; i < guard.count; i++)
		found |= addr_equal(&guard.entries[i].addr, &loopback);
	assert_true(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_locked_out),
		cmocka_unit_test(default_routes),
		cmocka_unit_test(ssh_sessions),
		cmocka_unit_test(who_is_logged_in_is_asked_for),
		cmocka_unit_test(what_cannot_be_read_adds_nothing),
		cmocka_unit_test(it_has_an_end),
		cmocka_unit_test(the_host_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
