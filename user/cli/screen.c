/* SPDX-License-Identifier: BSD-2-Clause */
#include "screen.h"

#include <errno.h>
#include <ncurses.h>
#include <string.h>
#include <unistd.h>

enum { KEY_CTRL_C = 3, KEY_ESCAPE = 27 };

int screen_open(void)
{
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTTY;
	set_term(screen);
	raw();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return 0;
}

void screen_close(void)
{
	curs_set(1);
	endwin();
}

int screen_height(void)
{
	return getmaxy(stdscr);
}

void screen_show(const char *text)
{
	int height = getmaxy(stdscr), width = getmaxx(stdscr);

	erase();
	for (int row = 0; row < height && *text; row++) {
		size_t length = strcspn(text, "\n");

		mvaddnstr(row, 0, text, length < (size_t)width ? (int)length : width);
		text += length + (text[length] == '\n');
	}
	refresh();
}

enum screen_input screen_input(void)
{
	enum screen_input found = SCREEN_NOTHING;
	int key;

	while ((key = getch()) != ERR) {
		if (key == 'q' || key == 'Q' || key == KEY_ESCAPE || key == KEY_CTRL_C)
			return SCREEN_LEFT;
		if (key == KEY_RESIZE)
			found = SCREEN_RESIZED;
	}
	return found;
}
