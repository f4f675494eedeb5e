/* SPDX-License-Identifier: BSD-2-Clause */
/* status: gate_status's answer in words and tables. */
#ifndef STATUS_H
#define STATUS_H

#include "output.h"

tell_fn status_tell;

/* From how full on a table is warned of, in percent. */
enum { FILL_WARNING_PERCENT = 80 };

#endif
