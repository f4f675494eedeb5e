/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * storm: the storms as the kernel sees them: when each peer connected and for how long (tests/data/prysm/timings), through
 * the kernel's own witness.h, the daemon's churn and a policy.
 */
#ifndef STORM_H
#define STORM_H

#include "play.h"

#include "witness.h"
#include "witness_churn.h"

#define TIMINGS "tests/data/prysm/timings"

enum {
	STORM_SOURCES_MAX = 64,
	LIVES_MAX = 4096,
	CHURN = 5,
	SHORT_S = 15,
	SILENCE_S = 20, /* when a QUIC connection that is not replaced counts as over */
};

enum verdict_due { DUE_MUST, DUE_NEVER, DUE_SPARED, DUE_MAY };

struct conn {
	uint64_t opened_ns, ended_ns; /* FOREVER_NS: it stays */
	uint64_t told_ns;	      /* when the kernel learns of the end */
	unsigned int source;
	bool lives, lasted, refused;
};

struct knocker {
	char addr[48], what[128];
	enum verdict_due due;
	bool is_quic;
	struct witness witness;
	unsigned int connects, refused;
	uint64_t fifth_ns, refused_ns, last_lasting_ns; /* 0: never */
	bool fifth_alone;				/* nothing else lived then */
};

struct storm {
	struct play *play;
	struct churn churn;
	struct knocker sources[STORM_SOURCES_MAX];
	struct conn conns[LIVES_MAX];
	unsigned int source_count, conn_count;
	bool enforces;
	/* What else happens up to a moment, before the next connection opens; NULL: nothing. */
	void (*meanwhile)(void *context, struct storm *self, uint64_t before_ns);
	void *context;
};

/* --- the file --- */

static inline void read_source(struct storm *self, char *line)
{
	static const char *const words[] = {"must", "never", "spared", "may"};
	struct knocker *at = &self->sources[self->source_count++];
	char word[16], transport[8];
	int used = 0;

	assert_in_range(self->source_count, 1, STORM_SOURCES_MAX);
	assert_int_equal(sscanf(line, "%15s %47s %7s %n", word, at->addr, transport, &used), 3);
	snprintf(at->what, sizeof(at->what), "%s", line + used);
	at->is_quic = !strcmp(transport, "quic");
	for (at->due = DUE_MUST; strcmp(words[at->due], word); at->due++)
		assert_true(at->due < DUE_MAY);
}

static inline void add_conn(struct storm *self, double opened_s, const char *lived)
{
	struct conn *conn = &self->conns[self->conn_count++];

	assert_in_range(self->conn_count, 1, LIVES_MAX);
	*conn = (struct conn){.opened_ns = self->play->now + (uint64_t)(opened_s * 1e9),
			      .ended_ns = FOREVER_NS,
			      .source = self->source_count - 1};
	if (strcmp(lived, "-"))
		conn->ended_ns = conn->opened_ns + (uint64_t)(atof(lived) * 1e9) + 1000000;
	conn->told_ns = conn->ended_ns;
}

static inline void read_row(struct storm *self, const char *line)
{
	double first_s, every_s;
	unsigned int times;
	char lived[16];

	assert_int_equal(sscanf(line, "%lf %lf %u %15s", &first_s, &every_s, &times, lived), 4);
	for (unsigned int i = 0; i < times; i++)
		add_conn(self, first_s + i * every_s, lived);
}

static inline int by_opening(const void *a, const void *b)
{
	const struct conn *first = a, *second = b;

	return (first->opened_ns > second->opened_ns) - (first->opened_ns < second->opened_ns);
}

/* A QUIC connection has no end on the wire: the next one on its 4-tuple replaces it, or it falls silent. */
static inline void delay_quic_ends(struct storm *self)
{
	for (unsigned int i = 0; i < self->conn_count; i++) {
		struct conn *conn = &self->conns[i];

		if (!self->sources[conn->source].is_quic || conn->ended_ns == FOREVER_NS)
			continue;
		conn->told_ns = conn->ended_ns + SILENCE_S * S;
		for (unsigned int j = i + 1; j < self->conn_count; j++) {
			if (self->conns[j].source != conn->source ||
			    self->conns[j].opened_ns < conn->ended_ns)
				continue;
			if (self->conns[j].opened_ns < conn->told_ns)
				conn->told_ns = self->conns[j].opened_ns;
			break;
		}
	}
}

static inline void read_timings(struct storm *self)
{
	FILE *file = fopen(TIMINGS, "r");
	char line[512];

	if (!file)
		fail_msg("%s cannot be read: run from the top of the tree", TIMINGS);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\t')
			read_row(self, line);
		else if (line[0] && line[0] != '#')
			read_source(self, line);
	}
	fclose(file);
	qsort(self->conns, self->conn_count, sizeof(*self->conns), by_opening);
	delay_quic_ends(self);
}

/* --- the kernel --- */

static inline struct knocker *knocker_of(struct storm *self, const struct source_key *key)
{
	for (unsigned int i = 0; i < self->source_count; i++) {
		const struct source_key own = play_source(self->sources[i].addr);

		if (!memcmp(&own, key, sizeof(own)))
			return &self->sources[i];
	}
	fail_msg("a source that never came");
	return NULL;
}

static inline void note_refusal(struct storm *self, struct knocker *at)
{
	if (!at->refused_ns && play_refuses(self->play, at->addr))
		at->refused_ns = self->play->now;
}

static inline void open_one(struct storm *self, struct conn *conn)
{
	struct knocker *at = &self->sources[conn->source];

	if (self->enforces && play_refuses(self->play, at->addr)) {
		conn->refused = true;
		at->refused++;
		return;
	}
	at->connects++;
	conn->lives = true;
	witness_open(&at->witness, 0, conn->opened_ns, 0);
}

static inline void tell(struct storm *self, struct knocker *at)
{
	struct sighting sighting = {.at = self->play->now,
				    .source = play_source(at->addr),
				    .short_lived = at->witness.short_lived,
				    .living = witness_living(&at->witness)};

	if (!at->fifth_ns) {
		at->fifth_ns = self->play->now;
		at->fifth_alone = !sighting.living;
	}
	if (witness_tells(&at->witness, CHURN, self->play->now))
		churn_take(&self->churn, &sighting);
}

static inline void end_one(struct storm *self, struct conn *conn)
{
	struct knocker *at = &self->sources[conn->source];
	struct life life = {.opened_ns = conn->opened_ns, .lasted = conn->lasted};

	if (!conn->lives)
		return;
	conn->lives = false;
	if (conn->ended_ns - conn->opened_ns >= SHORT_S * S)
		at->last_lasting_ns = conn->ended_ns;
	if (witness_end(&at->witness, &life, conn->ended_ns, SHORT_S * S) &&
	    at->witness.short_lived >= CHURN)
		tell(self, at);
	note_refusal(self, at);
}

/* A census, over in one piece. */
static inline int begin_census(void *context)
{
	struct storm *self = context;

	for (unsigned int i = 0; i < self->conn_count; i++) {
		struct conn *conn = &self->conns[i];

		if (!conn->lives || conn->ended_ns < self->play->now ||
		    self->play->now - conn->opened_ns < SHORT_S * S)
			continue;
		witness_lasted(&self->sources[conn->source].witness, 0, self->play->now,
			       !conn->lasted);
		conn->lasted = true;
	}
	return 0;
}

static inline bool census_runs(void *context)
{
	(void)context;
	return false;
}

static inline int look(void *context, const struct source_key *source, struct witness *ret)
{
	*ret = knocker_of(context, source)->witness;
	return 0;
}

static inline void judge(void *context, const struct sighting *sighting, uint32_t short_lived)
{
	struct storm *self = context;

	assert_int_equal(policy_churn(self->play->policy, &sighting->source, 0, short_lived,
				      sighting->at, NULL),
			 0);
	note_refusal(self, knocker_of(self, &sighting->source));
}

/* --- time --- */

static inline void advance(struct storm *self, uint64_t to_ns)
{
	while (self->play->now + S <= to_ns) {
		play_wait(self->play, S);
		churn_turn(&self->churn, self->play->now);
	}
	if (to_ns > self->play->now)
		play_wait(self->play, to_ns - self->play->now);
	churn_turn(&self->churn, self->play->now);
}

/* The end that the kernel learns of next; NULL: none before @before_ns. */
static inline struct conn *next_end(struct storm *self, uint64_t before_ns)
{
	struct conn *best = NULL;

	for (unsigned int i = 0; i < self->conn_count; i++) {
		struct conn *conn = &self->conns[i];

		if (conn->opened_ns > before_ns)
			break;
		if (conn->lives && conn->told_ns <= before_ns &&
		    (!best || conn->told_ns < best->told_ns))
			best = conn;
	}
	return best;
}

static inline void end_until(struct storm *self, uint64_t before_ns)
{
	struct conn *conn;

	while ((conn = next_end(self, before_ns))) {
		advance(self, conn->told_ns);
		end_one(self, conn);
	}
	advance(self, before_ns);
}

static inline struct storm *storm_new(bool enforces)
{
	struct storm *self = calloc(1, sizeof(*self));
	const struct churn_output output = {self, look, begin_census, census_runs, judge};

	assert_non_null(self);
	self->play = play_new();
	self->enforces = enforces;
	churn_init(&self->churn, &output);
	self->churn.limit = CHURN;
	self->churn.short_ns = SHORT_S * S;
	read_timings(self);
	return self;
}

static inline void storm_run(struct storm *self)
{
	for (unsigned int i = 0; i < self->conn_count; i++) {
		if (self->meanwhile)
			self->meanwhile(self->context, self, self->conns[i].opened_ns);
		end_until(self, self->conns[i].opened_ns);
		open_one(self, &self->conns[i]);
	}
	if (self->meanwhile)
		self->meanwhile(self->context, self, self->play->now + MIN);
	end_until(self, self->play->now + MIN);
}

static inline void storm_free(struct storm *self)
{
	play_free(self->play);
	free(self);
}

#endif
