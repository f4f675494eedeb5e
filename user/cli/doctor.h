/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor: looks at the host and says what stands between it and a working gate, each finding with its remedy. A check reads and
 * changes nothing; what it may not read it says so. The table of checks is in doctor.c.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node_process.h"

enum health {
	HEALTH_WELL,
	HEALTH_NOTE,  /* works, and is worth knowing */
	HEALTH_FAULT, /* keeps the gate from its work: the exit status is 1 */
	HEALTHS
};

struct doctor {
	const char *root; /* "" for this host; tests give a folder that holds a proc and a sys */
	const char
		*log; /* the client's log, as told; NULL: what a running client's arguments say */
	const char *api;  /* base of the Beacon API, as told; NULL: the usual places */
	json_t *status;	  /* the answer to gate_status; NULL: the daemon does not answer */
	const char *gone; /* then why */
	json_t *findings; /* an array */
	unsigned int faults;
};

/* @remedy NULL: there is nothing to do. */
void doctor_find(struct doctor *self, enum health health, const char *check, const char *remedy,
		 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* All checks in turn; the findings are in self->findings then. */
void doctor_run(struct doctor *self);

void doctor_kernel(struct doctor *self);
void doctor_daemon(struct doctor *self);
void doctor_interfaces(struct doctor *self);
void doctor_xdp(struct doctor *self);
void doctor_ports(struct doctor *self);
void doctor_log(struct doctor *self);
void doctor_api(struct doctor *self);
void doctor_follower(struct doctor *self);
void doctor_clock(struct doctor *self);
void doctor_sysctls(struct doctor *self);

/* The first line of ROOT/@path without its newline, at most @room - 1 bytes; false: it cannot be read. */
bool doctor_line(const struct doctor *self, const char *path, char *ret, size_t room);

/* ROOT/@path in @ret; cut when it is longer. */
enum { DOCTOR_PATH_MAX = 512 };
const char *doctor_path(const struct doctor *self, const char *path, char ret[DOCTOR_PATH_MAX]);

/* A socket that waits for connections (or, of UDP, for anything) at an address that is not loopback. */
struct listening_socket {
	bool udp;
	uint16_t port;
	uint64_t inode;
};

/* Those of this namespace, as ROOT/proc/net tells; at most @max. */
size_t doctor_listening(const struct doctor *self, struct listening_socket *ret, size_t max);

#endif
