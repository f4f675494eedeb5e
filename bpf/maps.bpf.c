/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* maps: where the shared maps are defined; every other file only names them. */
#define GATE_MAPS
#include "memory.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
