/* SPDX-License-Identifier: BSD-2-Clause */
/* capacity: how many peers a service can hold, and holds now: what its floor follows from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
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
		output_words(output, TONE_PLAIN, "The floor is open: every score is admitted.\n");
	else
		output_words(output, TONE_PLAIN,
			     "The floor is %lld: sources with a lower score are refused.\n",
			     (long long)floor);
}

/* Puts the option's number into @params; an option that was not given is left out. */
static int put_number(json_t *params, const char *member, const char *text, struct why *why)
{
	const uint32_t most = UINT32_MAX;
	unsigned long long number;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || number > most)
		return why_fill(why, -EINVAL, "\"%.40s\" is no number from 0 to %u", text, most);
	return json_object_set_new(params, member, json_integer((json_int_t)number));
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *const *given = arguments->options;
	struct why why = {0};
	json_t *params;

	if (!given[OPTION_MAX] || !given[OPTION_CONNECTED])
		return cli_usage("capacity needs both --max N and --connected N");
	params = json_pack("{s:s}", "service", arguments->words[0]);
	if (put_number(params, "max", given[OPTION_MAX], &why) ||
	    put_number(params, "connected", given[OPTION_CONNECTED], &why) ||
	    put_number(params, "inboundMax", given[OPTION_INBOUND_MAX], &why)) {
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
