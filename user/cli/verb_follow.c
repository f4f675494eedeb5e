/* SPDX-License-Identifier: BSD-2-Clause */
/* follow: a client's log, read as it grows, becomes reports. */
#include <errno.h>
#include <peergate/words.h>

#include "follow.h"
#include "verb.h"

enum { OPTION_DRY_RUN = 1, OPTION_FROM_START, OPTION_SERVICE, CLIENTS_MAX = 16 };

static const struct argp_option options[] = {
	{"dry-run", OPTION_DRY_RUN, NULL, 0, "print the reports as JSON lines, send none", 0},
	{"from-start", OPTION_FROM_START, NULL, 0, "from the file's beginning, with its own times",
	 0},
	{"service", OPTION_SERVICE, "NAME", 0, "the service that the reports speak of", 0},
	{0},
};

static int no_such_client(const char *name)
{
	const char *names[CLIENTS_MAX], *nearest;
	unsigned int count = 0;

	for (const struct dialect *const *at = dialects; *at && count < CLIENTS_MAX; at++)
		names[count++] = (*at)->name;
	nearest = nearest_word(name, names, count);
	if (nearest)
		return cli_usage("no client \"%s\" is known: did you mean %s?", name, nearest);
	return cli_usage("no client \"%s\" is known: there is %s", name, names[0]);
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct follow_settings settings = {
		.dialect = dialect_find(arguments->words[0]),
		.file = arguments->count > 1 ? arguments->words[1] : "-",
		.socket = cli->socket,
		.service = arguments->options[OPTION_SERVICE],
		.dry_run = arguments->options[OPTION_DRY_RUN],
		.from_start = arguments->options[OPTION_FROM_START],
	};
	struct why why = {0};
	int error;

	if (!settings.dialect)
		return no_such_client(arguments->words[0]);
	error = follow_run(&settings, &why);
	return error ? cli_fail(error, &why) : EXIT_DONE;
}

const struct verb verb_follow = {
	.name = "follow",
	.words = "CLIENT [FILE|-]",
	.help = "Read a client's log and report what it says of its peers",
	.more = "CLIENT is prysm. FILE is its log in JSON form, followed through rotation and from "
		"before it "
		"exists; - or nothing is standard input, to its end. New lines are reported as "
		"they come; "
		"--from-start takes what is there, too, and moves an old log's times so that it "
		"ends now. The "
		"daemon may come and go meanwhile.",
	.options = options,
	.least = 1,
	.most = 2,
	.run = run,
};
