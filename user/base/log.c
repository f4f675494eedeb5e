/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 };

static const char *const levels[] = {"error", "warning", "info", "debug"};
static const char *const formats[] = {"text", "json"};
static enum log_level log_level = LOG_LEVEL_INFO;
static enum log_format log_format = LOG_FORMAT_TEXT;

void log_setup(enum log_level level, enum log_format format)
{
	log_level = level;
	log_format = format;
}

static int find(const char *const *words, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return i;
	return -EINVAL;
}

int log_level_of(const char *word)
{
	return find(levels, sizeof(levels) / sizeof(*levels), word);
}

int log_format_of(const char *word)
{
	return find(formats, sizeof(formats) / sizeof(*formats), word);
}

/* UTC with milliseconds, as RFC 3339 writes it. */
static void stamp(char text[32])
{
	struct timespec now;
	struct tm tm;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	used = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, 32 - used, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* Control characters become spaces; for JSON quotes and backslashes are escaped. @to has twice the room of @from. */
static void clean(char *to, const char *from, enum log_format format)
{
	for (; *from; from++) {
		unsigned char c = *from;

		if (format == LOG_FORMAT_JSON && (c == '"' || c == '\\'))
			*to++ = '\\';
		*to++ = c < 0x20 || c == 0x7f ? ' ' : *from;
	}
	*to = '\0';
}

void log_line(enum log_level level, const char *format, ...)
{
	char said[LINE_MAX_BYTES], cleaned[2 * LINE_MAX_BYTES], line[2 * LINE_MAX_BYTES + 128],
		at[32];
	va_list args;
	int length;

	if (level > log_level)
		return;
	va_start(args, format);
	vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	clean(cleaned, said, log_format);
	stamp(at);
	if (log_format == LOG_FORMAT_JSON)
		length = snprintf(line, sizeof(line),
				  "{\"time\":\"%s\",\"level\":\"%s\",\"msg\":\"%s\"}\n", at,
				  levels[level], cleaned);
	else
		length = snprintf(line, sizeof(line), "%s %-7s %s\n", at, levels[level], cleaned);
	/* One write a line, so that lines of two processes on one pipe do not mix; when nobody takes it, it is lost. */
	if (write(STDERR_FILENO, line, length) < 0)
		return;
}
