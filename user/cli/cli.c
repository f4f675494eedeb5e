/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verb.h"

int cli_fail(int error, const struct why *why)
{
	fprintf(stderr, "peergate: %s\n",
		why && why->sentence[0] ? why->sentence : strerror(-error));
	return peergate_is_gone(error) ? EXIT_NO_DAEMON : EXIT_REFUSED;
}

int cli_usage(const char *format, ...)
{
	va_list args;

	fputs("peergate: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

int cli_connect(const struct cli *self, struct peergate **ret)
{
	struct why why = {0};
	int error = peergate_connect(ret, self->socket, &why);

	return error ? cli_fail(error, &why) : 0;
}

int cli_call(const struct cli *self, const char *method, json_t *params, json_t **ret)
{
	struct peergate *peergate = NULL;
	struct why why = {0};
	int status, error;

	status = cli_connect(self, &peergate);
	if (status)
		goto out;
	error = params ? peergate_call(peergate, method, params, ret, &why) : -ENOMEM;
	if (error)
		status = cli_fail(error, &why);
out:
	peergate_close(peergate);
	json_decref(params);
	return status;
}

int cli_ask(struct cli *self, const char *method, json_t *params, tell_fn *tell)
{
	json_t *result = NULL;
	int status = cli_call(self, method, params, &result);

	if (!status)
		output_value(&self->output, result, tell);
	json_decref(result);
	return status;
}

/* What stands before the verb; the verb itself ends it. */
struct beginning {
	struct arguments arguments;
	bool help, version;
	int verb_at; /* in argv; 0: none */
};

static error_t take(int key, char *value, struct argp_state *state)
{
	struct beginning *beginning = state->input;

	switch (key) {
	case OPTION_SOCKET:
	case OPTION_JSON:
		beginning->arguments.options[key] = value ? value : "";
		return 0;
	case 'h':
		beginning->help = true;
		return 0;
	case 'V':
		beginning->version = true;
		return 0;
	case ARGP_KEY_ARG:
		beginning->verb_at = state->next - 1;
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int begin(struct beginning *ret, int argc, char **argv)
{
	static const struct argp_option options[] = {
		{"help", 'h', NULL, 0, NULL, 0},
		{"version", 'V', NULL, 0, NULL, 0},
		{"socket", OPTION_SOCKET, "PATH", 0, NULL, 0},
		{"json", OPTION_JSON, NULL, 0, NULL, 0},
		{0},
	};
	static const struct argp argp = {.options = options, .parser = take, .args_doc = "VERB"};

	argp_err_exit_status = EXIT_USAGE;
	return argp_parse(&argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP, NULL, ret);
}

static int run(const struct verb *verb, struct arguments *arguments, int argc, char **argv)
{
	struct cli cli = {0};
	int status;

	if (arguments_parse(arguments, verb, argc, argv))
		return EXIT_USAGE;
	cli.socket = arguments->options[OPTION_SOCKET];
	output_init(&cli.output, stdout,
		    arguments->options[OPTION_JSON] ? &output_json : &output_text);
	status = verb->run(&cli, arguments);
	if (output_flush(&cli.output) && !status)
		return cli_fail(-EIO, &(struct why){"cannot write to standard output"});
	return status;
}

int cli_main(int argc, char **argv)
{
	struct beginning beginning = {0};
	const struct verb *verb;

	if (begin(&beginning, argc, argv))
		return EXIT_USAGE;
	if (beginning.help || beginning.version) {
		char *line[] = {beginning.help ? "help" : "version", NULL};

		return run(beginning.help ? &verb_help : &verb_version, &beginning.arguments, 1,
			   line);
	}
	if (!beginning.verb_at)
		return cli_usage("say what to do: `peergate help` lists the verbs");
	verb = verb_find_or_tell(argv[beginning.verb_at]);
	if (!verb)
		return EXIT_USAGE;
	return run(verb, &beginning.arguments, argc - beginning.verb_at, argv + beginning.verb_at);
}
