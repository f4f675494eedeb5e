/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <inttypes.h>
#include <string.h>

#include "duration.h"
#include "fields.h"
#include "table.h"

static void tell_head(struct output *output, const json_t *answer)
{
	const char *mode = field_text(answer, "mode", "?");
	double lease_age_s = field_number(answer, "lease_age_s", -1);
	char up[DURATION_TEXT_MAX];

	output_words(output, TONE_PLAIN, "peergated %s, up %s, mode ",
		     field_text(answer, "version", "?"),
		     duration_text((uint64_t)field_integer(answer, "uptime_s", 0), up));
	output_words(output, strcmp(mode, "enforce") ? TONE_WARNING : TONE_GOOD, "%s", mode);
	output_words(output, TONE_PLAIN, ", kernel %s", field_text(answer, "kernel", "?"));
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
	static const struct table_column columns[] = {
		{"interface", false}, {"rung", false}, {"program", false}, {"note", false}};
	const json_t *interface;
	struct table table;
	size_t i;

	heading(output, "Interfaces");
	if (!json_array_size(interfaces)) {
		output_words(output, TONE_WARNING, "  none: nothing is gated\n");
		return;
	}
	table_init(&table, columns, 4);
	json_array_foreach (interfaces, i, interface) {
		const char *rung = field_text(interface, "rung", "-");
		bool attached = strcmp(rung, "-") && strcmp(rung, "none") && strcmp(rung, "auto");

		table_cell(&table, TONE_PLAIN, "%s", field_text(interface, "name", "?"));
		table_cell(&table, attached ? TONE_GOOD : TONE_BAD, "%s",
			   attached ? rung : "not attached");
		table_cell(&table, TONE_PLAIN, "%s", field_text(interface, "program_tag", "-"));
		table_cell(&table, TONE_PLAIN, "%s", field_text(interface, "note", ""));
	}
	table_finish(&table, output);
}

static void tell_maps(struct output *output, const json_t *maps)
{
	static const struct table_column columns[] = {
		{"map", false}, {"entries", true}, {"max", true}, {"full", true}};
	const json_t *map;
	struct table table;
	size_t i;

	heading(output, "Tables");
	table_init(&table, columns, 4);
	json_array_foreach (maps, i, map) {
		int64_t entries = field_integer(map, "entries", 0),
			max = field_integer(map, "max", 0);
		double percent = max ? 100.0 * (double)entries / (double)max : 0;

		table_cell(&table, TONE_PLAIN, "%s", field_text(map, "name", "?"));
		table_cell(&table, TONE_PLAIN, "%" PRId64, entries);
		table_cell(&table, TONE_PLAIN, "%" PRId64, max);
		table_cell(&table, percent >= FILL_WARNING_PERCENT ? TONE_WARNING : TONE_PLAIN,
			   "%.1f %%", percent);
	}
	table_finish(&table, output);
}

void status_tell(struct output *output, const json_t *answer)
{
	tell_head(output, answer);
	tell_interfaces(output, json_object_get(answer, "interfaces"));
	tell_maps(output, json_object_get(answer, "maps"));
}
