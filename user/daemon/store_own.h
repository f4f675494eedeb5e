/* SPDX-License-Identifier: BSD-2-Clause */
/* store_own: what the store's files share among themselves; nobody else includes it. */
#ifndef STORE_OWN_H
#define STORE_OWN_H

#include "store.h"

/* Opens the file; a damaged one is set aside, and so is one whose book never came back. */
int store_open_file(struct store *self, struct why *why);

/* What was written so far is lost, or never was: all of the book is to be written. */
void store_begin_anew(struct store *self);

/* Everything that is marked, at once. */
int store_write_all(struct store *self);

/* The file cannot be read, or is damaged: that one is set aside and a new one begun. */
void store_lose(struct store *self, int error, const struct why *why);

void store_say_failure(struct store *self, int error, const struct why *why);
void store_say_success(struct store *self);

#endif
