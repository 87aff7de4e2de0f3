/*
 * Counts who asks for memory: preloaded into a process, it counts calls of malloc and kin by the object they come from.
 *
 *     LD_PRELOAD=…/libmalloc_count.so MALLOC_COUNT=FILE program …
 *
 * At the end FILE holds a line an object: calls, path; the program itself is called "program". wiredesk is linked from
 * static libraries, so everything that is ours counts there, and librdkafka, cJSON and ICU count under their own names.
 * What the C library asks for on our behalf (strdup, opendir) counts under its name. Steady state is the difference of
 * a long and a short run.
 */
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS_MAX 128

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

struct object {
	uintptr_t start, end;
	char name[256];
	_Atomic uint64_t calls;
};

/* The loader knows the objects; they do not change after start, but for plug-ins, which count as "other". */
static struct object malloc_count_objects[OBJECTS_MAX];
static size_t malloc_count_n;
static _Atomic uint64_t malloc_count_other;

static int malloc_count_note(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size, (void)arg;
	for (int i = 0; i < info->dlpi_phnum && malloc_count_n < OBJECTS_MAX; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		struct object *object = &malloc_count_objects[malloc_count_n++];
		object->start = info->dlpi_addr + segment->p_vaddr;
		object->end = object->start + segment->p_memsz;
		snprintf(object->name, sizeof(object->name), "%s", info->dlpi_name[0] ? info->dlpi_name : "program");
	}
	return 0;
}

__attribute__((constructor)) static void malloc_count_begin(void)
{
	dl_iterate_phdr(malloc_count_note, NULL);
}

__attribute__((destructor)) static void malloc_count_end(void)
{
	const char *file = getenv("MALLOC_COUNT");
	FILE *out = file ? fopen(file, "we") : NULL;
	if (!out)
		return;
	for (size_t i = 0; i < malloc_count_n; i++)
		fprintf(out, "%llu %s\n", (unsigned long long)malloc_count_objects[i].calls,
		        malloc_count_objects[i].name);
	fprintf(out, "%llu other\n", (unsigned long long)malloc_count_other);
	fclose(out);
}

static void malloc_count_call(const void *from)
{
	uintptr_t place = (uintptr_t)from;
	for (size_t i = 0; i < malloc_count_n; i++) {
		struct object *object = &malloc_count_objects[i];
		if (place >= object->start && place < object->end) {
			atomic_fetch_add_explicit(&object->calls, 1, memory_order_relaxed);
			return;
		}
	}
	atomic_fetch_add_explicit(&malloc_count_other, 1, memory_order_relaxed);
}

void *malloc(size_t size)
{
	malloc_count_call(__builtin_return_address(0));
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	malloc_count_call(__builtin_return_address(0));
	return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	malloc_count_call(__builtin_return_address(0));
	return __libc_realloc(old, size);
}
