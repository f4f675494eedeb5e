/* SPDX-License-Identifier: BSD-2-Clause */
/* version: this program's and, where one runs, the daemon's. */
#include "answer.h"
#include "verb.h"

static void tell(struct output *output, const json_t *answer)
{
	const char *daemon = answer_text(answer, "peergated", NULL);

	output_words(output, TONE_PLAIN, "peergate %s\n", answer_text(answer, "peergate", "?"));
	if (daemon)
		output_words(output, TONE_PLAIN, "peergated %s\n", daemon);
	else
		output_words(output, TONE_PLAIN, "no peergated to be asked\n");
}

static void ask_daemon(const struct cli *cli, json_t *answer)
{
	struct peergate *peergate = NULL;
	json_t *status = NULL;

	if (peergate_connect(&peergate, cli->socket, NULL))
		return;
	peergate_timeout(peergate, 1000);
	if (!peergate_call(peergate, "gate_status", NULL, &status, NULL)) {
		json_object_set(answer, "peergated", json_object_get(status, "version"));
		json_decref(status);
	}
	peergate_close(peergate);
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	json_t *answer = json_pack("{s:s}", "peergate", PEERGATE_VERSION);

	(void)arguments;
	ask_daemon(cli, answer);
	output_value(&cli->output, answer, tell);
	json_decref(answer);
	return EXIT_DONE;
}

const struct verb verb_version = {
	.name = "version",
	.help = "Show the versions of this program and of the daemon",
	.run = run,
};
