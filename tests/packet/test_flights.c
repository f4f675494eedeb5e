/* SPDX-License-Identifier: BSD-2-Clause */
/* Recorded dials of real stacks (tests/data/quic) through the front door and the way out, as they came. */
#include "dialogue.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <peergate/source.h>

#define FLIGHTS "tests/data/quic/"

static const char *const peers[] = {"192.0.2.1", "2001:db8::1"};

/* What the rows of a name have in common; the longest name that starts a file's counts. */
static const struct kind {
	const char *name;
	int dials;  /* of theirs, in all */
	int proven; /* of these, as soon as the recording shows it */
} kinds[] = {
	{"go-libp2p-in", 1, 1},
	{"go-libp2p-out", 0, 0},
	{"go-libp2p-v6-in", 1, 1},
	{"go-libp2p-v6-out", 0, 0},
	{"quic-go-v1-again-in", 2, 1}, /* as below */
	{"quic-go-v1-in", 1, 0},       /* one short header of ours, and the recording ends */
	{"quic-go-v1-move-in", 1, 1},
	{"quic-go-v1-out", 0, 0},
	{"quic-go-v1-retry-in", 1, 1},
	{"quic-go-v1-retry-out", 0, 0},
	{"quic-go-v1-zero-in", 1, 0}, /* no ID of theirs to aim at, none of ours came back */
	{"quic-go-v1-zero-out", 0, 0},
	{"quic-go-v2-in", 1, 1},
	{"quic-go-v2-out", 0, 0},
	{"quic-go-v2-retry-in", 1, 1},
	{"quic-go-v2-retry-out", 0, 0},
	{"quic-go-versions-in", 1, 0},
	{"quinn-in", 1, 1},
	{"quinn-node-in", 1, 1},
	{"quinn-node-out", 0, 0},
	{"quinn-out", 0, 0},
	{"quinn-v6-in", 1, 1},
};

static size_t read_hex(const char *hex, uint8_t *ret)
{
	size_t size = 0;
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		ret[size++] = byte;
	return size;
}

static void put_bans(struct rig *rig)
{
	struct record ban = {.until = FOREVER_NS,
			     .standing = STANDING_BANNED,
			     .reason = REASON_BAD_SCORE,
			     .services = 0xff};

	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		rig_put(rig, peers[i], &ban);
}

static void lift_bans(struct rig *rig)
{
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		rig_put(rig, peers[i], &(struct record){0});
}

static unsigned int proven(struct rig *rig)
{
	struct source_key none = {{0}}, key;
	struct witness witness = {0};
	int map = bpf_map__fd(rig->gate->maps.witness);

	if (!bpf_map_get_next_key(map, &none, &key))
		bpf_map_lookup_elem(map, &key, &witness);
	return witness.opened;
}

/* The first Initial of each dial of theirs comes from a newcomer; all that follows, of a banned source. */
static void play(struct rig *rig, const struct kind *kind, FILE *file, enum rig_door door)
{
	static char line[8192];
	struct frame frame = {0};
	uint8_t first[256] = {0};
	uint64_t at_ns = 0;
	int dials = 0;

	rig_clear((void **)&rig);
	rig_remembers(rig, true);
	put_bans(rig);
	while (fgets(line, sizeof(line), file)) {
		char direction[4], hex[8000];
		unsigned long long ns;
		const uint8_t *quic;

		if (sscanf(line, "%3s %llu %7999[0-9a-f]", direction, &ns, hex) != 3)
			continue;
		frame.size = read_hex(hex, frame.bytes);
		rig_wait(rig, ns - at_ns);
		at_ns = ns;
		quic = frame.bytes + 14 + 8 + (frame.bytes[12] == 0x08 ? 20 : 40);
		if (!strcmp(direction, "out")) {
			assert_true(rig_leaves(rig, 0, &frame));
			continue;
		}
		/* To eight bytes or more that nobody has answered to yet: theirs, and again while it is the same. */
		if (kind->dials && (quic[0] & 0x80) && quic[5] > 8 &&
		    memcmp(first, quic + 5, 1 + quic[5])) {
			memcpy(first, quic + 5, 1 + quic[5]);
			if (rig_run(rig, door, &frame) == RIG_PASS)
				fail_msg("%s: a banned source's dial passed", kind->name);
			lift_bans(rig);
			dials++;
		} else if (!kind->dials || memcmp(first, quic + 5, 1 + quic[5])) {
			put_bans(rig);
		}
		if (rig_run(rig, door, &frame) != RIG_PASS)
			fail_msg("%s: refused after %llu ns: %.80s", kind->name, ns,
				 strrchr(line, '#'));
	}
	assert_int_equal(dials, kind->dials);
	if (proven(rig) != (unsigned int)kind->proven)
		fail_msg("%s: %u proven", kind->name, proven(rig));
}

static void real_dials_pass_once_they_are_let_in(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
			char path[128];
			FILE *file;

			snprintf(path, sizeof(path), FLIGHTS "%s.packets", kinds[i].name);
			file = fopen(path, "r");
			if (!file)
				fail_msg("%s is not there (run from the top of the tree)", path);
			play(*state, &kinds[i], file, door);
			fclose(file);
		}
}

/* Each recording is in the table above. */
static void no_recording_is_left_out(void **state)
{
	DIR *folder = opendir(FLIGHTS);
	unsigned int files = 0;

	(void)state;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder));)
		files += !!strstr(entry->d_name, ".packets");
	closedir(folder);
	assert_int_equal(files, ARRAY_SIZE(kinds));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(real_dials_pass_once_they_are_let_in, rig_clear),
		cmocka_unit_test(no_recording_is_left_out),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
