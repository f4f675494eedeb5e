/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_load: brings this build's programs and maps into the kernel, and tells in a sentence why that cannot be. */
#ifndef GATE_LOAD_H
#define GATE_LOAD_H

#include "gate_state.h"

/* libbpf prints too; what it says in many lines is in our sentence, or not for an operator. */
void gate_hush(void);

/* What must hold before anything is tried: kernel, capabilities. Fills in what this kernel can do (frags, TCX). */
int gate_probe(struct gate *self, struct why *why);

/*
 * Loads every program that this kernel takes, with those of the @pinned maps that fit; the rest are new. When all fit and the pinned programs are this
 * build's, those are taken instead. Fills in maps and programs (descriptors of our own); @ret_adopted tells which maps are the
 * pinned ones.
 */
int gate_load(struct gate *self, const struct gate_settings *settings, const int pinned[MAPS],
	      bool ret_adopted[MAPS], struct why *why);

/* Fills in id and tag of a program from its descriptor. */
int program_identify(struct gate_program *self);

/* Whether a program uses no maps but some of @maps, and its own object's constants. */
bool program_keeps_to(int program, const int maps[MAPS]);

/* Finds out whether this kernel wants CAP_BPF for held maps; needs the loaded gate. */
void gate_weigh_capabilities(struct gate *self);

#endif
