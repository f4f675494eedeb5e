/* SPDX-License-Identifier: BSD-2-Clause */
/* unban, allow, disallow: an operator's other words about an address; one address each, one sentence back. */
#include <errno.h>
#include <string.h>

#include "answer.h"
#include "book.h"
#include "suggest.h"
#include "verb.h"

static void tell(struct output *output, const json_t *answer, const char *sentence)
{
	output_words(output, TONE_PLAIN, "%s %s.%s\n", answer_text(answer, "addr", "It"), sentence,
		     answer_widened(answer));
	if (json_is_false(json_object_get(answer, "durable")))
		output_words(output, TONE_WARNING, "%s.\n",
			     answer_text(answer, "undurable", "Not kept over a reboot"));
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

/* A word that can be taken back, and what the addresses that it holds for have in common. */
struct withdrawal {
	const char *method;
	tell_fn *tell;
	bool refused; /* else trusted */
};

/*
 * There is nothing to take back at @prefix: perhaps a neighbour in spelling was meant. An error about something else does
 * not name the address.
 */
static int fail_near(struct peergate *peergate, const struct withdrawal *self,
		     const struct prefix *prefix, struct why *why)
{
	char typed[ADDR_TEXT_MAX], meant[ADDR_TEXT_MAX];
	struct why near = {0};

	prefix_text(prefix, typed);
	if (!strstr(why->sentence, typed) || !book_nearest(peergate, self->refused, typed, meant) ||
	    !strcmp(typed, meant))
		return cli_fail(-EREMOTE, why);
	why_fill(&near, 0, "%.300s: did you mean %s?", why->sentence, meant);
	return cli_fail(-EREMOTE, &near);
}

static int withdraw(struct cli *cli, const struct withdrawal *self, const char *addr,
		    const struct prefix *prefix)
{
	json_t *params = json_pack("{s:s}", "addr", addr), *result = NULL;
	struct peergate *peergate = NULL;
	struct why why = {0};
	int error, status = cli_connect(cli, &peergate);

	if (status)
		goto out;
	error = peergate_call(peergate, self->method, params, &result, &why);
	if (error == -EREMOTE)
		status = fail_near(peergate, self, prefix, &why);
	else if (error)
		status = cli_fail(error, &why);
	else
		output_value(&cli->output, result, self->tell);
	json_decref(result);
out:
	peergate_close(peergate);
	json_decref(params);
	return status;
}

static int run_withdrawal(struct cli *cli, const struct arguments *arguments,
			  const struct withdrawal *withdrawal)
{
	const char *addr = arguments->words[0];
	struct why why = {0};
	struct prefix prefix;

	if (address_parse(&prefix, addr, &why))
		return cli_usage("%s", why.sentence);
	return withdraw(cli, withdrawal, addr, &prefix);
}

static int run_unban(struct cli *cli, const struct arguments *arguments)
{
	return run_withdrawal(cli, arguments, &(struct withdrawal){"gate_unban", tell_unban, true});
}

static int run_disallow(struct cli *cli, const struct arguments *arguments)
{
	return run_withdrawal(cli, arguments,
			      &(struct withdrawal){"gate_disallow", tell_disallow, false});
}

static int run_allow(struct cli *cli, const struct arguments *arguments)
{
	const char *addr = arguments->words[0];
	struct why why = {0};
	struct prefix prefix;

	if (address_parse(&prefix, addr, &why))
		return cli_usage("%s", why.sentence);
	return cli_ask(cli, "gate_allow", json_pack("{s:s}", "addr", addr), tell_allow);
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
