/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_host: the kernel, its clock and its settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "doctor.h"

enum { KERNEL_MAJOR = 5, KERNEL_MINOR = 15 };

static bool is_mounted(const struct doctor *self, const char *place, const char *kind)
{
	char path[DOCTOR_PATH_MAX], line[1024], what[256], where[512], type[64];
	FILE *file = fopen(doctor_path(self, "/proc/self/mounts", path), "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%255s %511s %63s", what, where, type) == 3 &&
			!strcmp(where, place) && !strcmp(type, kind);
	if (file)
		fclose(file);
	return found;
}

static void look_at_release(struct doctor *self)
{
	unsigned int major = 0, minor = 0;
	char release[128];

	if (!doctor_line(self, "/proc/sys/kernel/osrelease", release, sizeof(release)) ||
	    sscanf(release, "%u.%u", &major, &minor) != 2)
		doctor_find(self, HEALTH_NOTE, "kernel", NULL, "its release cannot be read");
	else if (major < KERNEL_MAJOR || (major == KERNEL_MAJOR && minor < KERNEL_MINOR))
		doctor_find(self, HEALTH_FAULT, "kernel", "upgrade to Linux 5.15 or later",
			    "Linux %s is too old for the gate's programs", release);
	else if (major < 6 || (major == 6 && minor < 6))
		doctor_find(self, HEALTH_NOTE, "kernel",
			    "Linux 6.6 or later needs no capability at run time",
			    "Linux %s has no TCX: the daemon keeps CAP_NET_ADMIN for clsact",
			    release);
	else
		doctor_find(self, HEALTH_WELL, "kernel", NULL, "Linux %s", release);
}

void doctor_kernel(struct doctor *self)
{
	char path[DOCTOR_PATH_MAX], jit[16];

	look_at_release(self);
	if (access(doctor_path(self, "/sys/kernel/btf/vmlinux", path), R_OK))
		doctor_find(
			self, HEALTH_FAULT, "btf",
			"run a kernel built with CONFIG_DEBUG_INFO_BTF=y, as distributions' are",
			"the kernel has no BTF (/sys/kernel/btf/vmlinux)");
	else
		doctor_find(self, HEALTH_WELL, "btf", NULL, "the kernel has BTF");
	if (!is_mounted(self, "/sys/fs/bpf", "bpf"))
		doctor_find(self, HEALTH_FAULT, "bpffs", "mount -t bpf bpf /sys/fs/bpf",
			    "no BPF file system is mounted on /sys/fs/bpf: nothing can be pinned");
	else
		doctor_find(self, HEALTH_WELL, "bpffs", NULL, "/sys/fs/bpf is mounted");
	if (doctor_line(self, "/proc/sys/net/core/bpf_jit_enable", jit, sizeof(jit)) &&
	    !strcmp(jit, "0"))
		doctor_find(self, HEALTH_FAULT, "jit", "sysctl -w net.core.bpf_jit_enable=1",
			    "BPF programs are interpreted: each packet costs ten times as much");
}

void doctor_clock(struct doctor *self)
{
	struct timex clock = {0};
	int state;

	/* Of this host, also when a test looks at a folder. */
	state = adjtimex(&clock);
	if (state < 0)
		doctor_find(self, HEALTH_NOTE, "clock", NULL,
			    "whether it is synchronised cannot be read");
	else if (state == TIME_ERROR || clock.status & STA_UNSYNC)
		doctor_find(self, HEALTH_NOTE, "clock",
			    "run systemd-timesyncd or chrony; bans themselves go by boot time",
			    "the clock is not synchronised: a log's times may not match what the "
			    "kernel saw");
	else
		doctor_find(self, HEALTH_WELL, "clock", NULL, "the clock is synchronised");
}

/* What a node behind a gate needs of the stack; below @least is worth a note. */
static const struct {
	const char *path, *name, *why, *remedy;
	long least;
} sysctls[] = {
	{"/proc/sys/net/ipv4/tcp_syncookies", "net.ipv4.tcp_syncookies",
	 "a flood of forged SYNs fills the backlog", "sysctl -w net.ipv4.tcp_syncookies=1", 1},
	{"/proc/sys/net/core/somaxconn", "net.core.somaxconn",
	 "a storm that is admitted overflows the listener's queue",
	 "sysctl -w net.core.somaxconn=4096", 1024},
	/* quic-go asks for 7 MiB and warns below: its wiki, "UDP Buffer Sizes". */
	{"/proc/sys/net/core/rmem_max", "net.core.rmem_max", "QUIC loses datagrams in bursts",
	 "sysctl -w net.core.rmem_max=7500000", 7340032},
};

void doctor_sysctls(struct doctor *self)
{
	for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		char text[64];

		if (!doctor_line(self, sysctls[i].path, text, sizeof(text)))
			continue;
		if (strtol(text, NULL, 10) < sysctls[i].least)
			doctor_find(self, HEALTH_NOTE, "sysctl", sysctls[i].remedy, "%s is %s: %s",
				    sysctls[i].name, text, sysctls[i].why);
		else
			doctor_find(self, HEALTH_WELL, "sysctl", NULL, "%s is %s", sysctls[i].name,
				    text);
	}
}
