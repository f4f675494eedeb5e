/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config_set: the setters of the table of keys (config_keys.c). Each takes the text of one value, and either changes the
 * members of its key or, with a negative errno and a sentence that names the value, nothing.
 *
 * A new key: a member in struct config, its default in config_default(), a row in config_keys[], a line in
 * docs/peergate.conf.example. The general setters write the one member that the row names (key->offset); what has
 * words of its own has its setter in config_set_own.c or beside its module.
 */
#ifndef CONFIG_SET_H
#define CONFIG_SET_H

#include "config.h"

#define CONFIG_SETTER(name)                                                        \
	int config_set_##name(struct config *config, const struct config_key *key, \
			      const char *value, struct why *why)

/* General: by the type of the member. */
CONFIG_SETTER(text);	 /* char[]: not empty, not cut short */
CONFIG_SETTER(whole);	 /* uint32_t: min .. max */
CONFIG_SETTER(rate);	 /* uint64_t interval_ns: "4/s", "1/60s", "off" */
CONFIG_SETTER(duration); /* uint64_t ns: min .. max ns */
CONFIG_SETTER(seconds);	 /* uint32_t s: min .. max s, whole ones */
CONFIG_SETTER(share);	 /* uint32_t, parts of 65,536 */
CONFIG_SETTER(flag);	 /* bool */
CONFIG_SETTER(limit);	 /* struct config_limit: 1 .. max, 0 and "off" are no limit */

/* Each for the key of its name. */
CONFIG_SETTER(interface);
CONFIG_SETTER(service);
CONFIG_SETTER(protect);
CONFIG_SETTER(mode);
CONFIG_SETTER(attach);
CONFIG_SETTER(log_format);
CONFIG_SETTER(log_level);
CONFIG_SETTER(resets);
CONFIG_SETTER(close);
CONFIG_SETTER(dial);
CONFIG_SETTER(dial_ports);
CONFIG_SETTER(corroborate);
CONFIG_SETTER(store);

/* -EINVAL: "@value is none of …", with the nearest of @words (all together under 128 letters). */
int config_word_wrong(const char *value, const char *const *words, unsigned int count,
		      struct why *why);

#endif
