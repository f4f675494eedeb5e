/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_file.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store_schema.h"

enum statement { PUT_PLACE, PUT_PEER, DROP_PLACE, DROP_PEER, BEGIN, COMMIT, STATEMENTS };

static const char *const texts[STATEMENTS] = {
	[PUT_PLACE] = "REPLACE INTO places (number, record) VALUES (?1, ?2)",
	[PUT_PEER] = "REPLACE INTO peers (number, record) VALUES (?1, ?2)",
	[DROP_PLACE] = "DELETE FROM places WHERE number = ?1",
	[DROP_PEER] = "DELETE FROM peers WHERE number = ?1",
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
};

struct store_file {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *statements[STATEMENTS];
};

static int fail(struct store_file *self, int code, struct why *why)
{
	return schema_fail(self->db, code, self->path, why);
}

/* Exclusive, so that two daemons never write into one book, and no shared memory is needed beside the file. */
static int prepare(struct store_file *self, struct why *why)
{
	static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
				       "PRAGMA journal_mode = WAL;"
				       "PRAGMA synchronous = FULL;"
				       "PRAGMA journal_size_limit = 67108864;"
				       "BEGIN IMMEDIATE; COMMIT;";
	int code = sqlite3_exec(self->db, settings, NULL, NULL, NULL);
	int error = code ? fail(self, code, why) : schema_migrate(self->db, self->path, why);

	for (int i = 0; i < STATEMENTS && !error; i++) {
		code = sqlite3_prepare_v3(self->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
					  &self->statements[i], NULL);
		if (code)
			error = fail(self, code, why);
	}
	return error;
}

int store_file_open(struct store_file **ret, const char *path, struct why *why)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	struct store_file *self = calloc(1, sizeof(*self));
	int code, error;

	if (!self || !(self->path = strdup(path))) {
		free(self);
		return -ENOMEM;
	}
	code = sqlite3_open_v2(path, &self->db, flags, NULL);
	if (!self->db)
		error = why_fill(why, -ENOMEM, "%s: no memory", path);
	else if (code)
		error = fail(self, code, why);
	else if (sqlite3_db_readonly(self->db, "main"))
		error = why_fill(why, -EROFS, "%s: it cannot be written to", path);
	else
		error = schema_check(self->db, path, why);
	if (!error)
		error = prepare(self, why);
	if (error)
		store_file_close(self);
	else
		*ret = self;
	return error;
}

void store_file_close(struct store_file *self)
{
	if (!self)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(self->statements[i]);
	sqlite3_close(self->db);
	free(self->path);
	free(self);
}

static int read_table(struct store_file *self, enum saved_kind kind, const char *text,
		      int (*take)(void *context, enum saved_kind kind, uint32_t number,
				  const void *bytes, size_t length),
		      void *context, struct why *why)
{
	sqlite3_stmt *rows;
	int code = sqlite3_prepare_v2(self->db, text, -1, &rows, NULL), result = 0;

	while (!code && !result) {
		int step = sqlite3_step(rows);

		if (step == SQLITE_DONE)
			break;
		if (step != SQLITE_ROW)
			code = step;
		else
			result = take(context, kind, (uint32_t)sqlite3_column_int64(rows, 0),
				      sqlite3_column_blob(rows, 1),
				      (size_t)sqlite3_column_bytes(rows, 1));
	}
	if (code)
		result = fail(self, code, why);
	sqlite3_finalize(rows);
	return result;
}

int store_file_read(struct store_file *self,
		    int (*take)(void *context, enum saved_kind kind, uint32_t number,
				const void *bytes, size_t length),
		    void *context, struct why *why)
{
	int result =
		read_table(self, SAVED_PLACE, "SELECT number, record FROM places ORDER BY number",
			   take, context, why);

	return result ? result
		      : read_table(self, SAVED_PEER,
				   "SELECT number, record FROM peers ORDER BY number", take,
				   context, why);
}

static int run(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	int reset = sqlite3_reset(statement);

	return code == SQLITE_DONE ? 0 : reset ? reset : code;
}

static int write_change(struct store_file *self, const struct store_change *change,
			const char *bytes)
{
	bool is_place = change->kind == SAVED_PLACE;
	sqlite3_stmt *statement =
		self->statements[change->length ? (is_place ? PUT_PLACE : PUT_PEER)
						: (is_place ? DROP_PLACE : DROP_PEER)];

	sqlite3_bind_int64(statement, 1, change->number);
	if (change->length)
		sqlite3_bind_blob(statement, 2, bytes, (int)change->length, SQLITE_STATIC);
	return run(statement);
}

static int write_all(struct store_file *self, const struct buffer *batch)
{
	struct store_change change;
	int code = 0;

	for (size_t at = 0; at < batch->length && !code;) {
		memcpy(&change, batch->bytes + at, sizeof(change));
		at += sizeof(change);
		code = write_change(self, &change, batch->bytes + at);
		at += change.length;
	}
	return code;
}

int store_file_write(struct store_file *self, const struct buffer *batch, struct why *why)
{
	int code = run(self->statements[BEGIN]), error;

	if (!code)
		code = write_all(self, batch);
	if (!code)
		code = run(self->statements[COMMIT]);
	if (!code)
		return 0;
	error = fail(self, code, why);
	/* Nothing to take back when the failure has done so already. */
	sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
	return error;
}

int store_file_trim(struct store_file *self, uint32_t places, uint32_t peers, struct why *why)
{
	char text[160];
	int code;

	snprintf(text, sizeof(text),
		 "BEGIN IMMEDIATE; DELETE FROM places WHERE number > %u;"
		 "DELETE FROM peers WHERE number > %u; COMMIT;",
		 places, peers);
	code = sqlite3_exec(self->db, text, NULL, NULL, NULL);
	return code ? fail(self, code, why) : 0;
}

static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

enum { SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]) };

uint64_t store_file_bytes(const char *path)
{
	char name[512];
	struct stat info;
	uint64_t bytes = 0;

	for (int i = 0; i < SUFFIXES; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		if (!stat(name, &info))
			bytes += (uint64_t)info.st_size;
	}
	return bytes;
}

int store_file_set_aside(const char *path, const char *word, uint64_t unix_s, char ret_name[512],
			 struct why *why)
{
	char from[512], to[600];

	snprintf(ret_name, 512, "%s.%s-%llu", path, word, (unsigned long long)unix_s);
	for (int i = 0; i < SUFFIXES; i++) {
		snprintf(from, sizeof(from), "%s%s", path, suffixes[i]);
		snprintf(to, sizeof(to), "%s%s", ret_name, suffixes[i]);
		if (rename(from, to) && errno != ENOENT)
			return why_fill(why, -errno, "%s: cannot be set aside: %s", from,
					strerror(errno));
	}
	return 0;
}
