/* SPDX-License-Identifier: BSD-2-Clause */
#include "node_network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "node_process.h"

/* In the trie a leaf is "|-- 172.17.0.2", and the lines below say of which kind: "/32 host LOCAL" is an address of the namespace itself. */
void node_network_address(const char *root, int pid, char ret[NODE_ADDRESS_MAX])
{
	char path[PROC_PATH_MAX], line[256], leaf[NODE_ADDRESS_MAX] = "";
	FILE *file = fopen(node_proc(root, pid, "net/fib_trie", path), "re");
	struct in_addr address;
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *mark = strstr(line, "|-- ");

		if (mark)
			snprintf(leaf, sizeof(leaf), "%.*s", (int)strcspn(mark + 4, "\n"),
				 mark + 4);
		else
			found = strstr(line, "/32 host LOCAL") && strncmp(leaf, "127.", 4) &&
				inet_pton(AF_INET, leaf, &address) == 1;
	}
	if (file)
		fclose(file);
	if (found)
		strcpy(ret, leaf);
}
