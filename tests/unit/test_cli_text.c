/* SPDX-License-Identifier: BSD-2-Clause */
/* What people read: aligned tables, plain sentences, nothing that a stranger could make the terminal do. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "listing.h"
#include "peer_order.h"
#include "status.h"

struct page {
	char *text;
	size_t length;
	struct output output;
};

static void begin(struct page *self, const struct output_form *form)
{
	*self = (struct page){.output = {.form = form}};
	self->output.file = open_memstream(&self->text, &self->length);
}

static void end(struct page *self)
{
	fclose(self->output.file);
	free(self->text);
}

static void expect(struct page *self, const char *text)
{
	fflush(self->output.file);
	assert_string_equal(self->text, text);
}

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	return value;
}

static void test_items(void **state)
{
	static const struct {
		unsigned int width;
		const char *text, *told;
	} rows[] = {
		{0, "a sentence that is as long as it likes to be",
		 "  - a sentence that is as long as it likes to be\n"},
		{20, "a sentence that is longer", "  - a sentence that\n    is longer\n"},
		{20, "sixteen  letters", "  - sixteen letters\n"},
		{20, "exactly 16 letter", "  - exactly 16\n    letter\n"},
		{20, "größer and größer", "  - größer and\n    größer\n"},
		{20, "one-word-that-does-not-fit-anywhere x",
		 "  - one-word-that-does-not-fit-anywhere\n    x\n"},
		{20, "a\033b", "  - a?b\n"},
		{20, "", "\n"},
	};
	struct page page;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&page, &output_text);
		page.output.width = rows[i].width;
		output_item(&page.output, rows[i].text);
		expect(&page, rows[i].told);
		end(&page);
	}
}

static void test_listing(void **state)
{
	static const struct listing_column columns[] = {
		{"name", false}, {"packets", true}, {"note", false}};
	struct listing listing;
	struct page page;

	(void)state;
	begin(&page, &output_text);
	listing_init(&listing, columns, 3);
	listing_cell(&listing, TONE_PLAIN, "%s", "eth0");
	listing_cell(&listing, TONE_BAD, "%d", 7);
	listing_cell(&listing, TONE_PLAIN, "%s", "");
	listing_cell(&listing, TONE_PLAIN, "%s", "größer");
	listing_cell(&listing, TONE_PLAIN, "%d", 12345678);
	listing_cell(&listing, TONE_PLAIN, "%s", "x");
	listing_finish(&listing, &page.output);
	expect(&page, "  name     packets  note\n"
		      "  eth0           7  \n"
		      "  größer  12345678  x\n");
	end(&page);
}

static const struct {
	const char *given, *printed;
} strange[] = {
	{"plain", "plain"},
	{"\033[2Jgone", "?[2Jgone"},
	{"a\rb\tc\x7f", "a?b?c?"},
	{"\xc2\x9b"
	 "31m",
	 "??31m"},
	{"größer\n", "größer\n"},
};

static void test_controls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++) {
		struct page page;

		begin(&page, &output_text);
		output_words(&page.output, TONE_BAD, "%s", strange[i].given);
		expect(&page, strange[i].printed);
		end(&page);
	}
}

static void test_colours(void **state)
{
	struct page page;

	(void)state;
	begin(&page, &output_text);
	page.output.colours = true;
	output_words(&page.output, TONE_BAD, "no");
	output_words(&page.output, TONE_PLAIN, "yes");
	expect(&page, "\033[31mno\033[0myes");
	end(&page);
}

static void test_json(void **state)
{
	json_t *value = parse("{\"b\": 1, \"a\": [null, 0.5]}");
	struct page page;

	(void)state;
	begin(&page, &output_json);
	output_value(&page.output, value, NULL);
	expect(&page, "{\"b\":1,\"a\":[null,0.5]}\n");
	end(&page);
	json_decref(value);
}

static const struct {
	const char *event, *line; /* behind the time of day */
} events[] = {
	{"{\"type\":\"mode\",\"mode\":\"enforce\",\"before\":\"observe\"}",
	 "mode         enforce, was observe\n"},
	{"{\"type\":\"missed\",\"missed\":12}",
	 "missed       12 events: they came faster than read\n"},
	{"{\"type\":\"later\",\"at\":5,\"n\":[1]}", "later        n=[1] \n"},
	{"{}", "event        \n"},
	{"7", "event        \n"},
};

static void test_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		json_t *event = parse(events[i].event);
		struct page page;

		begin(&page, &output_text);
		event_tell(&page.output, event);
		fflush(page.output.file);
		expect_true(events[i].event,
			    strstr(page.text, "  ") &&
				    !strcmp(strstr(page.text, "  ") + 2, events[i].line));
		end(&page);
		json_decref(event);
	}
}

/* Answers of a strange shape are told as far as they go. */
static void test_strange_status(void **state)
{
	static const char *const answers[] = {
		"{}", "[]", "null", "{\"interfaces\": 7, \"maps\": {}, \"warnings\": [1, null]}",
		("{\"interfaces\": [1, {}], \"services\": [{\"ports\": [1, []]}], \"maps\": [{}], "
		 "\"counters\": [[]], \"privileges\": {\"kept\": [7]}}")};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		json_t *answer = parse(answers[i]);
		struct page page;

		begin(&page, &output_text);
		status_tell(&page.output, answer);
		fflush(page.output.file);
		expect_true(answers[i], strstr(page.text, "Interfaces"));
		end(&page);
		json_decref(answer);
	}
}

static void test_status_warns(void **state)
{
	json_t *answer =
		parse("{\"maps\": [{\"name\": \"sources\", \"entries\": 79, \"max\": 100}, "
		      "{\"name\": \"prefixes\", \"entries\": 80, \"max\": 100}]}");
	struct page page;

	(void)state;
	begin(&page, &output_text);
	status_tell(&page.output, answer);
	fflush(page.output.file);
	assert_non_null(strstr(page.text, "79.0 %\n"));
	assert_non_null(strstr(page.text, "80.0 %, nearly full\n"));
	end(&page);
	json_decref(answer);
}

static const char book[] =
	"[{\"peer\":\"b\",\"addr\":\"192.0.2.10/32\",\"score\":5,\"until\":null,\"last_seen\":3,"
	"\"standing\":\"good\"},"
	"{\"peer\":\"a\",\"addr\":\"192.0.2.9/32\",\"score\":-100,\"until\":20,\"last_seen\":9,"
	"\"standing\":\"banned\"},"
	"{\"peer\":\"c\",\"addr\":\"2001:db8::/64\",\"score\":5,\"until\":10,\"last_seen\":null,"
	"\"standing\":\"poor\"}, 7]";

static const struct {
	const char *field, *order;
} orders[] = {
	{"peer", "?abc"},  {"addr", "?abc"},  {"standing", "acb?"},
	{"score", "a?bc"}, {"until", "cab?"}, {"last_seen", "abc?"},
};

static void test_orders(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		json_t *peers = parse(book);
		char found[8] = "";

		assert_int_equal(peer_order_sort(peers, peer_order_of(orders[i].field)), 0);
		for (size_t j = 0; j < 4; j++) {
			const char *peer = json_string_value(
				json_object_get(json_array_get(peers, j), "peer"));

			found[j] = peer ? peer[0] : '?';
		}
		if (strcmp(found, orders[i].order))
			fail_msg("%s: %s, not %s", orders[i].field, found, orders[i].order);
		json_decref(peers);
	}
	assert_true(peer_order_of("colour") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listing),	       cmocka_unit_test(test_items),
		cmocka_unit_test(test_controls),       cmocka_unit_test(test_colours),
		cmocka_unit_test(test_json),	       cmocka_unit_test(test_events),
		cmocka_unit_test(test_strange_status), cmocka_unit_test(test_status_warns),
		cmocka_unit_test(test_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
