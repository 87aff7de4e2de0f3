/*
 * The run list: which stages run, in which order, with which options. Made from configuration, checked at start.
 */
#ifndef WIREDESK_PLAN_H
#define WIREDESK_PLAN_H

#include "pipeline/stage.h"

#define PLAN_STAGES_MAX 32

struct plan_entry {
	const struct stage *stage;
	void *options;
	void *shared;
	struct series *calls, *us;
};

struct plan {
	struct plan_entry entries[PLAN_STAGES_MAX];
	size_t n;
	size_t n_any;    /* entries 0 … n_any-1 are any-order, the rest in order */
	uint32_t writes; /* groups that the list writes */
	struct stage_env env;
};

/*
 * Reads a list node: each entry a stage's name, or a map of one entry, name to options. Options are read and kept in
 * the arena. Errors, with file, line, column and the nearest known name: unknown or doubled stage, bad option, a stage
 * before one whose fields it reads or without one it needs, an any-order stage behind an in-order one, expand anywhere
 * but first.
 */
bool plan_read(struct plan *plan, const struct node *list, const struct stage *const *registry, struct arena *a,
               struct err *err);
/* The same from names ("decode,cleanup"), with default options: for --stages. */
bool plan_read_names(struct plan *plan, struct str names, const struct stage *const *registry, struct arena *a,
                     struct err *err);

/* Opens all stages, in order. At the first fault those already open are closed again. */
bool plan_open(struct plan *plan, const struct stage_env *env, struct err *err);
void plan_close(struct plan *plan);

#endif
