/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "buffer.h"

/* Entries read before the loop has its turn; how often is looked where events do not reach (as libsystemd asks on some file systems). */
enum { ENTRIES_A_TURN = 4096, LOOK_MS = 1000, UNIT_MAX = 256, MESSAGE_MAX = 512 << 10 };

struct journal {
	sd_journal *journal;
	struct tail_output output;
	struct buffer lines; /* of one turn */
	uv_poll_t poll;
	uv_timer_t look;
	unsigned int handles; /* not closed yet */
};

static void keep_line(struct journal *self, const char *message, size_t length)
{
	/* A newline within would be a line of its own, and its writer chose it. */
	const char *newline;

	while ((newline = memchr(message, '\n', length))) {
		size_t part = (size_t)(newline - message);

		buffer_append(&self->lines, message, part);
		buffer_append(&self->lines, " ", 1);
		message += part + 1;
		length -= part + 1;
	}
	buffer_append(&self->lines, message, length);
	buffer_append(&self->lines, "\n", 1);
}

static void keep_entry(struct journal *self)
{
	static const char name[] = "MESSAGE=";
	const void *data;
	size_t length;

	if (sd_journal_get_data(self->journal, "MESSAGE", &data, &length) ||
	    length < sizeof(name) - 1)
		return;
	keep_line(self, (const char *)data + sizeof(name) - 1, length - (sizeof(name) - 1));
}

/* Whether there may be more. */
static bool read_some(struct journal *self)
{
	bool more = true;

	for (int i = 0; more && i < ENTRIES_A_TURN; i++) {
		more = sd_journal_next(self->journal) > 0;
		if (more)
			keep_entry(self);
	}
	if (self->lines.length)
		self->output.bytes(self->output.context, self->lines.bytes, self->lines.length);
	/* Without memory for them the lines of this turn are lost; the next have it again, or not. */
	buffer_clear(&self->lines);
	return more;
}

void journal_drain(struct journal *self)
{
	while (read_some(self))
		;
}

static void on_look(uv_timer_t *timer);

static void read_on(struct journal *self)
{
	bool more = read_some(self);

	uv_timer_start(&self->look, on_look, more ? 0 : LOOK_MS, 0);
}

/* sd_journal_process() also takes in new and vanished files. */
static void on_look(uv_timer_t *timer)
{
	struct journal *self = timer->data;

	sd_journal_process(self->journal);
	read_on(self);
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	on_look(&((struct journal *)poll->data)->look);
}

static int match(struct journal *self, const char *unit, struct why *why)
{
	bool is_whole = strchr(unit, '.');
	char field[UNIT_MAX];
	int length = snprintf(field, sizeof(field), "_SYSTEMD_UNIT=%s%s", unit,
			      is_whole ? "" : ".service");
	int error;

	if (!unit[0] || length >= (int)sizeof(field) || strpbrk(unit, "/ \n"))
		return why_fill(why, -EINVAL, "\"%.80s\" is no name of a unit", unit);
	error = sd_journal_add_match(self->journal, field, (size_t)length);
	return error < 0 ? why_fill(why, error, "the journal: %s", strerror(-error)) : 0;
}

static int seek(struct journal *self, bool from_start)
{
	int error;

	if (from_start)
		return sd_journal_seek_head(self->journal);
	error = sd_journal_seek_tail(self->journal);
	/* The last entry is old news; without this step the first next() would give it. */
	if (error >= 0)
		error = sd_journal_previous(self->journal);
	return error < 0 ? error : 0;
}

static int open_journal(struct journal *self, const char *unit, const char *folder, bool from_start,
			struct why *why)
{
	int error = folder ? sd_journal_open_directory(&self->journal, folder, 0)
			   : sd_journal_open(&self->journal, SD_JOURNAL_LOCAL_ONLY);

	if (error < 0)
		return why_fill(why, error, "the journal%s%s cannot be read: %s",
				folder ? " in " : "", folder ? folder : "", strerror(-error));
	sd_journal_set_data_threshold(self->journal, MESSAGE_MAX);
	error = match(self, unit, why);
	if (!error)
		error = seek(self, from_start);
	return error ? why_fill(why, error, "the journal: %s", strerror(-error)) : 0;
}

int journal_start(struct journal **ret, uv_loop_t *loop, const char *unit, const char *folder,
		  bool from_start, const struct tail_output *output, struct why *why)
{
	struct journal *self = calloc(1, sizeof(*self));
	int error, fd;

	if (!self)
		return why_fill(why, -ENOMEM, "no memory to read the journal");
	self->output = *output;
	error = open_journal(self, unit, folder, from_start, why);
	fd = error ? error : sd_journal_get_fd(self->journal);
	if (fd < 0) {
		sd_journal_close(self->journal);
		free(self);
		return why_fill(why, fd, "the journal: %s", strerror(-fd));
	}
	uv_timer_init(loop, &self->look);
	uv_poll_init(loop, &self->poll, fd);
	self->look.data = self->poll.data = self;
	self->handles = 2;
	uv_poll_start(&self->poll, UV_READABLE, on_event);
	uv_timer_start(&self->look, on_look, 0, 0);
	*ret = self;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct journal *self = handle->data;

	if (--self->handles)
		return;
	sd_journal_close(self->journal);
	buffer_free(&self->lines);
	free(self);
}

void journal_stop(struct journal *self)
{
	if (!self)
		return;
	uv_close((uv_handle_t *)&self->look, on_closed);
	uv_close((uv_handle_t *)&self->poll, on_closed);
}
