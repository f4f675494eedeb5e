/* SPDX-License-Identifier: BSD-2-Clause */
/* rank: candidates, JSON lines, come back in the order in which to dial them. */
#include <errno.h>
#include <inttypes.h>

#include "answer.h"
#include "candidates.h"
#include "listing.h"
#include "numbers.h"
#include "verb.h"

enum { OPTION_WANT = 1, OPTION_SERVICE, OPTION_SEED };

static const struct argp_option options[] = {
	{"want", OPTION_WANT, "N", 0, "so many to dial at most", 0},
	{"service", OPTION_SERVICE, "NAME", 0, "for this service", 0},
	{"seed", OPTION_SEED, "N", 0, "the same seed gives the same order", 0},
	{0},
};

static void add_row(struct listing *listing, const json_t *one, enum tone tone)
{
	const char *peer = answer_text(one, "peer", "");
	const json_t *key = json_object_get(one, "key");

	listing_cell(listing, TONE_PLAIN, "%s", *peer ? peer : "-");
	listing_cell(listing, TONE_PLAIN, "%s", answer_text(one, "addr", "-"));
	if (key)
		listing_cell(listing, TONE_PLAIN, "%.3f", answer_number(one, "key", 0) / 1e6);
	else
		listing_cell(listing, TONE_PLAIN, "-");
	listing_cell(listing, tone, "%s", answer_text(one, "why", "?"));
}

static void tell(struct output *output, const json_t *answer)
{
	static const struct listing_column columns[] = {
		{"peer", false}, {"address", false}, {"key", true}, {"why", false}};
	const json_t *dial = json_object_get(answer, "dial"), *one;
	const json_t *skipped = json_object_get(answer, "skipped");
	struct listing listing;
	size_t i;

	if (json_array_size(dial) + json_array_size(skipped)) {
		listing_init(&listing, columns, 4);
		json_array_foreach (dial, i, one)
			add_row(&listing, one, TONE_GOOD);
		json_array_foreach (skipped, i, one)
			add_row(&listing, one, TONE_WARNING);
		listing_finish(&listing, output);
	}
	output_words(
		output, TONE_PLAIN, "%zu to dial, best first; %zu left out; seed %" PRId64 ".\n",
		json_array_size(dial), json_array_size(skipped), answer_integer(answer, "seed", 0));
}

static int put_options(json_t *params, const struct arguments *arguments, struct why *why)
{
	static const struct {
		int option;
		const char *member;
		uint64_t most;
	} numbers[] = {{OPTION_WANT, "want", 1000000}, {OPTION_SEED, "seed", UINT64_C(1) << 53}};
	const char *service = arguments->options[OPTION_SERVICE];
	int error = 0;

	if (service)
		json_object_set_new(params, "service", json_string(service));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers) && !error; i++)
		error = put_whole(params, numbers[i].member, arguments->options[numbers[i].option],
				  numbers[i].most, why);
	return error;
}

static int ask(struct cli *cli, struct candidates *candidates, json_t *params)
{
	struct peergate *peergate = NULL;
	json_t *answer = NULL;
	struct why why = {0};
	int error, status = cli_connect(cli, &peergate);

	if (status)
		return status;
	json_object_set(params, "candidates", candidates->list);
	error = peergate_call(peergate, "gate_rank", params, &answer, &why);
	if (error) {
		candidates_name_line(candidates, &why);
		status = cli_fail(error, &why);
	} else {
		output_value(&cli->output, answer, tell);
	}
	json_decref(answer);
	peergate_close(peergate);
	return status;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct candidates candidates = {0};
	json_t *params = json_object();
	struct why why = {0};
	int error, status;

	if (put_options(params, arguments, &why)) {
		status = cli_usage("%s", why.sentence);
		goto out;
	}
	error = candidates_read(&candidates, arguments->count ? arguments->words[0] : "-", &why);
	/* A file that is not there is no daemon that is not there. */
	status = error ? cli_fail(-EIO, &why) : ask(cli, &candidates, params);
	if (!status && candidates.bad)
		status = EXIT_REFUSED;
out:
	candidates_free(&candidates);
	json_decref(params);
	return status;
}

const struct verb verb_rank = {
	.name = "rank",
	.words = "[FILE|-]",
	.help = "Put candidates in the order in which to dial them",
	.more = "Each line of FILE (or standard input) is one candidate, such as {\"peer\": "
		"\"16Uiu2…\", \"addrs\": [\"/ip4/192.0.2.7/tcp/4001\"], \"digest\": "
		"\"0x01020304\"}. Those to dial come first, then those left out, each with its "
		"why. A line that is no JSON object is named by its number; the others are "
		"ranked, and the exit status is 1.",
	.options = options,
	.least = 0,
	.most = 1,
	.run = run,
};
