/* SPDX-License-Identifier: BSD-2-Clause */
/* What peers write into a log, in every form: whatever they call themselves, nobody but the author is ever refused or named. */
#include "court.h"

#include <stdarg.h>

#define VICTIM "/ip4/203.0.113.99/tcp/9/p2p/16UiuVictim"
#define MUTE "chain state: no chain status for peer"
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

/* The line that the node writes of a mute peer, in each form; @second tells its connections apart. */
struct mute {
	const char *agent, *package;
	int second;
};

static char *json_of(const struct mute *mute)
{
	json_t *utf8 = json_string(mute->agent); /* Go writes what is none as U+FFFD */
	json_t *entry = json_pack(
		"{s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "agent",
		utf8 ? utf8 : json_string("\xef\xbf\xbd"), "direction", "Inbound", "error",
		"chain state: no chain status for peer", "level", "debug", "msg",
		"Initiate peer disconnection", "package", mute->package, "peer", "16UiuAuthor",
		"multiaddr",
		json_sprintf("/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor", 1000 + mute->second),
		"time", json_sprintf("2026-11-22 22:27:%02d.32", mute->second));
	char *text = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(entry);
	return text;
}

/* As Prysm 7.1.3 and later does: control characters are taken out. */
static char *cleaned(const char *text)
{
	char *copy = calloc(1, strlen(text) + 1), *out = copy;

	for (; *text; text++)
		if ((unsigned char)*text >= ' ' && *text != 0x7f)
			*out++ = *text;
	return copy;
}

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text_of(const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	assert_true(vasprintf(&text, format, list) > 0);
	va_end(list);
	return text;
}

static char *plain_of(const struct mute *mute)
{
	char *agent = cleaned(mute->agent);
	char *text = text_of(
		"[2026-11-22 22:27:%02d.32] DEBUG %s: Initiate peer disconnection agent=%s "
		"direction=Inbound error=" MUTE
		" multiaddr=/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor remainingActivePeers=3",
		mute->second, strrchr(mute->package, '/') + 1, agent, 1000 + mute->second);

	free(agent);
	return text;
}

static char *colour_of(const struct mute *mute)
{
	char *agent = cleaned(mute->agent);
	char *text = text_of(
		"\x1b[90m[2026-11-22 22:27:%02d.32]\x1b[0m \x1b[34mDEBUG\x1b[0m\x1b[36m %s:\x1b[0m "
		"Initiate peer disconnection \x1b[34magent\x1b[0m=%s "
		"\x1b[34mdirection\x1b[0m=Inbound \x1b[34merror\x1b[0m=" MUTE
		" \x1b[34mmultiaddr\x1b[0m=/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor "
		"\x1b[34mremainingActivePeers\x1b[0m=3",
		mute->second, strrchr(mute->package, '/') + 1, agent, 1000 + mute->second);

	free(agent);
	return text;
}

static char *file_of(const struct mute *mute)
{
	return text_of(
		"time=\"2026-11-22 22:27:%02d.32\" level=debug msg=\"Initiate peer disconnection\" "
		"agent=\"%s\" direction=Inbound error=\"" MUTE
		"\" multiaddr=\"/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor\" package=\"%s\" "
		"remainingActivePeers=3",
		mute->second, mute->agent, 1000 + mute->second, mute->package);
}

static char *old_file_of(const struct mute *mute)
{
	return text_of(
		"time=\"2026-11-22 22:27:%02d\" level=debug msg=\"Initiate peer disconnection\" "
		"agent=\"%s\" direction=Inbound error=\"" MUTE
		"\" multiaddr=\"/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor\" prefix=p2p "
		"remainingActivePeers=3",
		mute->second, mute->agent, 1000 + mute->second);
}

static char *terminal_of(const struct mute *mute)
{
	return text_of(
		"[2026-11-22 22:27:%02d] DEBUG p2p: Initiate peer disconnection agent=%s "
		"direction=Inbound error=" MUTE
		" multiaddr=/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor remainingActivePeers=3",
		mute->second, mute->agent, 1000 + mute->second);
}

static const struct {
	const char *name;
	char *(*write)(const struct mute *mute);
	bool believed;
} writers[] = {
	{"json", json_of, true},
	{"colour", colour_of, true},
	{"plain", plain_of, true},
	{"file", file_of, false},
	{"file of v1", old_file_of, false},
	{"terminal of v7.1.2", terminal_of, false},
};

static void storm(struct court *court, size_t writer, const char *agent)
{
	static const char *const packages[] = {"beacon-chain/p2p", "beacon-chain/sync"};
	struct follower follower;

	assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 256, court_on_news, court),
			 0);
	for (int i = 0; i < 20; i++) {
		const struct mute mute = {agent, packages[i % 2], i};
		char *line = writers[writer].write(&mute);

		follower_feed(&follower, line, strlen(line), 0);
		follower_feed(&follower, "\n", 1, 0);
		free(line);
	}
	if (!writers[writer].believed)
		assert_int_equal(follower.counts.news, 0);
	follower_release(&follower);
}

static void no_agent_string_refuses_anybody_but_its_author(void **state)
{
	(void)state;
	for (size_t writer = 0; writer < ARRAY_SIZE(writers); writer++) {
		for (size_t number = 0; number < AGENTS; number++) {
			struct court court;
			char agent[LONG + 1];
			bool banned;

			agent_of(agent, number);
			court_open(&court, boot_of("f"));
			storm(&court, writer, agent);
			if (writers[writer].believed) {
				expect_true("the author is refused",
					    court_refused(&court, "198.51.100.77", &banned));
				expect_true("and nobody else", court.count == 1);
			} else {
				expect_true(writers[writer].name, court.count == 0);
			}
			policy_free(court.policy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_agent_string_refuses_anybody_but_its_author),
	};

	return cmocka_run_group_tests_name("follow: forged", tests, NULL, NULL);
}
