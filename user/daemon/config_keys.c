/* SPDX-License-Identifier: BSD-2-Clause */
/* config_keys: the table of keys; nothing else. How a value becomes a member: config_set.h. */
#include <stddef.h>

#include "config_processes.h"
#include "config_set.h"
#include "units.h"

#define AT(field) offsetof(struct config, field), sizeof(((struct config *)0)->field)
/* Of a list: its entries, and whatever is counted with them, up to @last. */
#define LIST(first, last)                                                            \
	offsetof(struct config, first), offsetof(struct config, last) +              \
						sizeof(((struct config *)0)->last) - \
						offsetof(struct config, first)
#define SECONDS(n) ((n)*NS_PER_S)
#define TEXT(field) config_set_text, AT(field), 0, 0
#define WHOLE(field, min, max) config_set_whole, AT(field), min, max
#define LIMIT(field) config_set_limit, AT(field), 0, LIMIT_MAX
#define PERIOD(field, min, max) config_set_seconds, AT(field), min, max
#define LIMIT_MAX 1000000
#define HOUR 3600
#define HALF (12 * HOUR)
#define DAY (24 * HOUR)
#define RATE(field) config_set_rate, AT(field), 0, 0

const struct config_key config_keys[] = {
	/* What is gated. */
	{"interface", "IFACE", "gate this interface (again for more)", config_set_interface,
	 LIST(interfaces, interface_count), 0, 0, CHANGE_LIVE, true},
	{"service", "NAME=PORTS",
	 "a gated node: beacon=tcp:13000,quic:13000-13003 (again for more)", config_set_service,
	 LIST(services, port_count), 0, 0, CHANGE_LIVE, true},
	{"mode", "MODE", "observe: count what would be refused; enforce: refuse", config_set_mode,
	 AT(mode), 0, 0, CHANGE_LIVE, false},
	{"attach", "RUNG", "auto, native, tcx, clsact or generic", config_set_attach, AT(attach), 0,
	 0, CHANGE_RESTART, false},
	{"gate-lo", "yes|no", "allow to gate lo", config_set_flag, AT(gate_lo), 0, 0, CHANGE_LIVE,
	 false},
	{"protect", "PREFIX", "never refuse this for a report (again for more)", config_set_protect,
	 LIST(protect, protect_count), 0, 0, CHANGE_LIVE, true},
	/* Where things are, the log. */
	{"run-dir", "DIR", "where the sockets are", TEXT(run_dir), CHANGE_RESTART, false},
	{"pin-dir", "DIR", "where the gate is pinned, in a bpffs", TEXT(pin_dir), CHANGE_RESTART,
	 false},
	{"store", "FILE", "where the book outlives a reboot; none", config_set_store, AT(store), 0,
	 0, CHANGE_RESTART, false},
	{"user", "USER", "who the daemon becomes", TEXT(user), CHANGE_RESTART, false},
	{"group", "GROUP", "who may use the common socket", TEXT(group), CHANGE_RESTART, false},
	{"log-format", "FORMAT", "text or json", config_set_log_format, AT(log_format), 0, 0,
	 CHANGE_LIVE, false},
	{"log-level", "LEVEL", "error, warning, info or debug", config_set_log_level, AT(log_level),
	 0, 0, CHANGE_LIVE, false},
	/* How much one may ask. */
	{"pace", "RATE", "starts from one source: 1/s; off", RATE(pace_ns), CHANGE_LIVE, false},
	{"pace-burst", "N", "starts at once above the pace", WHOLE(pace_burst, 1, 1000000),
	 CHANGE_LIVE, false},
	{"newcomers", "RATE", "newcomers while the node is full, each bucket: 1/60s; off",
	 RATE(newcomers_ns), CHANGE_LIVE, false},
	{"newcomers-burst", "N", "newcomers at once", WHOLE(newcomers_burst, 1, 1000000),
	 CHANGE_LIVE, false},
	{"unproven", "RATE", "newcomers' starts that reach the stack while it is full: 200/s; off",
	 RATE(unproven_ns), CHANGE_LIVE, false},
	{"unproven-burst", "N", "such starts at once", WHOLE(unproven_burst, 1, 1000000),
	 CHANGE_LIVE, false},
	{"lease", "TIME", "how long pace and floor hold when the daemon is silent",
	 config_set_duration, AT(lease_ns), SECONDS(2), SECONDS(3600), CHANGE_LIVE, false},
	{"leak", "SHARE", "of starts over their pace, how many pass: 1/32", config_set_share,
	 AT(leak), 0, 0, CHANGE_LIVE, false},
	{"samples", "N", "refusals of each reason told in a second",
	 WHOLE(samples_per_s, 0, 100000), CHANGE_LIVE, false},
	{"resets", "REASONS", "TCP starts refused for these get a reset, not silence",
	 config_set_resets, AT(resets), 0, 0, CHANGE_LIVE, false},
	/* What the node may dial. */
	{"dial", "RANGES", "the node may not dial: off, private, bogon (and private) addresses",
	 config_set_dial, AT(dial.reach), 0, 0, CHANGE_LIVE, false},
	{"dial-banned", "yes|no", "nor who is banned", config_set_flag, AT(dial.banned), 0, 0,
	 CHANGE_LIVE, false},
	{"dial-ports", "PORTS", "these may be dialled at any address: 53,8551; none",
	 config_set_dial_ports, AT(dial.ports), 0, 0, CHANGE_LIVE, false},
	/* Sizes, the wire. */
	{"sources-max", "N", "sources that the kernel holds", WHOLE(sources_max, 64, 1 << 24),
	 CHANGE_RESTART, false},
	{"prefixes-max", "N", "prefixes that the kernel holds", WHOLE(prefixes_max, 16, 1 << 20),
	 CHANGE_RESTART, false},
	{"pace-max", "N", "sources whose pace is remembered", WHOLE(pace_max, 64, 1 << 24),
	 CHANGE_RESTART, false},
	{"witness-max", "N", "sources whose connections are remembered",
	 WHOLE(witness_max, 64, 1 << 24), CHANGE_RESTART, false},
	{"wire-value-max", "BYTES", "one JSON value", WHOLE(wire.value_max, 1024, 1 << 28),
	 CHANGE_LIVE, false},
	{"wire-depth-max", "N", "brackets within brackets", WHOLE(wire.depth_max, 4, 64),
	 CHANGE_LIVE, false},
	{"clients-max", "N", "connections to each socket", WHOLE(wire.clients_max, 1, 4096),
	 CHANGE_LIVE, false},
	{"output-max", "BYTES", "answers queued for one client",
	 WHOLE(wire.output_max, 4096, 1 << 28), CHANGE_LIVE, false},
	/* Which processes: cgroups, namespaces. */
	{"cgroup", "CGROUP",
	 "where the node runs: auto, none, /PATH, unit:NAME, container:ID (again for more)",
	 config_set_cgroup, LIST(cgroups, cgroup_count), 0, 0, CHANGE_LIVE, true},
	{"netns", "NETNS",
	 "where the node listens, if not here: /run/netns/NAME, pid:N, container:ID (again for "
	 "more)",
	 config_set_netns, LIST(netns, netns_count), 0, 0, CHANGE_RESTART, true},

	/* Dials out. */

	/* Live connections: limits, closing. */
	{"living", "N[,NAME:N]", "live connections of one source, for all and for some services",
	 LIMIT(living), CHANGE_LIVE, false},
	{"living-contested", "N[,NAME:N]",
	 "the same while a service is over half full; off: no other number",
	 LIMIT(living_contested), CHANGE_LIVE, false},
	{"living-56", "N[,NAME:N]", "live connections of one IPv6 /56", LIMIT(living_56),
	 CHANGE_LIVE, false},
	{"living-48", "N[,NAME:N]", "live connections of one IPv6 /48", LIMIT(living_48),
	 CHANGE_LIVE, false},
	{"close", "no|bans", "bans end live connections, too", config_set_close, AT(close_bans), 0,
	 0, CHANGE_LIVE, false},
	{"closing", "TIME", "how long QUIC of who is being closed is refused", config_set_duration,
	 AT(closing_ns), SECONDS(1), SECONDS(3600), CHANGE_LIVE, false},

	/* The witness: census, churn, corroboration. */
	{"census", "TIME", "how often live connections are counted anew; 0: at the start only",
	 config_set_duration, AT(census_ns), 0, SECONDS(3600), CHANGE_LIVE, false},
	{"churn", "N", "so many short connections in a row back a source off; 0: never",
	 WHOLE(churn, 0, 1000), CHANGE_LIVE, false},
	{"churn-short", "TIME", "a connection that ends sooner is short", config_set_duration,
	 AT(churn_short_ns), SECONDS(1), SECONDS(3600), CHANGE_LIVE, false},
	{"corroborate", "required|off",
	 "a follower's report touches a source only if the kernel saw it", config_set_corroborate,
	 AT(corroborate), 0, 0, CHANGE_LIVE, false},
	{"corroborate-slack", "TIME", "give or take so much", config_set_duration,
	 AT(corroborate_slack_ns), SECONDS(0), SECONDS(3600), CHANGE_LIVE, false},

	/* The policy. */
	{"capacity-stale", "TIME", "how long a node's own count is believed", config_set_duration,
	 AT(policy.capacity_stale_ns), SECONDS(1), SECONDS(3600), CHANGE_RESTART, false},
	{"peers-max", "N", "peers in the book", WHOLE(policy.peers_max, 16, 1 << 24),
	 CHANGE_RESTART, false},
	{"protected-max", "N", "prefixes that no report can refuse: protect, own ones, gateways",
	 WHOLE(policy.protected_max, 16, 1 << 20), CHANGE_RESTART, false},
	{"book-sources-max", "N", "sources in the book", WHOLE(policy.sources_max, 16, 1 << 24),
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
	{"ban-alone", "TIME", "the longest ban of an address while its peer does not come back",
	 PERIOD(policy.ban_alone_s, 60, HALF), CHANGE_RESTART, false},
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
	{"cold-start", "TIME",
	 "after the start, how long suspect evidence takes no points; 0: at once",
	 PERIOD(policy.cold_start_s, 0, HOUR), CHANGE_RESTART, false},
	{"networks-max", "N", "networks (/16, IPv6 /32) with a vote",
	 WHOLE(policy.networks_max, 64, 1 << 20), CHANGE_RESTART, false},
	{"reward-latency", "POINTS", "for answers as fast as the median; all rewards 30 at most",
	 WHOLE(policy.reward_latency, 0, 30), CHANGE_RESTART, false},
	{"reward-success", "POINTS", "for answers that succeed",
	 WHOLE(policy.reward_success, 0, 30), CHANGE_RESTART, false},
	{"reward-protocols", "POINTS", "for speaking what we speak",
	 WHOLE(policy.reward_protocols, 0, 30), CHANGE_RESTART, false},
	{"reward-head", "POINTS", "for a head that is where others' are, and moves",
	 WHOLE(policy.reward_head, 0, 30), CHANGE_RESTART, false},
};
const unsigned int config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);
