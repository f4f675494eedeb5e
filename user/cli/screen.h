/* SPDX-License-Identifier: BSD-2-Clause */
/* screen: the terminal, redrawn as a whole by ncurses. At most one at a time. */
#ifndef SCREEN_H
#define SCREEN_H

/* -ENOTTY: the terminal is none, or ncurses does not know its kind. Until screen_close() the terminal is ncurses'. */
int screen_open(void);
void screen_close(void);

/* How many lines there is room for. */
int screen_height(void);

/* Shows @text, lines parted by newlines, cut at the edges. */
void screen_show(const char *text);

enum screen_input {
	SCREEN_NOTHING,
	SCREEN_RESIZED, /* what is shown no longer fits */
	SCREEN_LEFT,	/* q, Q, Escape or Ctrl-C */
};

/* What has happened since; does not wait. */
enum screen_input screen_input(void);

#endif
