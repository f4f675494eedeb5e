/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_cgroups: the doors that hang on cgroups, by links that are pinned and adopted by the cgroup's id. */
#ifndef GATE_CGROUPS_H
#define GATE_CGROUPS_H

#include "gate_state.h"

/* The pin of a link: this, the cgroup's id in hex, and the hook's word. */
#define PIN_CGROUP "cgroup_"

const char *cgroup_hook_word(enum cgroup_hook hook);
enum variant cgroup_hook_variant(enum cgroup_hook hook);
enum door cgroup_hook_door(enum cgroup_hook hook);

/* Takes over the pinned links whose cgroup lives; lets go of the others. */
int cgroups_adopt(struct gate *self, struct why *why);

/* Puts this build's programs behind the links; lets go of those that it has no program for. */
int cgroups_update(struct gate *self, struct why *why);

/* Pins the links into @pins as well. */
int cgroups_pin(const struct gate *self, const struct pins *pins, struct why *why);

/* Detaches what this process attached. */
void cgroups_let_go(struct gate *self);
void cgroups_close(struct gate *self);

#endif
