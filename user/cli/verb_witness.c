/* SPDX-License-Identifier: BSD-2-Clause */
/* witness: what the kernel itself saw of who connected, those that hurt most first. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "listing.h"
#include "span.h"
#include "suggest.h"
#include "verb.h"

enum { OPTION_COUNT = 'n', COUNT_USUAL = 100, COUNT_MAX = 1000000, PAGE_MAX = 1000 };

static const struct argp_option options[] = {
	{NULL, OPTION_COUNT, "COUNT", 0, "so many at most (100 unless told)", 0},
	{0},
};

static int64_t living_of(const json_t *source)
{
	json_t *services = json_object_get(source, "living"), *count;
	const char *name;
	int64_t living = 0;

	json_object_foreach (services, name, count)
		living += json_integer_value(count);
	return living;
}

static void join(const json_t *names, char *ret, size_t size)
{
	const json_t *name;
	size_t i, length = 0;

	snprintf(ret, size, "-");
	json_array_foreach (names, i, name)
		if (length < size)
			length += (size_t)snprintf(ret + length, size - length, "%s%s",
						   i ? "," : "", json_string_value(name));
}

/* "0.3 s", "9.9 s", "2 min 5 s". */
static const char *lifetime_text(int64_t ms, char buffer[SPAN_TEXT_MAX])
{
	if (ms >= 60000)
		return span_text((uint64_t)ms / 1000, buffer);
	snprintf(buffer, SPAN_TEXT_MAX, "%.1f s", (double)ms / 1000);
	return buffer;
}

static void tell_count(struct listing *listing, const json_t *source, const char *member,
		       enum tone tone)
{
	listing_cell(listing, tone, "%" PRId64, answer_integer(source, member, 0));
}

static void tell_seen(struct listing *listing, const json_t *source, double now_s)
{
	double seen_s = answer_number(source, "last_seen", 0);
	char ago[SPAN_TEXT_MAX];

	listing_cell(listing, TONE_PLAIN, "%s ago",
		     span_text(now_s > seen_s ? (uint64_t)(now_s - seen_s) : 0, ago));
}

/* @churn: so many short ones in a row are too many; 0: never. */
static void tell_row(struct listing *listing, const json_t *source, int64_t churn, double now_s)
{
	int64_t living = living_of(source), row = answer_integer(source, "short_lived", 0);
	bool churns = churn && row >= churn;
	char services[64], last[SPAN_TEXT_MAX], longest[SPAN_TEXT_MAX];

	join(json_object_get(source, "services"), services, sizeof(services));
	listing_cell(listing, TONE_PLAIN, "%s", answer_text(source, "addr", "?"));
	listing_cell(listing, TONE_PLAIN, "%s", services);
	tell_count(listing, source, "short_lived",
		   churns ? TONE_BAD
		   : row  ? TONE_WARNING
			  : TONE_PLAIN);
	listing_cell(listing, living ? TONE_GOOD : TONE_PLAIN, "%" PRId64, living);
	tell_count(listing, source, "opened", TONE_PLAIN);
	tell_count(listing, source, "lasted", TONE_PLAIN);
	tell_count(listing, source, "ended_by_us", TONE_PLAIN);
	tell_count(listing, source, "ended_by_them", TONE_PLAIN);
	tell_count(listing, source, "ended_unknown", TONE_PLAIN);
	listing_cell(listing, TONE_PLAIN, "%s",
		     lifetime_text(answer_integer(source, "last_ms", 0), last));
	listing_cell(listing, TONE_PLAIN, "%s",
		     lifetime_text(answer_integer(source, "longest_ms", 0), longest));
	tell_seen(listing, source, now_s);
}

static void tell_table(struct output *output, const json_t *sources, int64_t churn)
{
	static const struct listing_column columns[] = {
		{"source", false}, {"services", false}, {"short", true},   {"alive", true},
		{"opened", true},  {"lasted", true},	{"by us", true},   {"by them", true},
		{"unknown", true}, {"last", true},	{"longest", true}, {"seen", false}};
	double now_s = (double)time(NULL);
	struct listing listing;
	const json_t *source;
	size_t i;

	listing_init(&listing, columns, 12);
	json_array_foreach (sources, i, source)
		tell_row(&listing, source, churn, now_s);
	listing_finish(&listing, output);
}

static void tell_page(struct output *output, const json_t *answer)
{
	const json_t *sources = json_object_get(answer, "sources");
	int64_t seen = answer_integer(answer, "seen", 0);
	int64_t churn = answer_integer(answer, "churn", 0);
	char named[SPAN_TEXT_MAX];

	if (!json_array_size(sources)) {
		output_words(output, TONE_PLAIN, "The kernel saw no connection there.\n");
		return;
	}
	span_text((uint64_t)answer_integer(answer, "churn_short_s", 0), named);
	output_words(output, TONE_PLAIN, "The kernel saw %" PRId64 " source%s. ", seen,
		     seen == 1 ? "" : "s");
	if (churn)
		output_words(output, TONE_PLAIN,
			     "%" PRId64 " connections in a row that end in under %s are churn.\n",
			     churn, named);
	else
		output_words(output, TONE_PLAIN, "Churn is off.\n");
	tell_table(output, sources, churn);
	if ((int64_t)json_array_size(sources) < seen)
		output_words(output, TONE_PLAIN, "  … and %" PRId64 " more (-n)\n",
			     seen - (int64_t)json_array_size(sources));
}

/* A record alone does not say what counts as churn: nothing is painted as such. */
static void tell_one(struct output *output, const json_t *source)
{
	json_t *sources = json_array(), *visits = json_object_get(source, "visits"), *visit;
	int64_t now_s = (int64_t)time(NULL);
	size_t i;

	json_array_append_new(sources, json_deep_copy(source));
	tell_table(output, sources, 0);
	json_decref(sources);
	json_array_foreach (visits, i, visit) {
		char from[SPAN_TEXT_MAX], until[SPAN_TEXT_MAX], services[64];
		int64_t until_s = answer_integer(visit, "until", 0);

		join(json_object_get(visit, "services"), services, sizeof(services));
		output_words(output, TONE_PLAIN, "  - here from %s %s%s, on %s\n",
			     moment_text(answer_integer(visit, "from", 0), now_s, from),
			     until_s ? "to " : "until now",
			     until_s ? moment_text(until_s, now_s, until) : "", services);
	}
}

static json_t *question(const char *addr, int64_t limit, const char *after)
{
	json_t *params = json_pack("{s:I}", "limit", (json_int_t)limit);

	if (params && addr)
		json_object_set_new(params, "addr", json_string(addr));
	if (params && after)
		json_object_set_new(params, "after", json_string(after));
	return params;
}

/* Adds the next page to @all, whose other members are those of the page. */
static int add_page(struct peergate *peergate, const char *addr, int64_t count, json_t *all,
		    struct why *why)
{
	json_t *sources = json_incref(json_object_get(all, "sources")), *page = NULL, *params;
	int64_t left = count - (int64_t)json_array_size(sources);
	int error;

	params = question(addr, left < PAGE_MAX ? left : PAGE_MAX, answer_text(all, "next", NULL));
	error = params ? peergate_call(peergate, "gate_witness", params, &page, why) : -ENOMEM;
	json_decref(params);
	if (!error && json_is_array(json_object_get(page, "sources")))
		json_array_extend(sources, json_object_get(page, "sources"));
	if (!error)
		json_object_update(all, page);
	if (!error && json_is_array(json_object_get(page, "sources")))
		json_object_set(all, "sources", sources);
	json_decref(page);
	json_decref(sources);
	return error;
}

/* One record, when that was asked for, has no list. */
static int ask(struct cli *cli, const char *addr, int64_t count, json_t *all)
{
	struct peergate *peergate = NULL;
	struct why why = {0};
	int error, status = cli_connect(cli, &peergate);

	if (status)
		return status;
	do {
		error = add_page(peergate, addr, count, all, &why);
	} while (!error && answer_text(all, "next", NULL) &&
		 (int64_t)json_array_size(json_object_get(all, "sources")) < count);
	peergate_close(peergate);
	return error ? cli_fail(error, &why) : EXIT_DONE;
}

static int64_t count_of(const char *text)
{
	char *end = NULL;
	long long count = text ? strtoll(text, &end, 10) : COUNT_USUAL;

	return text && (end == text || *end || count < 1 || count > COUNT_MAX) ? 0 : count;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *addr = arguments->count ? arguments->words[0] : NULL;
	int64_t count = count_of(arguments->options[OPTION_COUNT]);
	struct why why = {0};
	struct prefix prefix;
	json_t *all;
	int status;

	if (!count)
		return cli_usage("-n: \"%.40s\" is no number from 1 to %d",
				 arguments->options[OPTION_COUNT], COUNT_MAX);
	if (addr && address_parse(&prefix, addr, &why))
		return cli_usage("%s", why.sentence);
	all = json_pack("{s:[]}", "sources");
	if (!all)
		return cli_fail(-ENOMEM, NULL);
	status = ask(cli, addr, count, all);
	if (!status && answer_text(all, "addr", NULL))
		json_object_del(all, "sources");
	if (!status)
		output_value(&cli->output, all,
			     answer_text(all, "addr", NULL) ? tell_one : tell_page);
	json_decref(all);
	return status;
}

const struct verb verb_witness = {
	.name = "witness",
	.words = "[ADDR]",
	.help = "Tell what the kernel itself saw of who connected",
	.more = "Sources with the longest row of short-lived connections come first, then those "
		"with most alive. Only who proved its address is there: a TCP source by the "
		"handshake, a QUIC source by sending our connection ID back. ADDR: one source with "
		"its visits, or those of a prefix.",
	.options = options,
	.most = 1,
	.run = run,
};
