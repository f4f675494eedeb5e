/* SPDX-License-Identifier: BSD-2-Clause */
/* export: the whole book as JSON lines, for another host's `import`, or to read. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "verb.h"

struct exporting {
	struct peergate *peergate;
	FILE *file;
	uint64_t records;
	struct why why;
};

static int write_line(struct exporting *self, const json_t *value)
{
	if (json_dumpf(value, self->file, JSON_COMPACT | JSON_PRESERVE_ORDER) ||
	    fputc('\n', self->file) == EOF)
		return why_fill(&self->why, -EIO, "cannot write: %s", strerror(errno));
	return 0;
}

static int write_head(struct exporting *self)
{
	json_t *head = json_pack("{s:s, s:i, s:I}", "peergate", "book", "version", 1, "at",
				 (json_int_t)time(NULL));
	int error = head ? write_line(self, head) : -ENOMEM;

	json_decref(head);
	return error;
}

static int write_page(struct exporting *self, json_t **at)
{
	json_t *params = json_pack("{s:O}", "at", *at), *page = NULL, *record;
	int error = peergate_call(self->peergate, "gate_export", params, &page, &self->why);
	size_t i;

	json_decref(params);
	json_array_foreach (json_object_get(page, "records"), i, record) {
		if (!error)
			error = write_line(self, record);
		self->records++;
	}
	if (!error) {
		json_decref(*at);
		*at = json_incref(json_object_get(page, "next"));
	}
	json_decref(page);
	return error;
}

static int write_all(struct exporting *self)
{
	json_t *at = json_integer(0);
	int error = write_head(self);

	while (!error && json_is_integer(at))
		error = write_page(self, &at);
	json_decref(at);
	if (!error && fflush(self->file))
		error = why_fill(&self->why, -EIO, "cannot write: %s", strerror(errno));
	return error;
}

/* A file that is half written would be taken for a book: it gets its name when it is whole. Only its owner reads it. */
static int write_file(struct exporting *self, const char *path)
{
	char part[4096];
	int fd, error;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return why_fill(&self->why, -ENAMETOOLONG, "%s: too long a name", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	self->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!self->file)
		return why_fill(&self->why, -errno, "%s: %s", part, strerror(errno));
	error = write_all(self);
	if (fclose(self->file) && !error)
		error = why_fill(&self->why, -EIO, "%s: %s", part, strerror(errno));
	if (!error && rename(part, path))
		error = why_fill(&self->why, -errno, "%s: %s", path, strerror(errno));
	if (error)
		unlink(part);
	return error;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *path = arguments->count ? arguments->words[0] : "-";
	struct exporting self = {.file = stdout};
	int error, status = cli_connect(cli, &self.peergate);

	if (status)
		return status;
	error = strcmp(path, "-") ? write_file(&self, path) : write_all(&self);
	peergate_close(self.peergate);
	if (error)
		return cli_fail(error, &self.why);
	if (strcmp(path, "-"))
		fprintf(stderr, "%s: %llu records.\n", path, (unsigned long long)self.records);
	return EXIT_DONE;
}

const struct verb verb_export = {
	.name = "export",
	.words = "[FILE|-]",
	.help = "Write the book as JSON lines",
	.more = "To FILE, which gets its name when it is whole, or to standard output. A line is a "
		"source or "
		"prefix, or a peer, "
		"with all that is kept of it: operators' words, refusals, scores, links. `import` "
		"takes it on "
		"another host.",
	.most = 1,
	.run = run,
};
