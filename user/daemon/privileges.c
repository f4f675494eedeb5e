/* SPDX-License-Identifier: BSD-2-Clause */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * What a daemon that reads sockets, maps and log lines never does: start programs, look into others, change mounts, modules,
 * clocks, the kernel itself or its own namespaces. bpf(), netlink and sockets stay. Refused with EPERM, not with death, so that a
 * library's probe (libuv tries io_uring) falls back.
 */
static const char *const denied[] = {
	"execve",
	"execveat",
	"fork",
	"vfork",
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"pidfd_getfd",
	"kcmp",
	"mount",
	"umount2",
	"pivot_root",
	"chroot",
	"move_mount",
	"open_tree",
	"fsopen",
	"fsconfig",
	"fsmount",
	"fspick",
	"mount_setattr",
	"init_module",
	"finit_module",
	"delete_module",
	"kexec_load",
	"kexec_file_load",
	"reboot",
	"swapon",
	"swapoff",
	"acct",
	"quotactl",
	"settimeofday",
	"clock_settime",
	"clock_adjtime",
	"adjtimex",
	"setns",
	"unshare",
	"mknod",
	"mknodat",
	"perf_event_open",
	"userfaultfd",
	"add_key",
	"request_key",
	"keyctl",
	"iopl",
	"ioperm",
	"syslog",
	"personality",
	"open_by_handle_at",
	"name_to_handle_at",
	"io_uring_setup",
	"setuid",
	"setgid",
	"setreuid",
	"setregid",
	"setresuid",
	"setresgid",
	"setgroups",
	"setfsuid",
	"setfsgid",
	"capset",
	"sethostname",
	"setdomainname",
	"vhangup",
	"modify_ldt",
	"lookup_dcookie",
};

static int filter_calls(struct why *why)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int error = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) : -ENOMEM;

	for (size_t i = 0; !error && i < sizeof(denied) / sizeof(denied[0]); i++) {
		int call = seccomp_syscall_resolve_name(denied[i]);

		/* Below 0: none of this architecture, or not known to this library. */
		if (call >= 0)
			error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
	}
	if (!error)
		error = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return error ? why_fill(why, error, "the filter of system calls was refused: %s",
				strerror(-error))
		     : 0;
}

/* Without CAP_SETPCAP (in some containers) the bounding set stays; no_new_privs and the filter of execve make it worthless. */
static void shrink_bounding_set(uint64_t keep)
{
	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++)
		if (!(keep & (UINT64_C(1) << cap)))
			cap_drop_bound(cap);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static int change_user(uid_t user, gid_t group, struct why *why)
{
	/* In a user namespace of one user setgroups may be forbidden; then there are none to give up either. */
	if (setgroups(0, NULL) && errno != EPERM)
		return why_fill(why, -errno, "cannot give up the supplementary groups: %s",
				strerror(errno));
	if (setresgid(group, group, group))
		return why_fill(why, -errno, "cannot become group %u: %s", group, strerror(errno));
	if (setresuid(user, user, user))
		return why_fill(why, -errno, "cannot become user %u: %s", user, strerror(errno));
	return 0;
}

static int set_capabilities(uint64_t keep)
{
	cap_t caps = cap_init();
	int error = caps ? 0 : -ENOMEM;

	for (cap_value_t cap = 0; !error && CAP_IS_SUPPORTED(cap); cap++) {
		if (!(keep & (UINT64_C(1) << cap)))
			continue;
		if (cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_SET) ||
		    cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_SET))
			error = -errno;
	}
	if (!error && cap_set_proc(caps))
		error = -errno;
	cap_free(caps);
	return error;
}

static int give_up(uint64_t keep, struct why *why)
{
	int error = set_capabilities(keep);

	return error ? why_fill(why, error, "cannot give up the capabilities: %s", strerror(-error))
		     : 0;
}

int privileges_drop(uid_t user, gid_t group, uint64_t keep, struct why *why)
{
	int error;

	shrink_bounding_set(keep);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return why_fill(why, -errno, "cannot keep capabilities over a change of user: %s",
				strerror(errno));
	error = change_user(user, group, why);
	if (error)
		return error;
	error = give_up(keep, why);
	prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
	return error;
}

int privileges_shrink(uint64_t keep, struct why *why)
{
	shrink_bounding_set(0);
	return give_up(keep, why);
}

int privileges_seal(struct why *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return why_fill(why, -errno, "cannot set no_new_privs: %s", strerror(errno));
	return filter_calls(why);
}
