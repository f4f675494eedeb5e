/* SPDX-License-Identifier: BSD-2-Clause */
/* tap: cmocka's includes in their order, and checks that name the row of a table that fails. */
#ifndef TAP_H
#define TAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Like assert_true(@condition), and says @what on failure. */
#define expect_true(what, condition)                          \
	do {                                                  \
		if (!(condition))                             \
			fail_msg("%s: %s", what, #condition); \
	} while (0)

#endif
