/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_set.h"

#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "units.h"

static void *member(struct config *config, const struct config_key *key)
{
	return (char *)config + key->offset;
}

int config_set_text(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	if (!value[0])
		return why_fill(why, -EINVAL, "nothing is given");
	if (strlen(value) >= key->size)
		return why_fill(why, -EINVAL, "\"%.40s…\" is longer than %u letters", value,
				key->size - 1);
	memset(member(config, key), 0, key->size);
	memcpy(member(config, key), value, strlen(value));
	return 0;
}

int config_set_whole(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	uint64_t whole;
	int error = whole_parse(value, key->min, key->max, &whole, why);

	if (!error)
		*(uint32_t *)member(config, key) = (uint32_t)whole;
	return error;
}

int config_set_rate(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	return rate_parse(value, member(config, key), why);
}

int config_set_duration(struct config *config, const struct config_key *key, const char *value,
			struct why *why)
{
	uint64_t ns;
	int error = duration_parse(value, &ns, why);

	if (error)
		return error;
	if (ns < key->min || ns > key->max)
		return why_fill(why, -ERANGE, "%s is outside %llus .. %llus", value,
				(unsigned long long)(key->min / NS_PER_S),
				(unsigned long long)(key->max / NS_PER_S));
	*(uint64_t *)member(config, key) = ns;
	return 0;
}

/* The policy's durations are whole seconds. */
int config_set_seconds(struct config *config, const struct config_key *key, const char *value,
		       struct why *why)
{
	uint64_t ns;
	int error = duration_parse(value, &ns, why);

	if (error)
		return error;
	if (ns < key->min * NS_PER_S || ns > key->max * NS_PER_S)
		return why_fill(why, -ERANGE, "%s is outside %llus .. %llus", value,
				(unsigned long long)key->min, (unsigned long long)key->max);
	*(uint32_t *)member(config, key) = (uint32_t)(ns / NS_PER_S);
	return 0;
}

int config_set_share(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	return share_parse(value, member(config, key), why);
}

int config_set_flag(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	bool yes = !strcmp(value, "yes") || !strcmp(value, "true") || !strcmp(value, "on");

	if (!yes && strcmp(value, "no") && strcmp(value, "false") && strcmp(value, "off"))
		return why_fill(why, -EINVAL, "\"%.40s\" is neither yes nor no", value);
	*(bool *)member(config, key) = yes;
	return 0;
}

int config_word_wrong(const char *value, const char *const *words, unsigned int count,
		      struct why *why)
{
	const char *near = nearest_word(value, words, count);
	char list[128] = "";

	for (unsigned int i = 0; i < count; i++) {
		strcat(list, i ? ", " : "");
		strcat(list, words[i]);
	}
	return why_fill(why, -EINVAL, "\"%.40s\" is none of %s%s%s%s", value, list,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int config_set_limit(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	return config_limit_parse(member(config, key), value, (uint32_t)key->max, why);
}
