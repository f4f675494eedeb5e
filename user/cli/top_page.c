/* SPDX-License-Identifier: BSD-2-Clause */
#include "top_page.h"

#include <inttypes.h>
#include <peergate/words.h>
#include <time.h>

#include "listing.h"
#include "span.h"

enum { PLAIN_SOURCES = 20, LINES_BESIDE_SOURCES = 5 }; /* the time, two headings, two blank ones */

static unsigned int tell_reasons(const struct top_page *self, struct output *output)
{
	static const struct listing_column columns[] = {
		{"reason", false}, {"refused/s", true}, {"would be/s", true}, {"in all", true}};
	struct listing listing;
	unsigned int rows = 0;

	listing_init(&listing, columns, 4);
	for (unsigned int i = 0; i < REASONS; i++) {
		const struct refusal_reason *reason = &self->refusals->reasons[i];

		if (!(reason->totals[REFUSED] + reason->totals[WOULD_BE_REFUSED]))
			continue;
		listing_cell(&listing, TONE_PLAIN, "%s", reason_word(i));
		listing_cell(&listing, TONE_PLAIN, "%.0f", reason->rates[REFUSED]);
		listing_cell(&listing, TONE_PLAIN, "%.0f", reason->rates[WOULD_BE_REFUSED]);
		listing_cell(&listing, TONE_PLAIN, "%" PRIu64,
			     reason->totals[REFUSED] + reason->totals[WOULD_BE_REFUSED]);
		rows++;
	}
	listing_finish(&listing, output);
	return rows;
}

static void tell_sources(const struct top_page *self, struct output *output, unsigned int most)
{
	static const struct listing_column columns[] = {
		{"source", false}, {"about/s", true}, {"reason", false}};
	struct listing listing;

	refusals_sort(self->refusals);
	listing_init(&listing, columns, 3);
	for (unsigned int i = 0; i < self->refusals->source_count && i < most; i++) {
		const struct refusal_source *source = &self->refusals->sources[i];

		listing_cell(&listing, TONE_PLAIN, "%s", source->address);
		listing_cell(&listing, TONE_PLAIN, "%.1f",
			     refusal_estimate(self->refusals, source));
		listing_cell(&listing, TONE_PLAIN, "%s", reason_word(source->reason));
	}
	listing_finish(&listing, output);
}

void top_page_tell(const struct top_page *self, struct output *output, int height)
{
	char moment[SPAN_TEXT_MAX];
	time_t now = time(NULL);
	unsigned int rows;
	int room;

	output_words(output, TONE_PLAIN, "%s  mode %s", moment_text(now, now, moment), self->mode);
	if (self->missed)
		output_words(output, TONE_PLAIN, ", %" PRIu64 " samples missed", self->missed);
	output_words(output, TONE_PLAIN, "%s\n\n", height ? "  (q ends)" : "");
	rows = tell_reasons(self, output);
	output_words(output, TONE_PLAIN, "\n");
	room = height - LINES_BESIDE_SOURCES - (int)rows;
	tell_sources(self, output, height ? (room > 0 ? (unsigned int)room : 0) : PLAIN_SOURCES);
}

static json_t *sources_json(struct refusals *refusals)
{
	json_t *sources = json_array();

	refusals_sort(refusals);
	for (unsigned int i = 0; i < refusals->source_count; i++) {
		const struct refusal_source *source = &refusals->sources[i];

		json_array_append_new(sources,
				      json_pack("{s:s, s:s, s:f}", "addr", source->address,
						"reason", reason_word(source->reason), "per_second",
						refusal_estimate(refusals, source)));
	}
	return sources;
}

json_t *top_page_json(const struct top_page *self)
{
	json_t *reasons = json_array();

	for (unsigned int i = 0; i < REASONS; i++) {
		const struct refusal_reason *reason = &self->refusals->reasons[i];

		if (reason->totals[REFUSED] + reason->totals[WOULD_BE_REFUSED])
			json_array_append_new(
				reasons,
				json_pack("{s:s, s:f, s:f, s:I, s:I}", "reason", reason_word(i),
					  "refused_per_second", reason->rates[REFUSED],
					  "would_refuse_per_second",
					  reason->rates[WOULD_BE_REFUSED], "refused",
					  (json_int_t)reason->totals[REFUSED], "would_refuse",
					  (json_int_t)reason->totals[WOULD_BE_REFUSED]));
	}
	return json_pack("{s:o, s:o}", "reasons", reasons, "sources", sources_json(self->refusals));
}
