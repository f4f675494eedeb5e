/* SPDX-License-Identifier: BSD-2-Clause */
/* The second source: what the node's API says gives lines an address, bears out what a log says that anybody may write, or disputes it. */
#include "follow_corpus.h"

#include <errno.h>

#define P2P                                                                           \
	"\"level\":\"debug\",\"package\":\"beacon-chain/p2p\",\"time\":\"2026-11-22 " \
	"22:23:03.73\"}\n"
#define SYNC                                                                           \
	"\"level\":\"debug\",\"package\":\"beacon-chain/sync\",\"time\":\"2026-11-22 " \
	"22:23:03.73\"}\n"
#define FORK                                                                                   \
	"{\"msg\":\"Invalid status message from peer\",\"peer\":\"16UiuA\",\"error\":\"wrong " \
	"fork "                                                                                \
	"digest version\"," SYNC
#define MUTE                                                                                    \
	"{\"msg\":\"Initiate peer disconnection\",\"direction\":\"Inbound\",\"error\":\"chain " \
	"state: "                                                                               \
	"no chain status for peer\",\"multiaddr\":\"/ip4/198.51.100.3/tcp/35442/p2p/16UiuA\"," P2P
#define FILE_MUTE                                                                            \
	"time=\"2026-11-22 22:23:03.73\" level=debug msg=\"Initiate peer disconnection\" "   \
	"agent=\"x\" "                                                                       \
	"direction=Inbound error=\"chain state: no chain status for peer\" "                 \
	"multiaddr=\"/ip4/198.51.100.3/tcp/35442/p2p/16UiuA\" package=\"beacon-chain/p2p\" " \
	"remainingActivePeers=1\n"
#define FILE_GOOD                                                                       \
	"time=\"2026-11-22 22:23:03.73\" level=debug msg=\"Initiate peer connection\" " \
	"activePeers=1 agent=\"x\" direction=Inbound "                                  \
	"multiAddr=\"/ip4/198.51.100.3/tcp/35442/p2p/16UiuA\" package=\"beacon-chain/p2p\"\n"

enum { LINE_S = 1000 }; /* the log's line comes so many seconds after the first answer */

#define LINE_MS INT64_C(1795386183730)

/* What the API says at a time, in seconds from the line; then the line; what was told in the end. */
struct saying {
	int at_s;
	const char *addr; /* NULL: the list ends */
	bool connected, outbound;
};

static const struct {
	const char *what, *line;
	struct saying says[6];
	const char *told;
	uint64_t unproven, disputed;
} cases[] = {
	{"nobody is asked of a line with an address",
	 MUTE,
	 {{0}},
	 "timeout 198.51.100.3;- 198.51.100.3;",
	 0,
	 0},
	{"a peer of another fork, seen before the line",
	 FORK,
	 {{-1, "/ip4/198.51.100.9/tcp/77", false, false}},
	 "unviable_fork 198.51.100.9;",
	 0,
	 0},
	{"and after it",
	 FORK,
	 {{3, "/ip4/198.51.100.9/tcp/77", false, false}},
	 "unviable_fork 198.51.100.9;",
	 0,
	 0},
	{"never", FORK, {{0}}, "unviable_fork -;", 0, 0},
	{"another time",
	 FORK,
	 {{16, "/ip4/198.51.100.9/tcp/77", false, false}},
	 "unviable_fork -;",
	 0,
	 0},
	{"it lives there since long",
	 FORK,
	 {{-900, "/ip4/198.51.100.9/tcp/77", true, false}},
	 "unviable_fork 198.51.100.9;",
	 0,
	 0},
	{"what the node dialled, or somebody announced, is no address of a peer",
	 FORK,
	 {{-1, "/ip4/198.51.100.9/tcp/77", false, true}},
	 "unviable_fork -;",
	 0,
	 0},
	{"the API has it elsewhere",
	 MUTE,
	 {{-1, "/ip4/203.0.113.9/tcp/77", true, false}},
	 "timeout -;- -;",
	 0,
	 2},
	{"it was there and is elsewhere now",
	 MUTE,
	 {{-9, "/ip4/198.51.100.3/tcp/35442", true, false},
	  {1, "/ip4/203.0.113.9/tcp/77", true, false}},
	 "timeout 198.51.100.3;- 198.51.100.3;",
	 0,
	 0},

	{"the file alone", FILE_MUTE, {{0}}, "", 2, 0},
	{"the file, and the API saw it come and go",
	 FILE_MUTE,
	 {{-9, "/ip4/198.51.100.3/tcp/35442", true, false},
	  {1, "/ip4/198.51.100.3/tcp/35442", false, false}},
	 "timeout 198.51.100.3;- 198.51.100.3;",
	 0,
	 0},
	{"it stayed longer than who fails, and went: that alone is told",
	 FILE_MUTE,
	 {{-24, "/ip4/198.51.100.3/tcp/35442", true, false},
	  {1, "/ip4/198.51.100.3/tcp/35442", false, false}},
	 "- 198.51.100.3;",
	 1,
	 0},
	{"it was gone before the first answer",
	 FILE_MUTE,
	 {{-LINE_S, "/ip4/198.51.100.3/tcp/35442", false, false}},
	 "",
	 2,
	 0},
	{"it is there all the time",
	 FILE_MUTE,
	 {{-900, "/ip4/198.51.100.3/tcp/35442", true, false}},
	 "",
	 2,
	 0},
	{"it just came", FILE_MUTE, {{-5, "/ip4/198.51.100.3/tcp/35442", true, false}}, "", 2, 0},
	{"it was there an hour ago",
	 FILE_MUTE,
	 {{-900, "/ip4/198.51.100.3/tcp/35442", true, false},
	  {-600, "/ip4/198.51.100.3/tcp/35442", false, false}},
	 "",
	 2,
	 0},
	{"another port",
	 FILE_MUTE,
	 {{-9, "/ip4/198.51.100.3/tcp/35443", true, false},
	  {1, "/ip4/198.51.100.3/tcp/35443", false, false}},
	 "",
	 2,
	 0},
	{"another transport",
	 FILE_MUTE,
	 {{-9, "/ip4/198.51.100.3/udp/35442/quic-v1", true, false},
	  {1, "/ip4/198.51.100.3/udp/35442/quic-v1", false, false}},
	 "",
	 2,
	 0},
	{"another host",
	 FILE_MUTE,
	 {{-9, "/ip4/198.51.100.4/tcp/35442", true, false},
	  {1, "/ip4/198.51.100.4/tcp/35442", false, false}},
	 "",
	 2,
	 0},
	{"good in the file, and there",
	 FILE_GOOD,
	 {{-9, "/ip4/198.51.100.3/tcp/35442", true, false}},
	 "- 198.51.100.3;ok 198.51.100.3;",
	 0,
	 0},
	{"good in the file, and gone",
	 FILE_GOOD,
	 {{-9, "/ip4/198.51.100.3/tcp/35442", true, false},
	  {-1, "/ip4/198.51.100.3/tcp/35442", false, false}},
	 "",
	 2,
	 0},
};

static void note(void *context, const struct news *news)
{
	char *told = context, addr[ADDR_TEXT_MAX] = "-";

	if (news->has_addr)
		addr_text(&news->addr.addr, addr);
	sprintf(told + strlen(told), "%s %s;", news->result ? news->result : "-", addr);
}

static void say(struct follower *follower, const struct saying *saying)
{
	int64_t now_ms = LINE_MS + saying->at_s * 1000;
	struct endpoint addr;

	assert_int_equal(endpoint_parse(&addr, saying->addr, strlen(saying->addr), NULL), 0);
	follower_hears(follower, "16UiuA", &addr, saying->outbound ? WAY_OUTBOUND : WAY_INBOUND,
		       saying->connected, now_ms);
}

static void what_the_api_adds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct follower follower;
		char told[512] = "";

		assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 16, note, told),
				 0);
		assert_int_equal(follower_with_book(&follower), 0);
		for (int at_s = -LINE_S; at_s <= 20; at_s++) {
			for (const struct saying *at = cases[i].says; at->addr; at++)
				if (at->at_s == at_s)
					say(&follower, at);
			follower_heard_all(&follower, LINE_MS + at_s * 1000);
			if (!at_s)
				follower_feed(&follower, cases[i].line, strlen(cases[i].line),
					      LINE_MS);
			follower_tick(&follower, LINE_MS + at_s * 1000 + 500);
		}
		if (strcmp(told, cases[i].told))
			print_message("%s: %s\n", cases[i].what, told);
		expect_true(cases[i].what, !strcmp(told, cases[i].told));
		expect_true(cases[i].what, follower.counts.unproven == cases[i].unproven);
		expect_true(cases[i].what, follower.counts.disputed == cases[i].disputed);
		assert_false(follower_waits(&follower));
		follower_release(&follower);
	}
}

/* Nothing waits for ever, and no storm makes the docket grow: the oldest is decided as it stands. */
static void the_docket_is_bounded(void **state)
{
	struct follower follower;
	char *told = calloc(1, 1 << 20);

	(void)state;
	assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 16, note, told), 0);
	assert_int_equal(follower_with_book(&follower), 0);
	follower_heard_all(&follower, LINE_MS - 1000);
	for (int i = 0; i < DOCKET_MAX + 10; i++)
		follower_line(&follower, FORK, strlen(FORK) - 1, LINE_MS);
	assert_int_equal(follower.counts.news, 10);
	follower_finish(&follower);
	assert_int_equal(follower.counts.news, DOCKET_MAX + 10);
	assert_false(follower_waits(&follower));
	follower_release(&follower);
	free(told);
}

/* An API that is not up yet, or not any more, delays nothing that the log may say alone. */
static void who_does_not_answer_is_not_waited_for(void **state)
{
	struct follower follower;
	char told[512] = "";

	(void)state;
	assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 16, note, told), 0);
	assert_int_equal(follower_with_book(&follower), 0);
	follower_line(&follower, FORK, strlen(FORK) - 1, LINE_MS);
	assert_string_equal(told, "unviable_fork -;");
	follower_heard_all(&follower, LINE_MS);
	follower_line(&follower, FORK, strlen(FORK) - 1, LINE_MS + BOOK_FRESH_MS + 1);
	assert_string_equal(told, "unviable_fork -;unviable_fork -;");
	follower_line(&follower, FILE_MUTE, strlen(FILE_MUTE) - 1, LINE_MS + BOOK_FRESH_MS + 1);
	assert_true(follower_waits(&follower));
	follower_release(&follower);
}

static void the_book_is_bounded(void **state)
{
	struct endpoint addr = {.port = 1}, found;
	struct book_of_addresses *book;

	(void)state;
	assert_int_equal(book_new(&book, 2, 7), 0);
	book_said_all(book, 1000);
	book_says(book, "A", &addr, WAY_INBOUND, true, 2000);
	book_says(book, "B", &addr, WAY_INBOUND, true, 2000);
	book_says(book, "A", &addr, WAY_INBOUND, true, 3000);
	book_says(book, "C", &addr, WAY_INBOUND, true, 3000);
	assert_int_equal(book_count(book), 2);
	assert_int_equal(book_find(book, "A", 3000, &found), 0);
	assert_int_equal(book_find(book, "B", 3000, &found), -ENOENT);
	book_free(book);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_api_adds),
		cmocka_unit_test(the_docket_is_bounded),
		cmocka_unit_test(who_does_not_answer_is_not_waited_for),
		cmocka_unit_test(the_book_is_bounded),
	};

	return cmocka_run_group_tests_name("follow: book", tests, NULL, NULL);
}
