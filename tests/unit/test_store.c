/* SPDX-License-Identifier: BSD-2-Clause */
/* The store: records as bytes and back, a book through a file, older and newer files, damaged ones, disks that are full. */
#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store.h"
#include "store_pack.h"
#include "store_schema.h"

struct stage {
	char folder[64], path[96];
	uv_loop_t loop;
	struct store store;
	struct play *play;
};

static int stage_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	strcpy(stage->folder, "/tmp/pgstore.XXXXXX");
	if (!mkdtemp(stage->folder))
		return -1;
	snprintf(stage->path, sizeof(stage->path), "%s/book.db", stage->folder);
	uv_loop_init(&stage->loop);
	*state = stage;
	return 0;
}

static int drop(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static int stage_down(void **state)
{
	struct stage *stage = *state;

	uv_run(&stage->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&stage->loop), 0);
	nftw(stage->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	free(stage);
	return 0;
}

/* A process begins: an empty book, and what the file has. */
static void begin(struct stage *stage)
{
	stage->play = play_new();
	store_open(&stage->store, &stage->loop, stage->play->policy, stage->path);
	store_restore(&stage->store, false);
	policy_load_end(stage->play->policy);
}

static void end(struct stage *stage)
{
	store_close(&stage->store);
	play_free(stage->play);
}

/* It dies: nothing more is written. */
static void die(struct stage *stage)
{
	uv_run(&stage->loop, UV_RUN_DEFAULT);
	stage->store.state = STORE_OFF;
	end(stage);
}

/* Turns of the loop until nothing is left to do. */
static void work(struct stage *stage)
{
	do
		uv_run(&stage->loop, UV_RUN_DEFAULT);
	while (store_turn(&stage->store) || stage->store.busy);
}

static void ban(struct stage *stage, const char *text)
{
	const struct prefix prefix = play_prefix(text);

	assert_int_equal(policy_ban(stage->play->policy, &prefix, FOREVER_NS, REASON_OPERATOR,
				    stage->play->now, NULL),
			 0);
}

/* The loop's clock is the test's: what is taken at a moment comes back at the same. */
static bool is_banned(struct stage *stage, const char *text)
{
	return play_bans(stage->play, text);
}

static struct saved fullest_peer(void)
{
	struct saved saved = {.kind = SAVED_PEER, .number = 7, .taken = UINT64_MAX - 3};

	memset(&saved.peer, 0xff, sizeof(saved.peer));
	memset(saved.peer.id, 'x', PEER_ID_MAX - 1);
	saved.peer.id[PEER_ID_MAX - 1] = '\0';
	for (int i = 0; i < SAVED_LINKS; i++)
		saved.peer.links[i].source.length = 128;
	return saved;
}

static void a_record_is_the_same_after_its_bytes(void **state)
{
	struct saved saved = fullest_peer(), back;
	struct buffer bytes = {0}, again = {0};

	(void)state;
	memset(&back, 0xaa, sizeof(back));
	store_pack(&bytes, &saved);
	assert_in_range(bytes.length, 600, PACKED_MAX / 2);
	assert_int_equal(store_unpack(&back, SAVED_PEER, 7, bytes.bytes, bytes.length), 0);
	store_pack(&again, &back);
	assert_int_equal(again.length, bytes.length);
	assert_memory_equal(again.bytes, bytes.bytes, bytes.length);
	buffer_free(&again);
	assert_memory_equal(&back.peer.id, &saved.peer.id, sizeof(saved.peer.id));
	assert_int_equal(back.peer.past.penalty, -1);
	assert_true(back.taken == saved.taken);
	buffer_free(&bytes);
}

static void no_flipped_bit_becomes_a_record(void **state)
{
	struct saved saved = fullest_peer(), back;
	struct buffer bytes = {0};

	(void)state;
	store_pack(&bytes, &saved);
	for (size_t bit = 0; bit < bytes.length * 8; bit++) {
		bytes.bytes[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(store_unpack(&back, SAVED_PEER, 7, bytes.bytes, bytes.length),
				 -EBADMSG);
		bytes.bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t length = 0; length < bytes.length; length++)
		assert_int_equal(store_unpack(&back, SAVED_PEER, 7, bytes.bytes, length), -EBADMSG);
	buffer_free(&bytes);
}

static void a_book_outlives_its_process(void **state)
{
	struct stage *stage = *state;

	begin(stage);
	play_join(stage->play, "Good", "192.0.2.1");
	ban(stage, "198.51.100.0/24");
	ban(stage, "203.0.113.5");
	store_tick(&stage->store);
	work(stage);
	assert_int_equal(stage->store.written, 4);
	assert_int_equal(policy_save_pending(stage->play->policy), 0);
	die(stage);
	begin(stage);
	assert_true(is_banned(stage, "198.51.100.9"));
	assert_true(is_banned(stage, "203.0.113.5"));
	assert_true(play_explains(stage->play, "192.0.2.1", "handshake"));
	assert_int_equal(stage->store.records, 4);
	assert_int_equal(policy_save_pending(stage->play->policy), 0);
	end(stage);
}

/* What a word's ticket says is there, whatever else is not. */
static void words_are_on_the_disk_when_their_batch_is_over(void **state)
{
	struct stage *stage = *state;
	uint64_t ticket;

	begin(stage);
	play_join(stage->play, "Good", "192.0.2.1");
	ban(stage, "203.0.113.5");
	ticket = store_ticket(&stage->store, NULL);
	assert_true(store_done(&stage->store) < ticket);
	assert_true(store_waits(&stage->store));
	work(stage); /* without the second's tick */
	assert_true(store_done(&stage->store) >= ticket);
	assert_int_equal(stage->store.failed, 0);
	assert_int_equal(policy_save_pending(stage->play->policy), 2);
	die(stage);
	begin(stage);
	assert_true(is_banned(stage, "203.0.113.5"));
	end(stage);
}

static void an_unban_is_one(void **state)
{
	const struct prefix prefix = play_prefix("203.0.113.5");
	struct stage *stage = *state;

	begin(stage);
	ban(stage, "203.0.113.5");
	work(stage);
	assert_int_equal(policy_unban(stage->play->policy, &prefix, stage->play->now, NULL), 0);
	work(stage);
	assert_int_equal(stage->store.records, 0);
	die(stage);
	begin(stage);
	assert_false(is_banned(stage, "203.0.113.5"));
	end(stage);
}

static unsigned int files_like(const struct stage *stage, const char *word)
{
	char command[256], line[256];
	unsigned int count = 0;
	FILE *list;

	snprintf(command, sizeof(command), "ls %s/book.db.%s-* 2>/dev/null | grep -v -e -wal",
		 stage->folder, word);
	list = popen(command, "r");
	while (fgets(line, sizeof(line), list))
		count++;
	pclose(list);
	return count;
}

static void scribble(const struct stage *stage, off_t at, size_t length)
{
	int fd = open(stage->path, O_WRONLY);
	char bytes[4096];

	memset(bytes, 0x5a, sizeof(bytes));
	assert_true(pwrite(fd, bytes, length, at) == (ssize_t)length);
	close(fd);
}

/* Where the damage is: the head of the file, a page of rows, a few bytes of one row. */
static const struct {
	const char *what;
	off_t at;
	size_t length;
} damages[] = {
	{"head", 0, 100},
	{"page", 4096, 4096},
	{"row", 4096 * 2 - 40, 8},
};

static void a_damaged_file_is_set_aside(void **state)
{
	struct stage *stage = *state;

	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		begin(stage);
		ban(stage, "203.0.113.5");
		end(stage);
		scribble(stage, damages[i].at, damages[i].length);
		begin(stage);
		expect_true(damages[i].what, strstr(stage->store.note.sentence, ".damaged-"));
		expect_true(damages[i].what, stage->store.state == STORE_GOOD);
		ban(stage, "203.0.113.6");
		die(stage);
		expect_true(damages[i].what, files_like(stage, "damaged") == 1);
		nftw(stage->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
		mkdir(stage->folder, 0700);
	}
}

static void run_sql(const struct stage *stage, const char *text)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(stage->path, &db), 0);
	if (sqlite3_exec(db, text, NULL, NULL, &why))
		fail_msg("%s", why);
	sqlite3_close(db);
}

static void files_of_others_are_left_alone(void **state)
{
	static const struct {
		const char *what, *sql, *words;
	} rows[] = {
		{"newer",
		 "PRAGMA application_id = 1885823348; PRAGMA user_version = 99; "
		 "CREATE TABLE places (number INTEGER PRIMARY KEY);",
		 "newer peergate"},
		{"another program's", "CREATE TABLE bookmarks (id INTEGER);", "no store"},
	};
	struct stage *stage = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		run_sql(stage, rows[i].sql);
		begin(stage);
		expect_true(rows[i].what, stage->store.state == STORE_REFUSED);
		expect_true(rows[i].what, strstr(stage->store.note.sentence, rows[i].words));
		ban(stage, "203.0.113.5");
		store_tick(&stage->store);
		work(stage);
		end(stage);
		run_sql(stage, "SELECT * FROM sqlite_master");
		remove(stage->path);
	}
}

/* Another process that has the file open until @over is closed. */
static void hold_open(const struct stage *stage, int ready, int over)
{
	struct store_file *file;
	char byte = 0;

	if (store_file_open(&file, stage->path, NULL) || write(ready, &byte, 1) != 1)
		_exit(1);
	_exit(read(over, &byte, 1) ? 1 : 0);
}

/* One store, two daemons: the second one says so and does not touch it. */
static void a_file_in_use_is_left_alone(void **state)
{
	struct stage *stage = *state;
	struct store_file *file;
	struct why why = {""};
	int ready[2], over[2], status;
	char byte;

	assert_int_equal(pipe(ready) | pipe(over), 0);
	if (!fork()) {
		close(over[1]);
		hold_open(stage, ready[1], over[0]);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(store_file_open(&file, stage->path, &why), -EBUSY);
	assert_non_null(strstr(why.sentence, "another process"));
	close(over[1]);
	wait(&status);
	assert_int_equal(status, 0);
	assert_int_equal(store_file_open(&file, stage->path, &why), 0);
	store_file_close(file);
}

static void an_absent_folder_is_tried_again(void **state)
{
	struct stage *stage = *state;
	struct why why = {""};

	rmdir(stage->folder);
	begin(stage);
	assert_int_equal(stage->store.state, STORE_RETRYING);
	ban(stage, "203.0.113.5");
	assert_int_equal(store_ticket(&stage->store, &why), 0);
	assert_non_null(strstr(why.sentence, "not kept over a reboot"));
	mkdir(stage->folder, 0700);
	stage->store.retry_at_ns = 0; /* the wait is over */
	store_tick(&stage->store);
	assert_int_equal(stage->store.state, STORE_GOOD);
	work(stage);
	die(stage);
	begin(stage);
	assert_true(is_banned(stage, "203.0.113.5"));
	end(stage);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_up, stage_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_the_same_after_its_bytes),
		cmocka_unit_test(no_flipped_bit_becomes_a_record),
		TEST(a_book_outlives_its_process),
		TEST(words_are_on_the_disk_when_their_batch_is_over),
		TEST(an_unban_is_one),
		TEST(a_damaged_file_is_set_aside),
		TEST(files_of_others_are_left_alone),
		TEST(a_file_in_use_is_left_alone),
		TEST(an_absent_folder_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
