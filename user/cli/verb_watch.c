/* SPDX-License-Identifier: BSD-2-Clause */
/* watch: the daemon's events as they happen, one line each, until it is ended or the daemon goes. */
#include <errno.h>

#include "event.h"
#include "verb.h"

static int subscribe(struct peergate *peergate, struct why *why)
{
	json_t *params = json_pack("[s]", "events"), *result = NULL;
	int error = peergate_call(peergate, "gate_subscribe", params, &result, why);

	json_decref(params);
	json_decref(result);
	return error;
}

/* Flushed when nothing more has come: what is told is told at once, and a burst in few writes. */
static int watch(struct cli *cli, struct peergate *peergate, struct why *why)
{
	json_t *event = NULL;
	int error = subscribe(peergate, why);

	peergate_timeout(peergate, 0);
	while (!error) {
		error = peergate_next(peergate, &event, why);
		if (error)
			break;
		output_value(&cli->output, event, event_tell);
		json_decref(event);
		if (!peergate_has_event(peergate) && output_flush(&cli->output))
			return why_fill(why, -EIO, "cannot write to standard output");
	}
	return error;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct peergate *peergate = NULL;
	struct why why = {0};
	int status = cli_connect(cli, &peergate);

	(void)arguments;
	if (status)
		return status;
	status = cli_fail(watch(cli, peergate, &why), &why);
	peergate_close(peergate);
	return status;
}

const struct verb verb_watch = {
	.name = "watch",
	.help = "Show events as they happen",
	.more = "Refusals are sampled, so that a flood does not drown the watcher: the counters of "
		"`status` tell how many there were.",
	.run = run,
};
