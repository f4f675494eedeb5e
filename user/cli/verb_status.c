/* SPDX-License-Identifier: BSD-2-Clause */
/* status: how the gate and the daemon are. */
#include <string.h>

#include "status.h"
#include "verb.h"

static int run(struct cli *cli, const struct arguments *arguments)
{
	(void)arguments;
	return cli_ask(cli, "gate_status", json_object(), status_tell);
}

const struct verb verb_status = {
	.name = "status",
	.help = "Show mode, interfaces, services, counters and how full the tables are",
	.run = run,
};
