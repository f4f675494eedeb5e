/* SPDX-License-Identifier: BSD-2-Clause */
#include "follow_setup.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

#define FOLLOWER "peergate-follow"
#define JOURNAL_GROUP "systemd-journal"

/* A word of a shell, whatever is in it. */
static void quote(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

/* A comment has one line, whatever a process calls itself. */
static void remark(FILE *out, const char *text)
{
	fputs("# ", out);
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	fputc('\n', out);
}

/* --- what was found --- */

static bool speaks(const struct setup *self)
{
	return self->node && node_options_telling(&self->node->options, &self->dialect->node) &&
	       node_options_readable(&self->node->options, &self->dialect->node);
}

/* The source that would be the best if everything were allowed. */
static enum source_kind wanted(const struct setup *self)
{
	const struct discovery *node = self->node;

	if (node && node->has_source)
		return node->kind;
	if (speaks(self) && node->place.unit[0] && !node->place.is_users_unit)
		return SOURCE_JOURNAL;
	return speaks(self) && node->place.docker[0] ? SOURCE_DOCKER : SOURCE_FILE;
}

static void say_node(const struct setup *self, FILE *out)
{
	const char *title = self->dialect->node.title;
	const struct discovery *node = self->node;
	char text[DISCOVERY_NOTE_MAX];

	if (!node) {
		fprintf(out,
			"# No running %s is found (as root more is seen): what is in capitals "
			"below "
			"is to be filled in.\n",
			title);
		return;
	}
	snprintf(text, sizeof(text), "%s runs as process %d, user %s%s%s%s%s.", title,
		 node->place.pid, node->place.user[0] ? node->place.user : "unknown",
		 node->place.unit[0] ? ", unit " : "", node->place.unit,
		 node->place.docker[0] ? ", container " : "", node->place.docker);
	remark(out, text);
	for (unsigned int i = 0; i < node->note_count; i++)
		remark(out, node->notes[i]);
}

/* --- the user --- */

static void print_user(const struct setup *self, FILE *out, bool reads_journal)
{
	fputs("\n# 1. A user of its own, without a shell or a home, in the group that may report "
	      "to the daemon",
	      out);
	fputs(reads_journal ? ", and in the one that may read the journal.\n" : ".\n", out);
	if (!self->group_seen)
		fprintf(out, "# (The daemon's socket is not there: its group is taken to be %s.)\n",
			self->group);
	fputs("getent passwd " FOLLOWER " >/dev/null ||\n"
	      "\tuseradd --system --user-group --no-create-home --home-dir /nonexistent --shell "
	      "/usr/sbin/nologin " FOLLOWER "\n"
	      "usermod --append --groups ",
	      out);
	quote(out, self->group);
	fputs(reads_journal ? "," JOURNAL_GROUP " " FOLLOWER "\n" : " " FOLLOWER "\n", out);
}

/* --- a file --- */

/* Whoever is in neither its user's nor its group's shoes may go through. */
static bool is_open_to_all(const char *folder)
{
	struct stat there;

	return !stat(folder, &there) && (there.st_mode & S_IXOTH);
}

/* Each folder above the file's own that lets not everybody through, from the top. */
static void print_ways(FILE *out, const char *folder)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - folder), folder);
		if (is_open_to_all(part))
			continue;
		fputs("setfacl -m u:" FOLLOWER ":x ", out);
		quote(out, part);
		fputc('\n', out);
	}
}

static void print_file_acl(FILE *out, const char *path)
{
	char copy[PATH_MAX];
	const char *folder;

	snprintf(copy, sizeof(copy), "%s", path);
	folder = dirname(copy);
	print_ways(out, folder);
	fputs("setfacl -m u:" FOLLOWER ":rx,d:u:" FOLLOWER ":r ", out);
	quote(out, folder);
	fputs("\nsetfacl -m u:" FOLLOWER ":r,m::r ", out);
	quote(out, path);
	fputs("\n", out);
}

/* The file as the host's root reaches it; a placeholder when nobody knows. */
static void file_of(const struct setup *self, char ret[PATH_MAX])
{
	const struct discovery *node = self->node;

	if (node && node->has_source && node->kind == SOURCE_FILE) {
		strcpy(ret, node->source);
		return;
	}
	if (node && node->debug_file[0]) {
		/* What it leaves behind on -EACCES is the path, too. */
		ret[0] = '\0';
		node_place_path(&node->place, self->root, node->debug_file, ret);
		if (ret[0])
			return;
	}
	snprintf(ret, PATH_MAX, "/DATADIR/%s",
		 self->dialect->node.debug_file ? self->dialect->node.debug_file : "LOG");
}

static void print_file(const struct setup *self, FILE *out)
{
	char path[PATH_MAX];

	file_of(self, path);
	if (!speaks(self) && self->node && self->node->place.unit[0])
		fprintf(out,
			"# Better than a file is the journal: with --%s=%s among the arguments of "
			"%s,\n# restart it and ask --setup again.\n",
			self->dialect->node.options[NODE_VERBOSITY].names[0],
			self->dialect->node.telling[0], self->node->place.unit);
	fputs("# The file is its owner's alone (mode 0600). What is made in the folder later "
	      "inherits the entry, but a file made\n"
	      "# with mode 0600 masks it. Rotation keeps the mode that the last line gives; when "
	      "the file was removed, or made\n"
	      "# anew in another data folder, the last line is needed again.\n",
	      out);
	print_file_acl(out, path);
}

/* --- a container --- */

static void print_container(const struct setup *self, FILE *out)
{
	const char *id = self->node->place.docker;
	char log[DOCKER_PATH_MAX], config[DOCKER_PATH_MAX];

	snprintf(log, sizeof(log), DOCKER_FOLDER "/%s/%s-json.log", id, id);
	snprintf(config, sizeof(config), DOCKER_FOLDER "/%s/config.v2.json", id);
	fputs("# Docker's logs are root's. A container that is made anew has another ID, and needs "
	      "these lines anew.\n",
	      out);
	print_file_acl(out, log);
	fputs("setfacl -m u:" FOLLOWER ":r ", out);
	quote(out, config);
	fputs(" # the container's name stands there\n", out);
}

/* --- all --- */

static void print_service(const struct setup *self, FILE *out)
{
	const char *client = self->dialect->name;

	fprintf(out,
		"\n# 3. The follower as a service. It finds the node by itself, and waits for it; "
		"what it should be told\n"
		"# stands in /etc/peergate/follow-%s.env, a line like: FOLLOW_OPTIONS=--service "
		"beacon\n"
		"systemctl enable --now " FOLLOWER "@%s.service\n"
		"\n# What it found, and whether all is well:\n"
		"#   journalctl -u " FOLLOWER "@%s -n 20; peergate doctor\n",
		client, client, client);
}

static void print_undo(const struct setup *self, FILE *out, enum source_kind kind)
{
	char path[PATH_MAX], copy[PATH_MAX];

	fprintf(out, "\n# To undo it:\n#   systemctl disable --now " FOLLOWER "@%s.service\n",
		self->dialect->name);
	if (kind == SOURCE_FILE) {
		file_of(self, path);
		strcpy(copy, path);
		fputs("#   setfacl -x u:" FOLLOWER " ", out);
		quote(out, path);
		fputs("\n#   setfacl -x u:" FOLLOWER ",d:u:" FOLLOWER " ", out);
		quote(out, dirname(copy));
		fputs("\n#   and setfacl -x u:" FOLLOWER " on each folder above that has it\n",
		      out);
	} else if (kind == SOURCE_DOCKER) {
		fputs("#   setfacl -R -x u:" FOLLOWER ",d:u:" FOLLOWER " " DOCKER_FOLDER "\n", out);
	}
	fputs("#   userdel " FOLLOWER "\n", out);
}

void follow_setup_print(const struct setup *self, FILE *out)
{
	enum source_kind kind = wanted(self);

	fprintf(out,
		"# What lets `peergate follow %s` run as a user of its own on this machine. "
		"Nothing was changed: read it, and\n"
		"# give it to a shell as root.\n",
		self->dialect->name);
	say_node(self, out);
	print_user(self, out, kind == SOURCE_JOURNAL);
	fputs("\n# 2. The log.\n", out);
	if (kind == SOURCE_JOURNAL)
		fputs("# It is in the journal, which the group " JOURNAL_GROUP
		      " reads: nothing more is needed.\n",
		      out);
	else if (kind == SOURCE_DOCKER)
		print_container(self, out);
	else
		print_file(self, out);
	print_service(self, out);
	print_undo(self, out, kind);
}

static void find_group(struct setup *self, const char *socket)
{
	const struct group *group;
	struct stat there;

	if (!socket)
		socket = getenv("PEERGATE_SOCKET");
	self->group = "peergate";
	self->group_seen = !stat(socket && *socket ? socket : PEERGATE_SOCKET, &there);
	group = self->group_seen ? getgrgid(there.st_gid) : NULL;
	if (group && there.st_gid)
		self->group = group->gr_name;
	else
		self->group_seen = false;
}

int follow_setup(const struct dialect *dialect, const char *socket, int pid)
{
	struct discovery *found = calloc(1, sizeof(*found));
	const struct discovery_wish wish = {.pid = pid};
	struct setup self = {.root = "", .dialect = dialect};
	struct why why = {0};
	int error = found ? discovery_choose(found, "", dialect, &wish, &why)
			  : why_fill(&why, -ENOMEM, "no memory to look for a node");

	if (!error)
		self.node = found;
	if (!error || (error == -ENOENT && !pid)) {
		find_group(&self, socket);
		follow_setup_print(&self, stdout);
		error = 0;
	}
	free(found);
	return error ? cli_fail(error, &why) : EXIT_DONE;
}
