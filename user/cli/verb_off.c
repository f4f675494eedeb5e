/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * off: opens everything at once: the daemon detaches and unpins the gate and ends; where no daemon answers, peergated is
 * run for just that.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "verb.h"

enum { OPTION_PIN_DIR = 1, PATIENCE_MS = 2000 };

static const struct argp_option options[] = {
	{"pin-dir", OPTION_PIN_DIR, "DIR", 0, "where the gate is pinned, when no daemon answers",
	 0},
	{0},
};

static void tell(struct output *output, const json_t *answer)
{
	output_words(output, TONE_PLAIN,
		     "The gate is off: detached from %lld interfaces, everything passes.\n",
		     (long long)answer_integer(answer, "detached", 0));
}

/* Beside this program, as after `make` and in one bin folder; or in the sbin beside its bin. */
static void exec_beside(const char *relative, char **line)
{
	char own[PATH_MAX] = "", path[PATH_MAX + 64];

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", dirname(own), relative);
	execv(path, line);
}

static int off_without_daemon(const char *pin_dir)
{
	char *line[] = {"peergated", "--off", pin_dir ? "--pin-dir" : NULL, (char *)pin_dir, NULL};

	exec_beside("peergated", line);
	exec_beside("../sbin/peergated", line);
	execvp("peergated", line);
	fprintf(stderr, "peergate: cannot run peergated --off: %s\n", strerror(errno));
	return EXIT_REFUSED;
}

/* The socket that was asked for by name; NULL: none, and the default places were tried. */
static const char *socket_told(const struct cli *cli)
{
	const char *told = getenv("PEERGATE_SOCKET");

	return cli->socket ? cli->socket : told && *told ? told : NULL;
}

/*
 * A daemon leaves a link `gate` beside its sockets, which outlives it and leads to its pins. False: a socket was named and
 * has none, and opening the default gate instead might open somebody else's.
 */
static bool find_pins(const struct cli *cli, char ret_pins[PATH_MAX])
{
	const char *told = socket_told(cli);
	char socket[PATH_MAX], link[PATH_MAX + 8];
	ssize_t length;

	snprintf(socket, sizeof(socket), "%s", told ? told : PEERGATE_ADMIN_SOCKET);
	snprintf(link, sizeof(link), "%s/gate", dirname(socket));
	length = readlink(link, ret_pins, PATH_MAX - 1);
	ret_pins[length < 0 ? 0 : length] = '\0';
	return length > 0 || !told;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const char *pin_dir = arguments->options[OPTION_PIN_DIR];
	char pins[PATH_MAX];
	struct peergate *peergate = NULL;
	struct why why = {0};
	json_t *result = NULL;
	int error = peergate_connect(&peergate, cli->socket, &why);

	if (!error) {
		peergate_timeout(peergate, PATIENCE_MS);
		error = peergate_call(peergate, "gate_off", NULL, &result, &why);
	}
	peergate_close(peergate);
	if (error && (error == -ETIMEDOUT || peergate_is_gone(error)) &&
	    (pin_dir || find_pins(cli, pins))) {
		fprintf(stderr, "peergate: %s; running peergated --off\n", why.sentence);
		return off_without_daemon(pin_dir ? pin_dir : pins[0] ? pins : NULL);
	}
	if (error)
		return cli_fail(error, &why);
	output_value(&cli->output, result, tell);
	json_decref(result);
	return EXIT_DONE;
}

const struct verb verb_off = {
	.name = "off",
	.help = "Detach and remove the gate: everything passes",
	.more = "Works also when the daemon is dead or stopped: the link `gate` beside its sockets "
		"leads to its pins. Where there is no such link, name --pin-dir.",
	.options = options,
	.run = run,
};
