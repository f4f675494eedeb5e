/* SPDX-License-Identifier: BSD-2-Clause */
/* admit: whether a dial or a connection may go on; the exit status says so to scripts. */
#include <string.h>

#include "answer.h"
#include "span.h"
#include "suggest.h"
#include "verb.h"
#include "whom.h"

enum { OPTION_PEER = 1, OPTION_DIRECTION, OPTION_SERVICE };

static const struct argp_option options[] = {
	{"peer", OPTION_PEER, "ID", 0, "the peer ID at that address", 0},
	{"direction", OPTION_DIRECTION, "in|out", 0, "who dials: in (unless told): they, out: we",
	 0},
	{"service", OPTION_SERVICE, "NAME", 0, "for this service alone", 0},
	{0},
};

static const char *const directions[] = {"in", "out"}, *const wire_words[] = {"inbound",
									      "outbound"};

static const char *direction_word(unsigned int i)
{
	return directions[i];
}

static void tell(struct output *output, const json_t *answer)
{
	bool allow = json_is_true(json_object_get(answer, "allow"));
	const char *why = answer_text(answer, "why", "");
	int64_t retry_s = answer_integer(answer, "retryAfter", -1);
	char span[SPAN_TEXT_MAX];

	output_words(output, allow ? TONE_GOOD : TONE_BAD, allow ? "allowed" : "refused");
	if (!allow)
		output_words(output, TONE_PLAIN, ", reason %s", answer_text(answer, "reason", "?"));
	if (retry_s >= 0)
		output_words(output, TONE_PLAIN, "; ask again in %s",
			     span_text((uint64_t)retry_s, span));
	output_words(output, TONE_PLAIN, "%s%s\n", *why ? ": " : "", why);
}

static int put_direction(json_t *params, const char *word, struct why *why)
{
	if (!word)
		return 0;
	for (unsigned int i = 0; i < 2; i++)
		if (!strcmp(word, directions[i]) || !strcmp(word, wire_words[i]))
			return json_object_set_new(params, "direction", json_string(wire_words[i]));
	return suggest_word("direction", word, direction_word, 0, 2, why);
}

static json_t *question(const struct arguments *arguments, struct why *why)
{
	const char *const *given = arguments->options;
	json_t *params = whom_params(arguments->words[0], why);

	if (!params)
		return NULL;
	if (given[OPTION_PEER])
		json_object_set_new(params, "peer", json_string(given[OPTION_PEER]));
	if (given[OPTION_SERVICE])
		json_object_set_new(params, "service", json_string(given[OPTION_SERVICE]));
	if (!put_direction(params, given[OPTION_DIRECTION], why))
		return params;
	json_decref(params);
	return NULL;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct why why = {0};
	json_t *params = question(arguments, &why), *answer = NULL;
	int status;

	if (!params)
		return cli_usage("%s", why.sentence);
	status = cli_call(cli, "gate_admit", params, &answer);
	if (!status) {
		output_value(&cli->output, answer, tell);
		if (!json_is_true(json_object_get(answer, "allow")))
			status = EXIT_REFUSED;
	}
	json_decref(answer);
	return status;
}

const struct verb verb_admit = {
	.name = "admit",
	.words = "ADDR|PEER",
	.help = "Tell whether a dial or a connection may go on",
	.more = "The exit status is 0 when it may, 1 when it is refused. It tells what mode "
		"enforce would do, also while the gate only observes. --direction out also asks "
		"what the node may dial.",
	.options = options,
	.least = 1,
	.most = 1,
	.run = run,
};
