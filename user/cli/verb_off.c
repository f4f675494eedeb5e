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

/* The link `gate` that a daemon leaves beside its sockets: it outlives the daemon and leads to its pins. */
static void gate_link(const struct cli *cli, char ret_link[PATH_MAX + 8])
{
	const char *told = socket_told(cli);
	char socket[PATH_MAX];

	snprintf(socket, sizeof(socket), "%s", told ? told : PEERGATE_ADMIN_SOCKET);
	snprintf(ret_link, PATH_MAX + 8, "%s/gate", dirname(socket));
}

/* False: a socket was named and has no such link, and opening the default gate instead might open somebody else's. */
static bool find_pins(const struct cli *cli, char ret_pins[PATH_MAX])
{
	char link[PATH_MAX + 8];
	ssize_t length;

	gate_link(cli, link);
	length = readlink(link, ret_pins, PATH_MAX - 1);
	ret_pins[length < 0 ? 0 : length] = '\0';
	return length > 0 || !socket_told(cli);
}

/* A daemon that gave root up may not remove its empty folder from a BPF file system that is root's: we try. */
static void sweep(const struct cli *cli)
{
	char link[PATH_MAX + 8], pins[PATH_MAX];

	gate_link(cli, link);
	if (!find_pins(cli, pins) || !pins[0])
		return;
	if (!rmdir(pins) || errno == ENOENT)
		unlink(link);
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
	sweep(cli);
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
