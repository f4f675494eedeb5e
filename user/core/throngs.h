/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * throngs: who never succeeded yet, network by network (shares.h), so that a flood of new identities from one prefix pushes out
 * its own kind and nobody else. When the table is full the one longest unheard leaves; but a network with more than an eighth
 * of all the untried makes room for its own. O(log of the networks) each.
 */
#ifndef THRONGS_H
#define THRONGS_H

#include "book.h"

/* Joins the throng of @share, as its youngest. */
void throng_join(struct policy *self, enum throng_kind kind, uint32_t share, uint32_t number);
void throng_leave(struct policy *self, enum throng_kind kind, uint32_t share, uint32_t number);

/* Was heard of again: the youngest. */
void throng_touch(struct policy *self, enum throng_kind kind, uint32_t share, uint32_t number);

/* Who leaves for a newcomer of @share (0: of no network): 0: nobody is untried. */
uint32_t throng_leaving(const struct policy *self, enum throng_kind kind, uint32_t share);

#endif
