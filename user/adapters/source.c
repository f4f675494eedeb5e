/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int source_init(struct source *ret, enum source_kind kind, const char *name, struct why *why)
{
	ret->kind = kind;
	ret->name = name;
	return kind == SOURCE_DOCKER ? docker_log(DOCKER_FOLDER, name, ret->path, why) : 0;
}

const char *source_file(const struct source *self)
{
	return self->kind == SOURCE_FILE     ? self->name
	       : self->kind == SOURCE_DOCKER ? self->path
					     : NULL;
}

/* --- standard input, on libuv's threads: it may be a file, a pipe or a terminal --- */

static void read_input(struct source *self);

static void on_input(uv_fs_t *request)
{
	struct source *self = request->data;
	ssize_t length = request->result;

	uv_fs_req_cleanup(request);
	if (length <= 0) {
		self->ended(self->output.context);
		return;
	}
	self->output.bytes(self->output.context, self->input, (size_t)length);
	read_input(self);
}

static void read_input(struct source *self)
{
	uv_buf_t buffer = uv_buf_init(self->input, sizeof(self->input));

	self->reading.data = self;
	uv_fs_read(self->loop, &self->reading, STDIN_FILENO, &buffer, 1, -1, on_input);
}

/* --- a container's log: a file of wrapped lines --- */

static void on_wrapped_before(void *context, const char *bytes, size_t length)
{
	struct source *self = context;

	self->looking_back = true;
	unwrapper_feed(&self->unwrapper, bytes, length);
	unwrapper_skip(&self->unwrapper);
	self->looking_back = false;
}

static void on_wrapped(void *context, const char *bytes, size_t length)
{
	struct source *self = context;

	unwrapper_feed(&self->unwrapper, bytes, length);
}

static void on_wrapped_anew(void *context)
{
	struct source *self = context;

	/* Docker changes files between the pieces of a line, too. */
	unwrapper_skip(&self->unwrapper);
	self->output.restarted(self->output.context);
}

static void on_unwrapped(void *context, const char *bytes, size_t length)
{
	struct source *self = context;

	(self->looking_back ? self->output.before : self->output.bytes)(self->output.context, bytes,
									length);
}

/* The file before this one may end within a line. Only its own end tells: Docker may have packed it, or kept none. */
static void look_at_rotated(struct source *self)
{
	char path[DOCKER_PATH_MAX + sizeof(".1.gz")];
	ssize_t length;
	off_t end;
	int fd;

	snprintf(path, sizeof(path), "%s.1.gz", self->path);
	if (!access(path, F_OK))
		unwrapper_doubt(&self->unwrapper);
	path[strlen(path) - strlen(".gz")] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	end = lseek(fd, 0, SEEK_END);
	length = pread(fd, self->input, sizeof(self->input),
		       end > (off_t)sizeof(self->input) ? end - (off_t)sizeof(self->input) : 0);
	if (length > 0)
		on_wrapped_before(self, self->input, (size_t)length);
	close(fd);
}

/* A container that was made anew, under its old name, has another log. The path changes where it lies: the tail looks at it anew. */
static void on_search(uv_timer_t *timer)
{
	struct source *self = timer->data;
	char path[DOCKER_PATH_MAX];

	if (access(self->path, F_OK) && !docker_log(DOCKER_FOLDER, self->name, path, NULL))
		memcpy(self->path, path, sizeof(path));
}

static int start_docker(struct source *self, bool from_start, struct why *why)
{
	const struct tail_output wrapped = {self, on_wrapped_before, on_wrapped, on_wrapped_anew};
	int error = unwrapper_init(&self->unwrapper, on_unwrapped, self);

	if (error)
		return why_fill(why, error, "no memory to read a container's log");
	if (from_start)
		look_at_rotated(self);
	self->tailing = true;
	error = tail_start(&self->tail, self->loop, self->path, from_start, &wrapped, why);
	uv_timer_init(self->loop, &self->search);
	self->search.data = self;
	uv_timer_start(&self->search, on_search, TAIL_LOOK_MS, TAIL_LOOK_MS);
	return error;
}

/* --- all --- */

int source_start(struct source *self, uv_loop_t *loop, bool from_start,
		 const struct tail_output *output, void (*ended)(void *context), struct why *why)
{
	self->loop = loop;
	self->output = *output;
	self->ended = ended;
	switch (self->kind) {
	case SOURCE_INPUT:
		read_input(self);
		return 0;
	case SOURCE_JOURNAL:
		return journal_start(&self->journal, loop, self->name, NULL, from_start, output,
				     why);
	case SOURCE_DOCKER:
		return start_docker(self, from_start, why);
	default:
		self->tailing = true;
		return tail_start(&self->tail, loop, self->name, from_start, output, why);
	}
}

void source_drain(struct source *self)
{
	if (self->journal)
		journal_drain(self->journal);
}

bool source_stop(struct source *self)
{
	if (self->tailing)
		tail_stop(&self->tail);
	journal_stop(self->journal);
	if (self->kind == SOURCE_DOCKER && self->tailing) {
		uv_close((uv_handle_t *)&self->search, NULL);
		unwrapper_release(&self->unwrapper);
	}
	return self->kind != SOURCE_INPUT;
}
