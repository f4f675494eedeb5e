/* SPDX-License-Identifier: BSD-2-Clause */
/* explain: what the gate does with an address or a peer, and why. */
#include <string.h>

#include "answer.h"
#include "verb.h"
#include "whom.h"

/* What the node's own dials there would come to. */
static void tell_dial(struct output *output, const json_t *dial)
{
	if (strcmp(answer_text(dial, "verdict", "admit"), "refuse"))
		return;
	output_words(output, TONE_PLAIN, "  - dials of the node to it are ");
	output_words(output, TONE_BAD, "refused");
	output_words(output, TONE_PLAIN, ", reason %s\n", answer_text(dial, "reason", "?"));
}

static void tell(struct output *output, const json_t *answer)
{
	bool refused = !strcmp(answer_text(answer, "verdict", "?"), "refuse");
	const char *standing = answer_text(answer, "standing", "neutral");
	const char *whom = answer_text(answer, "addr", answer_text(answer, "peer", "It"));
	char until[UNTIL_TEXT_MAX];
	const json_t *why;
	size_t i;

	output_words(output, TONE_PLAIN, "%s is ", whom);
	output_words(output, refused ? TONE_BAD : TONE_GOOD, refused ? "refused" : "admitted");
	if (refused)
		output_words(output, TONE_PLAIN, " %s, reason %s", until_text(answer, until),
			     answer_text(answer, "reason", "?"));
	output_words(output, TONE_PLAIN, "; standing ");
	output_words(output, standing_tone(standing), "%s", standing);
	output_words(output, TONE_PLAIN, ", score %lld.\n",
		     (long long)answer_integer(answer, "score", 0));
	json_array_foreach (json_object_get(answer, "why"), i, why)
		output_item(output, json_is_string(why) ? json_string_value(why) : "?");
	tell_dial(output, json_object_get(answer, "dial"));
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct why why = {0};
	json_t *params = whom_params(arguments->words[0], &why);

	return params ? cli_ask(cli, "gate_explain", params, tell) : cli_usage("%s", why.sentence);
}

const struct verb verb_explain = {
	.name = "explain",
	.words = "ADDR|PEER",
	.help = "Tell what the gate does with an address or a peer, and why",
	.more = "It tells what mode enforce would do, also while the gate only observes.",
	.least = 1,
	.most = 1,
	.run = run,
};
