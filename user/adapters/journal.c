/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "buffer.h"
#include "log.h"
#include "stitch.h"

/* Entries read before the loop has its turn; how often is looked where events do not reach (as libsystemd asks on some file systems). */
enum { ENTRIES_A_TURN = 4096, LOOK_MS = 1000, UNIT_MAX = 256, MESSAGE_MAX = 512 << 10 };

/* What stands before the start is looked at, not told: a line may have begun there (journald's longest piece is 48 KiB). */
enum { ENTRIES_BEFORE = 64 };

struct journal {
	sd_journal *journal;
	struct tail_output output;
	struct stitch stitch;
	struct buffer lines; /* of one turn */
	uv_poll_t poll;
	uv_timer_t look;
	unsigned int handles; /* not closed yet */
};

static void keep_line(void *context, const char *line, size_t length)
{
	struct journal *self = context;

	buffer_append(&self->lines, line, length);
	buffer_append(&self->lines, "\n", 1);
}

/* The value of a field of the entry, borrowed until the next is asked for; NULL: it has none. */
static const char *field_of(struct journal *self, const char *name, size_t *ret_length)
{
	const void *data;
	size_t length, skip = strlen(name) + 1;

	if (sd_journal_get_data(self->journal, name, &data, &length) || length < skip)
		return NULL;
	*ret_length = length - skip;
	return (const char *)data + skip;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && !memcmp(text, word, length);
}

/*
 * How journald ended the piece of a stream (systemd.journal-fields(7), _LINE_BREAK=): it cuts where a line is too long, at a NUL,
 * where another process goes on, and at the stream's end.
 */
static enum stitch_end end_of(struct journal *self, bool *ret_nul)
{
	size_t length;
	const char *brk = field_of(self, "_LINE_BREAK", &length);

	*ret_nul = brk && is_word(brk, length, "nul");
	if (!brk)
		return STITCH_ENDS;
	return *ret_nul || is_word(brk, length, "line-max") ? STITCH_GOES_ON : STITCH_CUT;
}

/* Streams are told apart only while a line is unfinished. Whoever speaks to the journal itself has none, and cuts nothing. */
static void name_stream(struct journal *self, char ret[STITCH_NAME_MAX])
{
	size_t length;
	const char *id = field_of(self, "_STREAM_ID", &length);

	snprintf(ret, STITCH_NAME_MAX, "%.*s", id ? (int)length : 1, id ? id : "-");
}

static void keep_entry(struct journal *self)
{
	char stream[STITCH_NAME_MAX] = "-";
	const char *message;
	size_t length;
	bool at_nul;
	enum stitch_end end = end_of(self, &at_nul);

	if (end != STITCH_ENDS || stitch_is_open(&self->stitch))
		name_stream(self, stream);
	message = field_of(self, "MESSAGE", &length);
	if (!message)
		return;
	stitch_piece(&self->stitch, stream, message, length, end);
	if (at_nul)
		stitch_piece(&self->stitch, stream, "\0", 1, STITCH_GOES_ON);
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

static int match_field(struct journal *self, const char *name, const char *value)
{
	char field[UNIT_MAX + 32];
	int length = snprintf(field, sizeof(field), "%s=%s", name, value);

	return sd_journal_add_match(self->journal, field, (size_t)length);
}

/* A unit of the system, or of the user's own manager: another user's of that name could be anybody's words. */
static int match(struct journal *self, const char *name, struct why *why)
{
	char unit[UNIT_MAX], uid[16];
	int error, length = snprintf(unit, sizeof(unit), "%s%s", name,
				     strchr(name, '.') ? "" : ".service");

	if (!name[0] || length >= (int)sizeof(unit) || strpbrk(name, "/ \n"))
		return why_fill(why, -EINVAL, "\"%.80s\" is no name of a unit", name);
	snprintf(uid, sizeof(uid), "%u", (unsigned int)getuid());
	error = match_field(self, "_SYSTEMD_UNIT", unit);
	if (error >= 0)
		error = sd_journal_add_disjunction(self->journal);
	if (error >= 0)
		error = match_field(self, "_SYSTEMD_USER_UNIT", unit);
	if (error >= 0)
		error = match_field(self, "_UID", uid);
	return error < 0 ? why_fill(why, error, "the journal: %s", strerror(-error)) : 0;
}

/* Goes to the end, and looks at the last entries on the way. Returns how many there are, or -errno. */
static int seek_end(struct journal *self)
{
	int error = sd_journal_seek_tail(self->journal), count = 0;

	while (error >= 0 && count < ENTRIES_BEFORE &&
	       (error = sd_journal_previous(self->journal)) > 0)
		count++;
	for (int i = 0; error >= 0 && i < count; i++) {
		keep_entry(self);
		if (i + 1 < count)
			error = sd_journal_next(self->journal);
	}
	if (self->lines.length && self->output.before)
		self->output.before(self->output.context, self->lines.bytes, self->lines.length);
	buffer_clear(&self->lines);
	stitch_skip(&self->stitch);
	return error < 0 ? error : count;
}

/* From there to the end, or from now on. A unit without an entry is waited for, from the first one on. */
static int seek(struct journal *self, bool from_start, const char *unit, const char *refused,
		struct why *why)
{
	int count = from_start ? 0 : seek_end(self);

	if (count > 0)
		return 0;
	if (count == 0)
		count = sd_journal_seek_head(self->journal);
	if (count < 0)
		return why_fill(why, count, "the journal: %s", strerror(-count));
	if (from_start && sd_journal_next(self->journal) > 0)
		return sd_journal_seek_head(self->journal) < 0 ? -EIO : 0;
	if (refused)
		return why_fill(
			why, -EACCES,
			"%s cannot be read by this user: add it to the group systemd-journal "
			"(usermod -aG systemd-journal USER; a unit: SupplementaryGroups=)",
			refused);
	log_info("follow: the journal has nothing of the unit %s yet: waiting for it", unit);
	return sd_journal_seek_head(self->journal) < 0 ? -EIO : 0;
}

/* libsystemd passes over files that it may not read, without a word. NULL: the system's journal may be read, or there is none. */
static const char *refused_file(char ret[PATH_MAX])
{
	static const char *const roots[] = {"/var/log/journal", "/run/log/journal"};
	char id[SD_ID128_STRING_MAX];
	bool readable = false, refused = false;
	sd_id128_t machine;

	if (sd_id128_get_machine(&machine) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots) && !readable; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s/system.journal", roots[i],
			 sd_id128_to_string(machine, id));
		readable = !access(path, R_OK);
		if (readable || errno != EACCES)
			continue;
		refused = true;
		memcpy(ret, path, sizeof(path));
	}
	return refused && !readable ? ret : NULL;
}

static int open_unit(struct journal *self, const char *unit, const char *folder, struct why *why)
{
	int error = folder ? sd_journal_open_directory(&self->journal, folder, 0)
			   : sd_journal_open(&self->journal, SD_JOURNAL_LOCAL_ONLY);

	if (error < 0)
		return why_fill(why, error, "the journal%s%s cannot be read: %s",
				folder ? " in " : "", folder ? folder : "", strerror(-error));
	sd_journal_set_data_threshold(self->journal, MESSAGE_MAX);
	return match(self, unit, why);
}

static int open_journal(struct journal *self, const char *unit, const char *folder, bool from_start,
			struct why *why)
{
	int error = open_unit(self, unit, folder, why);
	char refused[PATH_MAX];

	if (error)
		return error;
	return seek(self, from_start, unit, folder ? NULL : refused_file(refused), why);
}

static void release(struct journal *self)
{
	sd_journal_close(self->journal);
	stitch_release(&self->stitch);
	buffer_free(&self->lines);
	free(self);
}

int journal_can_read(const char *unit, const char *folder, struct why *why)
{
	struct journal self = {0};
	int error = open_unit(&self, unit, folder, why);

	if (!error &&
	    (sd_journal_seek_head(self.journal) < 0 || sd_journal_next(self.journal) <= 0))
		error = why_fill(why, -ENOENT,
				 "the journal has nothing of %s that this user may read: its group "
				 "is systemd-journal",
				 unit);
	sd_journal_close(self.journal);
	return error;
}

int journal_start(struct journal **ret, uv_loop_t *loop, const char *unit, const char *folder,
		  bool from_start, const struct tail_output *output, struct why *why)
{
	struct journal *self = calloc(1, sizeof(*self));
	int error, fd;

	if (!self)
		return why_fill(why, -ENOMEM, "no memory to read the journal");
	self->output = *output;
	stitch_init(&self->stitch, keep_line, self);
	error = open_journal(self, unit, folder, from_start, why);
	fd = error ? error : sd_journal_get_fd(self->journal);
	if (fd < 0) {
		release(self);
		return error ? error : why_fill(why, fd, "the journal: %s", strerror(-fd));
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
	release(self);
}

void journal_stop(struct journal *self)
{
	if (!self)
		return;
	uv_close((uv_handle_t *)&self->look, on_closed);
	uv_close((uv_handle_t *)&self->poll, on_closed);
}
