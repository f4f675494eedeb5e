/* SPDX-License-Identifier: BSD-2-Clause */
/* words: the names of abi.h's enumerations, both ways. One spelling everywhere: JSON, CLI, metrics, documents. */
#ifndef PEERGATE_WORDS_H
#define PEERGATE_WORDS_H

#include "abi.h"

/* The word of a value; "?" when it is none of the enumeration's. Static strings. */
const char *standing_word(unsigned int standing);
const char *reason_word(unsigned int reason);
const char *cause_word(unsigned int cause);
const char *verdict_word(unsigned int verdict);
const char *door_word(unsigned int door);
const char *family_word(unsigned int family);
const char *mode_word(unsigned int mode);
const char *transport_word(unsigned int transport);
const char *reach_word(unsigned int reach);

/* The value of a word; -EINVAL when there is none such. */
int standing_of(const char *word);
int reason_of(const char *word);
int mode_of(const char *word);
int transport_of(const char *word);
int reach_of(const char *word);

/*
 * The word among @words (@count of them) nearest to @typed by edit distance, for "did you mean"; NULL when none is near
 * (more than a third of its letters differ).
 */
const char *nearest_word(const char *typed, const char *const *words, unsigned int count);

#endif
