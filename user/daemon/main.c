/* SPDX-License-Identifier: BSD-2-Clause */
/* peergated: opens the gate with privileges, gives them up, serves. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "privileges.h"
#include "server.h"
#include "store_folder.h"

static const char default_name[] = "peergate";

struct identity {
	uid_t user;
	gid_t group;
};

/* Told names must exist; the default one counts when it does. */
static int identify(const struct config *config, struct identity *ret, struct why *why)
{
	const struct passwd *user = getpwnam(config->user[0] ? config->user : default_name);
	const struct group *group = getgrnam(config->group[0] ? config->group : default_name);

	if (config->user[0] && !user)
		return why_fill(why, -ENOENT, "user: there is no user %s", config->user);
	if (config->group[0] && !group)
		return why_fill(why, -ENOENT, "group: there is no group %s", config->group);
	ret->user = user ? user->pw_uid : geteuid();
	ret->group = group ? group->gr_gid : user ? user->pw_gid : getegid();
	return 0;
}

static int open_gate(const struct config *config, const struct identity *who, struct gate **ret,
		     struct why *why)
{
	const struct gate_settings settings = {
		.pin_dir = config->pin_dir,
		.sources_max = config->sources_max,
		.prefixes_max = config->prefixes_max,
		.pace_max = config->pace_max,
		.witness_max = config->witness_max,
		.owner = who->user,
		.group = who->group,
	};

	return gate_open(ret, &settings, why);
}

/* The user that the daemon becomes must be able to remove the sockets again. */
static int give_up(const struct config *config, const struct identity *who, struct server *server,
		   struct why *why)
{
	const char *kept_why;
	uint64_t kept = gate_capabilities_kept(server->engine.gate, &kept_why);
	int error;

	if (who->user && chown(config->run_dir, who->user, who->group))
		return why_fill(why, -errno, "%s: %s", config->run_dir, strerror(errno));
	if (config->store[0])
		store_give_folder(config->store, who->user, who->group);
	if (kept)
		log_info("kept for later: %s", kept_why);
	error = privileges_drop(who->user, who->group, kept, why);
	if (!error)
		error = namespaces_surrender(server->namespaces, why);
	return error ? error : privileges_seal(why);
}

/*
 * RUN_DIR/gate leads to the pins, and stays when the daemon dies: `peergate off` then knows which gate was meant. A
 * convenience: without it the pins must be named.
 */
static void link_pins(const struct config *config)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/gate", config->run_dir);
	if ((unlink(path) && errno != ENOENT) || symlink(config->pin_dir, path))
		log_warning("%s: %s: peergate off will need --pin-dir %s when no daemon answers",
			    path, strerror(errno), config->pin_dir);
}

static void tell_start(const struct config *config, const struct gate *gate)
{
	struct gate_interface all[GATE_INTERFACES_MAX];
	unsigned int count = gate_interfaces(gate, all, GATE_INTERFACES_MAX);

	for (unsigned int i = 0; i < count; i++)
		log_info("%s is gated: %s%s%s", all[i].name, rung_word(all[i].rung),
			 all[i].note[0] ? "; " : "", all[i].note);
	if (!count)
		log_warning("no interface is named: nothing is gated; give --interface");
	log_info("peergated %s serves %s", PEERGATE_VERSION, config->run_dir);
	notify_manager("READY=1");
}

/* Serves until told to stop; with an error nothing was served. */
static int run(struct server *server, const struct options *options, const struct config *config,
	       const struct identity *who, struct gate *gate, struct why *why)
{
	int error = server_open(server, config, gate, options, who->group, why);

	if (!error)
		error = give_up(config, who, server, why);
	if (!error)
		error = server_restore(server, why);
	if (!error) {
		link_pins(config);
		tell_start(config, gate);
		server_run(server);
	}
	server_close(server);
	return error;
}

static int serve(const struct options *options, const struct config *config,
		 const struct identity *who, struct why *why)
{
	struct server *server = calloc(1, sizeof(*server));
	struct gate *gate;
	int error = server ? open_gate(config, who, &gate, why) : -ENOMEM;

	if (error)
		goto out;
	error = run(server, options, config, who, gate, why);
	if (error)
		gate_abandon(gate);
	else
		gate_close(gate);
out:
	free(server);
	return error;
}

static int turn_off(const struct config *config, struct why *why)
{
	unsigned int detached;
	int error = gate_off(config->pin_dir, &detached, why);

	if (!error)
		log_info("off: %u interfaces detached, %s removed", detached, config->pin_dir);
	return error;
}

static int obey(const struct options *options, struct why *why)
{
	struct identity who = {0};
	struct config config;
	int error = options_config(options, &config, why);

	if (error)
		return error;
	log_setup((enum log_level)config.log_level, (enum log_format)config.log_format);
	if (options->off)
		return turn_off(&config, why);
	error = config_check(&config, why);
	if (!error)
		error = identify(&config, &who, why);
	return error || options->check ? error : serve(options, &config, &who, why);
}

int main(int argc, char **argv)
{
	struct options options;
	struct why why = {""};
	int error;

	signal(SIGPIPE, SIG_IGN);
	options_parse(&options, argc, argv);
	error = obey(&options, &why);
	if (!error)
		return EXIT_SUCCESS;
	log_error("%s", why.sentence[0] ? why.sentence : strerror(-error));
	return EXIT_FAILURE;
}
