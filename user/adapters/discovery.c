/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node_network.h"

/* One look at one node. */
struct looking {
	struct discovery *at;
	const char *root;
	const struct dialect *dialect;
};

struct nodes {
	const struct node_table *table;
	struct node_process *ret;
	size_t count, max;
};

static bool take_node(void *context, const struct node_process *process)
{
	struct nodes *self = context;

	if (node_named(process, self->table->program))
		self->ret[self->count++] = *process;
	return self->count < self->max;
}

size_t discovery_nodes(const char *root, const struct node_table *table, struct node_process *ret,
		       size_t max)
{
	struct nodes nodes = {.table = table, .ret = ret, .max = max};

	if (table->program && max)
		node_each_process(root, take_node, &nodes);
	return nodes.count;
}

static void note(const struct looking *self, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(const struct looking *self, const char *format, ...)
{
	struct discovery *at = self->at;
	va_list args;

	if (at->note_count == DISCOVERY_NOTES_MAX)
		return;
	va_start(args, format);
	vsnprintf(at->notes[at->note_count++], DISCOVERY_NOTE_MAX, format, args);
	va_end(args);
}

/* --- the sources, best first; each takes itself or notes why not --- */

static bool take(const struct looking *self, enum source_kind kind, const char *name, bool is_there)
{
	struct discovery *at = self->at;

	at->kind = kind;
	snprintf(at->source, sizeof(at->source), "%s", name);
	at->has_source = true;
	at->is_there = is_there;
	return true;
}

/* 0: it can be read; -ENOENT: it is not there; else why not. */
static int try_to_read(const char *path)
{
	struct stat there;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error;

	if (fd < 0)
		return -errno;
	error = fstat(fd, &there) ? -errno : S_ISREG(there.st_mode) ? 0 : -EISDIR;
	close(fd);
	return error;
}

/* @what: "its debug file", say. A file that is not there yet is the last resort: @missing keeps the first. */
static bool take_file(const struct looking *self, const char *what, const char *path,
		      char missing[PATH_MAX])
{
	char reached[PATH_MAX];
	int error = node_place_path(&self->at->place, self->root, path, reached);
	bool is_known = !error;

	if (is_known)
		error = try_to_read(reached);
	if (!error)
		return take(self, SOURCE_FILE, reached, true);
	if (is_known && error == -ENOENT && !missing[0])
		strcpy(missing, reached);
	note(self, "not %s %s: %s", what, path, strerror(-error));
	return false;
}

/* NULL: the host's own journal. */
static const char *journal_folder(const char *root, char ret[PROC_PATH_MAX])
{
	snprintf(ret, PROC_PATH_MAX, "%s/var/log/journal", root);
	return root[0] ? ret : NULL;
}

static int container_log(const char *root, const char *container, char ret[DOCKER_PATH_MAX],
			 struct why *why)
{
	char folder[PROC_PATH_MAX];

	snprintf(folder, sizeof(folder), "%s" DOCKER_FOLDER, root);
	return docker_log(folder, container, ret, why);
}

/* The journal's reader believes units of the system, and those of the user that it runs as (journal.h). */
static bool is_believed(const struct node_place *place)
{
	return place->unit[0] && (!place->is_users_unit || place->uid == geteuid());
}

static bool take_journal(const struct looking *self)
{
	char folder[PROC_PATH_MAX];
	const struct node_place *place = &self->at->place;
	struct why why = {0};

	if (!place->unit[0])
		return false;
	if (!is_believed(place)) {
		note(self, "not the journal of %s: it is a unit of user %s's own manager",
		     place->unit, place->user);
		return false;
	}
	if (!journal_can_read(place->unit, journal_folder(self->root, folder), &why))
		return take(self, SOURCE_JOURNAL, place->unit, true);
	note(self, "not the journal of %s: %s", place->unit, why.sentence);
	return false;
}

static bool take_container(const struct looking *self)
{
	const char *id = self->at->place.docker;
	char path[DOCKER_PATH_MAX];
	struct why why = {0};
	int error;

	if (!id[0])
		return false;
	error = container_log(self->root, id, path, &why);
	if (!error)
		error = try_to_read(path);
	if (!error)
		return take(self, SOURCE_DOCKER, id, true);
	note(self, "not the log of its container %.12s: %s", id,
	     why.sentence[0] ? why.sentence : strerror(-error));
	return false;
}

/* Where its standard error goes, if we may know: only then is it certain that it is a file, or is none. */
static bool take_standard_error(const struct looking *self, char missing[PATH_MAX])
{
	const struct node_place *place = &self->at->place;
	char path[PATH_MAX];

	for (int fd = 2; fd >= 1; fd--) {
		if (node_place_stream(place, self->root, fd, path))
			continue;
		if (path[0] != '/' || !strncmp(path, "/dev/", 5))
			continue;
		return take_file(self, fd == 2 ? "its standard error" : "its standard output", path,
				 missing);
	}
	return take_journal(self) || take_container(self);
}

static void choose(const struct looking *self)
{
	const struct node_table *table = &self->dialect->node;
	const struct node_options *options = &self->at->options;
	char missing[PATH_MAX] = "";
	bool telling = node_options_telling(options, table);

	if (!node_options_readable(options, table))
		note(self, "not its standard error: its format %s is not read here",
		     options->values[NODE_FORMAT]);
	else if (!telling)
		note(self,
		     "not its standard error: at verbosity %s no bad peer is named there; "
		     "--%s=%s would",
		     options->values[NODE_VERBOSITY], table->options[NODE_VERBOSITY].names[0],
		     table->telling[0]);
	else if (take_standard_error(self, missing))
		return;
	if (options->values[NODE_LOG_FILE][0] && telling &&
	    take_file(self, "its log file", options->values[NODE_LOG_FILE], missing))
		return;
	if (self->at->debug_file[0] &&
	    take_file(self, "its debug file", self->at->debug_file, missing))
		return;
	if (missing[0])
		take(self, SOURCE_FILE, missing, false);
}

static void find_debug_file(const struct looking *self)
{
	const struct node_table *table = &self->dialect->node;
	const char *folder = self->at->options.values[NODE_DATA_FOLDER];

	if (!table->debug_file || !folder[0])
		return;
	if (node_options_on(&self->at->options, NODE_NO_DEBUG_FILE)) {
		note(self, "no debug file: it was started with --%s",
		     table->options[NODE_NO_DEBUG_FILE].names[0]);
		return;
	}
	if (snprintf(self->at->debug_file, PATH_MAX, "%s/%s", folder, table->debug_file) >=
	    PATH_MAX)
		self->at->debug_file[0] = '\0';
}

/* --- its API --- */

static bool is_one_of(const char *text, const char *const *list)
{
	while (*list && strcmp(text, *list))
		list++;
	return *list;
}

static void find_api(const struct looking *self)
{
	static const char *const any[] = {"0.0.0.0", "::", "[::]", NULL};
	static const char *const own[] = {"127.0.0.1", "localhost", "::1", "[::1]", NULL};
	const struct node_options *options = &self->at->options;
	const char *host = options->values[NODE_API_HOST];
	uint16_t port = node_options_port(options, NODE_API_PORT);
	char address[NODE_ADDRESS_MAX] = "127.0.0.1";
	bool is_bare;

	if (!port || !host[0] || node_options_on(options, NODE_NO_API))
		return;
	if (self->at->place.network == KIN_OTHER && is_one_of(host, own)) {
		note(self,
		     "no API: it listens on %s:%u of a network namespace of its own; --api URL "
		     "names a way to it",
		     host, port);
		return;
	}
	if (is_one_of(host, any)) {
		if (self->at->place.network == KIN_OTHER)
			node_network_address(self->root, self->at->place.pid, address);
		host = address;
	}
	is_bare = strchr(host, ':') && host[0] != '[';
	if (snprintf(self->at->api, sizeof(self->at->api), "http://%s%s%s:%u", is_bare ? "[" : "",
		     host, is_bare ? "]" : "", port) >= (int)sizeof(self->at->api))
		self->at->api[0] = '\0';
}

void discovery_read(struct discovery *ret, const char *root, const struct dialect *dialect,
		    const struct node_process *process)
{
	const struct looking self = {ret, root, dialect};

	*ret = (struct discovery){.began = node_began(root, process->pid)};
	node_place_find(&ret->place, root, process->pid);
	node_options_read(&ret->options, root, process, &ret->place, &dialect->node);
	if (ret->options.config_error)
		note(&self,
		     "its configuration file %s cannot be read (%s): what it says is not known",
		     ret->options.config, strerror(-ret->options.config_error));
	ret->peers_max = (unsigned int)strtoul(ret->options.values[NODE_MAX_PEERS], NULL, 10);
	ret->tcp = node_options_port(&ret->options, NODE_TCP_PORT);
	ret->quic = node_options_port(&ret->options, NODE_QUIC_PORT);
	find_debug_file(&self);
	choose(&self);
	find_api(&self);
}

/* --- an explicit source: is it this node's? --- */

static bool is_file(const struct discovery *self, const char *root, const struct stat *file,
		    const char *path)
{
	char reached[PATH_MAX];
	struct stat there;

	return path[0] && !node_place_path(&self->place, root, path, reached) &&
	       !stat(reached, &there) && there.st_dev == file->st_dev &&
	       there.st_ino == file->st_ino;
}

static bool writes_file(const struct discovery *self, const char *root, const struct stat *file)
{
	struct stat stream;

	for (int fd = 1; fd <= 2; fd++)
		if (!node_place_stream_stat(&self->place, root, fd, &stream) &&
		    stream.st_dev == file->st_dev && stream.st_ino == file->st_ino)
			return true;
	return is_file(self, root, file, self->options.values[NODE_LOG_FILE]) ||
	       is_file(self, root, file, self->debug_file);
}

static bool is_unit(const char *unit, const char *name)
{
	size_t length = strlen(name);

	return unit[0] && !strncmp(unit, name, length) &&
	       (!unit[length] || (!strchr(name, '.') && !strcmp(unit + length, ".service")));
}

bool discovery_writes(const struct discovery *self, const char *root, enum source_kind kind,
		      const char *name)
{
	char path[DOCKER_PATH_MAX], own[DOCKER_PATH_MAX];
	struct stat file;

	switch (kind) {
	case SOURCE_JOURNAL:
		return is_believed(&self->place) && is_unit(self->place.unit, name);
	case SOURCE_DOCKER:
		return self->place.docker[0] && !container_log(root, name, path, NULL) &&
		       !container_log(root, self->place.docker, own, NULL) && !strcmp(path, own);
	case SOURCE_INPUT:
		return !fstat(STDIN_FILENO, &file) &&
		       (S_ISFIFO(file.st_mode) || S_ISREG(file.st_mode)) &&
		       writes_file(self, root, &file);
	default:
		if (stat(name, &file))
			return !strcmp(name, self->debug_file) ||
			       !strcmp(name, self->options.values[NODE_LOG_FILE]);
		return writes_file(self, root, &file);
	}
}
