/* SPDX-License-Identifier: BSD-2-Clause */
/* A look at a host made of files, by a user that may not everything. */
#ifndef NODE_LOOK_H
#define NODE_LOOK_H

#include "fake_host.h"

#include "discovery.h"

static inline struct dialect *prysm(void)
{
	static struct dialect *dialect;
	struct why why = {0};

	if (!dialect)
		assert_int_equal(dialect_load(&dialect, "prysm", &why), 0);
	return dialect;
}

/* As a user that may not everything, also when root runs the test. */
static inline int choose(struct discovery *ret, const struct host *host,
			 const struct discovery_wish *wish, struct why *why)
{
	int error;

	if (!getuid())
		assert_int_equal(seteuid(65534), 0);
	error = discovery_choose(ret, host->root, prysm(), wish, why);
	if (!getuid())
		assert_int_equal(seteuid(0), 0);
	return error;
}

static inline struct discovery *read_node(const struct host *host)
{
	const struct discovery_wish any = {0};
	struct discovery *ret = calloc(1, sizeof(*ret));
	struct why why = {0};

	assert_non_null(ret);
	assert_int_equal(choose(ret, host, &any, &why), 0);
	return ret;
}

static inline bool notes(const struct discovery *found, const char *words)
{
	for (unsigned int i = 0; i < found->note_count; i++)
		if (strstr(found->notes[i], words))
			return true;
	return false;
}

#endif
