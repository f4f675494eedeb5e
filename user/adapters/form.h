/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * form: how a log's entries are written. A line shows its form by how it begins, so that a log may change it at a restart.
 * In a forgeable form a peer's words stand as they are: they can be whole lines, with any time and package.
 */
#ifndef FORM_H
#define FORM_H

#include "dialect.h"

struct form {
	const char *name;
	bool is_forgeable;
	bool (*begins)(const char *line, size_t length);
	/*
	 * Reads an entry. -ENOMSG: its message is none of @dialect's (NULL: anything is welcome), perhaps without having looked
	 * at the rest; -EBADMSG: no entry of this form; -EINVAL: no message, no time, or not the fields that the node writes.
	 */
	int (*read)(struct entry *ret, const struct dialect *dialect, const char *line,
		    size_t length);
};

extern const struct form form_json;	/* logrus' and others': one object a line, escaped */
extern const struct form form_colour;	/* Prysm's: keys are coloured, and values have no colours */
extern const struct form form_plain;	/* the same without colours: known by order alone */
extern const struct form form_terminal; /* both as before 7.1.3: nothing is taken out of values */
extern const struct form form_logfmt;	/* key="value", escaped; times with a T */
extern const struct form form_file;	/* Prysm's files: looks like logfmt, nothing is escaped */

/* Of other clients, from their sources: never tried. */
extern const struct form form_aligned;	  /* Lighthouse, Grandine */
extern const struct form form_teku;	  /* Teku */
extern const struct form form_chronicles; /* Nimbus */
extern const struct form form_winston;	  /* Lodestar */
extern const struct form form_zap;	  /* go-libp2p */

const struct form *form_find(const char *name); /* NULL: none of that name */

/* The form of the line among those of the client; NULL: none. */
const struct form *form_of(const struct dialect *dialect, const char *line, size_t length);

/*
 * For forms without marks: finds the fields that the pattern lists in the text behind the message. From the left up to the
 * first that may be a peer's words; those behind it from the right, where each is the last of its name before the next:
 * whatever a peer writes stands between. -EINVAL: they are not all there, or a value is not what it should be. @files:
 * with the package, and with quotes around values.
 */
int form_take_keys(struct entry *entry, const struct pattern *pattern, bool files, const char *text,
		   size_t length);

#endif
