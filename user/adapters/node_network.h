/* SPDX-License-Identifier: BSD-2-Clause */
/* node_network: at which address a node is reached whose network namespace is not ours. */
#ifndef NODE_NETWORK_H
#define NODE_NETWORK_H

enum { NODE_ADDRESS_MAX = 16 };

/*
 * The first IPv4 address of its own that is not loopback's, as /proc/PID/net/fib_trie tells anybody; @ret stays untouched when there
 * is none. Docker's bridges let the host reach it.
 */
void node_network_address(const char *root, int pid, char ret[NODE_ADDRESS_MAX]);

#endif
