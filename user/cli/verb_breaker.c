/* SPDX-License-Identifier: BSD-2-Clause */
/* breaker: whether suspect evidence counts, or is our own fault; held or resumed by hand. */
#include <inttypes.h>
#include <string.h>

#include "breaker.h"
#include "suggest.h"
#include "verb.h"

static const char *const actions[] = {"resume", "hold"};

static const char *action_word(unsigned int i)
{
	return actions[i];
}

static void tell_status(struct output *output, const json_t *status)
{
	breaker_tell(output, json_object_get(status, "breaker"));
}

/* Without a word its state is a part of the daemon's. */
static int show(struct cli *cli)
{
	json_t *status = NULL;
	int exit_status = cli_call(cli, "gate_status", json_object(), &status);

	if (!exit_status)
		output_value(&cli->output,
			     cli->output.form->is_text ? status
						       : json_object_get(status, "breaker"),
			     tell_status);
	json_decref(status);
	return exit_status;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *word = arguments->words[0];
	struct why why = {0};

	if (!arguments->count)
		return show(cli);
	for (unsigned int i = 0; i < 2; i++)
		if (!strcmp(word, actions[i]))
			return cli_ask(cli, "gate_breaker", json_pack("{s:s}", "action", word),
				       breaker_tell);
	suggest_word("action", word, action_word, 0, 2, &why);
	return cli_usage("%s", why.sentence);
}

const struct verb verb_breaker = {
	.name = "breaker",
	.words = "[resume|hold]",
	.help = "Show the breaker, close it, or hold it open",
	.more = "While it is open, what looks like many peers failing at once counts against "
		"nobody: the fault is probably ours. Proof goes on, bans stay. resume closes it, "
		"and it does not open by itself for ten minutes; hold opens it until it is "
		"resumed.",
	.least = 0,
	.most = 1,
	.run = run,
};
