/* SPDX-License-Identifier: BSD-2-Clause */
/* follow: a client's log, read as it grows, becomes reports. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "finder.h"
#include "follow_setup.h"
#include "verb.h"

enum {
	OPTION_DRY_RUN = 1,
	OPTION_FROM_START,
	OPTION_SERVICE,
	OPTION_LIST,
	OPTION_TABLE,
	OPTION_LOG,
	OPTION_JOURNAL,
	OPTION_DOCKER,
	OPTION_API,
	OPTION_MAX,
	OPTION_PID,
	OPTION_NO_DISCOVERY,
	OPTION_SETUP
};
enum { TABLE_BYTES_MAX = 1 << 20 };

static const struct argp_option options[] = {
	{"api", OPTION_API, "URL", 0,
	 "the node's Beacon API, http://127.0.0.1:3500 say: whose address is whose", 0},
	{"docker", OPTION_DOCKER, "CONTAINER", 0, "read what a container writes (json-file driver)",
	 0},
	{"dry-run", OPTION_DRY_RUN, NULL, 0, "print the reports as JSON lines, send none", 0},
	{"from-start", OPTION_FROM_START, NULL, 0, "from the file's beginning, with its own times",
	 0},
	{"journal", OPTION_JOURNAL, "UNIT", 0, "read what a unit of systemd writes", 0},
	{"list", OPTION_LIST, NULL, 0, "print which clients are known", 0},
	{"log", OPTION_LOG, "FILE", 0, "the same as FILE", 0},
	{"max", OPTION_MAX, "N", 0,
	 "how many peers the node wants: with the API's count it says how full the service is", 0},
	{"no-discovery", OPTION_NO_DISCOVERY, NULL, 0,
	 "do not look for a running node: what is not given is not used", 0},
	{"pid", OPTION_PID, "N", 0, "follow the node that runs as this process", 0},
	{"service", OPTION_SERVICE, "NAME", 0, "the service that the reports speak of", 0},
	{"setup", OPTION_SETUP, NULL, 0,
	 "print the commands that let a follower in on this machine, and run none", 0},
	{"table", OPTION_TABLE, "FILE", 0,
	 "a table of one's own instead of the client's built-in one", 0},
	{0},
};

static int list_clients(void)
{
	for (size_t i = 0; i < client_table_count; i++) {
		struct dialect *dialect;
		struct why why = {0};

		if (dialect_load(&dialect, client_tables[i].name, &why))
			return cli_fail(-EINVAL, &why);
		printf("%-12s %-14s %s\n", dialect->name,
		       dialect->is_experimental ? "experimental" : "tried", dialect->about);
		dialect_free(dialect);
	}
	return EXIT_DONE;
}

/* A whole file as a text; NULL, and a sentence. */
static char *read_table(const char *path, struct why *why)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, TABLE_BYTES_MAX);

	if (!file)
		why_fill(why, -errno, "%s cannot be read: %m", path);
	else if (!text || fread(text, 1, TABLE_BYTES_MAX - 1, file) == TABLE_BYTES_MAX - 1)
		why_fill(why, -EFBIG, "%s is longer than a table may be: 1 MiB", path);
	if (file)
		fclose(file);
	if (!why->sentence[0])
		return text;
	free(text);
	return NULL;
}

static int load(struct dialect **ret, const char *client, const char *table, struct why *why)
{
	char *text;
	int error;

	if (!table)
		return dialect_load(ret, client, why);
	text = read_table(table, why);
	if (!text)
		return -EINVAL;
	error = dialect_parse(ret, table, text, why);
	free(text);
	return error;
}

/* One source: a file by either spelling, a unit, a container; none: settings->name is NULL. -EINVAL: several. */
static int choose_source(struct follow_settings *settings, const struct arguments *arguments)
{
	const struct {
		const char *name;
		enum source_kind kind;
	} sources[] = {
		{arguments->count > 1 ? arguments->words[1] : NULL, SOURCE_FILE},
		{arguments->options[OPTION_LOG], SOURCE_FILE},
		{arguments->options[OPTION_JOURNAL], SOURCE_JOURNAL},
		{arguments->options[OPTION_DOCKER], SOURCE_DOCKER},
	};

	settings->name = NULL;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		if (!sources[i].name)
			continue;
		if (settings->name)
			return -EINVAL;
		settings->name = sources[i].name;
		settings->kind = sources[i].kind;
	}
	if (settings->name && settings->kind == SOURCE_FILE && !strcmp(settings->name, "-"))
		settings->kind = SOURCE_INPUT;
	return 0;
}

/* Whether somebody gives us something there: a terminal or /dev/null, as a service has it, is nothing. */
static bool is_fed(void)
{
	struct stat input;

	return !fstat(STDIN_FILENO, &input) && (S_ISFIFO(input.st_mode) || S_ISREG(input.st_mode));
}

/* Without a source the running node's is meant, unless standard input brings one, or nobody may look. */
static bool wants_node(struct follow_settings *settings, const struct arguments *arguments)
{
	const struct dialect *dialect = settings->dialect;
	bool may_look = dialect->node.program && !arguments->options[OPTION_NO_DISCOVERY];

	if (!settings->name && (!may_look || (is_fed() && !arguments->options[OPTION_PID]))) {
		settings->name = "-";
		settings->kind = SOURCE_INPUT;
	}
	/* What is over is read once: nobody's API can say how things were. */
	return may_look && !(settings->name && settings->dry_run && settings->from_start);
}

/* --max N: only with somebody who counts, and of a service. */
static int read_max(struct follow_settings *settings, const char *text)
{
	unsigned long max;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	max = strtoul(text, &end, 10);
	if (*end || end == text || *text == '-' || errno || !max || max > 1000000)
		return cli_usage("--max is a number of peers from 1 to 1000000, not \"%s\"", text);
	if ((!settings->api || !settings->service) && settings->name)
		return cli_usage(
			"--max needs --api, which counts the peers, and --service, which has them");
	settings->peers_max = (unsigned int)max;
	return 0;
}

static int read_pid(int *ret, const char *text)
{
	char *end;
	long pid;

	*ret = 0;
	if (!text)
		return 0;
	errno = 0;
	pid = strtol(text, &end, 10);
	if (*end || end == text || errno || pid < 1 || pid > INT_MAX)
		return cli_usage("--pid is the number of a process, not \"%s\"", text);
	*ret = (int)pid;
	return 0;
}

static int follow(struct follow_settings *settings, int pid, bool wants_node, struct why *why)
{
	struct finder finder = {0};
	int error;

	if (!wants_node)
		return follow_run(settings, why);
	error = finder_init(&finder, settings, pid, why);
	if (!error)
		error = finder_begin(&finder, settings, why);
	settings->finder = &finder;
	if (!error)
		error = follow_run(settings, why);
	settings->finder = NULL;
	finder_release(&finder);
	return error;
}

static int set_up(const struct cli *cli, const struct dialect *dialect, int pid)
{
	if (!dialect->node.program)
		return cli_usage("--setup knows nothing of %s's nodes: docs/FOLLOW.md tells what a "
				 "follower needs",
				 dialect->name);
	return follow_setup(dialect, cli->socket, pid);
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct follow_settings settings = {
		.socket = cli->socket,
		.api = arguments->options[OPTION_API],
		.service = arguments->options[OPTION_SERVICE],
		.dry_run = arguments->options[OPTION_DRY_RUN],
		.from_start = arguments->options[OPTION_FROM_START],
	};
	struct dialect *dialect;
	struct why why = {0};
	int error, pid;

	if (arguments->options[OPTION_LIST])
		return list_clients();
	if (!arguments->count)
		return cli_usage(
			"follow wants a client: peergate follow --list tells which are known");
	if (choose_source(&settings, arguments))
		return cli_usage("follow reads one log: FILE, --log, --journal or --docker");
	error = read_max(&settings, arguments->options[OPTION_MAX]);
	if (!error)
		error = read_pid(&pid, arguments->options[OPTION_PID]);
	if (error)
		return error;
	if (load(&dialect, arguments->words[0], arguments->options[OPTION_TABLE], &why))
		return cli_usage("%s", why.sentence);
	settings.dialect = dialect;
	if (arguments->options[OPTION_SETUP]) {
		error = set_up(cli, dialect, pid);
		dialect_free(dialect);
		return error;
	}
	error = follow(&settings, pid, wants_node(&settings, arguments), &why);
	dialect_free(dialect);
	return error ? cli_fail(error, &why) : EXIT_DONE;
}

const struct verb verb_follow = {
	.name = "follow",
	.words = "CLIENT [FILE|-]",
	.help = "Read a client's log and report what it says of its peers",
	.more = "CLIENT is one of --list. FILE is its log, in whatever form the client writes it, "
		"followed through "
		"rotation and from before it exists; - is standard input, to its end, and so is a "
		"pipe or a file there when nothing else is named. Else the client's running node "
		"is "
		"looked for, or waited for: its log, its API, how many peers it wants. New lines "
		"are "
		"reported as they come; --from-start takes what is there, too, and moves an old "
		"log's times so that "
		"it ends now. The daemon may come and go meanwhile.",
	.options = options,
	.least = 0,
	.most = 2,
	.run = run,
};
