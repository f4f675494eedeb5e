/* SPDX-License-Identifier: BSD-2-Clause */
/* capacity: how many peers a service can hold, and holds now: what its floor follows from. */
#include "answer.h"
#include "numbers.h"
#include "verb.h"

enum { OPTION_MAX = 1, OPTION_CONNECTED, OPTION_INBOUND_MAX };

static const struct argp_option options[] = {
	{"max", OPTION_MAX, "N", 0, "how many peers the node wants at most", 0},
	{"connected", OPTION_CONNECTED, "N", 0, "how many it has now", 0},
	{"inbound-max", OPTION_INBOUND_MAX, "N", 0, "how many of them may have come to it", 0},
	{0},
};

static void tell(struct output *output, const json_t *answer)
{
	int64_t floor = answer_integer(answer, "floor", -100);

	if (floor <= -100)
		output_words(output, TONE_PLAIN,
			     "The floor is open, every score is admitted: %s.\n",
			     answer_text(answer, "why", "the daemon does not say why"));
	else
		output_words(output, TONE_PLAIN,
			     "The floor is %lld: sources with a lower score are refused.\n",
			     (long long)floor);
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *const *given = arguments->options;
	struct why why = {0};
	json_t *params;

	if (!given[OPTION_MAX] || !given[OPTION_CONNECTED])
		return cli_usage("capacity needs both --max N and --connected N");
	params = json_pack("{s:s}", "service", arguments->words[0]);
	if (put_whole(params, "max", given[OPTION_MAX], UINT32_MAX, &why) ||
	    put_whole(params, "connected", given[OPTION_CONNECTED], UINT32_MAX, &why) ||
	    put_whole(params, "inboundMax", given[OPTION_INBOUND_MAX], UINT32_MAX, &why)) {
		json_decref(params);
		return cli_usage("%s", why.sentence);
	}
	return cli_ask(cli, "gate_capacity", params, tell);
}

const struct verb verb_capacity = {
	.name = "capacity",
	.words = "SERVICE",
	.help = "Tell how many peers a service can hold and has",
	.more = "The fuller the service, the higher the score that it asks of a source. Tell it "
		"again "
		"every few seconds: an old count opens the floor.",
	.options = options,
	.least = 1,
	.most = 1,
	.run = run,
};
