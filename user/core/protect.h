/* SPDX-License-Identifier: BSD-2-Clause */
/* protect: law 5, addresses that no report may refuse: private ones by nature, others by policy_protect(). */
#ifndef PROTECT_H
#define PROTECT_H

#include "book.h"

/* Whether any address of @prefix is protected; then @ret_why (may be NULL) says as what, a static text. */
bool prefix_is_protected(const struct policy *self, const struct prefix *prefix,
			 const char **ret_why);

#endif
