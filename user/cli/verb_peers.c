/* SPDX-License-Identifier: BSD-2-Clause */
/* peers: the book of peers and sources, all its pages, filtered by the daemon and sorted here. */
#include <errno.h>
#include <inttypes.h>
#include <peergate/words.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "book.h"
#include "listing.h"
#include "peer_order.h"
#include "span.h"
#include "suggest.h"
#include "verb.h"

enum { OPTION_STANDING = 1, OPTION_SORT };

static const struct argp_option options[] = {
	{"standing", OPTION_STANDING, "STANDING", 0,
	 "only these: trusted, good, neutral, poor, discouraged or banned", 0},
	{"sort", OPTION_SORT, "FIELD", 0,
	 "by peer, addr, standing, score (lowest first), until (soonest first) or last_seen "
	 "(latest first)",
	 0},
	{0},
};

static void tell_verdict(struct listing *listing, const json_t *peer)
{
	char until[UNTIL_TEXT_MAX];

	if (strcmp(answer_text(peer, "verdict", ""), "refuse")) {
		listing_cell(listing, TONE_PLAIN, "admitted");
		return;
	}
	listing_cell(listing, TONE_BAD, "refused for %s %s", answer_text(peer, "reason", "?"),
		     until_text(peer, until));
}

static void tell_seen(struct listing *listing, const json_t *peer, double now_s)
{
	double seen_s = answer_number(peer, "last_seen", 0);
	char ago[SPAN_TEXT_MAX];

	if (json_is_true(json_object_get(peer, "connected")))
		listing_cell(listing, TONE_GOOD, "connected, %s",
			     answer_text(peer, "direction", "?"));
	else if (seen_s > 0)
		listing_cell(listing, TONE_PLAIN, "%s ago",
			     span_text(now_s > seen_s ? (uint64_t)(now_s - seen_s) : 0, ago));
	else
		listing_cell(listing, TONE_PLAIN, "-");
}

static void tell(struct output *output, const json_t *answer)
{
	static const struct listing_column columns[] = {{"peer", false},     {"source", false},
							{"standing", false}, {"score", true},
							{"verdict", false},  {"seen", false}};
	const json_t *peers = json_object_get(answer, "peers"), *peer;
	double now_s = (double)time(NULL);
	struct listing listing;
	size_t i;

	if (!json_array_size(peers)) {
		output_words(output, TONE_PLAIN, "No peer is known that is so.\n");
		return;
	}
	listing_init(&listing, columns, 6);
	json_array_foreach (peers, i, peer) {
		const char *id = answer_text(peer, "peer", "");
		const char *standing = answer_text(peer, "standing", "?");

		listing_cell(&listing, TONE_PLAIN, "%s", id[0] ? id : "-");
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(peer, "addr", "-"));
		listing_cell(&listing, standing_tone(standing), "%s", standing);
		listing_cell(&listing, TONE_PLAIN, "%" PRId64, answer_integer(peer, "score", 0));
		tell_verdict(&listing, peer);
		tell_seen(&listing, peer, now_s);
	}
	listing_finish(&listing, output);
}

static int add_page(void *all, json_t *peers)
{
	return json_array_extend(all, peers) ? -ENOMEM : 0;
}

static int add_all(struct cli *cli, const char *standing, json_t *all)
{
	struct peergate *peergate = NULL;
	struct why why = {0};
	int error, status = cli_connect(cli, &peergate);

	if (status)
		return status;
	error = book_read(peergate, standing, add_page, all, &why);
	peergate_close(peergate);
	return error ? cli_fail(error, &why) : EXIT_DONE;
}

static int check(const char *standing, const char *field)
{
	struct why why = {0};

	if (standing && standing_of(standing) < 0)
		suggest_word("standing", standing, standing_word, 0, STANDINGS, &why);
	else if (field && peer_order_of(field) < 0)
		suggest_word("field to sort by", field, peer_order_word, 0, PEER_ORDERS, &why);
	return why.sentence[0] ? cli_usage("%s", why.sentence) : 0;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *standing = arguments->options[OPTION_STANDING];
	const char *field = arguments->options[OPTION_SORT];
	json_t *answer, *all;
	int status = check(standing, field);

	if (status)
		return status;
	all = json_array();
	answer = json_pack("{s:o, s:n}", "peers", all, "next");
	if (!answer)
		return cli_fail(-ENOMEM, NULL);
	status = add_all(cli, standing, all);
	if (!status && field && peer_order_sort(all, peer_order_of(field)))
		status = cli_fail(-ENOMEM, NULL);
	if (!status)
		output_value(&cli->output, answer, tell);
	json_decref(answer);
	return status;
}

const struct verb verb_peers = {
	.name = "peers",
	.help = "List the book of peers and sources",
	.options = options,
	.run = run,
};
