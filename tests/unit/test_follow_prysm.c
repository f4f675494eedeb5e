/* SPDX-License-Identifier: BSD-2-Clause */
/* What each of Prysm's lines becomes; that a line becomes nothing when it is not quite that line; and the join. */
#include "follow_corpus.h"

#include <errno.h>

#define TIME ",\"time\":\"2026-11-22 22:23:03.73\"}"
#define P2P ",\"level\":\"debug\",\"package\":\"beacon-chain/p2p\"" TIME
#define SYNC ",\"level\":\"debug\",\"package\":\"beacon-chain/sync\"" TIME
#define OLD ",\"level\":\"debug\",\"prefix\":\"p2p\"" TIME
#define AT "/ip4/198.51.100.3/tcp/35442/p2p/16UiuA"
#define MUTE "chain state: no chain status for peer"
#define ENOUGH                                                                                   \
	"is bad peer no lock: bad responses scorer: peer exceeded bad responses threshold: got " \
	"5, threshold 5"

/* What was told, a word each: "handshake timeout A 198.51.100.3:35442 in". */
struct told {
	char text[2048];
	unsigned int count;
};

static void note(void *context, const struct news *news)
{
	struct told *told = context;
	char addr[ADDR_TEXT_MAX], end[ADDR_TEXT_MAX + 16] = "-";

	if (news->has_addr)
		snprintf(end, sizeof(end), "%s:%u%s", addr_text(&news->addr.addr, addr),
			 news->addr.port, news->addr.transport == TRANSPORT_QUIC ? "/quic" : "");
	snprintf(told->text + strlen(told->text), sizeof(told->text) - strlen(told->text),
		 "%s%s%s%s%s%s%s %s %s", told->count ? "; " : "", news->event,
		 news->result ? " " : "", news->result ? news->result : "", news->reason ? " " : "",
		 news->reason ? news->reason : "",
		 news->said == WAY_INBOUND ? " by them"
		 : news->said		   ? " by us"
					   : "",
		 news->peer + 5, end);
	told->count++;
}

static const struct {
	const char *what, *lines, *told;
} lines[] = {
	{"a connection that works",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT
	 "\"" P2P,
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442"},
	{"over QUIC, IPv6",
	 "{\"msg\":\"Initiate peer "
	 "connection\",\"direction\":\"Outbound\",\"multiAddr\":\"/ip6/2001:db8::7/udp/99/quic-v1/"
	 "p2p/16UiuA\"" P2P,
	 "connected A 2001:db8::7:99/quic; handshake ok A 2001:db8::7:99/quic"},
	{"mute",
	 "{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Inbound\",\"error\":\"" MUTE
	 "\",\"multiaddr\":\"" AT "\"" P2P,
	 "handshake timeout A 198.51.100.3:35442; disconnected A 198.51.100.3:35442"},
	{"mute, and we dialled: the source is not to blame",
	 "{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Outbound\",\"error\":\"" MUTE
	 "\",\"multiaddr\":\"" AT "\"" P2P,
	 "handshake timeout A -; disconnected A 198.51.100.3:35442"},
	{"mute, and nobody says who dialled",
	 "{\"msg\":\"Initiate peer disconnection\",\"error\":\"" MUTE "\",\"multiaddr\":\"" AT
	 "\"" P2P,
	 "handshake timeout A -; disconnected A 198.51.100.3:35442"},
	{"not quite mute",
	 "{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Inbound\",\"error\":\"x " MUTE
	 "\",\"multiaddr\":\"" AT "\"" P2P,
	 "disconnected A 198.51.100.3:35442"},
	{"too many bad answers",
	 "{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Inbound\",\"error\":\"" ENOUGH
	 "\",\"multiaddr\":\"" AT "\"" P2P,
	 "verdict ban bad_score A 198.51.100.3:35442; disconnected A 198.51.100.3:35442"},
	{"colocation is not taken over",
	 "{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Inbound\",\"error\":\"peer is "
	 "from a bad IP: colocation limit exceeded: got 7 - limit 5 for peer X with IP "
	 "203.0.113.9\",\"multiaddr\":\"" AT "\"" P2P,
	 "goodbye too_many_peers by us A 198.51.100.3:35442; disconnected A 198.51.100.3:35442"},
	{"a dial of ours, reset",
	 "{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Outbound\",\"error\":\"read "
	 "status code: stream read: stream reset\",\"multiaddr\":\"" AT "\"" P2P,
	 "handshake error A -; disconnected A 198.51.100.3:35442"},
	{"pruned",
	 "{\"msg\":\"Initiate peer disconnection\",\"peer\":\"16UiuA\",\"reason\":\"to be "
	 "pruned\"" SYNC,
	 "goodbye too_many_peers by us A -"},
	{"gone",
	 "{\"msg\":\"Peer disconnected\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT "\"" P2P,
	 "disconnected A 198.51.100.3:35442"},
	{"in its bad books",
	 "{\"msg\":\"Sent bad peer disconnection\",\"peerID\":\"16UiuA\",\"error\":\"" ENOUGH
	 "\"" SYNC,
	 "verdict ban bad_score A -"},
	{"in its bad books for its address",
	 "{\"msg\":\"Sent bad peer disconnection\",\"peerID\":\"16UiuA\",\"error\":\"peer is from "
	 "a bad IP: colocation limit exceeded: got 8 - limit 5\"" SYNC,
	 ""},
	{"an undecodable request",
	 "{\"msg\":\"Downscore "
	 "peer\",\"peerID\":\"16UiuA\",\"newScore\":1,\"reason\":\"registerRpcError\"" SYNC,
	 "response bad A -"},
	{"a status that never came",
	 "{\"msg\":\"Downscore "
	 "peer\",\"peerID\":\"16UiuA\",\"newScore\":1,\"reason\":"
	 "\"statusRequestReadStatusCodeError\"" SYNC,
	 "response timeout A -"},
	{"a dial that failed counts for nothing",
	 "{\"msg\":\"Downscore "
	 "peer\",\"peerID\":\"16UiuA\",\"newScore\":5,\"reason\":\"connectionError\"" P2P,
	 ""},
	{"another fork",
	 "{\"msg\":\"Invalid status message from peer\",\"peer\":\"16UiuA\",\"error\":\"mismatch "
	 "fork digest: expected 0x0dfec04c, got 0xdeadbeef: wrong fork digest version\"" SYNC,
	 "handshake unviable_fork A -"},
	{"they are full",
	 "{\"msg\":\"Received a goodbye message\",\"peer\":\"16UiuA\",\"reason\":\"client has too "
	 "many peers\"" SYNC,
	 "goodbye by them A -"},
	{"a goodbye of their own invention",
	 "{\"msg\":\"Received a goodbye message\",\"peer\":\"16UiuA\",\"reason\":\"ha\"" SYNC, ""},
	{"announced addresses",
	 "{\"msg\":\"Could not connect with peer\",\"info\":\"{16UiuA: [" AT
	 "]}\",\"error\":\"dial " AT "\"" P2P,
	 ""},

	{"2019: connects", "{\"msg\":\"Connected\",\"peer\":\"16UiuA\"" OLD, "connected A -"},
	{"2019: handshakes",
	 "{\"msg\":\"Peer handshaking\",\"direction\":1,\"multiAddr\":\"" AT
	 "\",\"peer\":\"16UiuA\"" OLD,
	 "connected A 198.51.100.3:35442"},
	{"2019: fails",
	 "{\"msg\":\"Handshake failed\",\"error\":\"stream reset\",\"peer\":\"16UiuA\"" OLD,
	 "handshake error A -"},
	{"2019: the verdict",
	 "{\"msg\":\"Peer has given too many bad responses; will ignore in "
	 "future\",\"peer\":\"16UiuA\"" OLD,
	 "verdict ban bad_score A -"},
	{"2019: full", "{\"msg\":\"We have enough peers; disconnecting\",\"peer\":\"16UiuA\"" OLD,
	 "goodbye too_many_peers by us A -"},
	{"2019: gone", "{\"msg\":\"Peer disconnected\",\"active\":1,\"peer\":\"16UiuA\"" OLD,
	 "disconnected A -"},

	/* The same line, but not quite: nothing. */
	{"another level",
	 "{\"msg\":\"Peer disconnected\",\"multiAddr\":\"" AT
	 "\",\"level\":\"info\",\"package\":\"beacon-chain/p2p\"" TIME,
	 ""},
	{"another package", "{\"msg\":\"Peer disconnected\",\"multiAddr\":\"" AT "\"" SYNC, ""},
	{"another message", "{\"msg\":\"Peer disconnected.\",\"multiAddr\":\"" AT "\"" P2P, ""},
	{"the field of another message",
	 "{\"msg\":\"Initiate peer connection\",\"multiaddr\":\"" AT "\"" P2P, ""},
	{"a peer that is a number", "{\"msg\":\"Connected\",\"peer\":5" OLD, ""},
	{"a peer that is an object", "{\"msg\":\"Connected\",\"peer\":{}" OLD, ""},
	{"a peer of 96 letters",
	 "{\"msg\":\"Connected\",\"peer\":"
	 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaa\"" OLD,
	 ""},
	{"a peer with a blank", "{\"msg\":\"Connected\",\"peer\":\"16Uiu A\"" OLD, ""},
	{"no peer", "{\"msg\":\"Connected\",\"peer\":\"\"" OLD, ""},
	{"an address that is none",
	 "{\"msg\":\"Peer disconnected\",\"multiAddr\":\"/dns4/example.org/tcp/1/p2p/16UiuA\"" P2P,
	 ""},
	{"an address without a peer",
	 "{\"msg\":\"Peer disconnected\",\"multiAddr\":\"/ip4/198.51.100.3/tcp/35442\"" P2P, ""},
	{"a relay's address",
	 "{\"msg\":\"Peer "
	 "disconnected\",\"multiAddr\":\"/ip4/198.51.100.3/tcp/35442/p2p/16UiuB/p2p-circuit/p2p/"
	 "16UiuA\"" P2P,
	 ""},
	{"peer and address contradict each other",
	 "{\"msg\":\"Peer handshaking\",\"multiAddr\":\"" AT "\",\"peer\":\"16UiuB\"" OLD, ""},

	/* The join: a line that names only the peer gets the address of its connection. */
	{"joined",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT
	 "\"" P2P "\n"
	 "{\"msg\":\"Downscore "
	 "peer\",\"peerID\":\"16UiuA\",\"newScore\":1,\"reason\":\"registerRpcError\"" SYNC,
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442; response bad A "
	 "198.51.100.3:35442"},
	{"not with another's",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT
	 "\"" P2P "\n"
	 "{\"msg\":\"Downscore "
	 "peer\",\"peerID\":\"16UiuB\",\"newScore\":1,\"reason\":\"registerRpcError\"" SYNC,
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442; response bad B -"},
	{"not what we dialled",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Outbound\",\"multiAddr\":\"" AT
	 "\"" P2P "\n"
	 "{\"msg\":\"Downscore "
	 "peer\",\"peerID\":\"16UiuA\",\"newScore\":1,\"reason\":\"registerRpcError\"" SYNC,
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442; response bad A -"},
	{"not for capacity",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT
	 "\"" P2P "\n"
	 "{\"msg\":\"Initiate peer disconnection\",\"peer\":\"16UiuA\",\"reason\":\"to be "
	 "pruned\"" SYNC,
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442; goodbye "
	 "too_many_peers by us A -"},
	{"of another fork, at the door",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT
	 "\"" P2P "\n"
	 "{\"msg\":\"Invalid status message from peer\",\"peer\":\"16UiuA\",\"error\":\"wrong fork "
	 "digest version\"" SYNC,
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442; handshake "
	 "unviable_fork A 198.51.100.3:35442"},
	{"the reason a moment after the end",
	 "{\"msg\":\"Peer disconnected\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT "\"" P2P
	 "\n"
	 "{\"msg\":\"Sent bad peer disconnection\",\"peerID\":\"16UiuA\",\"error\":\"" ENOUGH
	 "\"" SYNC,
	 "disconnected A 198.51.100.3:35442; verdict ban bad_score A 198.51.100.3:35442"},
	{"long after the end there is no address",
	 "{\"msg\":\"Peer disconnected\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT "\"" P2P
	 "\n"
	 "{\"msg\":\"Sent bad peer disconnection\",\"peerID\":\"16UiuA\",\"error\":\"" ENOUGH
	 "\",\"level\":\"debug\",\"package\":\"sync\",\"time\":\"2026-11-22 22:23:13.73\"}",
	 "disconnected A 198.51.100.3:35442; verdict ban bad_score A -"},
	{"nor after a day",
	 "{\"msg\":\"Initiate peer connection\",\"direction\":\"Inbound\",\"multiAddr\":\"" AT
	 "\"" P2P "\n"
	 "{\"msg\":\"Sent bad peer disconnection\",\"peerID\":\"16UiuA\",\"error\":\"" ENOUGH
	 "\",\"level\":\"debug\",\"package\":\"sync\",\"time\":\"2026-11-23 22:23:13.73\"}",
	 "connected A 198.51.100.3:35442; handshake ok A 198.51.100.3:35442; verdict ban bad_score "
	 "A -"},
	{"2019: a new connection may come from elsewhere",
	 "{\"msg\":\"Peer handshaking\",\"direction\":1,\"multiAddr\":\"" AT
	 "\",\"peer\":\"16UiuA\"" OLD "\n"
	 "{\"msg\":\"Connected\",\"peer\":\"16UiuA\"" OLD
	 "\n{\"msg\":\"Handshake failed\",\"peer\":\"16UiuA\"" OLD,
	 "connected A 198.51.100.3:35442; connected A -; handshake error A -"},
};

static void what_each_line_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct told told = {0};
		char text[4096];

		snprintf(text, sizeof(text), "%s\n", lines[i].lines);
		corpus_follow(text, strlen(text), note, &told);
		if (strcmp(told.text, lines[i].told))
			fail_msg("%s: told \"%s\" instead of \"%s\"", lines[i].what, told.text,
				 lines[i].told);
	}
}

static void reports_are_what_the_wire_takes(void **state)
{
	struct news news = {.event = "handshake",
			    .result = "timeout",
			    .peer = "16UiuA",
			    .has_addr = true,
			    .way = WAY_INBOUND,
			    .at_ms = 1795386183730};
	json_t *report;
	char *text;

	(void)state;
	assert_int_equal(
		endpoint_parse(&news.addr, "/ip4/198.51.100.6/udp/53468/quic-v1", 35, NULL), 0);
	report = news_json(&news, "beacon");
	text = json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(13));
	assert_string_equal(text, "{\"peer\":\"16UiuA\",\"addr\":\"/ip4/198.51.100.6/udp/53468/"
				  "quic-v1\",\"direction\":\"inbound\","
				  "\"service\":\"beacon\",\"event\":\"handshake\",\"result\":"
				  "\"timeout\",\"at\":1795386183.73,\"secondhand\":true}");
	free(text);
	json_decref(report);
	news = (struct news){.event = "goodbye",
			     .peer = "16UiuA",
			     .code = 129,
			     .way = WAY_INBOUND,
			     .said = WAY_OUTBOUND};
	report = news_json(&news, NULL);
	text = json_dumps(report, JSON_COMPACT);
	assert_string_equal(text, "{\"peer\":\"16UiuA\",\"direction\":\"outbound\",\"event\":"
				  "\"goodbye\",\"code\":129,\"at\":0.0,\"secondhand\":true}");
	free(text);
	json_decref(report);
}

static void ignore(void *context, const struct news *news)
{
	(void)context;
	(void)news;
}

static const struct {
	const char *what, *line;
	struct follower_counts counts;
} skips[] = {
	{"binary", "\x01\x02\xff\xfe{}[]", {.lines = 1, .malformed = 1}},
	{"cut", "{\"msg\":\"Connected\",\"peer\":\"16Ui", {.lines = 1, .malformed = 1}},
	{"empty", "", {.lines = 1, .malformed = 1}},
	{"a message that nobody waits for is not even read",
	 "{\"msg\":\"Synced\",\"x\":",
	 {.lines = 1}},
	{"a peer that is none",
	 "{\"msg\":\"Connected\",\"peer\":\"<b>\"" OLD,
	 {.lines = 1, .odd = 1}},
	{"one that is good",
	 "{\"msg\":\"Connected\",\"peer\":\"16UiuA\"" OLD,
	 {.lines = 1, .news = 1}},
};

static void what_is_skipped_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(skips); i++) {
		char text[512];
		struct follower_counts counts;

		snprintf(text, sizeof(text), "%s\n", skips[i].line);
		counts = corpus_follow(text, strlen(text), ignore, NULL);
		expect_true(skips[i].what, !memcmp(&counts, &skips[i].counts, sizeof(counts)));
	}
}

static void a_message_is_known_whole(void **state)
{
	(void)state;
	assert_true(dialect_knows(prysm(), "Connected", 9));
	assert_false(dialect_knows(prysm(), "Connected", 8));
	assert_false(dialect_knows(prysm(), "Connected\0more", 14));
	assert_false(dialect_knows(prysm(), "", 0));
}

static void the_join_forgets_the_one_unheard_of_longest(void **state)
{
	struct endpoint addr = {.port = 1}, found;
	struct join *join;
	enum way way;

	(void)state;
	assert_int_equal(join_new(&join, 2, 7), 0);
	join_holds(join, "A", &addr, WAY_INBOUND, 1);
	join_holds(join, "B", &addr, WAY_INBOUND, 2);
	join_holds(join, "A", &addr, WAY_INBOUND, 3);
	join_holds(join, "C", &addr, WAY_OUTBOUND, 4);
	assert_int_equal(join_count(join), 2);
	assert_int_equal(join_find(join, "A", 5, &found, &way), 0);
	assert_int_equal(join_find(join, "B", 5, &found, &way), -ENOENT);
	assert_int_equal(join_find(join, "C", 5, &found, &way), 0);
	assert_int_equal(way, WAY_OUTBOUND);
	for (int i = 0; i < 1000; i++) {
		char peer[16];

		snprintf(peer, sizeof(peer), "P%d", i);
		join_holds(join, peer, &addr, WAY_INBOUND, 6 + i);
	}
	assert_int_equal(join_count(join), 2);
	assert_int_equal(join_find(join, "P999", 1006, &found, &way), 0);
	join_free(join);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_line_means),
		cmocka_unit_test(reports_are_what_the_wire_takes),
		cmocka_unit_test(what_is_skipped_is_counted),
		cmocka_unit_test(a_message_is_known_whole),
		cmocka_unit_test(the_join_forgets_the_one_unheard_of_longest),
	};

	return cmocka_run_group_tests_name("follow: prysm", tests, NULL, NULL);
}
