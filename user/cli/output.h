/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * output: where answers go, for people or for programs. A verb hands over the daemon's value and how to tell it in words;
 * the text form tells it, the JSON form prints the value as it is, one line each.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct output;

/* Tells @value in words, by the functions below. Members may be absent or of another type: then they are left out. */
typedef void tell_fn(struct output *output, const json_t *value);

struct output_form {
	void (*value)(struct output *self, const json_t *value, tell_fn *tell);
	bool is_text;
};

extern const struct output_form output_text, output_json;

struct output {
	const struct output_form *form;
	FILE *file;
	bool colours;
	unsigned int
		width; /* columns of the terminal, 80 at most: long lines are wrapped; 0: none is */
};

/* To @file; colours when that is a terminal that has them and NO_COLOR is not set. */
void output_init(struct output *ret, FILE *file, const struct output_form *form);

void output_value(struct output *self, const json_t *value, tell_fn *tell);

/* 0, or -EIO when something could not be written. */
int output_flush(struct output *self);

/* What stands out. TONE_PLAIN ends it. */
enum tone { TONE_PLAIN, TONE_HEADING, TONE_GOOD, TONE_WARNING, TONE_BAD, TONES };

/* Text with control characters replaced by '?': names and IDs may come from strangers. */
void output_words(struct output *self, enum tone tone, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* An item of a list: "  - " and @text, wrapped behind blanks and indented where there is a width. */
void output_item(struct output *self, const char *text);

#endif
