/* SPDX-License-Identifier: BSD-2-Clause */
/* config_dial: the setters of what the node may dial. */
#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "config_set.h"
#include "units.h"

int config_set_dial(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	const char *words[REACHES];
	int reach = reach_of(value);

	(void)key;
	for (unsigned int i = 0; i < REACHES; i++)
		words[i] = reach_word(i);
	if (reach < 0)
		return config_word_wrong(value, words, REACHES, why);
	config->dial.reach = (enum reach)reach;
	return 0;
}

static int add_port(struct config_dial *dial, unsigned int count, const char *word, struct why *why)
{
	uint64_t port;

	if (whole_parse(word, 1, 65535, &port, NULL))
		return why_fill(why, -EINVAL, "\"%.40s\" is no port: 1 to 65535, apart by commas",
				word);
	if (count == DIAL_PORTS_MAX)
		return why_fill(why, -EINVAL, "more than %d ports; an address is freed by allow",
				DIAL_PORTS_MAX);
	for (unsigned int i = 0; i < count; i++)
		if (dial->ports[i] == port)
			return why_fill(why, -EINVAL, "%.40s is named twice", word);
	dial->ports[count] = (uint16_t)port;
	return 0;
}

/* "53, 8551", or "none". */
int config_set_dial_ports(struct config *config, const struct config_key *key, const char *value,
			  struct why *why)
{
	struct config_dial dial = {0};
	char copy[256], *rest = copy, *word;
	unsigned int count = 0;
	int error = 0;

	(void)key;
	if (!value[0] || strlen(value) >= sizeof(copy))
		return why_fill(why, -EINVAL, "\"%.40s\" is no list of ports: 53,8551; or none",
				value);
	strcpy(copy, strcmp(value, "none") ? value : "");
	while (!error && (word = strsep(&rest, ", \t")))
		if (word[0])
			error = add_port(&dial, count++, word, why);
	if (!error)
		memcpy(config->dial.ports, dial.ports, sizeof(dial.ports));
	return error;
}
