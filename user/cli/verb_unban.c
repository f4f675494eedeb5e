/* SPDX-License-Identifier: BSD-2-Clause */
/* unban, allow, disallow: an operator's other words about an address; one address each, one sentence back. */
#include "answer.h"
#include "suggest.h"
#include "verb.h"

static int ask_about(struct cli *cli, const struct arguments *arguments, const char *method,
		     tell_fn *tell)
{
	struct why why = {0};
	struct prefix prefix;

	if (address_parse(&prefix, arguments->words[0], &why))
		return cli_usage("%s", why.sentence);
	return cli_ask(cli, method, json_pack("{s:s}", "addr", arguments->words[0]), tell);
}

static void tell(struct output *output, const json_t *answer, const char *sentence)
{
	output_words(output, TONE_PLAIN, "%s %s.%s\n", answer_text(answer, "addr", "It"), sentence,
		     answer_widened(answer));
}

static void tell_unban(struct output *output, const json_t *answer)
{
	tell(output, answer, "is banned no more");
}

static void tell_allow(struct output *output, const json_t *answer)
{
	tell(output, answer, "is trusted now: it passes, whatever is reported of it");
}

static void tell_disallow(struct output *output, const json_t *answer)
{
	tell(output, answer, "is trusted no more");
}

static int run_unban(struct cli *cli, const struct arguments *arguments)
{
	return ask_about(cli, arguments, "gate_unban", tell_unban);
}

static int run_allow(struct cli *cli, const struct arguments *arguments)
{
	return ask_about(cli, arguments, "gate_allow", tell_allow);
}

static int run_disallow(struct cli *cli, const struct arguments *arguments)
{
	return ask_about(cli, arguments, "gate_disallow", tell_disallow);
}

const struct verb verb_unban = {
	.name = "unban",
	.words = "ADDR",
	.help = "End the ban of an address or a prefix",
	.least = 1,
	.most = 1,
	.run = run_unban,
};

const struct verb verb_allow = {
	.name = "allow",
	.words = "ADDR",
	.help = "Trust an address or a prefix: it passes, whatever is reported of it",
	.least = 1,
	.most = 1,
	.run = run_allow,
};

const struct verb verb_disallow = {
	.name = "disallow",
	.words = "ADDR",
	.help = "End the trust in an address or a prefix",
	.least = 1,
	.most = 1,
	.run = run_disallow,
};
