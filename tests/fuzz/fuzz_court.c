/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From lines to refusals: the scripts of forgery.h through the follower, the daemon's decoder and the policy, with lines torn where
 * only order tells fields apart, too (once an input: a node that dies in the middle of a line). Whatever a peer says, nobody but the
 * host that it comes from is refused.
 */
#include "forgery.h"
#include "judgement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct court {
	struct forgery forgery;
	struct judgement judgement;
};

static void judge(void *context, const struct news *news)
{
	struct court *self = context;

	judge_tick(&self->judgement, forgery_ms(&self->forgery));
	judge_take(&self->judgement, news);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct follower follower;
	static struct court court;

	follower_once(&follower, "prysm", judge, &court);
	court.forgery.follower = &follower;
	court.forgery.pens = WRITERS;
	judge_open(&court.judgement, AUTHOR_HOST);
	forgery_play(&court.forgery, data, size);
	judge_tick(&court.judgement, forgery_ms(&court.forgery));
	judge_close(&court.judgement);
	return 0;
}
