/* SPDX-License-Identifier: BSD-2-Clause */
/* log: one line an event on standard error, for people or for machines. The daemon and the follower log; libraries never do. */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Lines above @level are left out. Until it is called: info, text. */
void log_setup(enum log_level level, enum log_format format);

/* -EINVAL when the word is none of error, warning, info, debug; text, json. */
int log_level_of(const char *word);
int log_format_of(const char *word);

/* One line: what happened, on what, why, what happens now. Control characters are replaced: nobody forges a line. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
