/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forgery: a node's log as a script of bytes has it: a peer that says what it likes, a victim that is really there, comes and
 * goes, and is written of, too; entries cut, grown together, interleaved, of several forms; rotation; the node's API, or none.
 *
 * Input: which form and whether the API is asked; how many steps; each step (what, how); the peer's words (tape.h): what it
 * calls itself, what its errors say.
 */
#ifndef FORGERY_H
#define FORGERY_H

#include <stdio.h>
#include <stdlib.h>

#include "follower.h"

/* What writes the lines is not what is looked for, and its branches need not be watched. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

#include "../unit/writers.h"
#include "tape.h"

#define BEGAN_MS INT64_C(1795386420000) /* 22:27:00 of the lines' day */

/* A connection that outlives a handshake by far: nobody who has one is to be accused by what anybody may write. */
enum { STAY_S = 60, STEPS_MAX = 64, FOLLOWED_PEERS = 16 };

struct presence {
	struct writer_peer peer;
	bool is_there;
	int since_s;
};

struct forgery;

/* How a node's lines come to be: of Prysm's, unless another client's are written. */
typedef void pen_fn(struct forgery *self, struct paper *paper, const struct presence *who,
		    unsigned int kind);

struct forgery {
	struct follower *follower;
	pen_fn *pen;	   /* NULL: writers[writer] */
	unsigned int pens; /* how many forms there are to choose from */
	struct presence author, victim;
	size_t writer;
	int now_s;
	bool is_torn; /* a line was cut where only order tells fields apart: once is chance */
	struct paper paper, other;
};

/* How many lines all inputs had: printed at the end, where tests/fuzz/nightly finds it. */
static uint64_t lines_fed, news_told;

static void forgery_say_count(void)
{
	fprintf(stderr, "stat::lines: %llu\nstat::findings: %llu\n", (unsigned long long)lines_fed,
		(unsigned long long)news_told);
}

static inline int64_t forgery_ms(const struct forgery *self)
{
	return BEGAN_MS + self->now_s * INT64_C(1000);
}

/* --- the API --- */

static inline void api_says(struct forgery *self, const struct presence *who)
{
	char place[WRITER_PLACE_MAX];
	struct endpoint addr;

	if (!self->follower->book)
		return;
	snprintf(place, sizeof(place), "/ip4/%s/tcp/%d", who->peer.host, who->peer.port);
	if (endpoint_parse(&addr, place, strlen(place), NULL))
		abort();
	follower_hears(self->follower, who->peer.id, &addr, WAY_INBOUND, who->is_there,
		       forgery_ms(self));
}

static inline void api_answers(struct forgery *self)
{
	if (self->follower->book)
		follower_heard_all(self->follower, forgery_ms(self));
}

static inline void pass(struct forgery *self, int seconds)
{
	while (seconds-- > 0) {
		self->now_s++;
		if (self->follower->book &&
		    (follower_waits(self->follower) || self->now_s % 6 == 0))
			api_answers(self);
	}
}

/* Somebody comes or goes, and the API tells within the second. */
static inline void turn(struct forgery *self, struct presence *who, int stays_s)
{
	if (who->is_there && self->now_s - who->since_s < stays_s)
		pass(self, stays_s - (self->now_s - who->since_s));
	who->is_there = !who->is_there;
	who->since_s = self->now_s;
	if (who->is_there)
		who->peer.port += 1 + (who == &self->author);
	api_says(self, who);
	api_answers(self);
}

/* --- the log --- */

/* SHOW=1: the log on standard error, to read what an input does. */
static inline void feed(struct forgery *self, const char *text, size_t length)
{
	if (getenv("SHOW"))
		fwrite(text, 1, length, stderr);
	follower_feed(self->follower, text, length, forgery_ms(self));
}

static inline void end_line(struct forgery *self)
{
	feed(self, "\n", 1);
}

static inline void write_of(struct forgery *self, struct paper *paper, const struct presence *who,
			    enum written_kind kind)
{
	struct written line;

	paper->length = 0;
	if (self->pen) {
		self->pen(self, paper, who, kind);
		return;
	}
	write_line(&line, kind, &who->peer, self->now_s);
	writers[self->writer].write(paper, &line);
}

/* What the node writes of the victim is as things are: it came and is welcome, it went, it was cut for fullness. */
static inline void write_of_victim(struct forgery *self, struct paper *paper, uint8_t how)
{
	write_of(self, paper, &self->victim,
		 self->victim.is_there ? WRITTEN_BEGUN
		 : how % 2	       ? WRITTEN_ENDED
				       : WRITTEN_PRUNED);
}

/* Fields told apart by their order alone: half of such a line, and whatever follows it, is a line of other fields. */
static inline bool may_tear(struct forgery *self)
{
	bool first = !self->is_torn;

	if (self->pen || writers[self->writer].write != plain_of)
		return true;
	self->is_torn = true;
	return first;
}

static inline void weave(struct forgery *self, size_t piece)
{
	size_t one = 0, two = 0;

	while (one < self->paper.length || two < self->other.length) {
		size_t more = self->paper.length - one < piece ? self->paper.length - one : piece;

		feed(self, self->paper.text + one, more);
		one += more;
		more = self->other.length - two < piece ? self->other.length - two : piece;
		feed(self, self->other.text + two, more);
		two += more;
	}
	end_line(self);
}

enum step {
	STEP_WHOLE = 6,
	STEP_HALF,
	STEP_GROWN,
	STEP_TAIL,
	STEP_VICTIM,
	STEP_WOVEN,
	STEP_ROTATED,
	STEP_FORM,
	STEP_AUTHOR,
	STEP_TURN,
	STEP_WAIT,
	STEPS
};

/* A line of the author's in half: its head, with or without an end, or its tail. */
static inline void write_cut(struct forgery *self, enum step step, uint8_t how)
{
	size_t cut;

	write_of(self, &self->paper, &self->author, (enum written_kind)(how % WRITTEN_KINDS));
	cut = self->paper.length * (how / WRITTEN_KINDS) / (255 / WRITTEN_KINDS);
	if (step == STEP_TAIL) {
		/* Reading begins within the entry: what stands before it is looked at. */
		follower_restart(self->follower);
		follower_skip(self->follower, self->paper.text, cut);
		feed(self, self->paper.text + cut, self->paper.length - cut);
	} else {
		feed(self, self->paper.text, cut);
	}
	if (step != STEP_GROWN)
		end_line(self);
}

static inline void write_step(struct forgery *self, enum step step, uint8_t how)
{
	if (step == STEP_VICTIM) {
		write_of_victim(self, &self->other, how);
		feed(self, self->other.text, self->other.length);
		end_line(self);
	} else if (step == STEP_WOVEN && may_tear(self)) {
		write_of(self, &self->paper, &self->author,
			 (enum written_kind)(how % WRITTEN_KINDS));
		write_of_victim(self, &self->other, how);
		weave(self, (size_t)how * 4 + 1);
	} else if (step <= STEP_WHOLE) {
		write_of(self, &self->paper, &self->author,
			 (enum written_kind)(how % WRITTEN_KINDS));
		feed(self, self->paper.text, self->paper.length);
		end_line(self);
	} else if (step != STEP_WOVEN && (step == STEP_TAIL || may_tear(self))) {
		write_cut(self, step, how);
	}
}

static inline void take_step(struct forgery *self, uint8_t what, uint8_t how)
{
	enum step step = (enum step)(what % STEPS);

	switch (step) {
	case STEP_ROTATED:
		follower_restart(self->follower);
		break;
	case STEP_FORM: /* at a restart, which ends the line that was begun */
		if (self->follower->lines.length)
			end_line(self);
		self->writer = how % self->pens;
		break;
	case STEP_AUTHOR:
		turn(self, &self->author, how % 32);
		break;
	case STEP_TURN:
		turn(self, &self->victim, STAY_S);
		break;
	case STEP_WAIT:
		pass(self, how % 64);
		break;
	default:
		write_step(self, step, how);
	}
}

/* --- the follower --- */

/* As new: nothing of an input reaches the next. Its large memory is kept, that is what costs. */
static inline void follower_renew(struct follower *self, bool with_api)
{
	join_free(self->join);
	book_free(self->book);
	self->book = NULL;
	if (join_new(&self->join, FOLLOWED_PEERS, 1) ||
	    (with_api && book_new(&self->book, FOLLOWED_PEERS, 1)))
		abort();
	self->docket.first = self->docket.count = 0;
	timeline_init(&self->timeline, TIMELINE_OWN);
	lines_restart(&self->lines);
	self->counts = (struct follower_counts){0};
	self->distrusted = 0;
}

static inline void follower_once(struct follower *self, const char *client,
				 void (*tell)(void *context, const struct news *news),
				 void *context)
{
	static bool told;
	struct dialect *dialect;

	if (self->dialect)
		return;
	if (dialect_load(&dialect, client, NULL) ||
	    follower_init(self, dialect, TIMELINE_OWN, FOLLOWED_PEERS, tell, context) ||
	    docket_init(&self->docket))
		abort();
	if (!told)
		told = !atexit(forgery_say_count);
}

/* Whoever is the author: the words that it says stand in @words. */
static inline void forgery_open(struct forgery *self, bool with_api, struct words agent,
				struct words error)
{
	follower_renew(self->follower, with_api);
	self->now_s = 0;
	self->is_torn = false;
	self->victim = (struct presence){
		{VICTIM, VICTIM_HOST, 8999, words_of("teku/25"), words_of("EOF")}, false, 0};
	self->author = (struct presence){{AUTHOR, AUTHOR_HOST, 1000, agent, error}, false, 0};
	api_answers(self);
	pass(self, 1);
	turn(self, &self->victim, 0);
	pass(self, 1);
	turn(self, &self->author, 0);
}

static inline void forgery_play(struct forgery *self, const uint8_t *data, size_t size)
{
	static char agent[WORDS_MAX], error[WORDS_MAX];
	size_t steps = size > 1 ? data[1] % STEPS_MAX : 0;
	struct tape tape;
	size_t length;

	if (size < 2 + 2 * steps)
		return;
	tape = (struct tape){data + 2 + 2 * steps, data + size};
	length = tape_words(&tape, agent);
	self->writer = data[0] % self->pens;
	forgery_open(self, data[0] / self->pens % 2, (struct words){agent, length},
		     (struct words){error, tape_words(&tape, error)});
	for (size_t i = 0; i < steps; i++)
		take_step(self, data[2 + 2 * i], data[3 + 2 * i]);
	pass(self, 2 * BOOK_AFTER_MS / 1000);
	follower_finish(self->follower);
	lines_fed += self->follower->counts.lines;
	news_told += self->follower->counts.news;
}

#pragma clang attribute pop

#endif
