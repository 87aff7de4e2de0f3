/*
 * The file of a user's own gazetteer, out of what own_build_end left in order. See own_build.h and own_file.h.
 */
#include "pipeline/stages/entities/own_build_inside.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/stages/entities/words.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define OWN_WRITE_FILTER_BITS 12 /* a key */

struct own_writer {
	FILE *file;
	XXH3_state_t *sum;
	uint64_t bytes;
	int fault; /* the first one's errno; 0: all that was written is */
};

/* Faults are asked for once, at the end; behind one nothing is written. */
static void own_write(struct own_writer *w, const void *p, size_t n)
{
	if (n && !w->fault && fwrite(p, 1, n, w->file) != n)
		w->fault = errno;
	XXH3_64bits_update(w->sum, p, n);
	w->bytes += n;
}

struct own_tables {
	uint64_t *filter;
	struct own_file_slot *slots;
	uint32_t n_filter, n_slots;
};

static void own_tables_know(struct own_tables *t, uint64_t hash)
{
	struct gazetteer_file_filter filter = gazetteer_file_filter(hash, t->n_filter);
	t->filter[filter.at] |= filter.bits;
}

/* The beginnings of a name. Words of any case, and those with small letters, may begin small. */
static void own_tables_add(struct own_tables *t, const struct own_build *b, const struct own_link *link,
                           struct arena *arena)
{
	struct words words = words_split(own_build_text(b, link->link.text), arena);
	uint64_t run = 0;
	for (size_t i = 0; i < words.n; i++) {
		run = gazetteer_file_join(run, gazetteer_file_word(words_text(&words, i)));
		bool small = words_is_small(&words.at[i]);
		if (!i && small)
			own_tables_know(t, run ^ OWN_FILE_BEGINS_SMALL);
		if (!i && (!small || !(link->link.rule & OWN_EXACT)))
			own_tables_know(t, run ^ OWN_FILE_BEGINS);
		if (i + 1 < words.n)
			own_tables_know(t, run);
	}
}

/* How large they will be; empty. */
static struct own_tables own_tables_measure(const struct own_build *b)
{
	size_t n_names = 0;
	for (size_t i = 0; i < b->n_links; i++)
		n_names += (b->links[i].link.rule & OWN_LAST) != 0;
	return (struct own_tables){.n_filter = (uint32_t)(4 * b->n_links * OWN_WRITE_FILTER_BITS / 64 + 16),
	                           .n_slots = (uint32_t)(n_names + n_names / 2 + 16)};
}

static void own_tables_make(struct own_tables *t, const struct own_build *b)
{
	t->filter = grow(NULL, t->n_filter, sizeof *t->filter);
	t->slots = grow(NULL, t->n_slots, sizeof *t->slots);
	memset(t->filter, 0, t->n_filter * sizeof *t->filter);
	memset(t->slots, 0, t->n_slots * sizeof *t->slots);
	struct arena arena;
	arena_init(&arena, 0, 0);
	for (size_t i = 0; i < b->n_links; i++) {
		arena_reset(&arena);
		own_tables_add(t, b, &b->links[i], &arena);
		if (i && b->links[i].hash == b->links[i - 1].hash)
			continue;
		uint64_t hash = b->links[i].hash;
		uint32_t at = gazetteer_file_slot(hash, t->n_slots);
		while (t->slots[at].first)
			at = at + 1 == t->n_slots ? 0 : at + 1;
		t->slots[at] = (struct own_file_slot){(uint32_t)hash, (uint32_t)i + 1};
	}
	arena_free(&arena);
}

static void own_write_links(struct own_writer *w, const struct own_build *b)
{
	for (size_t i = 0; i < b->n_links; i++) {
		struct own_file_link link = b->links[i].link;
		link.object = b->objects[link.object].number;
		own_write(w, &link, sizeof link);
	}
}

/* Objects, and then what they are called. */
static uint32_t own_write_objects(struct own_writer *w, const struct own_build *b)
{
	uint32_t n_titles = 0;
	for (size_t i = 0; i < b->n_objects; i++) {
		const struct own_object *o = &b->objects[i];
		if (!o->at.file)
			continue;
		struct own_file_object object = {o->uri, n_titles, (uint32_t)o->type};
		own_write(w, &object, sizeof object);
		for (uint32_t k = o->titles; k != OWN_BUILD_NONE; k = b->titles[k].next)
			n_titles++;
	}
	for (size_t i = 0; i < b->n_objects; i++) {
		for (uint32_t k = b->objects[i].titles; k != OWN_BUILD_NONE; k = b->titles[k].next) {
			struct own_file_title title = {b->titles[k].text, b->titles[k].language,
			                               b->titles[k].next == OWN_BUILD_NONE};
			own_write(w, &title, sizeof title);
		}
	}
	return n_titles;
}

static struct own_file_head own_build_head(const struct own_build *b, const struct own_tables *t, const char *name)
{
	struct own_file_head head = {.version = OWN_FILE_VERSION,
	                             .n_filter = t->n_filter,
	                             .n_slots = t->n_slots,
	                             .n_links = (uint32_t)b->n_links,
	                             .n_objects = (uint32_t)b->counts.things,
	                             .n_titles = (uint32_t)b->n_titles,
	                             .n_languages = (uint32_t)b->n_languages,
	                             .n_text = (uint32_t)b->n_text};
	memcpy(head.magic, OWN_FILE_MAGIC, sizeof head.magic);
	snprintf(head.name, sizeof head.name, "%s", name);
	head.bytes = sizeof head + (uint64_t)t->n_filter * sizeof *t->filter + (uint64_t)t->n_slots * sizeof *t->slots +
	             (uint64_t)b->n_links * sizeof(struct own_file_link) +
	             b->counts.things * sizeof(struct own_file_object) +
	             (uint64_t)b->n_titles * sizeof(struct own_file_title) +
	             (uint64_t)b->n_languages * OWN_FILE_LANGUAGE_BYTES + b->n_text;
	return head;
}

/* The checksum is known last, and written into its place then. Returns 0, or why it could not be. */
static int own_build_write_parts(const struct own_build *b, struct own_tables t, struct own_file_head head, FILE *file)
{
	struct own_writer w = {.file = file, .sum = XXH3_createState()};
	if (!w.sum)
		check_panic("out of memory");
	own_tables_make(&t, b);
	XXH3_64bits_reset(w.sum);
	own_write(&w, &head, sizeof head);
	own_write(&w, t.filter, t.n_filter * sizeof *t.filter);
	own_write(&w, t.slots, t.n_slots * sizeof *t.slots);
	own_write_links(&w, b);
	CHECK(own_write_objects(&w, b) == b->n_titles);
	own_write(&w, b->languages, b->n_languages * sizeof *b->languages);
	own_write(&w, b->text, b->n_text);
	CHECK(w.bytes == head.bytes);
	head.checksum = XXH3_64bits_digest(w.sum);
	/* Not rewind: that forgets what went wrong before. */
	if (!w.fault && (fseek(file, 0, SEEK_SET) != 0 || fwrite(&head, sizeof head, 1, file) != 1))
		w.fault = errno;
	XXH3_freeState(w.sum);
	free(t.filter);
	free(t.slots);
	return w.fault;
}

/* The same. */
static int own_build_finish(FILE *file)
{
	if (fflush(file) != 0 || fsync(fileno(file)) != 0)
		return errno;
	mode_t mask = umask(0);
	umask(mask);
	return fchmod(fileno(file), 0666 & ~mask) == 0 ? 0 : errno;
}

bool own_build_write(const struct own_build *build, const char *path, const char *name, struct err *err)
{
	char fresh[PATH_MAX];
	struct own_tables tables = own_tables_measure(build);
	struct own_file_head head = own_build_head(build, &tables, name);
	if (head.bytes > OWN_FILE_BYTES_MAX)
		return err_set(err, "'%s' would have %llu bytes, and at most %llu are read; make several files of it",
		               path, (unsigned long long)head.bytes, (unsigned long long)OWN_FILE_BYTES_MAX);
	int n = snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
	if (n < 0 || n >= (int)sizeof fresh)
		return err_set(err, "the path of the output is too long");
	int fd = mkstemp(fresh);
	if (fd < 0)
		return err_set(err, "cannot write '%s': %s", fresh, strerror(errno));
	FILE *file = fdopen(fd, "wb");
	if (!file)
		check_panic("out of memory");
	int why = own_build_write_parts(build, tables, head, file);
	if (!why)
		why = own_build_finish(file);
	if (fclose(file) != 0 && !why)
		why = errno;
	if (!why && rename(fresh, path) != 0)
		why = errno;
	if (why)
		unlink(fresh);
	return !why || err_set(err, "cannot write '%s': %s", path, strerror(why));
}
