/* SPDX-License-Identifier: BSD-2-Clause */
/* main: peergate, the operator's tool. */
#include <locale.h>

#include "cli.h"

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	return cli_main(argc, argv);
}
