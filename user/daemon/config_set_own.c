/* SPDX-License-Identifier: BSD-2-Clause */
/* config_set_own: the setters that serve one key each: lists, and words of their own. */
#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "config_service.h"
#include "config_set.h"
#include "log.h"

int config_set_interface(struct config *config, const struct config_key *key, const char *value,
			 struct why *why)
{
	(void)key;
	if (!value[0] || strlen(value) >= IFNAMSIZ)
		return why_fill(why, -EINVAL,
				"\"%.40s\" is no name of an interface: 1 to %d letters", value,
				IFNAMSIZ - 1);
	for (unsigned int i = 0; i < config->interface_count; i++)
		if (!strcmp(config->interfaces[i], value))
			return why_fill(why, -EINVAL, "%s is named twice", value);
	if (config->interface_count == GATE_INTERFACES_MAX)
		return why_fill(why, -EINVAL, "more than %d interfaces", GATE_INTERFACES_MAX);
	strcpy(config->interfaces[config->interface_count++], value);
	return 0;
}

int config_set_service(struct config *config, const struct config_key *key, const char *value,
		       struct why *why)
{
	(void)key;
	return config_service_add(config, value, why);
}

int config_set_protect(struct config *config, const struct config_key *key, const char *value,
		       struct why *why)
{
	bool widened;
	int error;

	(void)key;
	if (config->protect_count == CONFIG_PROTECT_MAX)
		return why_fill(why, -EINVAL, "more than %d entries", CONFIG_PROTECT_MAX);
	error = prefix_parse(&config->protect[config->protect_count], &widened, value, why);
	config->protect_count += !error;
	return error;
}

int config_set_mode(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	static const char *const words[] = {"observe", "enforce"};
	int mode = mode_of(value);

	(void)key;
	if (mode < 0)
		return config_word_wrong(value, words, 2, why);
	config->mode = (enum mode)mode;
	config->has_mode = true;
	return 0;
}

int config_set_attach(struct config *config, const struct config_key *key, const char *value,
		      struct why *why)
{
	static const char *const rungs[] = {"auto", "native", "tcx", "clsact", "generic"};

	(void)key;
	for (unsigned int i = 0; i < 5; i++) {
		if (strcmp(rungs[i], value))
			continue;
		config->attach = (enum rung)i;
		return 0;
	}
	return config_word_wrong(value, rungs, 5, why);
}

int config_set_log_format(struct config *config, const struct config_key *key, const char *value,
			  struct why *why)
{
	static const char *const words[] = {"text", "json"};
	int format = log_format_of(value);

	(void)key;
	if (format < 0)
		return config_word_wrong(value, words, 2, why);
	config->log_format = format;
	return 0;
}

int config_set_log_level(struct config *config, const struct config_key *key, const char *value,
			 struct why *why)
{
	static const char *const words[] = {"error", "warning", "info", "debug"};
	int level = log_level_of(value);

	(void)key;
	if (level < 0)
		return config_word_wrong(value, words, 4, why);
	config->log_level = level;
	return 0;
}

int config_set_corroborate(struct config *config, const struct config_key *key, const char *value,
			   struct why *why)
{
	static const char *const words[] = {"required", "off"};

	(void)key;
	if (strcmp(value, words[0]) && strcmp(value, words[1]))
		return config_word_wrong(value, words, 2, why);
	config->corroborate = !strcmp(value, words[0]);
	return 0;
}

static int no_reason(const char *word, struct why *why)
{
	const char *words[REASONS], *near;

	for (unsigned int i = 0; i < REASONS; i++)
		words[i] = reason_word(i);
	near = nearest_word(word, words, REASONS);
	return why_fill(why, -EINVAL, "\"%.40s\" is no reason%s%s%s", word,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* "too_many_peers, rate_limited", or "none". */
int config_set_resets(struct config *config, const struct config_key *key, const char *value,
		      struct why *why)
{
	char copy[512], *rest = copy, *word;
	uint32_t resets = 0;

	(void)key;
	if (strlen(value) >= sizeof(copy))
		return why_fill(why, -EINVAL, "the list of reasons is longer than %zu letters",
				sizeof(copy) - 1);
	strcpy(copy, value);
	while ((word = strsep(&rest, ", \t"))) {
		int reason = reason_of(word);

		if (!word[0])
			continue;
		if (reason < 0)
			return no_reason(word, why);
		resets |= reason == REASON_NONE ? 0 : 1U << reason;
	}
	config->resets = resets;
	return 0;
}

int config_set_close(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	static const char *const words[] = {"no", "bans"};

	(void)key;
	if (strcmp(value, words[0]) && strcmp(value, words[1]))
		return config_word_wrong(value, words, 2, why);
	config->close_bans = !strcmp(value, words[1]);
	return 0;
}

/* A path that depends on where the daemon was started would be another book each time. */
int config_set_store(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	(void)key;
	if (!strcmp(value, "none")) {
		config->store[0] = '\0';
		return 0;
	}
	if (value[0] != '/')
		return why_fill(why, -EINVAL,
				"\"%.200s\" is neither none nor the path of a file from / on",
				value);
	/* What SQLite and a damaged file's name add must fit behind it. */
	if (strlen(value) + 64 > sizeof(config->store))
		return why_fill(why, -EINVAL, "longer than %zu letters",
				sizeof(config->store) - 64);
	strcpy(config->store, value);
	return 0;
}
