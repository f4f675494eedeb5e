/* SPDX-License-Identifier: BSD-2-Clause */
/* ban: refuse an address or a prefix for a while, for all services. */
#include <errno.h>
#include <peergate/words.h>

#include "answer.h"
#include "span.h"
#include "suggest.h"
#include "verb.h"

enum { OPTION_FOR = 1, OPTION_REASON, OPTION_FORCE, OPTION_CLOSE };

static const struct argp_option options[] = {
	{"for", OPTION_FOR, "TIME", 0, "how long: 90s, 10m, 2h, 1d, 1h30m (1h unless told)", 0},
	{"reason", OPTION_REASON, "REASON", 0, "why: bad_score, … (operator unless told)", 0},
	{"force", OPTION_FORCE, NULL, 0, "also where it may lock you out", 0},
	{"close", OPTION_CLOSE, NULL, 0, "also end its live connections", 0},
	{0},
};

static void tell(struct output *output, const json_t *answer)
{
	int64_t closed = answer_integer(answer, "closed", -1);
	const char *unclosed = answer_text(answer, "unclosed", "");
	const char *undurable = answer_text(answer, "undurable", "");
	char until[UNTIL_TEXT_MAX];

	output_words(output, TONE_PLAIN, "%s is banned %s, reason %s.%s\n",
		     answer_text(answer, "addr", "It"), until_text(answer, until),
		     answer_text(answer, "reason", "?"), answer_widened(answer));
	if (closed >= 0)
		output_words(output, TONE_PLAIN, "%lld live connection%s closed.\n",
			     (long long)closed, closed == 1 ? "" : "s");
	if (unclosed[0])
		output_words(output, TONE_PLAIN, "What lives stays: %s.\n", unclosed);
	if (undurable[0])
		output_words(output, TONE_WARNING, "%s.\n", undurable);
}

/* A reason that a person or a protocol layer may give: not those that only the gate itself finds. */
static int check_reason(const char *reason, struct why *why)
{
	int found = reason_of(reason);

	if (found > REASON_NONE && found < REASON_HIDDEN)
		return 0;
	return suggest_word("reason for a ban", reason, reason_word, REASON_NONE + 1, REASON_HIDDEN,
			    why);
}

static int make_params(json_t **ret, const struct arguments *arguments, struct why *why)
{
	const char *lasting = arguments->options[OPTION_FOR];
	const char *reason = arguments->options[OPTION_REASON];
	struct prefix prefix;
	uint64_t ttl_s = 3600;
	int error = address_parse(&prefix, arguments->words[0], why);

	if (!error && lasting)
		error = span_parse(&ttl_s, lasting, why);
	if (!error && reason)
		error = check_reason(reason, why);
	if (error)
		return error;
	*ret = json_pack("{s:s, s:I, s:s, s:b}", "addr", arguments->words[0], "ttl",
			 (json_int_t)ttl_s, "reason", reason ? reason : "operator", "force",
			 arguments->options[OPTION_FORCE] != NULL);
	/* Not told: as the daemon's configuration says. */
	if (arguments->options[OPTION_CLOSE])
		json_object_set_new(*ret, "close", json_true());
	return 0;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct why why = {0};
	json_t *params;

	if (make_params(&params, arguments, &why))
		return cli_usage("%s", why.sentence);
	return cli_ask(cli, "gate_ban", params, tell);
}

const struct verb verb_ban = {
	.name = "ban",
	.words = "ADDR",
	.help = "Refuse an address or a prefix for a while",
	.more = "ADDR is an IPv4 or IPv6 address, a prefix in CIDR form, host:port or a multiaddr. "
		"An IPv6 "
		"address alone means its /64. The daemon refuses bans that could lock you out "
		"(everything, "
		"an address of this host, a gateway, your SSH session) unless --force is given.",
	.options = options,
	.least = 1,
	.most = 1,
	.run = run,
};
