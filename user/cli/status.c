/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <inttypes.h>
#include <string.h>

#include "answer.h"
#include "listing.h"
#include "span.h"

static void tell_head(struct output *output, const json_t *answer)
{
	const char *mode = answer_text(answer, "mode", "?");
	double lease_age_s = answer_number(answer, "lease_age_s", -1);
	char up[SPAN_TEXT_MAX];

	output_words(output, TONE_PLAIN, "peergated %s, up %s, mode ",
		     answer_text(answer, "version", "?"),
		     span_text((uint64_t)answer_integer(answer, "uptime_s", 0), up));
	output_words(output, strcmp(mode, "enforce") ? TONE_WARNING : TONE_GOOD, "%s", mode);
	output_words(output, TONE_PLAIN, ", kernel %s", answer_text(answer, "kernel", "?"));
	if (lease_age_s >= 0)
		output_words(output, TONE_PLAIN, ", lease renewed %.1f s ago", lease_age_s);
	output_words(output, TONE_PLAIN, "\n");
}

static void heading(struct output *output, const char *text)
{
	output_words(output, TONE_PLAIN, "\n");
	output_words(output, TONE_HEADING, "%s\n", text);
}

static void tell_interfaces(struct output *output, const json_t *interfaces)
{
	static const struct listing_column columns[] = {
		{"interface", false}, {"rung", false}, {"program", false}, {"note", false}};
	const json_t *interface;
	struct listing listing;
	size_t i;

	heading(output, "Interfaces");
	if (!json_array_size(interfaces)) {
		output_words(output, TONE_WARNING, "  none: nothing is gated\n");
		return;
	}
	listing_init(&listing, columns, 4);
	json_array_foreach (interfaces, i, interface) {
		const char *rung = answer_text(interface, "rung", "-");
		bool attached = strcmp(rung, "-") && strcmp(rung, "none") && strcmp(rung, "auto");

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(interface, "name", "?"));
		listing_cell(&listing, attached ? TONE_GOOD : TONE_BAD, "%s",
			     attached ? rung : "not attached");
		listing_cell(&listing, TONE_PLAIN, "%s",
			     answer_text(interface, "program_tag", "-"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(interface, "note", ""));
	}
	listing_finish(&listing, output);
}

static void tell_maps(struct output *output, const json_t *maps)
{
	static const struct listing_column columns[] = {
		{"map", false}, {"entries", true}, {"max", true}, {"full", true}};
	const json_t *map;
	struct listing listing;
	size_t i;

	heading(output, "Tables");
	listing_init(&listing, columns, 4);
	json_array_foreach (maps, i, map) {
		int64_t entries = answer_integer(map, "entries", 0),
			max = answer_integer(map, "max", 0);
		double percent = max ? 100.0 * (double)entries / (double)max : 0;

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(map, "name", "?"));
		listing_cell(&listing, TONE_PLAIN, "%" PRId64, entries);
		listing_cell(&listing, TONE_PLAIN, "%" PRId64, max);
		listing_cell(&listing, percent >= FILL_WARNING_PERCENT ? TONE_WARNING : TONE_PLAIN,
			     "%.1f %%", percent);
	}
	listing_finish(&listing, output);
}

void status_tell(struct output *output, const json_t *answer)
{
	tell_head(output, answer);
	tell_interfaces(output, json_object_get(answer, "interfaces"));
	tell_maps(output, json_object_get(answer, "maps"));
}
