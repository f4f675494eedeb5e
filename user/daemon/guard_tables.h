/* SPDX-License-Identifier: BSD-2-Clause */
/* guard_tables: reads the kernel's tables of routes and TCP sockets, as /proc/net writes them, for the guard. */
#ifndef GUARD_TABLES_H
#define GUARD_TABLES_H

#include "guard.h"

/* The default gateways of a file like /proc/net/route. */
void guard_read_routes4(struct guard *self, const char *path);

/* The same of one like /proc/net/ipv6_route. */
void guard_read_routes6(struct guard *self, const char *path);

/* The remote ends of established connections to the guard's SSH ports, of a file like /proc/net/tcp or tcp6. */
void guard_read_sockets(struct guard *self, const char *path);

/* The same by sock_diag, which is asked for those ports alone: microseconds, however many connections there are. 0 or a negative errno. */
int guard_ask_sockets(struct guard *self);

/* The local port of the socket @inode in such a file; 0: not there. */
uint16_t guard_port_of_inode(const char *path, unsigned long inode);

#endif
