/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_mount.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mount {
	char *root, *point, *type;
};

/* proc(5): ID, parent, device, root, mount point, options, optional fields, "-", type … */
static bool mount_read(char *line, struct mount *ret)
{
	char *fields[6], *field;

	for (int i = 0; i < 6; i++)
		if (!(fields[i] = strsep(&line, " ")))
			return false;
	while ((field = strsep(&line, " ")) && strcmp(field, "-"))
		;
	ret->root = fields[3];
	ret->point = fields[4];
	ret->type = field ? strsep(&line, " ") : NULL;
	return ret->type;
}

/* Space, tab, newline and backslash are written as \040 and so on. */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
			char digits[4] = {text[1], text[2], text[3]};

			*to++ = (char)strtol(digits, NULL, 8);
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

static int say_none(bool legacy, struct why *why)
{
	if (!legacy)
		return why_fill(why, -EOPNOTSUPP,
				"no cgroup hierarchy is mounted here: dials over TCP are not "
				"judged, and connections are counted by the census alone");
	return why_fill(why, -EOPNOTSUPP,
			"this host has cgroup v1 only: dials over TCP are not judged, and "
			"connections are counted by the census alone; boot with "
			"systemd.unified_cgroup_hierarchy=1 or mount -t cgroup2");
}

int cgroup_mount_find(const char *mountinfo, char *ret_path, struct why *why)
{
	bool legacy = false, found = false, whole = false;
	FILE *file = fopen(mountinfo, "re");
	char *line = NULL;
	size_t room = 0;
	struct mount mount;

	if (!file)
		return why_fill(why, -errno, "%s: %s", mountinfo, strerror(errno));
	while (getline(&line, &room, file) > 0) {
		if (!mount_read(line, &mount))
			continue;
		legacy |= !strcmp(mount.type, "cgroup");
		if (strcmp(mount.type, "cgroup2") || whole)
			continue;
		unescape(mount.point);
		if (strlen(mount.point) >= CGROUP_PATH_MAX / 2 ||
		    (found && strcmp(mount.root, "/")))
			continue;
		strcpy(ret_path, mount.point);
		found = true;
		whole = !strcmp(mount.root, "/");
	}
	free(line);
	fclose(file);
	return found ? 0 : say_none(legacy, why);
}
