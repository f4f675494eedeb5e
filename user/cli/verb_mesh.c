/* SPDX-License-Identifier: BSD-2-Clause */
/* mesh, prune: the peers that are really here, best first; and those to let go of, first one first. */
#include <errno.h>
#include <inttypes.h>

#include "answer.h"
#include "listing.h"
#include "numbers.h"
#include "span.h"
#include "verb.h"

enum { OPTION_WANT = 1, OPTION_SERVICE };

/* The most that the daemon tells at once. */
enum { WANT_MAX = 4096 };

static const struct argp_option mesh_options[] = {
	{"want", OPTION_WANT, "N", 0, "the best N of them", 0},
	{"service", OPTION_SERVICE, "NAME", 0, "of this service", 0},
	{0},
};

static const struct argp_option prune_options[] = {
	{"want", OPTION_WANT, "N", 0, "so many of them", 0},
	{"service", OPTION_SERVICE, "NAME", 0, "of this service", 0},
	{0},
};

static void tell(struct output *output, const json_t *answer)
{
	static const struct listing_column columns[] = {
		{"peer", false}, {"source", false}, {"direction", false}, {"standing", false},
		{"score", true}, {"for", true},	    {"why", false}};
	const json_t *peers = json_object_get(answer, "peers"), *peer;
	struct listing listing;
	size_t i;

	if (!json_array_size(peers)) {
		output_words(output, TONE_PLAIN, "There is none.\n");
		return;
	}
	listing_init(&listing, columns, 7);
	json_array_foreach (peers, i, peer) {
		const char *standing = answer_text(peer, "standing", "?");
		char span[SPAN_TEXT_MAX];

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(peer, "peer", "?"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(peer, "addr", "-"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(peer, "direction", "?"));
		listing_cell(&listing, standing_tone(standing), "%s", standing);
		listing_cell(&listing, TONE_PLAIN, "%" PRId64, answer_integer(peer, "score", 0));
		listing_cell(&listing, TONE_PLAIN, "%s",
			     span_text((uint64_t)answer_integer(peer, "since_s", 0), span));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(peer, "why", ""));
	}
	listing_finish(&listing, output);
}

static int ask(struct cli *cli, const char *method, const struct arguments *arguments)
{
	const char *service = arguments->options[OPTION_SERVICE];
	json_t *params = json_object();
	struct why why = {0};

	if (put_whole(params, "want", arguments->options[OPTION_WANT], WANT_MAX, &why)) {
		json_decref(params);
		return cli_usage("%s", why.sentence);
	}
	if (service)
		json_object_set_new(params, "service", json_string(service));
	return cli_ask(cli, method, params, tell);
}

static int run_mesh(struct cli *cli, const struct arguments *arguments)
{
	return ask(cli, "gate_mesh", arguments);
}

static int run_prune(struct cli *cli, const struct arguments *arguments)
{
	if (!arguments->options[OPTION_WANT])
		return cli_usage("prune needs --want N: how many are to go");
	return ask(cli, "gate_prune", arguments);
}

const struct verb verb_mesh = {
	.name = "mesh",
	.help = "List who is connected at the protocol level, best first",
	.more = "Those whose status exchange succeeded and who are not leaving: the only "
		"candidates for a mesh.",
	.options = mesh_options,
	.run = run_mesh,
};

const struct verb verb_prune = {
	.name = "prune",
	.help = "List whom to let go of first when there are too many",
	.more = "Nobody is disconnected by it. Never a trusted one; each with its why.",
	.options = prune_options,
	.run = run_prune,
};
