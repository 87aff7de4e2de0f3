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
/*
 * The run list that these names ("decode,cleanup") make, for --stages: a stage's entry as it stands in the configured
 * list (NULL: none) with its options, or else the name alone. For plan_read.
 */
struct node *plan_choose(const struct node *configured, struct str names, struct arena *a);

/*
 * An option of a stage, for those who must know it without a plan: its preset, and what the run list says instead, as
 * it stands there (empty: nothing, or no single value). Only plan_read tells whether that is right. There must be such
 * a stage with such an option.
 */
struct plan_option {
	struct str preset, given;
};
struct plan_option plan_option(const struct node *list, const struct stage *const *registry, const char *stage,
                               const char *name);

/*
 * Asks each stage whether it can work with what is configured, before anything is opened. False with err set: the
 * configuration is wrong. Of env only feeds and limits are used.
 */
bool plan_check(const struct plan *plan, const struct stage_env *env, struct err *err);

/* Opens all stages, in order. At the first fault those already open are closed again. */
bool plan_open(struct plan *plan, const struct stage_env *env, struct err *err);
void plan_close(struct plan *plan);

/*
 * Opens all stages anew whose files may change (stage->reopens) and puts the new ones in the place of the old, which
 * are closed: all of them, or, with err set, none. Between batches: no lane is at work, and nothing that the old ones
 * made is in use, such as a batch on its way.
 */
bool plan_reopen(struct plan *plan, struct err *err);

#endif
