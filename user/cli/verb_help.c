/* SPDX-License-Identifier: BSD-2-Clause */
/* help: the list of verbs, or what one of them takes. */
#include "verb.h"

static void list(struct output *output)
{
	output_words(output, TONE_PLAIN, "Usage: peergate [--socket PATH] [--json] VERB …\n\n");
	for (const struct verb *const *at = verbs; *at; at++) {
		output_words(output, TONE_HEADING, "  %-10s", (*at)->name);
		output_words(output, TONE_PLAIN, "%s\n", (*at)->help);
	}
	output_words(output, TONE_PLAIN,
		     "\n`peergate help VERB` tells more. Exit status: 0 done, 1 refused or failed, "
		     "2 usage, 3 no daemon.\n");
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const struct verb *verb;

	if (!arguments->count) {
		list(&cli->output);
		return EXIT_DONE;
	}
	verb = verb_find_or_tell(arguments->words[0]);
	if (!verb)
		return EXIT_USAGE;
	arguments_help(verb);
	return EXIT_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.words = "[VERB]",
	.help = "List the verbs, or tell what one of them takes",
	.most = 1,
	.run = run,
};
