/* SPDX-License-Identifier: BSD-2-Clause */
/* config_keys: the table of keys, and how a value becomes a member. */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <peergate/words.h>

#include "config_service.h"
#include "log.h"
#include "units.h"

static void *member(struct config *config, const struct config_key *key)
{
	return (char *)config + key->offset;
}

static int set_text(struct config *config, const struct config_key *key, const char *value,
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

static int set_whole(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	uint64_t whole;
	int error = whole_parse(value, key->min, key->max, &whole, why);

	if (!error)
		*(uint32_t *)member(config, key) = (uint32_t)whole;
	return error;
}

static int set_rate(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	return rate_parse(value, member(config, key), why);
}

static int set_duration(struct config *config, const struct config_key *key, const char *value,
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
static int set_seconds(struct config *config, const struct config_key *key, const char *value,
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

static int set_share(struct config *config, const struct config_key *key, const char *value,
		     struct why *why)
{
	return share_parse(value, member(config, key), why);
}

static int set_flag(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	bool yes = !strcmp(value, "yes") || !strcmp(value, "true") || !strcmp(value, "on");

	if (!yes && strcmp(value, "no") && strcmp(value, "false") && strcmp(value, "off"))
		return why_fill(why, -EINVAL, "\"%.40s\" is neither yes nor no", value);
	*(bool *)member(config, key) = yes;
	return 0;
}

static int set_interface(struct config *config, const struct config_key *key, const char *value,
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

static int set_service(struct config *config, const struct config_key *key, const char *value,
		       struct why *why)
{
	(void)key;
	return config_service_add(config, value, why);
}

static int set_protect(struct config *config, const struct config_key *key, const char *value,
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

static int word_wrong(const char *value, const char *const *words, unsigned int count,
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

static int set_mode(struct config *config, const struct config_key *key, const char *value,
		    struct why *why)
{
	static const char *const words[] = {"observe", "enforce"};
	int mode = mode_of(value);

	(void)key;
	if (mode < 0)
		return word_wrong(value, words, 2, why);
	config->mode = (enum mode)mode;
	config->has_mode = true;
	return 0;
}

static int set_attach(struct config *config, const struct config_key *key, const char *value,
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
	return word_wrong(value, rungs, 5, why);
}

static int set_log_format(struct config *config, const struct config_key *key, const char *value,
			  struct why *why)
{
	static const char *const words[] = {"text", "json"};
	int format = log_format_of(value);

	(void)key;
	if (format < 0)
		return word_wrong(value, words, 2, why);
	config->log_format = format;
	return 0;
}

static int set_log_level(struct config *config, const struct config_key *key, const char *value,
			 struct why *why)
{
	static const char *const words[] = {"error", "warning", "info", "debug"};
	int level = log_level_of(value);

	(void)key;
	if (level < 0)
		return word_wrong(value, words, 4, why);
	config->log_level = level;
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
static int set_resets(struct config *config, const struct config_key *key, const char *value,
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

#define AT(field) offsetof(struct config, field), sizeof(((struct config *)0)->field)
#define FROM_TO(first, next)            \
	offsetof(struct config, first), \
		offsetof(struct config, next) - offsetof(struct config, first)
#define SECONDS(n) ((n)*NS_PER_S)
#define TEXT(field) set_text, AT(field), 0, 0
#define WHOLE(field, min, max) set_whole, AT(field), min, max
#define PERIOD(field, min, max) set_seconds, AT(field), min, max
#define HOUR 3600
#define HALF (12 * HOUR)
#define DAY (24 * HOUR)
#define RATE(field) set_rate, AT(field), 0, 0

const struct config_key config_keys[] = {
	{"interface", "IFACE", "gate this interface (again for more)", set_interface,
	 FROM_TO(interfaces, services), 0, 0, CHANGE_LIVE, true},
	{"service", "NAME=PORTS",
	 "a gated node: beacon=tcp:13000,quic:13000-13003 (again for more)", set_service,
	 FROM_TO(services, protect), 0, 0, CHANGE_LIVE, true},
	{"mode", "MODE", "observe: count what would be refused; enforce: refuse", set_mode,
	 AT(mode), 0, 0, CHANGE_LIVE, false},
	{"attach", "RUNG", "auto, native, tcx, clsact or generic", set_attach, AT(attach), 0, 0,
	 CHANGE_RESTART, false},
	{"gate-lo", "yes|no", "allow to gate lo", set_flag, AT(gate_lo), 0, 0, CHANGE_LIVE, false},
	{"protect", "PREFIX", "never refuse this for a report (again for more)", set_protect,
	 FROM_TO(protect, has_mode), 0, 0, CHANGE_LIVE, true},
	{"run-dir", "DIR", "where the sockets are", TEXT(run_dir), CHANGE_RESTART, false},
	{"pin-dir", "DIR", "where the gate is pinned, in a bpffs", TEXT(pin_dir), CHANGE_RESTART,
	 false},
	{"user", "USER", "who the daemon becomes", TEXT(user), CHANGE_RESTART, false},
	{"group", "GROUP", "who may use the common socket", TEXT(group), CHANGE_RESTART, false},
	{"log-format", "FORMAT", "text or json", set_log_format, AT(log_format), 0, 0, CHANGE_LIVE,
	 false},
	{"log-level", "LEVEL", "error, warning, info or debug", set_log_level, AT(log_level), 0, 0,
	 CHANGE_LIVE, false},
	{"pace", "RATE", "starts from one source: 1/s; off", RATE(pace_ns), CHANGE_LIVE, false},
	{"pace-burst", "N", "starts at once above the pace", WHOLE(pace_burst, 1, 1000000),
	 CHANGE_LIVE, false},
	{"newcomers", "RATE", "newcomers while the node is full, each bucket: 1/60s; off",
	 RATE(newcomers_ns), CHANGE_LIVE, false},
	{"newcomers-burst", "N", "newcomers at once", WHOLE(newcomers_burst, 1, 1000000),
	 CHANGE_LIVE, false},
	{"lease", "TIME", "how long pace and floor hold when the daemon is silent", set_duration,
	 AT(lease_ns), SECONDS(2), SECONDS(3600), CHANGE_LIVE, false},
	{"leak", "SHARE", "of starts over their pace, how many pass: 1/32", set_share, AT(leak), 0,
	 0, CHANGE_LIVE, false},
	{"samples", "N", "refusals of each reason told in a second",
	 WHOLE(samples_per_s, 0, 100000), CHANGE_LIVE, false},
	{"resets", "REASONS", "TCP starts refused for these get a reset, not silence", set_resets,
	 AT(resets), 0, 0, CHANGE_LIVE, false},
	{"sources-max", "N", "sources that the kernel holds", WHOLE(sources_max, 64, 1 << 24),
	 CHANGE_RESTART, false},
	{"prefixes-max", "N", "prefixes that the kernel holds", WHOLE(prefixes_max, 16, 1 << 20),
	 CHANGE_RESTART, false},
	{"pace-max", "N", "sources whose pace is remembered", WHOLE(pace_max, 64, 1 << 24),
	 CHANGE_RESTART, false},
	{"wire-value-max", "BYTES", "one JSON value", WHOLE(wire.value_max, 1024, 1 << 28),
	 CHANGE_LIVE, false},
	{"wire-depth-max", "N", "brackets within brackets", WHOLE(wire.depth_max, 4, 64),
	 CHANGE_LIVE, false},
	{"clients-max", "N", "connections to each socket", WHOLE(wire.clients_max, 1, 4096),
	 CHANGE_LIVE, false},
	{"output-max", "BYTES", "answers queued for one client",
	 WHOLE(wire.output_max, 4096, 1 << 28), CHANGE_LIVE, false},
	{"capacity-stale", "TIME", "how long a node's own count is believed", set_duration,
	 AT(policy.capacity_stale_ns), SECONDS(1), SECONDS(3600), CHANGE_RESTART, false},
	{"peers-max", "N", "peers in the book", WHOLE(policy.peers_max, 16, 1 << 24),
	 CHANGE_RESTART, false},
	{"penalty-half-life", "TIME", "in which a penalty halves",
	 PERIOD(policy.penalty_half_life_s, 10, DAY), CHANGE_RESTART, false},
	{"reward-half-life", "TIME", "in which a reward halves",
	 PERIOD(policy.reward_half_life_s, 60, 30 * DAY), CHANGE_RESTART, false},
	{"backoff", "TIME", "suspect: the first backoff, times 4 each",
	 PERIOD(policy.backoff_s, 1, HALF), CHANGE_RESTART, false},
	{"backoff-max", "TIME", "suspect: the longest backoff",
	 PERIOD(policy.backoff_max_s, 1, HALF), CHANGE_RESTART, false},
	{"ban-handshake", "TIME", "proof in the handshake: the first ban, times 4 each",
	 PERIOD(policy.ban_handshake_s, 1, HALF), CHANGE_RESTART, false},
	{"ban-established", "TIME", "proof on a link that was: the first ban, times 4 each",
	 PERIOD(policy.ban_established_s, 1, HALF), CHANGE_RESTART, false},
	{"ban-max", "TIME", "the longest automatic ban", PERIOD(policy.ban_max_s, 1, HALF),
	 CHANGE_RESTART, false},
	{"ban-network-max", "TIME", "the longest ban for a wrong network",
	 PERIOD(policy.ban_network_max_s, 1, DAY), CHANGE_RESTART, false},
	{"fork-max", "TIME", "the longest backoff for another fork",
	 PERIOD(policy.fork_max_s, 1, HALF), CHANGE_RESTART, false},
	{"capacity-backoff", "TIME", "too many peers: the first backoff, times 2 each",
	 PERIOD(policy.capacity_s, 1, HOUR), CHANGE_RESTART, false},
	{"capacity-goodbye", "TIME", "the first one after goodbye 129 (Prysm's)",
	 PERIOD(policy.capacity_goodbye_s, 1, HOUR), CHANGE_RESTART, false},
	{"capacity-backoff-max", "TIME", "too many peers: the longest backoff",
	 PERIOD(policy.capacity_max_s, 1, HALF), CHANGE_RESTART, false},
	{"follower-allowance", "POINTS", "what one follower may take from a source in ten minutes",
	 WHOLE(policy.follower_allowance, 0, 100), CHANGE_RESTART, false},
	{"share-permille", "N", "of the sources, for the refusals of one /16 or /32",
	 WHOLE(policy.share_permille, 1, 1000), CHANGE_RESTART, false},
	{"fold-at", "N", "so many banned /64 of a /56 become one ban of it",
	 WHOLE(policy.fold_at, 2, 256), CHANGE_RESTART, false},
};
const unsigned int config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);
