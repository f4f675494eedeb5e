/* SPDX-License-Identifier: BSD-2-Clause */
/* store_schema: what tables a store has, by version, and how an older one becomes ours. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <sqlite3.h>

#include <peergate/why.h>

/* "pgat": what `file` and others see of it (PRAGMA application_id). */
enum { STORE_APPLICATION = 0x70676174 };

/* Whether the file is empty, or a store of this or an earlier version. -EPROTO: it is not; nothing is changed. */
int schema_check(sqlite3 *db, const char *path, struct why *why);

/* Step by step up to our version, each in a transaction of its own. */
int schema_migrate(sqlite3 *db, const char *path, struct why *why);

/* A negative errno for a result code of @db, and its sentence. */
int schema_fail(sqlite3 *db, int code, const char *path, struct why *why);

#endif
