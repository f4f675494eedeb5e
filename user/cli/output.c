/* SPDX-License-Identifier: BSD-2-Clause */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_LEAST = 20, WIDTH_MOST = 80, INDENT = 4 };

static const char *const tone_codes[TONES] = {
	[TONE_HEADING] = "1", [TONE_GOOD] = "32", [TONE_WARNING] = "33", [TONE_BAD] = "31"};

static bool has_colours(FILE *file)
{
	const char *term = getenv("TERM"), *unwanted = getenv("NO_COLOR");

	return isatty(fileno(file)) && term && strcmp(term, "dumb") && !(unwanted && *unwanted);
}

/* A sentence is read best within 80 columns; a narrower terminal has less. */
static unsigned int width_of(FILE *file)
{
	struct winsize size = {0};

	if (!isatty(fileno(file)) || ioctl(fileno(file), TIOCGWINSZ, &size))
		return 0;
	return size.ws_col >= WIDTH_LEAST && size.ws_col < WIDTH_MOST ? size.ws_col : WIDTH_MOST;
}

void output_init(struct output *ret, FILE *file, const struct output_form *form)
{
	*ret = (struct output){
		.form = form, .file = file, .colours = has_colours(file), .width = width_of(file)};
}

static void tell_value(struct output *self, const json_t *value, tell_fn *tell)
{
	tell(self, value);
}

static void dump_value(struct output *self, const json_t *value, tell_fn *tell)
{
	(void)tell;
	json_dumpf(value, self->file, JSON_COMPACT | JSON_ENCODE_ANY);
	fputc('\n', self->file);
}

const struct output_form output_text = {.value = tell_value, .is_text = true};
const struct output_form output_json = {.value = dump_value};

void output_value(struct output *self, const json_t *value, tell_fn *tell)
{
	self->form->value(self, value, tell);
}

int output_flush(struct output *self)
{
	return fflush(self->file) || ferror(self->file) ? -EIO : 0;
}

/* Newlines are the callers' own; C1 controls (U+0080 .. U+009F) arrive as 0xc2 0x80 .. 0x9f. */
static void clean(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at; at++) {
		if ((*at < ' ' && *at != '\n') || *at == 0x7f)
			*at = '?';
		else if (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f)
			at[0] = at[1] = '?';
	}
}

void output_words(struct output *self, enum tone tone, const char *format, ...)
{
	const char *code = self->colours ? tone_codes[tone] : NULL;
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return;
	clean(text);
	if (code)
		fprintf(self->file, "\033[%sm%s\033[0m", code, text);
	else
		fputs(text, self->file);
	free(text);
}

/* Characters, not bytes: UTF-8's continuation bytes take no room. */
static unsigned int letters_in(const char *text, size_t length)
{
	unsigned int count = 0;

	for (size_t i = 0; i < length; i++)
		count += (text[i] & 0xc0) != 0x80;
	return count;
}

void output_item(struct output *self, const char *text)
{
	unsigned int column = INDENT;
	const char *before = "  - ";

	while (*text) {
		size_t length = strcspn(text, " ");
		unsigned int letters = letters_in(text, length);

		if (self->width && column > INDENT && column + 1 + letters > self->width) {
			before = "\n    ";
			column = INDENT;
		}
		output_words(self, TONE_PLAIN, "%s%.*s", before, (int)length, text);
		column += letters + (before[0] == ' ' && !before[1]);
		before = " ";
		text += length + strspn(text + length, " ");
	}
	output_words(self, TONE_PLAIN, "\n");
}
