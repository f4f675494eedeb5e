/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is judged: each line goes through every door, in both families where they differ in nothing, from a banned source, from an
 * unknown one and while observing; then cut at every length.
 */
#include "expect.h"

#include <string.h>

enum fate {
	JUDGED,	  /* a start on a gated port */
	ANSWER,	  /* an Initial that may be an answer */
	IGNORED,  /* passes, and nobody counts it */
	UNPARSED, /* passes, counted */
	HIDES,	  /* refused to who is refused, else passes */
};

enum { BOTH = FAMILIES };

static const struct row {
	const char *what;
	enum fate fate;
	uint8_t family; /* BOTH, or the one */
	struct shape shape;
} rows[] = {
	/* TCP */
	{"SYN", JUDGED, BOTH, {0}},
	{"SYN, ECE, CWR: asks for ECN", JUDGED, BOTH, {.flags = SYN | ECE | CWR}},
	{"SYN, PSH, URG: listeners answer it", JUDGED, BOTH, {.flags = SYN | PSH | URG}},
	{"SYN with options", JUDGED, BOTH, {.tcp_words = 11}},
	{"SYN with data (fast open)", JUDGED, BOTH, {.payload = 700}},
	{"SYN to a MAC that is not ours", JUDGED, BOTH, {.mac = 1}},
	{"SYN with padding behind it", JUDGED, BOTH, {.padding = 6}},
	{"SYN to another port", IGNORED, BOTH, {.port = OTHER_PORT}},
	{"SYN, ACK", IGNORED, BOTH, {.flags = SYN | ACK}},
	{"SYN, FIN", IGNORED, BOTH, {.flags = SYN | FIN}},
	{"SYN, RST", IGNORED, BOTH, {.flags = SYN | RST}},
	{"ACK", IGNORED, BOTH, {.flags = ACK, .payload = 100}},
	{"no flags", IGNORED, BOTH, {.flags = NO_FLAGS}},
	{"RST", IGNORED, BOTH, {.flags = RST}},
	{"TCP header of less than 20 bytes", UNPARSED, BOTH, {.tcp_words = 4 + 1}},
	{"TCP header longer than the packet", UNPARSED, BOTH, {.tcp_words = 15 + 1, .keep = 40}},

	/* QUIC */
	{"Initial of version 1", JUDGED, BOTH, {.transport = TRANSPORT_QUIC}},
	{"Initial of version 2",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .version = 0x6b3343cf, .quic = 0xd3}},
	{"version 1 with version 2's type",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .quic = 0xd3}},
	{"version 2 with version 1's type",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .version = 0x6b3343cf}},
	{"Initial with a fixed bit of 0",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .quic = 0x83}},
	{"Initial in 1,350 bytes",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .payload = 1350 + 1}},
	{"Initial in 1,199 bytes",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .payload = 1199 + 1}},
	{"Initial, ID of 20 bytes", JUDGED, BOTH, {.transport = TRANSPORT_QUIC, .id = 20 + 1}},
	{"Initial, ID of 7 bytes", ANSWER, BOTH, {.transport = TRANSPORT_QUIC, .id = 7 + 1}},
	{"Initial, ID of 4 bytes", ANSWER, BOTH, {.transport = TRANSPORT_QUIC, .id = 4 + 1}},
	{"Initial, no ID", ANSWER, BOTH, {.transport = TRANSPORT_QUIC, .id = 0 + 1}},
	{"Initial, ID of 4 bytes and a token",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token = 1}},
	{"and a token of a wide length",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token = 60, .token_wide = 1}},
	{"and a token of a wider length",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token = 60, .token_wide = 2}},
	{"and a token of the widest length",
	 JUDGED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token = 60, .token_wide = 3}},
	{"Initial, ID of 4 bytes, no token, told wide",
	 ANSWER,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token_wide = 1}},
	{"Initial, ID of 4 bytes, no token, told widest",
	 ANSWER,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token_wide = 3}},
	{"Initial to another port",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .port = OTHER_PORT}},
	{"0-RTT packet", IGNORED, BOTH, {.transport = TRANSPORT_QUIC, .quic = 0xd0}},
	{"Handshake packet", IGNORED, BOTH, {.transport = TRANSPORT_QUIC, .quic = 0xe0}},
	{"Retry packet", IGNORED, BOTH, {.transport = TRANSPORT_QUIC, .quic = 0xf0}},
	{"short header", IGNORED, BOTH, {.transport = TRANSPORT_QUIC, .quic = 0x40}},
	{"version negotiation",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .version = 0x0a0a0a0a}},
	{"discv5 on the same port",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .quic = 0x9b, .version = 0x7e1f44c2, .payload = 300 + 1}},
	{"a datagram of one byte", IGNORED, BOTH, {.transport = TRANSPORT_QUIC, .payload = 1 + 1}},
	{"a datagram of five bytes of an Initial",
	 IGNORED,
	 BOTH,
	 {.transport = TRANSPORT_QUIC, .payload = 5 + 1}},

	/* Others */
	{"ARP", IGNORED, FAMILY_IPV4, {.ethertype = 0x0806}},
	{"ICMP", IGNORED, FAMILY_IPV4, {.protocol = 1}},
	{"ICMPv6", IGNORED, FAMILY_IPV6, {.protocol = 58}},
	{"SCTP", IGNORED, BOTH, {.protocol = 132}},

	/* Tags */
	{"802.1Q", JUDGED, BOTH, {.tags = 1}},
	{"802.1ad", JUDGED, BOTH, {.tags = 1, .tag = 0x88a8}},
	{"two tags", JUDGED, BOTH, {.tags = 2}},
	{"two tags, an Initial", JUDGED, BOTH, {.tags = 2, .transport = TRANSPORT_QUIC}},
	{"three tags", UNPARSED, FAMILY_IPV4, {.tags = 3}},
	{"two tags, no start", IGNORED, BOTH, {.tags = 2, .flags = ACK}},

	/* IPv4's ways to hide */
	{"4 bytes of options", JUDGED, FAMILY_IPV4, {.options = 4}},
	{"40 bytes of options", JUDGED, FAMILY_IPV4, {.options = 40}},
	{"40 bytes of options, an Initial",
	 JUDGED,
	 FAMILY_IPV4,
	 {.options = 40, .transport = TRANSPORT_QUIC}},
	{"may not be fragmented", JUDGED, FAMILY_IPV4, {.fragment = 0x4000}},
	{"first fragment, the SYN in it", JUDGED, FAMILY_IPV4, {.fragment = 0x2000}},
	{"first fragment of 8 bytes", JUDGED, FAMILY_IPV4, {.fragment = 0x2000, .keep = 8}},
	{"first fragment of 16 bytes", JUDGED, FAMILY_IPV4, {.fragment = 0x2000, .keep = 16}},
	{"first fragment of 8 bytes to another port",
	 IGNORED,
	 FAMILY_IPV4,
	 {.fragment = 0x2000, .keep = 8, .port = OTHER_PORT}},
	{"first fragment of established",
	 IGNORED,
	 FAMILY_IPV4,
	 {.fragment = 0x2000, .flags = ACK, .payload = 100}},
	{"later fragment", IGNORED, FAMILY_IPV4, {.fragment = 0x2001}},
	{"last fragment", IGNORED, FAMILY_IPV4, {.fragment = 0x0001}},
	{"first fragment, an Initial of 1,200 bytes in 600",
	 JUDGED,
	 FAMILY_IPV4,
	 {.fragment = 0x2000, .keep = 600, .transport = TRANSPORT_QUIC}},
	{"first fragment of 8 bytes of an Initial",
	 JUDGED,
	 FAMILY_IPV4,
	 {.fragment = 0x2000, .keep = 8, .transport = TRANSPORT_QUIC}},
	{"first fragment, an Initial to 4 bytes, the token unseen",
	 JUDGED,
	 FAMILY_IPV4,
	 {.fragment = 0x2000, .keep = 16, .id = 4 + 1, .transport = TRANSPORT_QUIC}},
	{"first fragment, short header",
	 IGNORED,
	 FAMILY_IPV4,
	 {.fragment = 0x2000, .keep = 16, .quic = 0x40, .transport = TRANSPORT_QUIC}},
	{"IP length of 0", JUDGED, FAMILY_IPV4, {.ip_length = SAYS_ZERO}},
	{"IP length of 0, an Initial",
	 JUDGED,
	 FAMILY_IPV4,
	 {.ip_length = SAYS_ZERO, .transport = TRANSPORT_QUIC}},
	{"IP length beyond the packet", UNPARSED, BOTH, {.ip_length = 1}},
	{"IP length of the header alone", UNPARSED, FAMILY_IPV4, {.ip_length = -20}},
	{"IP length shorter than the header", UNPARSED, FAMILY_IPV4, {.ip_length = -21}},
	{"IP header of 16 bytes", UNPARSED, FAMILY_IPV4, {.ip_words = 4 + 1}},
	{"another IP version", UNPARSED, BOTH, {.ip_version = 5}},

	/* UDP's */
	{"UDP length of 0", JUDGED, BOTH, {.udp_length = SAYS_ZERO, .transport = TRANSPORT_QUIC}},
	{"UDP length beyond the packet",
	 UNPARSED,
	 BOTH,
	 {.udp_length = 1, .transport = TRANSPORT_QUIC}},
	{"UDP length of 7", UNPARSED, BOTH, {.udp_length = 7 - 1208, .transport = TRANSPORT_QUIC}},
	{"UDP length that leaves 1,199 bytes",
	 IGNORED,
	 BOTH,
	 {.udp_length = -1, .transport = TRANSPORT_QUIC}},

	/* IPv6's */
	{"payload length of 0", JUDGED, FAMILY_IPV6, {.ip_length = SAYS_ZERO}},
	{"payload length of 0 behind hop-by-hop",
	 JUDGED,
	 FAMILY_IPV6,
	 {.ip_length = SAYS_ZERO, .headers = "h", .transport = TRANSPORT_QUIC}},
	{"hop-by-hop", JUDGED, FAMILY_IPV6, {.headers = "h"}},
	{"routing", JUDGED, FAMILY_IPV6, {.headers = "r"}},
	{"destination options", JUDGED, FAMILY_IPV6, {.headers = "d"}},
	{"authentication", JUDGED, FAMILY_IPV6, {.headers = "a"}},
	{"long authentication", JUDGED, FAMILY_IPV6, {.headers = "a", .header_words = 3}},
	{"all in one fragment", JUDGED, FAMILY_IPV6, {.headers = "w"}},
	{"every header", JUDGED, FAMILY_IPV6, {.headers = "hdrwad"}},
	{"every header, an Initial",
	 JUDGED,
	 FAMILY_IPV6,
	 {.headers = "hdrwad", .transport = TRANSPORT_QUIC}},
	{"long headers", JUDGED, FAMILY_IPV6, {.headers = "hdrd", .header_words = 60}},
	{"eight headers", JUDGED, FAMILY_IPV6, {.headers = "dddddddd"}},
	{"eight headers, no start", IGNORED, FAMILY_IPV6, {.headers = "dddddddd", .flags = ACK}},
	{"nine headers", HIDES, FAMILY_IPV6, {.headers = "ddddddddd"}},
	{"nine headers, no start", HIDES, FAMILY_IPV6, {.headers = "ddddddddd", .flags = ACK}},
	{"nine headers, the last a fragment's", HIDES, FAMILY_IPV6, {.headers = "ddddddddf"}},
	{"first fragment, the SYN in it", JUDGED, FAMILY_IPV6, {.headers = "f"}},
	{"first fragment of 8 bytes", JUDGED, FAMILY_IPV6, {.headers = "df", .keep = 8}},
	{"first fragment of 8 bytes to another port",
	 IGNORED,
	 FAMILY_IPV6,
	 {.headers = "f", .keep = 8, .port = OTHER_PORT}},
	{"first fragment before the ports", HIDES, FAMILY_IPV6, {.headers = "f", .keep = 2}},
	{"first fragment of an Initial",
	 JUDGED,
	 FAMILY_IPV6,
	 {.headers = "f", .keep = 8, .transport = TRANSPORT_QUIC}},
	{"later fragment", IGNORED, FAMILY_IPV6, {.headers = "l"}},
	{"later fragment behind a first (nested)", IGNORED, FAMILY_IPV6, {.headers = "fl"}},
	{"ESP", IGNORED, FAMILY_IPV6, {.headers = "e"}},
};

static struct count count_of(enum fate fate, int banned, int observing)
{
	struct count count = NOTHING;

	if (fate == JUDGED)
		count = banned ? REFUSES(BAD_SCORE) : PASSES(ADMITTED);
	if (fate == ANSWER)
		count = PASSES(ANSWER);
	if (fate == UNPARSED || (fate == HIDES && !banned))
		count = UNKNOWN_TO_PASS;
	if (fate == HIDES && banned)
		count = HIDDEN_REFUSED;
	if (count.kind == REFUSED && observing)
		count.kind = WOULD_REFUSE;
	return count;
}

static const struct record ban = {
	.until = FOREVER_NS,
	.until_unix = FOREVER_UNIX,
	.score = -100,
	.standing = STANDING_BANNED,
	.reason = REASON_BAD_SCORE,
	.services = 0xff,
};

static void ban_honest(struct rig *rig)
{
	for (int family = 0; family < FAMILIES; family++)
		for (int bare = 0; bare < 2; bare++)
			rig_put(rig, honest_source(family, bare), &ban);
}

/*
 * The kernel's test run takes no less than an Ethernet header; for TC also no less than an IP header behind it, or behind
 * what it believes to be one. tests/unit/test_find.c goes down to 0.
 */
static int test_run_takes(enum rig_door door, enum family family, size_t size)
{
	if (door == DOOR_TC || door == DOOR_TC_BARE)
		return size >= 14 + (family == FAMILY_IPV6 ? 40 : 20);
	return size >= 14;
}

static int door_takes(enum rig_door door, const struct shape *shape)
{
	struct shape bare = *shape;
	struct frame frame;

	if (door != DOOR_TC_BARE)
		return 1;
	bare.bare = 1;
	frame_build(&frame, &bare);
	return !shape->tags && !shape->ethertype && !shape->mac &&
	       test_run_takes(door, shape->family, frame.size);
}

/* Every row on every door in every family that it is about. */
static void each(struct rig *rig, void (*try)(struct rig *rig, const struct row *row,
					      enum rig_door door, const struct shape *shape))
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int family = 0; family < FAMILIES; family++)
			for (int door = 0; door < RIG_DOOR_COUNT; door++) {
				struct shape shape = rows[i].shape;

				shape.family = family;
				if ((rows[i].family == BOTH || rows[i].family == family) &&
				    door_takes(door, &shape))
					try(rig, &rows[i], door, &shape);
			}
}

static void try_banned(struct rig *rig, const struct row *row, enum rig_door door,
		       const struct shape *shape)
{
	expect_on(rig, row->what, door, shape, count_of(row->fate, 1, 0));
}

static void try_unknown(struct rig *rig, const struct row *row, enum rig_door door,
			const struct shape *shape)
{
	expect_on(rig, row->what, door, shape, count_of(row->fate, 0, 0));
}

static void try_observed(struct rig *rig, const struct row *row, enum rig_door door,
			 const struct shape *shape)
{
	expect_on(rig, row->what, door, shape, count_of(row->fate, 1, 1));
}

static void a_banned_source_is_refused_its_starts_and_no_more(void **state)
{
	ban_honest(*state);
	each(*state, try_banned);
}

static void an_unknown_source_passes(void **state)
{
	each(*state, try_unknown);
}

static void observing_refuses_nothing_and_counts_all(void **state)
{
	struct rig *rig = *state;

	ban_honest(rig);
	rig->settings.mode = MODE_OBSERVE;
	rig_settings(rig);
	each(rig, try_observed);
}

/* What says that it is longer than it is passes, and is counted. */
static void try_cut(struct rig *rig, const struct row *row, enum rig_door door,
		    const struct shape *shape)
{
	struct shape here = *shape;
	struct frame frame;
	size_t whole;

	if (row->fate != JUDGED || shape->ip_length || shape->padding)
		return;
	here.bare = door == DOOR_TC_BARE;
	frame_build(&frame, &here);
	for (whole = frame.size--; test_run_takes(door, shape->family, frame.size);) {
		/* Before IP is reached the family is not known and counts as IPv4. */
		expect(rig, row->what, door,
		       frame.size < frame.network ? FAMILY_IPV4 : shape->family, &frame,
		       UNKNOWN_TO_PASS);
		/* Every byte of the headers, then every 97th. */
		frame.size -=
			frame.size > frame.header + 64 + 97 && frame.size < whole - 1 ? 97 : 1;
	}
}

static void what_is_cut_short_passes(void **state)
{
	ban_honest(*state);
	each(*state, try_cut);
}

/* Packets of several buffers, of which a program sees the first: 3.5 KiB in the kernel's test run. */
static const struct row large[] = {
	{"SYN with 6,000 bytes of data", JUDGED, BOTH, {.payload = 6000}},
	{"SYN with 6,000 bytes, one more told", UNPARSED, BOTH, {.payload = 6000, .ip_length = 1}},
	{"established, 6,000 bytes", IGNORED, BOTH, {.payload = 6000, .flags = ACK}},
	{"Initial in 6,000 bytes", JUDGED, BOTH, {.transport = TRANSPORT_QUIC, .payload = 6001}},
	{"lengths of 0", JUDGED, FAMILY_IPV6, {.payload = 6000, .ip_length = SAYS_ZERO}},
	{"ports behind the first buffer",
	 HIDES,
	 FAMILY_IPV6,
	 {.headers = "dd", .header_words = 250}},
	{"an established one's, too",
	 HIDES,
	 FAMILY_IPV6,
	 {.headers = "dd", .header_words = 250, .flags = ACK}},
	{"ports at its end",
	 JUDGED,
	 FAMILY_IPV6,
	 {.headers = "d", .header_words = 250, .payload = 3000}},
};

static void what_several_buffers_hold_is_judged_by_the_first(void **state)
{
	for (int banned = 0; banned < 2; banned++) {
		for (size_t i = 0; i < ARRAY_SIZE(large); i++)
			for (int family = 0; family < FAMILIES; family++) {
				struct shape shape = large[i].shape;

				shape.family = family;
				if (large[i].family == BOTH || large[i].family == family)
					expect_on(*state, large[i].what, DOOR_XDP, &shape,
						  count_of(large[i].fate, banned, 0));
			}
		ban_honest(*state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_banned_source_is_refused_its_starts_and_no_more,
				       rig_clear),
		cmocka_unit_test_setup(an_unknown_source_passes, rig_clear),
		cmocka_unit_test_setup(observing_refuses_nothing_and_counts_all, rig_clear),
		cmocka_unit_test_setup(what_is_cut_short_passes, rig_clear),
		cmocka_unit_test_setup(what_several_buffers_hold_is_judged_by_the_first, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
