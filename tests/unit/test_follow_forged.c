/* SPDX-License-Identifier: BSD-2-Clause */
/* What peers write into a log, in every form: whatever they call themselves, nobody but the author is ever refused or named. */
#include "court.h"
#include "writers.h"

#define VICTIM "/ip4/203.0.113.99/tcp/9/p2p/16UiuVictim"
#define FILE_TIME \
	"time=\"2026-11-22 22:27:50.32\" level=debug msg=\"Initiate peer disconnection\" agent=\""
#define FILE_TAIL                                                     \
	"\" direction=Inbound error=\"" MUTE "\" multiaddr=\"" VICTIM \
	"\" package=\"beacon-chain/p2p\" remainingActivePeers=3"
#define PLAIN_TAIL " direction=Inbound error=" MUTE " multiaddr=" VICTIM " remainingActivePeers=3"
#define PLAIN_HEAD "[2026-11-22 22:27:50.32] DEBUG p2p: Initiate peer disconnection agent=x"
#define JSON_ENTRY                                                                               \
	"{\"agent\":\"x\",\"direction\":\"Inbound\",\"error\":\"" MUTE "\",\"level\":\"debug\"," \
	"\"msg\":\"Initiate peer disconnection\",\"multiaddr\":\"" VICTIM "\",\"package\":"      \
	"\"beacon-chain/p2p\",\"time\":\"2026-11-22 22:27:50.32\"}"

/* What a hostile peer may call itself. */
static const char *const agents[] = {
	JSON_ENTRY,					/* a whole entry */
	"evil\",\"multiaddr\":\"" VICTIM "\",\"x\":\"", /* ends its own text, then forges fields */
	"evil\"}\n" JSON_ENTRY "\n" JSON_ENTRY
	"\n{\"x\":\"", /* ends its own line, then whole lines */
	"\x1b[2J\\\"\\u0022,\\\\\",\"peer\":\"16UiuVictim\\\r\n" JSON_ENTRY, /* escapes of both kinds */
	/* each form's own fields, the line whole, a line that the true tail completes, and all of it at once */
	"evil" PLAIN_TAIL,
	"evil" PLAIN_TAIL "\n" PLAIN_HEAD PLAIN_TAIL "\n" PLAIN_HEAD,
	"evil multiaddr=" VICTIM " agent=x error=" MUTE " remainingActivePeers=3 peer=16UiuVictim",
	"evil" FILE_TAIL "\n" FILE_TIME "x",
	"evil" FILE_TAIL "\n" FILE_TIME "x" FILE_TAIL "\n" FILE_TIME "x",
	"evil" FILE_TAIL "\n" JSON_ENTRY "\n" PLAIN_HEAD PLAIN_TAIL "\n" FILE_TIME "x",
	"evil\n\x1b[90m[2026-11-22 22:27:50.32]\x1b[0m \x1b[34mDEBUG\x1b[0m\x1b[36m p2p:\x1b[0m "
	"Initiate peer "
	"disconnection \x1b[34mdirection\x1b[0m=Inbound \x1b[34merror\x1b[0m=" MUTE
	" \x1b[34mmultiaddr\x1b[0m=" VICTIM "\n",
	"\n\n\n",
	"",
	" ",
	"agent= agent= =",
	"\xff\xfe\xc2",
};

enum { LONG = 8192, AGENTS = sizeof(agents) / sizeof(*agents) + 3 };

/* Behind the list: as much as identify may carry, of what JSON makes longest, and of whole entries. */
static void agent_of(char ret[LONG + 1], size_t number)
{
	static const char *const units[] = {"\x01", "\"", FILE_TAIL "\n" FILE_TIME};
	size_t listed = ARRAY_SIZE(agents), length = 0;

	ret[0] = '\0';
	if (number < listed) {
		strcpy(ret, agents[number]);
		return;
	}
	while (length + strlen(units[number - listed]) <= LONG) {
		strcpy(ret + length, units[number - listed]);
		length += strlen(units[number - listed]);
	}
}

/* A line of the author's; it lives until the next but one is written. */
static struct words written(size_t writer, enum written_kind kind, const char *agent,
			    const char *error, int second)
{
	const struct writer_peer author = {AUTHOR, AUTHOR_HOST, 1000 + second, words_of(agent),
					   words_of(error)};
	static struct paper papers[2];
	static int turn;
	struct paper *paper = &papers[turn ^= 1];
	struct written line;

	paper->length = 0;
	write_line(&line, kind, &author, second);
	writers[writer].write(paper, &line);
	return (struct words){paper->text, paper->length};
}

/* Twenty lines of the author's, as it comes and goes; @kind WRITTEN_KINDS: of all kinds in turn. */
static void storm(struct court *court, size_t writer, enum written_kind kind, const char *agent,
		  const char *error)
{
	struct follower follower;

	assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 256, court_on_news, court),
			 0);
	for (int i = 0; i < 20; i++) {
		enum written_kind one =
			kind < WRITTEN_KINDS ? kind : (enum written_kind)(i % WRITTEN_KINDS);
		struct words text = written(writer, one, agent, error, i);

		follower_feed(&follower, text.text, text.length, 0);
		follower_feed(&follower, "\n", 1, 0);
	}
	if (!writers[writer].is_believed)
		assert_int_equal(follower.counts.news, 0);
	follower_release(&follower);
}

static bool is_author(const struct court *court)
{
	const struct prefix author = {.addr = {{0}}};
	struct prefix prefix = author;
	bool widened;

	assert_int_equal(prefix_parse(&prefix, &widened, AUTHOR_HOST, NULL), 0);
	for (unsigned int i = 0; i < court->count; i++)
		if (memcmp(&court->refused[i], &prefix, sizeof(prefix)))
			return false;
	return true;
}

/* Mute, the author is refused in each form that is believed: its words do not hide it either. */
static void no_agent_string_refuses_anybody_but_its_author(void **state)
{
	(void)state;
	for (size_t writer = 0; writer < WRITERS; writer++) {
		for (size_t number = 0; number < AGENTS; number++) {
			struct court court;
			char agent[LONG + 1];

			agent_of(agent, number);
			court_open(&court, boot_of("f"));
			storm(&court, writer, WRITTEN_CUT, agent, MUTE);
			expect_true(writers[writer].name,
				    court.count == writers[writer].is_believed);
			expect_true(writers[writer].name, is_author(&court));
			policy_free(court.policy);
		}
	}
}

/* As agent and as error text, on every line that holds them. */
static void no_words_on_any_line_refuse_anybody_else(void **state)
{
	(void)state;
	for (size_t writer = 0; writer < WRITERS; writer++) {
		for (size_t number = 0; number < AGENTS * 2; number++) {
			struct court court;
			char words[LONG + 1];

			agent_of(words, number / 2);
			court_open(&court, boot_of("f"));
			storm(&court, writer, WRITTEN_KINDS, number % 2 ? words : "x", words);
			expect_true(writers[writer].name, is_author(&court));
			policy_free(court.policy);
		}
	}
}

static void expect_author(void *context, const struct news *news)
{
	char addr[ADDR_TEXT_MAX];

	++*(unsigned int *)context;
	assert_string_equal(news->peer, AUTHOR);
	if (news->has_addr)
		assert_string_equal(addr_text(&news->addr.addr, addr), AUTHOR_HOST);
}

/* A line that was cut anywhere, alone and with the next one grown onto it, names nobody else. */
static void half_lines_name_nobody_else(void **state)
{
	unsigned int told = 0;

	(void)state;
	for (size_t writer = 0; writer < WRITERS; writer++) {
		for (size_t number = 0; number < ARRAY_SIZE(agents); number++) {
			struct follower follower;
			struct words next, text;

			assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 256,
						       expect_author, &told),
					 0);
			text = written(writer, WRITTEN_CUT, agents[number], MUTE, 1);
			next = written(writer, (enum written_kind)(number % WRITTEN_KINDS),
				       agents[number], MUTE, 2);
			for (size_t cut = 0; cut < text.length; cut += 3) {
				follower_feed(&follower, text.text, cut, 0);
				follower_feed(&follower, next.text, next.length, 0);
				follower_feed(&follower, "\n", 1, 0);
				follower_feed(&follower, text.text + cut, text.length - cut, 0);
				follower_feed(&follower, "\n", 1, 0);
			}
			follower_release(&follower);
		}
	}
	assert_true(told > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_agent_string_refuses_anybody_but_its_author),
		cmocka_unit_test(no_words_on_any_line_refuse_anybody_else),
		cmocka_unit_test(half_lines_name_nobody_else),
	};

	return cmocka_run_group_tests_name("follow: forged", tests, NULL, NULL);
}
