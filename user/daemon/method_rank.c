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

static void write_one(struct buffer *out, const struct rank_question *question,
		      const struct ranked *ranked)
{
	const struct candidate *candidate = &question->candidates[ranked->candidate];
	const struct rank_texts *texts = &question->texts[ranked->candidate];

	buffer_text(out, "{\"candidate\":");
	json_write_integer(out, ranked->candidate);
	buffer_text(out, ",\"peer\":");
	if (texts->peer.letters)
		json_write_letters(out, texts->peer.letters, texts->peer.length);
	else
		json_write_text(out, candidate->peer);
	if (ranked->dial) {
		buffer_text(out, ",\"addr\":");
		if (ranked->addr < candidate->addr_count)
			json_write_letters(out, texts->addrs[ranked->addr].letters,
					   texts->addrs[ranked->addr].length);
		else
			buffer_text(out, "null");
		buffer_text(out, ",\"key\":");
		json_write_integer(out, ranked->key);
	}
	buffer_text(out, ",\"why\":\"");
	buffer_text(out, rank_word(ranked->why));
	buffer_text(out, "\"}");
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

int method_rank(struct rpc_caller *caller, json_t *params, struct buffer *out, struct why *why)
{
	struct rank_question *question = &caller->server->rank;
	const struct engine *engine = &caller->server->engine;
	uint64_t now_ns = gate_now_ns();
	int error = rank_question_read(question, params, engine, now_ns, why);

	if (!error && !question->has_seed)
		error = draw_seed(&question->seed, why);
	if (!error) {
		policy_rank(engine->policy, question->candidates, question->count, question->want,
			    question->service, question->seed, now_ns, question->ranked);
		write_answer(out, question);
	}
	rank_question_clear(question);
	return error;
}
