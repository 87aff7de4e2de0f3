/*
 * From a list in the configuration to open stages.
 *
 * Everything that can be wrong with a run list is found here, before the first broker is asked, and said with its
 * place. What can be wrong with the surroundings (a missing model) is found by the stages' own open.
 */
#include "pipeline/plan.h"

#include "pipeline/base/check.h"

#define NAMES_MAX 128

static const struct stage *find_stage(const struct stage *const *registry, struct str name)
{
	for (; *registry; registry++) {
		if (str_is(name, (*registry)->name))
			return *registry;
	}
	return NULL;
}

static bool unknown_stage(struct str name, const char *where, const struct stage *const *registry, struct err *err)
{
	const char *names[NAMES_MAX + 1];
	size_t n = 0;
	for (; registry[n] && n < NAMES_MAX; n++)
		names[n] = registry[n]->name;
	names[n] = NULL;
	const char *nearest = options_nearest(name, names);
	if (nearest)
		return err_set(err, "%s: unknown stage '%.*s', did you mean '%s'?", where, STR_ARG(name), nearest);
	return err_set(err, "%s: unknown stage '%.*s'; 'wiredesk stages' lists them", where, STR_ARG(name));
}

/* Who in the whole registry writes one of these groups? For words only. */
static const char *writer_of(uint32_t groups, const struct stage *const *registry)
{
	for (; *registry; registry++) {
		if ((*registry)->writes & groups)
			return (*registry)->name;
	}
	return "none";
}

/* The list so far is plan->entries[0 … n-1]; may this stage come next? */
static bool check_place(const struct plan *plan, const struct stage *stage, const char *where,
                        const struct stage *const *registry, struct err *err)
{
	if (plan->n == PLAN_STAGES_MAX)
		return err_set(err, "%s: more than %d stages", where, PLAN_STAGES_MAX);
	for (size_t i = 0; i < plan->n; i++) {
		const struct stage *earlier = plan->entries[i].stage;
		if (earlier == stage)
			return err_set(err, "%s: stage '%s' stands in the list twice", where, stage->name);
		if (earlier->reads & stage->writes)
			return err_set(err, "%s: stage '%s' must stand before '%s', which reads what it writes", where,
			               stage->name, earlier->name);
	}
	uint32_t missing = stage->needs & ~plan->writes;
	if (missing)
		return err_set(err, "%s: stage '%s' needs '%s' before it", where, stage->name,
		               writer_of(missing, registry));
	if (stage->expand && plan->n > 0)
		return err_set(err, "%s: stage '%s' takes messages apart and must be the first", where, stage->name);
	if (stage->order == STAGE_ANY_ORDER && plan->n > plan->n_any)
		return err_set(err, "%s: stage '%s' must stand before '%s', which needs stories in order", where,
		               stage->name, plan->entries[plan->n_any].stage->name);
	return true;
}

static bool add_stage(struct plan *plan, const struct stage *stage, const struct node *options, const char *where,
                      struct arena *a, struct err *err)
{
	struct plan_entry *entry = &plan->entries[plan->n];
	*entry = (struct plan_entry){.stage = stage};
	if (stage->options) {
		char what[100];
		snprintf(what, sizeof(what), "stage '%s'", stage->name);
		entry->options = arena_calloc(a, 1, stage->options_size);
		if (!options_read(stage->options, options, entry->options, what, a, err))
			return false;
	} else if (options && node_count(options) > 0) {
		return err_set(err, "%s: stage '%s' has no options", where, stage->name);
	}
	plan->n++;
	if (stage->order == STAGE_ANY_ORDER)
		plan->n_any = plan->n;
	plan->writes |= stage->writes;
	return true;
}

/* An entry is `name`, or `{name: {options}}`; `name:` with nothing behind it has no options. */
static bool read_entry(const struct node *entry, struct str *name, const struct node **options, struct err *err)
{
	*options = NULL;
	if (entry->kind == NODE_SCALAR) {
		*name = entry->text;
		return true;
	}
	if (entry->kind != NODE_MAP || node_count(entry) != 1)
		return err_set(err, "%s: a stage is its name, or one name with its options", node_where(entry));
	*name = entry->first->key;
	if (entry->first->kind == NODE_MAP)
		*options = entry->first;
	else if (entry->first->kind == NODE_LIST || entry->first->text.n > 0)
		return err_set(err, "%s: options of stage '%.*s' must be names with values", node_where(entry->first),
		               STR_ARG(*name));
	return true;
}

bool plan_read(struct plan *plan, const struct node *list, const struct stage *const *registry, struct arena *a,
               struct err *err)
{
	memset(plan, 0, sizeof(*plan));
	if (list->kind != NODE_LIST)
		return err_set(err, "%s: stages must be a list", node_where(list));
	for (const struct node *entry = list->first; entry; entry = entry->next) {
		struct str name = {0};
		const struct node *options;
		char where[300];
		snprintf(where, sizeof(where), "%s", node_where(entry));
		if (!read_entry(entry, &name, &options, err))
			return false;
		const struct stage *stage = find_stage(registry, name);
		if (!stage)
			return unknown_stage(name, where, registry, err);
		if (!check_place(plan, stage, where, registry, err) || !add_stage(plan, stage, options, where, a, err))
			return false;
	}
	return true;
}

/* The entry of a configured list that gives this stage options, or NULL. */
static const struct node *configured_entry(const struct node *list, struct str name)
{
	for (const struct node *entry = list ? list->first : NULL; entry; entry = entry->next) {
		if (entry->kind == NODE_MAP && entry->first && str_eq(entry->first->key, name))
			return entry;
	}
	return NULL;
}

/* Its place is the command line, that of its options the file. */
static struct node *chosen_entry(const struct node *configured, struct str name, struct arena *a)
{
	const struct node *found = configured_entry(configured, name);
	struct node *entry = node_scalar(a, name);
	if (found) {
		entry->kind = NODE_MAP;
		entry->first = found->first;
		entry->last = found->last;
	}
	entry->source = "--stages";
	return entry;
}

struct node *plan_choose(const struct node *configured, struct str names, struct arena *a)
{
	struct node *list = node_list(a);
	list->source = "--stages";
	for (size_t at = 0; at < names.n;) {
		size_t end = str_index(names, ',', at);
		struct str name = str_trim(str_slice(names, at, end));
		if (name.n)
			node_append(a, list, STR(""), chosen_entry(configured, name, a));
		at = end + 1;
	}
	return list;
}

static struct str option_preset(const struct stage *stage, const char *name)
{
	const struct option *row = stage->options;
	while (row->type != OPTION_TYPE_END && strcmp(row->name, name) != 0)
		row++;
	CHECK(row->type != OPTION_TYPE_END);
	return row->initial ? str_of(row->initial) : STR("");
}

struct plan_option plan_option(const struct node *list, const struct stage *const *registry, const char *stage,
                               const char *name)
{
	const struct stage *owner = find_stage(registry, str_of(stage));
	CHECK(owner && owner->options);
	struct plan_option option = {.preset = option_preset(owner, name)};
	const struct node *entry = configured_entry(list, str_of(stage));
	const struct node *options = entry && entry->first->kind == NODE_MAP ? entry->first : NULL;
	const struct node *given = options ? node_get(options, name) : NULL;
	if (given && given->kind == NODE_SCALAR)
		option.given = given->text;
	return option;
}

bool plan_check(const struct plan *plan, const struct stage_env *env, struct err *err)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		if (entry->stage->check && !entry->stage->check(env, entry->options, err))
			return false;
	}
	return true;
}

static void *zeroed(size_t bytes)
{
	if (!bytes)
		return NULL;
	void *memory = calloc(1, bytes);
	CHECK(memory);
	return memory;
}

static void close_entries(struct plan *plan, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		struct plan_entry *entry = &plan->entries[i];
		if (entry->stage->close)
			entry->stage->close(entry->shared);
		free(entry->shared);
		entry->shared = NULL;
	}
}

bool plan_open(struct plan *plan, const struct stage_env *env, struct err *err)
{
	plan->env = *env;
	for (size_t i = 0; i < plan->n; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct stage *stage = entry->stage;
		entry->shared = zeroed(stage->shared_size);
		entry->calls = metrics_labelled(env->metrics, METRIC_STAGE_CALLS, "stage", str_of(stage->name));
		entry->us = metrics_labelled(env->metrics, METRIC_STAGE_SECONDS, "stage", str_of(stage->name));
		if (stage->open && !stage->open(&plan->env, entry->options, entry->shared, err)) {
			free(entry->shared);
			entry->shared = NULL;
			close_entries(plan, i);
			return err_prefix(err, "stage '%s'", stage->name);
		}
	}
	return true;
}

static void close_one(const struct stage *stage, void **shared)
{
	if (*shared && stage->close)
		stage->close(*shared);
	free(*shared);
	*shared = NULL;
}

bool plan_reopen(struct plan *plan, struct err *err)
{
	void *fresh[PLAN_STAGES_MAX] = {0};
	const struct plan_entry *failed = NULL;
	for (size_t i = 0; i < plan->n && !failed; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		if (!entry->stage->reopens)
			continue;
		fresh[i] = zeroed(entry->stage->shared_size);
		bool good = entry->stage->reopen
		                    ? entry->stage->reopen(&plan->env, entry->options, entry->shared, fresh[i], err)
		                    : entry->stage->open(&plan->env, entry->options, fresh[i], err);
		if (!good) {
			free(fresh[i]);
			fresh[i] = NULL;
			failed = entry;
		}
	}
	for (size_t i = 0; i < plan->n; i++) {
		struct plan_entry *entry = &plan->entries[i];
		if (!failed && fresh[i]) {
			void *old = entry->shared;
			entry->shared = fresh[i];
			fresh[i] = old;
		}
		close_one(entry->stage, &fresh[i]);
	}
	return !failed || err_prefix(err, "stage '%s'", failed->stage->name);
}

void plan_close(struct plan *plan)
{
	close_entries(plan, plan->n);
}
