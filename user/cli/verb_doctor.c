/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: what stands between this host and a working gate. */
#include <string.h>

#include "answer.h"
#include "doctor.h"
#include "verb.h"

enum { OPTION_LOG = 1, OPTION_API };

static const struct argp_option options[] = {
	{"log", OPTION_LOG, "FILE", 0,
	 "the client's log (a running Prysm's is found by its arguments)", 0},
	{"api", OPTION_API, "URL", 0, "the Beacon API, http://127.0.0.1:3500 say", 0},
	{0},
};

static void tell(struct output *output, const json_t *answer)
{
	static const struct {
		const char *word, *mark;
		enum tone tone;
	} marks[] = {{"well", "ok   ", TONE_GOOD},
		     {"note", "note ", TONE_WARNING},
		     {"fault", "FAULT", TONE_BAD}};
	const json_t *findings = json_object_get(answer, "findings"), *finding;
	long long faults = (long long)answer_integer(answer, "faults", 0);
	size_t i;

	json_array_foreach (findings, i, finding) {
		const char *health = answer_text(finding, "health", "?"),
			   *remedy = answer_text(finding, "remedy", NULL);

		for (size_t k = 0; k < sizeof(marks) / sizeof(marks[0]); k++)
			if (!strcmp(marks[k].word, health))
				output_words(output, marks[k].tone, "%s", marks[k].mark);
		output_words(output, TONE_PLAIN, " %s: %s\n", answer_text(finding, "check", "?"),
			     answer_text(finding, "finding", "?"));
		if (remedy)
			output_words(output, TONE_PLAIN, "        -> %s\n", remedy);
	}
	if (faults)
		output_words(output, TONE_BAD, "%lld fault%s.\n", faults, faults == 1 ? "" : "s");
	else
		output_words(output, TONE_GOOD, "All is well.\n");
}

static void ask_status(const struct cli *cli, struct doctor *doctor, struct why *why)
{
	struct peergate *daemon;
	int error = peergate_connect(&daemon, cli->socket, why);

	if (!error) {
		error = peergate_call(daemon, "gate_status", NULL, &doctor->status, why);
		peergate_close(daemon);
	}
	if (error)
		doctor->gone = why->sentence;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct doctor doctor = {
		.root = "",
		.log = arguments->options[OPTION_LOG],
		.api = arguments->options[OPTION_API],
		.findings = json_array(),
	};
	struct why why = {0};
	json_t *answer;

	ask_status(cli, &doctor, &why);
	doctor_run(&doctor);
	answer = json_pack("{s:o, s:i}", "findings", doctor.findings, "faults", (int)doctor.faults);
	output_value(&cli->output, answer, tell);
	json_decref(answer);
	json_decref(doctor.status);
	return doctor.faults ? EXIT_REFUSED : EXIT_DONE;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.words = "",
	.help = "Tell what stands between this host and a working gate",
	.more = "Looks at the kernel, the daemon, interfaces, ports, the client's log and API, the "
		"clock "
		"and the settings that matter. Changes nothing. Exit status 0 when no fault is "
		"found.",
	.options = options,
	.run = run,
};
