/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses may be dialled: both edges of every range of IANA's registries, and what the settings, ports, trust and bans make of it. */
#include "tap.h"

#include <arpa/inet.h>
#include <string.h>

#include "dial.h"

/* The tables behind the look-ups: one record, one prefix. */
static struct record held;
static struct source_key held_key;
static struct prefix_record held_prefix;
static __u8 held_prefix_address[16];

const struct record *look_source(const struct source_key *key)
{
	return held.until && !memcmp(key, &held_key, sizeof(*key)) ? &held : NULL;
}

const struct prefix_record *look_prefix(const struct prefix_key *key)
{
	if (!held_prefix.until || key->length < held_prefix.length)
		return NULL;
	for (__u32 bit = 0; bit < held_prefix.length; bit++)
		if ((key->address[bit / 8] ^ held_prefix_address[bit / 8]) >> (7 - bit % 8) & 1)
			return NULL;
	return &held_prefix;
}

/* As the hooks do: IPv4 as ::ffff:a.b.c.d. */
static enum family address_of(__u8 ret[16], const char *text)
{
	if (inet_pton(AF_INET6, text, ret) == 1)
		return source_is_ipv4(ret) ? FAMILY_IPV4 : FAMILY_IPV6;
	memset(ret, 0, 16);
	ret[10] = ret[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, text, ret + 12), 1);
	return FAMILY_IPV4;
}

static enum range range_of_text(const char *text)
{
	__u8 address[16];

	if (address_of(address, text) == FAMILY_IPV6)
		source_normalise(address);
	return range_of(address);
}

/* The first and the last address of each range, and of what lies before and behind. */
static const struct {
	const char *first, *last;
	enum range range;
} ranges[] = {
	{"0.0.0.0", "0.0.0.0", RANGE_OPEN},
	{"0.0.0.1", "0.255.255.255", RANGE_BOGON},
	{"1.0.0.0", "9.255.255.255", RANGE_OPEN},
	{"10.0.0.0", "10.255.255.255", RANGE_PRIVATE},
	{"11.0.0.0", "100.63.255.255", RANGE_OPEN},
	{"100.64.0.0", "100.127.255.255", RANGE_PRIVATE},
	{"100.128.0.0", "126.255.255.255", RANGE_OPEN},
	{"127.0.0.0", "127.255.255.255", RANGE_OPEN},
	{"128.0.0.0", "169.253.255.255", RANGE_OPEN},
	{"169.254.0.0", "169.254.255.255", RANGE_PRIVATE},
	{"169.255.0.0", "172.15.255.255", RANGE_OPEN},
	{"172.16.0.0", "172.31.255.255", RANGE_PRIVATE},
	{"172.32.0.0", "191.255.255.255", RANGE_OPEN},
	{"192.0.0.0", "192.0.0.8", RANGE_BOGON},
	{"192.0.0.9", "192.0.0.10", RANGE_OPEN},
	{"192.0.0.11", "192.0.0.255", RANGE_BOGON},
	{"192.0.1.0", "192.0.1.255", RANGE_OPEN},
	{"192.0.2.0", "192.0.2.255", RANGE_BOGON},
	{"192.0.3.0", "192.31.195.255", RANGE_OPEN},
	{"192.31.196.0", "192.31.196.255", RANGE_OPEN},
	{"192.52.193.0", "192.52.193.255", RANGE_OPEN},
	{"192.52.194.0", "192.88.98.255", RANGE_OPEN},
	{"192.88.99.0", "192.88.99.255", RANGE_BOGON},
	{"192.88.100.0", "192.167.255.255", RANGE_OPEN},
	{"192.168.0.0", "192.168.255.255", RANGE_PRIVATE},
	{"192.169.0.0", "198.17.255.255", RANGE_OPEN},
	{"192.175.48.0", "192.175.48.255", RANGE_OPEN},
	{"198.18.0.0", "198.19.255.255", RANGE_PRIVATE},
	{"198.20.0.0", "198.51.99.255", RANGE_OPEN},
	{"198.51.100.0", "198.51.100.255", RANGE_BOGON},
	{"198.51.101.0", "203.0.112.255", RANGE_OPEN},
	{"203.0.113.0", "203.0.113.255", RANGE_BOGON},
	{"203.0.114.0", "223.255.255.255", RANGE_OPEN},
	{"224.0.0.0", "239.255.255.255", RANGE_OPEN},
	{"240.0.0.0", "255.255.255.255", RANGE_BOGON},

	{"::", "::1", RANGE_OPEN},
	{"::2", "::fffe:ffff:ffff", RANGE_BOGON},
	{"::ffff:10.0.0.0", "::ffff:10.255.255.255", RANGE_PRIVATE},
	{"::ffff:8.8.8.8", "::ffff:9.9.9.9", RANGE_OPEN},
	{"::1:0:0:0", "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"64:ff9b::8.8.8.8", "64:ff9b::9.9.9.9", RANGE_OPEN},
	{"64:ff9b::10.0.0.0", "64:ff9b::10.255.255.255", RANGE_PRIVATE},
	{"64:ff9b::192.0.2.0", "64:ff9b::192.0.2.255", RANGE_BOGON},
	{"64:ff9b:0:0:0:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"100::", "100::ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"200::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"2000::", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	/* Teredo is its client, whose address is turned: f7f7:f7f7 is 8.8.8.8, f5fe:fffe is 10.1.0.1. */
	{"2001:0:4136:e378:8000:63bf:f7f7:f7f7", "2001::f7f7:f7f7", RANGE_OPEN},
	{"2001:0:4136:e378:8000:63bf:f5fe:fffe", "2001::f5fe:fffe", RANGE_PRIVATE},
	{"2001:1::", "2001:1::", RANGE_BOGON},
	{"2001:1::1", "2001:1::3", RANGE_OPEN},
	{"2001:1::4", "2001:2:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2001:4::", "2001:4:111:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2001:4:113::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"2001:20::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2001:40::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"2001:db9::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2002:808:808::", "2002:808:808:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2002:a00::", "2002:aff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_PRIVATE},
	{"2003::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
	{"4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"5f01::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_PRIVATE},
	{"fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_PRIVATE},
	{"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_BOGON},
	{"ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", RANGE_OPEN},
};

static void both_edges_of_every_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		expect_true(ranges[i].first, range_of_text(ranges[i].first) == ranges[i].range);
		expect_true(ranges[i].last, range_of_text(ranges[i].last) == ranges[i].range);
	}
}

enum { NOW = 1000 };

static const struct {
	const char *what, *to;
	__u16 port;
	enum reach dial;
	__u8 dial_banned;
	enum dialled_by by;
	const char *known; /* the prefix of a record: a source's (/32, /64) or wider */
	__u8 bits;
	enum standing standing;
	__u64 until;
	__u8 services;
	enum verdict verdict;
	__u8 because; /* cause of a pass, reason of a refusal */
} dials[] = {
#define PASSES VERDICT_PASS, CAUSE_ADMITTED
#define REFUSED(why) VERDICT_REFUSE, REASON_##why
#define NOBODY NULL, 0, STANDING_NEUTRAL, 0, 0
#define KNOWN(prefix, bits, standing) prefix, bits, STANDING_##standing, NOW + 1, 0xff
	{"off asks nothing", "10.0.0.1", 9000, REACH_OFF, 0, BY_CONNECTION, NOBODY, PASSES},
	{"private", "10.0.0.1", 9000, REACH_PRIVATE, 0, BY_CONNECTION, NOBODY, REFUSED(PRIVATE)},
	{"private in IPv6", "fd00::1", 9000, REACH_PRIVATE, 0, BY_CONNECTION, NOBODY,
	 REFUSED(PRIVATE)},
	{"private by a datagram", "fe80::1", 9000, REACH_PRIVATE, 0, BY_DATAGRAM, NOBODY,
	 REFUSED(PRIVATE)},
	{"private does not mean bogons", "192.0.2.1", 9000, REACH_PRIVATE, 0, BY_CONNECTION, NOBODY,
	 PASSES},
	{"bogon", "192.0.2.1", 9000, REACH_BOGON, 0, BY_CONNECTION, NOBODY, REFUSED(BOGON)},
	{"bogon means private, too", "10.0.0.1", 9000, REACH_BOGON, 0, BY_CONNECTION, NOBODY,
	 REFUSED(PRIVATE)},
	{"public", "8.8.8.8", 9000, REACH_BOGON, 0, BY_CONNECTION, NOBODY, PASSES},
	{"DNS", "10.0.0.1", 53, REACH_BOGON, 1, BY_DATAGRAM, NOBODY, PASSES},
	{"the execution client", "172.18.0.3", 8551, REACH_PRIVATE, 0, BY_CONNECTION, NOBODY,
	 PASSES},
	{"the last of the ports", "172.18.0.3", 16, REACH_PRIVATE, 0, BY_CONNECTION, NOBODY,
	 PASSES},
	{"port 0 is none of them", "10.0.0.1", 0, REACH_PRIVATE, 0, BY_CONNECTION, NOBODY,
	 REFUSED(PRIVATE)},
	{"allowed", "10.1.2.3", 9000, REACH_PRIVATE, 0, BY_CONNECTION,
	 KNOWN("::ffff:10.1.2.0", 120, TRUSTED), VERDICT_PASS, CAUSE_TRUST},
	{"beside what is allowed", "10.1.3.3", 9000, REACH_PRIVATE, 0, BY_CONNECTION,
	 KNOWN("::ffff:10.1.2.0", 120, TRUSTED), REFUSED(PRIVATE)},
	{"allowed for a datagram", "10.1.2.3", 9000, REACH_PRIVATE, 0, BY_DATAGRAM,
	 KNOWN("::ffff:10.1.2.3", 128, TRUSTED), VERDICT_PASS, CAUSE_TRUST},
	{"no longer allowed", "10.1.2.3", 9000, REACH_PRIVATE, 0, BY_CONNECTION, "::ffff:10.1.2.0",
	 120, STANDING_TRUSTED, NOW, 0xff, REFUSED(PRIVATE)},
	{"banned, not asked", "8.8.8.8", 9000, REACH_BOGON, 0, BY_CONNECTION,
	 KNOWN("::ffff:8.8.8.8", 128, BANNED), PASSES},
	{"banned", "8.8.8.8", 9000, REACH_OFF, 1, BY_CONNECTION,
	 KNOWN("::ffff:8.8.8.8", 128, BANNED), REFUSED(IO_ERROR)},
	{"banned by prefix", "2003::1", 9000, REACH_OFF, 1, BY_CONNECTION,
	 KNOWN("2003::", 32, BANNED), REFUSED(IO_ERROR)},
	{"a ban that ended", "8.8.8.8", 9000, REACH_OFF, 1, BY_CONNECTION, "::ffff:8.8.8.8", 128,
	 STANDING_BANNED, NOW, 0xff, PASSES},
	{"a backoff is for who dials us", "8.8.8.8", 9000, REACH_OFF, 1, BY_CONNECTION,
	 KNOWN("::ffff:8.8.8.8", 128, POOR), PASSES},
	{"a datagram to a banned one", "8.8.8.8", 9000, REACH_BOGON, 1, BY_DATAGRAM,
	 KNOWN("::ffff:8.8.8.8", 128, BANNED), PASSES},
	{"banned, on a free port", "8.8.8.8", 53, REACH_OFF, 1, BY_CONNECTION,
	 KNOWN("::ffff:8.8.8.8", 128, BANNED), PASSES},
	{"banned and private: the ban speaks", "10.0.0.1", 9000, REACH_PRIVATE, 1, BY_CONNECTION,
	 KNOWN("::ffff:10.0.0.1", 128, BANNED), REFUSED(IO_ERROR)},
	{"in a carrier", "2002:808:808::1", 9000, REACH_OFF, 1, BY_CONNECTION,
	 KNOWN("::ffff:8.8.8.8", 128, BANNED), REFUSED(IO_ERROR)},
};

static void know(size_t row)
{
	__u8 address[16];

	held = (struct record){0};
	held_prefix = (struct prefix_record){0};
	if (!dials[row].known)
		return;
	assert_int_equal(inet_pton(AF_INET6, dials[row].known, address), 1);
	if (dials[row].bits == (source_is_ipv4(address) ? 128 : 64)) {
		held = (struct record){.until = dials[row].until,
				       .standing = dials[row].standing,
				       .reason = REASON_IO_ERROR,
				       .services = dials[row].services};
		source_key_of(&held_key, address);
		return;
	}
	held_prefix = (struct prefix_record){.until = dials[row].until,
					     .standing = dials[row].standing,
					     .reason = REASON_IO_ERROR,
					     .services = dials[row].services,
					     .length = dials[row].bits};
	memcpy(held_prefix_address, address, sizeof(address));
}

static struct judgement judge_row(size_t row)
{
	struct settings settings = {.dial = dials[row].dial,
				    .dial_banned = dials[row].dial_banned,
				    .prefixes = 1,
				    .dial_ports = {53, 8551, [DIAL_PORTS_MAX - 1] = 16}};
	struct start start = {.source_port = dials[row].port};
	struct source_key source;
	struct question question = {.start = &start,
				    .source = &source,
				    .service = SERVICE_NONE,
				    .now = NOW,
				    .settings = &settings};
	__u8 address[16];

	start.family = address_of(start.address, dials[row].to);
	question_address(&question, address);
	source_key_of(&source, address);
	return dial_judge(&question, dials[row].by);
}

static void a_dial_is_judged_by_port_trust_ban_and_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dials); i++) {
		struct judgement judgement;

		know(i);
		judgement = judge_row(i);
		expect_true(dials[i].what, judgement.verdict == dials[i].verdict);
		expect_true(dials[i].what, (judgement.verdict == VERDICT_PASS
						    ? (int)judgement.cause
						    : (int)judgement.reason) == dials[i].because);
	}
}

static void a_backoff_does_not_hide_the_ban_around_it(void **state)
{
	struct judgement judgement;
	size_t banned = 0;

	(void)state;
	while (strcmp(dials[banned].what, "banned by prefix"))
		banned++;
	know(banned);
	held = (struct record){.until = NOW + 1, .standing = STANDING_POOR, .services = 1};
	memcpy(&held_key, (__u8[8]){0x20, 0x03}, 8);
	judgement = judge_row(banned);
	assert_int_equal(judgement.verdict, VERDICT_REFUSE);
	assert_int_equal(judgement.reason, REASON_IO_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_edges_of_every_range),
		cmocka_unit_test(a_dial_is_judged_by_port_trust_ban_and_range),
		cmocka_unit_test(a_backoff_does_not_hide_the_ban_around_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
