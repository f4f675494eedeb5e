/* SPDX-License-Identifier: BSD-2-Clause */
/* screen: the terminal, redrawn as a whole by ncurses. At most one at a time. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

/* -ENOTTY: the terminal is none, or ncurses does not know its kind. Until screen_close() the terminal is ncurses'. */
int screen_open(void);
void screen_close(void);

/* How many lines there is room for. */
int screen_height(void);

/* Shows @text, lines parted by newlines, cut at the edges. */
void screen_show(const char *text);

/* Whether q, Q, Escape or Ctrl-C was pressed since; does not wait. A new size of the terminal is taken notice of. */
bool screen_is_left(void);

#endif
