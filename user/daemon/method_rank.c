/* SPDX-License-Identifier: BSD-2-Clause */
/* method_rank: in what order to dial. The answer names candidates as they were given, and is written, not made: there are many. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "json_write.h"
#include "methods.h"
#include "server.h"

/* Numbers up to here mean themselves in every language, so that the answer's seed can be asked with again. */
#define SEED_BITS 53

static int draw_seed(uint64_t *ret, struct why *why)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		return why_fill(why, -EIO, "no random numbers: getrandom: %s", strerror(errno));
	*ret = seed >> (64 - SEED_BITS);
	return 0;
}

/* What an entry has besides its texts, the longest why included. */
enum { ENTRY_MAX = 160 };

static char *put(char *at, const char *text, size_t length)
{
	memcpy(at, text, length);
	return at + length;
}

static char *put_words(char *at, const char *words)
{
	return put(at, words, strlen(words));
}

static char *put_number(char *at, uint32_t number)
{
	char text[10], *from = text + sizeof(text);

	do
		*--from = (char)('0' + number % 10);
	while (number /= 10);
	return put(at, from, (size_t)(text + sizeof(text) - from));
}

/* IDs have letters that need no escape; so have addresses that could be parsed. */
static char *put_text(char *at, const char *letters, size_t length)
{
	*at++ = '"';
	at = put(at, letters, length);
	*at++ = '"';
	return at;
}

static char *put_dial(char *at, const struct rank_question *question, const struct ranked *ranked)
{
	const struct rank_text *addr = &question->texts[ranked->candidate].addrs[ranked->addr];

	at = put_words(at, ",\"addr\":");
	if (ranked->addr < question->candidates[ranked->candidate].addr_count)
		at = put_text(at, question->letters + addr->at, addr->length);
	else
		at = put_words(at, "null");
	at = put_words(at, ",\"key\":");
	return put_number(at, ranked->key);
}

/* By hand: an answer has ten thousand of these. */
static void write_one(struct buffer *out, const struct rank_question *question,
		      const struct ranked *ranked)
{
	const struct rank_texts *texts = &question->texts[ranked->candidate];
	const char *id = question->candidates[ranked->candidate].peer;
	char *from = buffer_reserve(out, ENTRY_MAX + texts->peer.length + PEER_ID_MAX +
						 texts->addrs[ranked->addr].length),
	     *at = from;

	if (!from)
		return;
	at = put_words(at, "{\"candidate\":");
	at = put_number(at, ranked->candidate);
	at = put_words(at, ",\"peer\":");
	at = texts->peer.length
		     ? put_text(at, question->letters + texts->peer.at, texts->peer.length)
		     : put_text(at, id, strlen(id));
	if (ranked->dial)
		at = put_dial(at, question, ranked);
	at = put_words(at, ",\"why\":");
	at = put_text(at, rank_word(ranked->why), strlen(rank_word(ranked->why)));
	*at++ = '}';
	out->length += (size_t)(at - from);
}

static void write_list(struct buffer *out, const struct rank_question *question, bool dial)
{
	const char *before = "[";

	for (size_t i = 0; i < question->count; i++) {
		if (question->ranked[i].dial != dial)
			continue;
		buffer_text(out, before);
		write_one(out, question, &question->ranked[i]);
		before = ",";
	}
	buffer_text(out, before[0] == '[' ? "[]" : "]");
}

static void write_answer(struct buffer *out, const struct rank_question *question)
{
	buffer_text(out, "{\"seed\":");
	json_write_integer(out, (json_int_t)question->seed);
	buffer_text(out, ",\"dial\":");
	write_list(out, question, true);
	buffer_text(out, ",\"skipped\":");
	write_list(out, question, false);
	buffer_text(out, "}");
}

static int answer(const struct engine *engine, struct rank_question *question, uint64_t now_ns,
		  struct buffer *out, struct why *why)
{
	int error = question->has_seed ? 0 : draw_seed(&question->seed, why);

	if (error)
		return error;
	policy_rank(engine->policy, question->candidates, question->count, question->want,
		    question->service, question->seed, now_ns, question->ranked);
	write_answer(out, question);
	return 0;
}

int method_rank(struct rpc_caller *caller, json_t *params, struct buffer *out, struct why *why)
{
	struct rank_question *question = &caller->server->rank;
	const struct engine *engine = &caller->server->engine;
	uint64_t now_ns = gate_now_ns();
	int error = rank_question_read(question, params, engine, now_ns, why);

	if (!error)
		error = answer(engine, question, now_ns, out, why);
	rank_question_clear(question);
	return error;
}

static bool scan_list(struct rank_question *question, struct json_scan *scan,
		      const struct engine *engine)
{
	uint64_t now_ns = gate_now_ns();

	if (!question->count && json_scan_maybe(scan, ']'))
		return true;
	do {
		if (!rank_scan_candidate(question, scan, engine, now_ns))
			return false;
	} while (json_scan_maybe(scan, ','));
	return json_scan_mark(scan, ']');
}

/* The question is the early one when the list was read while it came; the members beside it are read again. */
static struct rank_question *begin_list(struct rpc_caller *caller, struct rank_question *question,
					struct json_scan *scan)
{
	struct rank_question *early = &caller->server->early.question;

	if (!json_scan_mark(scan, '[') || !rank_early_resume(caller->client, scan))
		return question;
	early->want = question->want;
	early->service = question->service;
	early->has_seed = question->has_seed;
	early->seed = question->seed;
	return early;
}

enum { SEEN_CANDIDATES = 1, SEEN_WANT = 2, SEEN_SERVICE = 4, SEEN_SEED = 8 };

static unsigned int member_of(const struct json_text *key)
{
	static const struct {
		const char *name;
		unsigned int member;
	} members[] = {{"candidates", SEEN_CANDIDATES},
		       {"want", SEEN_WANT},
		       {"service", SEEN_SERVICE},
		       {"seed", SEEN_SEED}};

	for (unsigned int i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_text_is(key, members[i].name))
			return members[i].member;
	return 0;
}

bool fast_rank_read(struct rpc_caller *caller, struct json_scan *scan)
{
	struct rank_question *question = &caller->server->rank;
	const struct engine *engine = &caller->server->engine;
	bool wrapped = json_scan_maybe(scan, '[');
	struct json_text key;
	unsigned int seen = 0;

	rank_question_clear(question);
	question->letters = scan->at;
	question->want = 0;
	question->service = -1;
	question->has_seed = false;
	if (!json_scan_mark(scan, '{'))
		return false;
	do {
		unsigned int member = json_scan_key(scan, &key) ? member_of(&key) : 0;

		if (!member || seen & member)
			return false;
		seen |= member;
		if (member != SEEN_CANDIDATES) {
			if (!rank_scan_member(question, scan, &key, engine))
				return false;
			continue;
		}
		question = begin_list(caller, question, scan);
		if (!scan_list(question, scan, engine))
			return false;
	} while (json_scan_maybe(scan, ','));
	caller->server->ranked = question;
	return json_scan_mark(scan, '}') && (!wrapped || json_scan_mark(scan, ']')) &&
	       seen & SEEN_CANDIDATES;
}

int fast_rank_run(struct rpc_caller *caller, struct buffer *out, struct why *why)
{
	struct rank_question *question = caller->server->ranked;
	int error = answer(&caller->server->engine, question, gate_now_ns(), out, why);

	rank_question_clear(question);
	return error;
}
