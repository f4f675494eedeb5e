/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_file: the file itself, an SQLite database in WAL mode that this process has for itself. All of SQLite is behind this
 * header. Used by one thread at a time, whichever. Rows are named by kind and number; their bytes are store_pack's.
 */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/why.h>

#include "buffer.h"
#include "save.h"

struct store_file;

/*
 * Opens @path, made when it is not there, and brings its schema up to ours. -EUCLEAN: damaged, to be set aside; -EPROTO: not
 * ours to touch, a newer build's or no store at all; else it may be better later: -EBUSY (another process has it), -ENOSPC,
 * -EROFS, -EACCES, -EIO ….
 */
int store_file_open(struct store_file **ret, const char *path, struct why *why);
void store_file_close(struct store_file *self); /* NULL is welcome */

/* All rows, places by rising number, then peers. Stops when @take returns non-zero, and returns that. Errors as above. */
int store_file_read(struct store_file *self,
		    int (*take)(void *context, enum saved_kind kind, uint32_t number,
				const void *bytes, size_t length),
		    void *context, struct why *why);

/* One change: what follows it in the batch is the row's new bytes; none: the row goes. */
struct store_change {
	uint32_t kind, number, length;
};

/* All changes of @batch, in one transaction that is on the disk when this returns; or none of them. */
int store_file_write(struct store_file *self, const struct buffer *batch, struct why *why);

/* Rows above these numbers go. */
int store_file_trim(struct store_file *self, uint32_t places, uint32_t peers, struct why *why);

/* Bytes on the disk, the journal included. */
uint64_t store_file_bytes(const char *path);

/* Renames @path and what belongs to it to @path.@word-@unix_s; the new name in @ret_name. */
int store_file_set_aside(const char *path, const char *word, uint64_t unix_s, char ret_name[512],
			 struct why *why);

#endif
