/* SPDX-License-Identifier: BSD-2-Clause */
/* mode: observe (count what would be refused) or enforce (refuse it). */
#include <peergate/words.h>
#include <string.h>

#include "answer.h"
#include "suggest.h"
#include "verb.h"

static void tell(struct output *output, const json_t *answer)
{
	const char *mode = answer_text(answer, "mode", "?");

	output_words(output, TONE_PLAIN, "The gate is now in mode %s: %s.\n", mode,
		     strcmp(mode, "enforce") ? "it counts what it would refuse and lets all pass"
					     : "it refuses");
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *mode = arguments->words[0];
	struct why why = {0};

	if (mode_of(mode) < 0) {
		suggest_word("mode", mode, mode_word, 0, MODES, &why);
		return cli_usage("%s", why.sentence);
	}
	return cli_ask(cli, "gate_mode", json_pack("{s:s}", "mode", mode), tell);
}

const struct verb verb_mode = {
	.name = "mode",
	.words = "observe|enforce",
	.help = "Let the gate only count what it would refuse, or refuse it",
	.least = 1,
	.most = 1,
	.run = run,
};
