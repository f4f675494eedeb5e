/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine: the policy that decides and the gate that does, wired together. A decision is in the kernel when the call that
 * made it returns. It knows nothing of sockets.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <peergate/why.h>

#include "closing.h"
#include "config.h"
#include "gate.h"
#include "guard.h"
#include "namespaces.h"
#include "policy.h"

enum { DECISIONS_MAX = GATE_BATCH_MAX };

struct engine {
	struct config config;	       /* as it is in force */
	struct gate *gate;	       /* borrowed */
	struct namespaces *namespaces; /* borrowed */
	struct policy *policy;
	struct closing closing;	  /* connections of the banned that are to end */
	struct guard guard;	  /* whom nobody may lock out */
	struct settings settings; /* as last written to the kernel */
	uint64_t started_ns;
	uint64_t failures; /* decisions that the kernel did not take */
	int failure;	   /* the first one of the present call */
	struct why failure_why;
	struct decision *decisions; /* of the present call, not in the kernel yet */
	unsigned int decision_count;
	struct writer *
		writer; /* another thread that brings full batches there, while a book comes back; else NULL */
	void (*decided)(void *context, const struct decision *decision); /* NULL: nobody listens */
	void *context;
};

/* @config is copied. The gate's census looks into @namespaces, too. */
int engine_open(struct engine *self, const struct config *config, struct gate *gate,
		struct namespaces *namespaces, struct why *why);

/* Ends a policy's loading (policy_load_begin()); with @held it takes over first what a gate before us left. */
int engine_restore(struct engine *self, bool held, struct why *why);
void engine_close(struct engine *self);

/* Puts services, paces, mode and settings of @config in force; what needs a restart is the caller's to leave as it is. */
int engine_configure(struct engine *self, const struct config *config, struct why *why);

/* Tells the doors that see sockets anew which ports in which namespaces are gated: after one of them went. */
int engine_listeners(struct engine *self, struct why *why);

int engine_mode(struct engine *self, enum mode mode, struct why *why);

/* What was decided goes into the kernel; engine_settle() begins with it. */
void engine_flush(struct engine *self);

/*
 * From here to engine_write_end() full batches are written by a thread of their own, so that a book that comes back does not wait for
 * the kernel. Without a thread it waits.
 */
void engine_write_begin(struct engine *self);
void engine_write_end(struct engine *self);

/* Notes that a decision did not get there: the first of a call is the call's failure. */
void engine_fail(struct engine *self, int error, const struct why *why);

/* The first failure to bring a decision of this call into the kernel; 0: all are there. To be asked once a call. */
int engine_settle(struct engine *self, struct why *why);

/* Once a second: renews the lease, ends what has ended. -ESTALE: the gate was taken away from outside. */
int engine_tick(struct engine *self, struct why *why);

/* -EPERM when a ban of @prefix would lock somebody out who is here now; see guard.h. */
int engine_guard(struct engine *self, const struct prefix *prefix, struct why *why);

/* Reads anew whom nobody may lock out, and tells the policy. */
void engine_refresh_guard(struct engine *self);

/* A boot-time moment in unix seconds for JSON: null for FOREVER_NS, and for 0, which is none. */
json_t *engine_unix(uint64_t boot_ns);

/* A unix moment in boot time, at the present offset of the clocks; false when that is before the boot. */
bool engine_boot_ns(double unix_s, uint64_t *ret_ns);

#endif
