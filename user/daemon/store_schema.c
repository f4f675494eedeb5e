/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_schema.h"

#include <errno.h>
#include <stdio.h>

/*
 * Step N makes version N + 1 of version N (PRAGMA user_version); none is ever changed. The parts of a record may come and go
 * without a step: see store_pack.h.
 */
static const char *const steps[] = {
	/* 1: rows by the numbers that the book itself uses. */
	"CREATE TABLE places (number INTEGER PRIMARY KEY, record BLOB NOT NULL);"
	"CREATE TABLE peers (number INTEGER PRIMARY KEY, record BLOB NOT NULL);",
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static int result_errno(sqlite3 *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
		return 0;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_NOMEM:
		return -ENOMEM;
	}
	code = sqlite3_system_errno(db);
	return code ? -code : -EIO;
}

static int read_number(sqlite3 *db, const char *text, int *ret)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, text, -1, &statement, NULL);

	if (code)
		return code;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : code;
}

int schema_fail(sqlite3 *db, int code, const char *path, struct why *why)
{
	int error = result_errno(db, code);

	return why_fill(why, error, "%s: %s", path,
			error == -EBUSY
				? "another process has it open; give each daemon a store of "
				  "its own"
				: sqlite3_errmsg(db));
}

int schema_check(sqlite3 *db, const char *path, struct why *why)
{
	int tables = 0, application = 0, version = 0;
	int code = read_number(db, "SELECT count(*) FROM sqlite_master", &tables);

	if (!code)
		code = read_number(db, "PRAGMA application_id", &application);
	if (!code)
		code = read_number(db, "PRAGMA user_version", &version);
	if (code)
		return schema_fail(db, code, path, why);
	if (tables && application != STORE_APPLICATION)
		return why_fill(why, -EPROTO,
				"%s: is a database, but no store of peergate's: give another path "
				"as store",
				path);
	if (version > STEPS)
		return why_fill(
			why, -EPROTO,
			"%s: written by a newer peergate (version %d of the store, this one "
			"knows %d): upgrade, or give another path as store",
			path, version, STEPS);
	return 0;
}

int schema_migrate(sqlite3 *db, const char *path, struct why *why)
{
	int version = 0;
	int code = read_number(db, "PRAGMA user_version", &version);

	while (!code && version < STEPS) {
		char text[1024];

		snprintf(
			text, sizeof(text),
			"BEGIN IMMEDIATE; PRAGMA application_id = %d; %s PRAGMA user_version = %d; "
			"COMMIT;",
			STORE_APPLICATION, steps[version], version + 1);
		code = sqlite3_exec(db, text, NULL, NULL, NULL);
		version++;
	}
	if (!code)
		return 0;
	code = schema_fail(db, code, path, why);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return code;
}
