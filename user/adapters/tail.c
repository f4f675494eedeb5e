/* SPDX-License-Identifier: BSD-2-Clause */
#include "tail.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Remembers what stands right before the place that is read next. */
static void set_mark(struct tail *self)
{
	size_t length = self->offset < TAIL_MARK ? (size_t)self->offset : TAIL_MARK;
	ssize_t got = pread(self->fd, self->mark, length, (off_t)(self->offset - length));

	self->marked = got == (ssize_t)length ? length : 0;
}

/* A file that was cut may be as long again, or longer, before anybody looks. */
static bool was_cut(const struct tail *self, const struct stat *there)
{
	char now[TAIL_MARK];

	if ((uint64_t)there->st_size < self->offset)
		return true;
	return self->marked &&
	       pread(self->fd, now, self->marked, (off_t)(self->offset - self->marked)) ==
		       (ssize_t)self->marked &&
	       memcmp(now, self->mark, self->marked) != 0;
}

/* Reads to the end of what is open. */
static void drain(struct tail *self)
{
	uint64_t before = self->offset;
	ssize_t length;

	while ((length = pread(self->fd, self->chunk, sizeof(self->chunk), (off_t)self->offset)) >
	       0) {
		self->offset += (uint64_t)length;
		self->output.bytes(self->output.context, self->chunk, (size_t)length);
	}
	if (self->offset != before)
		set_mark(self);
}

static void let_go(struct tail *self)
{
	close(self->fd);
	self->fd = -1;
	self->offset = self->marked = 0;
	if (self->linked)
		uv_fs_event_stop(&self->file);
	self->output.restarted(self->output.context);
}

static bool is_same(int fd, const struct stat *there)
{
	struct stat held;

	return !fstat(fd, &held) && held.st_dev == there->st_dev && held.st_ino == there->st_ino;
}

static void look(struct tail *self);

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct tail *self = handle->data;

	(void)name;
	(void)events;
	(void)status;
	look(self);
}

/* A link's target lies in another folder: its own events are asked for. */
static void watch_target(struct tail *self)
{
	struct stat link;

	self->linked = !lstat(self->path, &link) && S_ISLNK(link.st_mode);
	if (self->linked)
		uv_fs_event_start(&self->file, on_event, self->path, 0);
}

static int open_file(struct tail *self, struct why *why)
{
	struct stat there;
	int fd = open(self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return why_fill(why, -errno, "%s cannot be read: %s", self->path, strerror(errno));
	if (fstat(fd, &there) || !S_ISREG(there.st_mode)) {
		close(fd);
		return why_fill(why, -EISDIR, "%s is no regular file: use - for a pipe",
				self->path);
	}
	self->fd = fd;
	self->offset = self->marked = 0;
	watch_target(self);
	return 0;
}

/* The folder may not be there yet, or may have been made anew. */
static void watch_folder(struct tail *self)
{
	char copy[PATH_MAX];

	if (self->watching || strlen(self->path) >= sizeof(copy))
		return;
	strcpy(copy, self->path);
	self->watching = !uv_fs_event_start(&self->folder, on_event, dirname(copy), 0);
}

/* Takes what is new: of the file that is open, then of the one that has its name now. */
static void look(struct tail *self)
{
	struct stat there;
	bool exists = !stat(self->path, &there);

	watch_folder(self);
	if (self->fd >= 0) {
		if (exists && is_same(self->fd, &there) && was_cut(self, &there)) {
			self->offset = self->marked = 0;
			self->output.restarted(self->output.context);
		}
		drain(self);
		if (!exists || is_same(self->fd, &there))
			return;
		let_go(self);
	}
	if (exists && !open_file(self, NULL))
		drain(self);
}

static void tell_before(struct tail *self)
{
	size_t wanted =
		self->offset < sizeof(self->chunk) ? (size_t)self->offset : sizeof(self->chunk);
	ssize_t length = pread(self->fd, self->chunk, wanted, (off_t)(self->offset - wanted));

	if (length > 0)
		self->output.before(self->output.context, self->chunk, (size_t)length);
}

static void on_timer(uv_timer_t *timer)
{
	struct tail *self = timer->data;

	/* A watched folder that was removed tells nothing any more: it is watched anew each time. */
	uv_fs_event_stop(&self->folder);
	self->watching = false;
	look(self);
}

int tail_start(struct tail *self, uv_loop_t *loop, const char *path, bool from_start,
	       const struct tail_output *output, struct why *why)
{
	struct stat there;
	int error = 0;

	self->path = path;
	self->output = *output;
	self->fd = -1;
	self->offset = 0;
	self->watching = self->linked = false;
	uv_fs_event_init(loop, &self->folder);
	uv_fs_event_init(loop, &self->file);
	uv_timer_init(loop, &self->look);
	self->folder.data = self->file.data = self->look.data = self;
	watch_folder(self); /* before the first look: nothing is missed between */
	if (!stat(path, &there))
		error = open_file(self, why);
	if (error)
		return error;
	if (self->fd >= 0 && !from_start) {
		self->offset = (uint64_t)there.st_size;
		set_mark(self);
		tell_before(self);
	}
	uv_timer_start(&self->look, on_timer, TAIL_LOOK_MS, TAIL_LOOK_MS);
	look(self);
	return 0;
}

void tail_stop(struct tail *self)
{
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
	uv_close((uv_handle_t *)&self->folder, NULL);
	uv_close((uv_handle_t *)&self->file, NULL);
	uv_close((uv_handle_t *)&self->look, NULL);
}
