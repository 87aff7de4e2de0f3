/*
 * Suspects, in a file of fixed size that is mapped shared: what a thread stores there is the kernel's at once, so it
 * outlives the process, however that ends. Only a power cut can lose it, and then nobody died of a story.
 *
 * The file has a head, one note a lane, and the entries: messages that have seen a process die, with their counts. A
 * note is written while its state word is 0, and the word comes last; notes and entries carry a check word too, and one
 * that does not agree with it is as if not there. The disk's blocks are reserved before the mapping is made, and the
 * size is checked, so that no store can fail later (it would be a SIGBUS).
 */
#include "worker/suspects.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/log.h"
#include "worker/condemned.h"
#include "worker/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SUSPECTS_MAGIC     "WDSUSPCT"
#define SUSPECTS_VERSION   1
#define SUSPECTS_TOPIC_MAX 249 /* Kafka's own limit */

enum suspects_state { SUSPECTS_IDLE = 0, SUSPECTS_AT_WORK = 1, SUSPECTS_AT_WORK_ALONE = 2 };

/* What a lane is at. A multiple of cache lines, so that lanes do not disturb each other. */
struct suspects_note {
	_Alignas(64) _Atomic uint32_t state;
	int32_t partition;
	int64_t offset;
	uint64_t check; /* of state, partition and offset */
	uint64_t topic_check;
	uint32_t topic_n;
	char topic[SUSPECTS_TOPIC_MAX + 1];
};

struct suspects_entry {
	uint64_t check; /* XXH3 of all behind it */
	uint64_t owner; /* hash of cluster and group; 0: the entry is free */
	uint64_t age;   /* the smaller, the older */
	int64_t offset;
	int32_t partition;
	uint32_t deaths;
	uint32_t deaths_alone;
	uint32_t topic_n;
	char topic[SUSPECTS_TOPIC_MAX + 1];
};

struct suspects_file {
	char magic[8]; /* written last when the file is made */
	uint32_t version;
	uint32_t bytes;
	uint64_t owner; /* whose notes these are */
	uint64_t next_age;
	struct suspects_note notes[LANES_MAX];
	struct suspects_entry entries[SUSPECTS_MAX];
};

struct suspects {
	struct suspects_file *file;
	int fd; /* holds the lock */
	uint64_t owner;
	bool alone;
	size_t n; /* entries of this owner */
};

/* --- notes ------------------------------------------------------------------------------------------------------- */

static uint64_t suspects_note_check(uint32_t state, int32_t partition, int64_t offset)
{
	return ((uint64_t)offset ^ ((uint64_t)(uint32_t)partition << 40) ^ ((uint64_t)state << 32)) *
	       UINT64_C(0x9e3779b97f4a7c15);
}

/* Topics change rarely from message to message, so the name is compared rather than written. */
static void suspects_note_topic(struct suspects_note *note, struct str topic)
{
	if (note->topic_n == topic.n && memcmp(note->topic, topic.p, topic.n) == 0)
		return;
	CHECK(topic.n <= SUSPECTS_TOPIC_MAX);
	if (topic.n)
		memcpy(note->topic, topic.p, topic.n);
	note->topic_n = (uint32_t)topic.n;
	note->topic_check = digest_xxh64(topic);
}

void suspects_working(struct suspects *s, size_t lane, const struct message *msg)
{
	CHECK(lane < LANES_MAX);
	struct suspects_note *note = &s->file->notes[lane];
	atomic_store_explicit(&note->state, SUSPECTS_IDLE, memory_order_release);
	if (!msg)
		return;
	uint32_t state = s->alone ? SUSPECTS_AT_WORK_ALONE : SUSPECTS_AT_WORK;
	suspects_note_topic(note, msg->delivery.topic);
	note->partition = msg->delivery.partition;
	note->offset = msg->delivery.offset;
	note->check = suspects_note_check(state, note->partition, note->offset);
	atomic_store_explicit(&note->state, state, memory_order_release);
}

static bool suspects_note_is_sound(const struct suspects_note *note, uint32_t state)
{
	return (state == SUSPECTS_AT_WORK || state == SUSPECTS_AT_WORK_ALONE) && note->topic_n <= SUSPECTS_TOPIC_MAX &&
	       note->check == suspects_note_check(state, note->partition, note->offset) &&
	       note->topic_check == digest_xxh64(str_make(note->topic, note->topic_n));
}

void suspects_alone(struct suspects *s, bool alone)
{
	s->alone = alone;
}

/* --- entries ----------------------------------------------------------------------------------------------------- */

static uint64_t suspects_entry_check(const struct suspects_entry *entry)
{
	size_t from = sizeof entry->check;
	return digest_xxh64(str_make((const char *)entry + from, sizeof *entry - from));
}

static void suspects_entry_seal(struct suspects_entry *entry)
{
	entry->check = suspects_entry_check(entry);
}

static void suspects_entry_clear(struct suspects_entry *entry)
{
	memset(entry, 0, sizeof *entry);
}

static bool suspects_entry_is_of(const struct suspects_entry *entry, uint64_t owner, struct str topic,
                                 int32_t partition, int64_t offset)
{
	return entry->offset == offset && entry->partition == partition && entry->owner == owner &&
	       str_eq(topic, str_make(entry->topic, entry->topic_n));
}

/* A process died within these words: what is not whole is as if not there. */
static void suspects_clear_torn(struct suspects_file *file)
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		struct suspects_entry *entry = &file->entries[i];
		if (entry->owner &&
		    (entry->topic_n > SUSPECTS_TOPIC_MAX || entry->check != suspects_entry_check(entry)))
			suspects_entry_clear(entry);
	}
}

/* A free one, else the oldest. */
static struct suspects_entry *suspects_room(struct suspects_file *file)
{
	struct suspects_entry *oldest = &file->entries[0];
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		struct suspects_entry *entry = &file->entries[i];
		if (!entry->owner)
			return entry;
		if (entry->age < oldest->age)
			oldest = entry;
	}
	return oldest;
}

static struct suspects_entry *suspects_find_or_add(struct suspects_file *file, const struct suspects_note *note)
{
	struct str topic = str_make(note->topic, note->topic_n);
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		if (suspects_entry_is_of(&file->entries[i], file->owner, topic, note->partition, note->offset))
			return &file->entries[i];
	}
	struct suspects_entry *entry = suspects_room(file);
	suspects_entry_clear(entry);
	entry->owner = file->owner;
	entry->age = file->next_age++;
	entry->partition = note->partition;
	entry->offset = note->offset;
	entry->topic_n = note->topic_n;
	memcpy(entry->topic, note->topic, note->topic_n);
	return entry;
}

static void suspects_count_death(struct suspects_file *file, const struct suspects_note *note, bool alone)
{
	struct suspects_entry *entry = suspects_find_or_add(file, note);
	entry->deaths++;
	entry->deaths_alone += alone;
	suspects_entry_seal(entry);
	log_warn("SUSPECT", "a message was at work when the process died",
	         LOG_STR("topic", str_make(entry->topic, entry->topic_n)), LOG_INT("partition", entry->partition),
	         LOG_INT("offset", entry->offset), LOG_INT("deaths", entry->deaths),
	         LOG_INT("alone", entry->deaths_alone));
}

/* The dead process's notes become counts, its owner's, whoever starts now. */
static void suspects_count_deaths(struct suspects_file *file)
{
	for (size_t i = 0; i < LANES_MAX; i++) {
		struct suspects_note *note = &file->notes[i];
		uint32_t state = atomic_load_explicit(&note->state, memory_order_acquire);
		if (file->owner && suspects_note_is_sound(note, state))
			suspects_count_death(file, note, state == SUSPECTS_AT_WORK_ALONE);
		memset(note, 0, sizeof *note);
	}
}

static void suspects_recount(struct suspects *s)
{
	s->n = 0;
	for (size_t i = 0; i < SUSPECTS_MAX; i++)
		s->n += s->file->entries[i].owner == s->owner;
}

/* --- condemning --------------------------------------------------------------------------------------------------- */

static bool suspects_condemn_entry(const struct suspects_entry *entry, struct str cluster, struct condemned *condemned,
                                   struct err *err)
{
	struct position at = {.cluster = cluster,
	                      .topic = str_make(entry->topic, entry->topic_n),
	                      .partition = entry->partition,
	                      .offset = entry->offset};
	char words[160];
	snprintf(words, sizeof words,
	         "the process died %u times while it worked on this message, %u times with no other at work",
	         entry->deaths, entry->deaths_alone);
	if (!condemned_add(condemned, &at, -1, REASON_POISON, words, err))
		return false;
	log_error("CONDEMNED", "a message has killed the process too often, it becomes a dead letter",
	          LOG_STR("topic", at.topic), LOG_INT("partition", at.partition), LOG_INT("offset", at.offset),
	          LOG_INT("deaths", entry->deaths), LOG_INT("alone", entry->deaths_alone));
	return true;
}

/* Those condemned need not run alone any more: nothing works on them. */
static bool suspects_condemn(struct suspects *s, struct str cluster, struct condemned *condemned, struct err *err)
{
	for (size_t i = 0; condemned && i < SUSPECTS_MAX; i++) {
		struct suspects_entry *entry = &s->file->entries[i];
		if (entry->owner != s->owner ||
		    (entry->deaths < SUSPECTS_DEATHS_MAX && entry->deaths_alone < SUSPECTS_ALONE_MAX))
			continue;
		if (!suspects_condemn_entry(entry, cluster, condemned, err))
			return false;
		suspects_entry_clear(entry);
	}
	return true;
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

bool suspects_must_run_alone(const struct suspects *s, const struct message *msg)
{
	const struct position *at = &msg->delivery;
	for (size_t i = 0; s->n && i < SUSPECTS_MAX; i++) {
		if (suspects_entry_is_of(&s->file->entries[i], s->owner, at->topic, at->partition, at->offset))
			return true;
	}
	return false;
}

size_t suspects_count(const struct suspects *s)
{
	return s->n;
}

static bool suspects_entry_is_past(const struct suspects_entry *entry, const struct offsets *committed)
{
	char topic[SUSPECTS_TOPIC_MAX + 1] = {0};
	memcpy(topic, entry->topic, entry->topic_n);
	const struct offset *at = offsets_find(committed, topic, entry->partition, NULL);
	return at && at->next >= 0 && entry->offset < at->next;
}

void suspects_forget_below(struct suspects *s, const struct offsets *committed)
{
	if (s->n == 0)
		return;
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		struct suspects_entry *entry = &s->file->entries[i];
		if (entry->owner == s->owner && suspects_entry_is_past(entry, committed))
			suspects_entry_clear(entry);
	}
	suspects_recount(s);
}

void suspects_forget(struct suspects *s, const struct batch *batch)
{
	suspects_forget_below(s, &batch->next);
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static uint64_t suspects_make_owner(struct str cluster, struct str group)
{
	struct buf name;
	buf_init(&name, 1 << 20);
	buf_str(&name, cluster);
	buf_putc(&name, 0);
	buf_str(&name, group);
	uint64_t hash = digest_xxh64(buf_view(&name));
	buf_free(&name);
	return hash ? hash : 1;
}

/* The lock goes with the process, however it ends. */
static int suspects_open_locked(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0) {
		err_set(err, "cannot open '%s': %s%s", path, strerror(errno), state_advice(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		err_set(err, "another worker has '%s' open; give each worker on a host a state-dir of its own", path);
	else
		err_set(err, "cannot lock '%s': %s", path, strerror(errno));
	close(fd);
	return -1;
}

static struct suspects_file *suspects_map(int fd, const char *path, struct err *err)
{
	int why = posix_fallocate(fd, 0, sizeof(struct suspects_file));
	if (why) {
		err_set(err, "cannot reserve %zu bytes for '%s': %s%s", sizeof(struct suspects_file), path,
		        strerror(why), state_advice(why));
		return NULL;
	}
	void *p = mmap(NULL, sizeof(struct suspects_file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		err_set(err, "cannot map '%s': %s", path, strerror(errno));
		return NULL;
	}
	return p;
}

static void suspects_init_file(struct suspects_file *file)
{
	memset(file, 0, sizeof *file);
	file->version = SUSPECTS_VERSION;
	file->bytes = sizeof *file;
	memcpy(file->magic, SUSPECTS_MAGIC, sizeof file->magic);
}

static bool suspects_is_sound(const struct suspects_file *file)
{
	return memcmp(file->magic, SUSPECTS_MAGIC, sizeof file->magic) == 0 && file->version == SUSPECTS_VERSION &&
	       file->bytes == sizeof *file;
}

enum suspects_finding { SUSPECTS_FOUND, SUSPECTS_BAD, SUSPECTS_TROUBLE };

/* Opens the file there is, or a new one; bad: it is neither, and must be put aside. */
static enum suspects_finding suspects_open_file(struct suspects *s, const char *path, struct err *err)
{
	struct stat st;
	s->fd = suspects_open_locked(path, err);
	if (s->fd < 0)
		return SUSPECTS_TROUBLE;
	if (fstat(s->fd, &st) != 0) {
		err_set(err, "cannot read '%s': %s", path, strerror(errno));
		return SUSPECTS_TROUBLE;
	}
	if (!S_ISREG(st.st_mode) || (st.st_size != 0 && st.st_size != sizeof(struct suspects_file)))
		return SUSPECTS_BAD;
	s->file = suspects_map(s->fd, path, err);
	if (!s->file) {
		if (st.st_size == 0) /* else the next start takes it for damaged */
			(void)!ftruncate(s->fd, 0);
		return SUSPECTS_TROUBLE;
	}
	if (st.st_size == 0)
		suspects_init_file(s->file);
	return suspects_is_sound(s->file) ? SUSPECTS_FOUND : SUSPECTS_BAD;
}

static void suspects_close_file(struct suspects *s)
{
	if (s->file)
		munmap(s->file, sizeof *s->file);
	if (s->fd >= 0)
		close(s->fd);
	s->file = NULL;
	s->fd = -1;
}

static bool suspects_open_or_renew(struct suspects *s, const char *path, struct err *err)
{
	enum suspects_finding found = suspects_open_file(s, path, err);
	if (found == SUSPECTS_BAD) {
		state_put_aside(path, "it is no file of suspects of this version, or not whole");
		suspects_close_file(s);
		found = suspects_open_file(s, path, err);
	}
	if (found == SUSPECTS_BAD)
		err_set(err, "'%s' is not what it should be and cannot be put aside; remove it", path);
	return found == SUSPECTS_FOUND;
}

struct suspects *suspects_open(const char *state_dir, struct str cluster, struct str group, struct condemned *condemned,
                               struct err *err)
{
	char path[PATH_MAX];
	struct suspects *s = calloc(1, sizeof *s);
	CHECK(s);
	s->fd = -1;
	s->owner = suspects_make_owner(cluster, group);
	if (!state_dir_make(state_dir, err) || !state_path(state_dir, "suspects", path, err) ||
	    !suspects_open_or_renew(s, path, err))
		goto fail;
	suspects_clear_torn(s->file);
	suspects_count_deaths(s->file);
	s->file->owner = s->owner;
	if (!suspects_condemn(s, cluster, condemned, err))
		goto fail;
	suspects_recount(s);
	return s;
fail:
	suspects_close_file(s);
	free(s);
	return NULL;
}

void suspects_acquit(struct suspects *s)
{
	for (size_t i = 0; i < LANES_MAX; i++)
		suspects_working(s, i, NULL);
}

void suspects_close(struct suspects **suspects)
{
	struct suspects *s = *suspects;
	*suspects = NULL;
	if (!s)
		return;
	suspects_acquit(s);
	suspects_close_file(s);
	free(s);
}
