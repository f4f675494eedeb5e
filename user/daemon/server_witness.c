/* SPDX-License-Identifier: BSD-2-Clause */
#include "server_witness.h"

#include "log.h"
#include "server.h"
#include "witness_book.h"

static int look(void *context, const struct source_key *source, struct witness *ret)
{
	const struct server *self = context;

	return gate_witness(self->engine.gate, source, ret);
}

static int begin_census(void *context)
{
	const struct server *self = context;

	return gate_census_begin(self->engine.gate);
}

static bool census_runs(void *context)
{
	const struct server *self = context;

	return gate_census_runs(self->engine.gate);
}

static void judge(void *context, const struct sighting *sighting, uint32_t short_lived)
{
	struct engine *engine = &((struct server *)context)->engine;
	int service = sighting->service < SERVICES_MAX ? sighting->service : -1;
	struct why why = {""};
	int error = policy_churn(engine->policy, &sighting->source, service, short_lived,
				 sighting->at, &why);

	if (!error)
		error = engine_settle(engine, &why);
	if (error)
		log_error("churn: %s", why.sentence);
}

void server_witness_open(struct server *self)
{
	const struct churn_output output = {self, look, begin_census, census_runs, judge};

	churn_init(&self->churn, &output);
}

static void take(void *context, const struct sighting *sighting)
{
	churn_take(context, sighting);
}

/* A reload may have changed them. */
static void configure(struct server *self)
{
	self->churn.limit = self->engine.config.churn;
	self->churn.short_ns = self->engine.config.churn_short_ns;
}

void server_witness_read(struct server *self)
{
	configure(self);
	gate_sightings(self->engine.gate, take, &self->churn);
}

void server_witness_turn(struct server *self)
{
	configure(self);
	churn_turn(&self->churn, gate_now_ns());
}

void server_witness_warn(const struct server *self)
{
	char sentence[2 * WHY_MAX];

	if (book_warns(&self->engine.config, self->engine.gate, sentence, sizeof(sentence)))
		log_warning("%s", sentence);
}
