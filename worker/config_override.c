/*
 * Overrides from the environment and from --set. Both become a path and a value; override_apply walks the path.
 */
#include "worker/config_override.h"

#include "pipeline/base/check.h"
#include "worker/yaml.h"

#include <ctype.h>

#define OVERRIDE_VARIABLES_MAX 1000

struct override {
	struct str steps[OVERRIDE_DEPTH_MAX]; /* each ends in NUL */
	size_t n;
	const char *source; /* for messages: "--set a.b" or the variable's name */
	struct str value;
};

static bool override_is_client(const struct override *o, size_t n)
{
	return n >= 2 && str_is(o->steps[0], "kafka") && str_is(o->steps[1], "client");
}

/* The value as a node: YAML, but for properties of librdkafka, where a password may look like anything. */
static struct node *override_value(struct arena *a, const struct override *o, struct err *err)
{
	struct node *value;
	if (override_is_client(o, o->n - 1)) {
		value = node_scalar(a, arena_copy(a, o->value));
		value->source = o->source;
		value->quoted = true;
	} else {
		value = yaml_read(a, o->value, o->source, false, err);
	}
	if (value && !yaml_expand(a, value, err))
		return NULL;
	return value;
}

/* The entry of a run list that is of this stage: the scalar `dedup`, or the map { dedup: … }. */
static struct node *override_stage(struct node *list, struct str name)
{
	for (struct node *entry = list->first; entry; entry = entry->next) {
		if (entry->kind == NODE_SCALAR && str_eq(entry->text, name))
			return entry;
		if (entry->kind == NODE_MAP && entry->first && !entry->first->next && str_eq(entry->first->key, name))
			return entry;
	}
	return NULL;
}

static struct node *override_nth(struct node *list, struct str step)
{
	int64_t n;
	if (!options_parse_int(step, &n) || n < 0)
		return NULL;
	struct node *entry = list->first;
	while (entry && n-- > 0)
		entry = entry->next;
	return entry;
}

/* An empty scalar becomes a map, so that `kafka:` with nothing behind it can be filled. */
static void override_open(struct node *node)
{
	if (node->kind == NODE_SCALAR && node->text.n == 0 && !node->quoted)
		node->kind = NODE_MAP;
}

/* `- dedup` becomes `- dedup: {}`, and the map inside is what the path goes on from. */
static struct node *override_into_stage(struct arena *a, struct node *entry)
{
	if (entry->kind == NODE_SCALAR) {
		struct str name = entry->text;
		struct node *options = node_map(a);
		options->source = entry->source;
		options->line = options->key_line = entry->line;
		options->column = options->key_column = entry->column;
		options->depth = entry->depth + 1;
		entry->kind = NODE_MAP;
		node_append(a, entry, name, options);
	}
	override_open(entry->first);
	return entry->first;
}

static struct node *override_step_list(struct arena *a, struct node *list, const struct override *o, size_t i,
                                       struct err *err)
{
	bool is_run_list = i == 1 && str_is(o->steps[0], "stages");
	struct node *entry = is_run_list ? override_stage(list, o->steps[i]) : NULL;
	if (entry)
		return override_into_stage(a, entry);
	entry = override_nth(list, o->steps[i]);
	if (!entry && is_run_list)
		err_set(err, "%s: no stage '%s' in the run list", o->source, o->steps[i].p);
	else if (!entry)
		err_set(err, "%s: no entry '%s' in this list of %zu; they are numbered from 0", o->source,
		        o->steps[i].p, node_count(list));
	return entry;
}

/* From a node to its child of step i, made if it is not there. */
static struct node *override_step(struct arena *a, struct node *at, const struct override *o, size_t i, struct err *err)
{
	override_open(at);
	if (at->kind == NODE_LIST)
		return override_step_list(a, at, o, i, err);
	if (at->kind == NODE_SCALAR) {
		err_set(err, "%s: '%s' is a plain value, and has no key '%s'", o->source, i ? o->steps[i - 1].p : "",
		        o->steps[i].p);
		return NULL;
	}
	struct node *child = node_get(at, o->steps[i].p);
	if (!child) {
		child = node_map(a);
		child->source = o->source;
		child->depth = at->depth + 1;
		node_append(a, at, o->steps[i], child);
	}
	return child;
}

/* A list's entry takes the value's place in the list; nodes of a list have no key to be replaced by. */
static void override_become(struct node *entry, const struct node *value)
{
	entry->kind = value->kind;
	entry->text = value->text;
	entry->quoted = value->quoted;
	entry->secret = value->secret;
	entry->source = value->source;
	entry->line = entry->column = 0;
	entry->first = value->first;
	entry->last = value->last;
}

static bool override_apply(struct arena *a, struct node *root, const struct override *o, struct err *err)
{
	struct node *value = override_value(a, o, err);
	struct node *at = root;
	if (!value)
		return false;
	for (size_t i = 0; i + 1 < o->n; i++)
		if (!(at = override_step(a, at, o, i, err)))
			return false;
	override_open(at);
	if (at->kind == NODE_MAP) {
		value->depth = at->depth + 1;
		node_replace(a, at, o->steps[o->n - 1], value);
		return true;
	}
	struct node *entry = override_step(a, at, o, o->n - 1, err);
	if (entry)
		override_become(entry, value);
	return entry != NULL;
}

/* --- --set -------------------------------------------------------------------------------------------------------- */

bool override_set(struct arena *a, struct node *root, const char *argument, struct err *err)
{
	struct str all = str_of(argument);
	size_t equals = str_index(all, '=', 0);
	if (equals == all.n || equals == 0)
		return err_set(err, "--set %.100s: write KEY=VALUE, such as batch.stories=500", argument);
	struct str path = str_slice(all, 0, equals);
	struct override o = {.value = str_slice(all, equals + 1, all.n)};
	o.source = arena_printf(a, "--set %.*s", STR_ARG(path)).p;
	for (size_t at = 0; at <= path.n;) {
		size_t end = override_is_client(&o, o.n) ? path.n : str_index(path, '.', at);
		if (end == at)
			return err_set(err, "%s: an empty name in the path", o.source);
		if (o.n == OVERRIDE_DEPTH_MAX)
			return err_set(err, "%s: more than %d levels", o.source, OVERRIDE_DEPTH_MAX);
		o.steps[o.n++] = arena_copy(a, str_slice(path, at, end));
		at = end + 1;
	}
	return override_apply(a, root, &o, err);
}

/* --- the environment ---------------------------------------------------------------------------------------------- */

/* KAFKA__MAX_POLL_INTERVAL: the next level's name, in our spelling. */
static struct str override_level(struct arena *a, struct str name, char underscore)
{
	char *out = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		out[i] = name.p[i] == '_' ? underscore : (char)tolower((unsigned char)name.p[i]);
	out[name.n] = 0;
	return str_make(out, name.n);
}

static size_t override_level_end(struct str path, size_t from)
{
	for (size_t i = from; i + 1 < path.n; i++)
		if (path.p[i] == '_' && path.p[i + 1] == '_')
			return i;
	return path.n;
}

static bool override_variable(struct arena *a, struct node *root, struct str name, struct str value, struct err *err)
{
	struct override o = {.source = arena_copy(a, name).p, .value = value};
	struct str path = str_slice(name, strlen("WIREDESK__"), name.n);
	for (size_t at = 0; at <= path.n;) {
		bool is_client = override_is_client(&o, o.n);
		size_t end = is_client ? path.n : override_level_end(path, at);
		if (end == at)
			return err_set(err, "variable '%s': an empty name in the path", o.source);
		if (o.n == OVERRIDE_DEPTH_MAX)
			return err_set(err, "variable '%s': more than %d levels", o.source, OVERRIDE_DEPTH_MAX);
		o.steps[o.n++] = override_level(a, str_slice(path, at, end), is_client ? '.' : '-');
		at = end + 2;
	}
	return override_apply(a, root, &o, err);
}

static int override_compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void override_warn(struct arena *a, struct strings *warnings, struct str name)
{
	warnings->items[warnings->n++] =
	        arena_printf(a, "variable '%.*s' is not read; an override begins with WIREDESK__ (two underscores)",
	                     STR_ARG(str_slice(name, 0, 200)));
}

bool override_environment(struct arena *a, struct node *root, char *const *environment, struct strings *warnings,
                          struct err *err)
{
	char *found[OVERRIDE_VARIABLES_MAX];
	size_t n = 0;
	for (size_t i = 0; environment && environment[i]; i++)
		if (strncmp(environment[i], "WIREDESK_", 9) == 0 && strchr(environment[i], '=')) {
			if (n == OVERRIDE_VARIABLES_MAX)
				return err_set(err, "more than %d variables begin with WIREDESK_",
				               OVERRIDE_VARIABLES_MAX);
			found[n++] = environment[i];
		}
	qsort(found, n, sizeof found[0], override_compare);
	*warnings = (struct strings){.items = ARENA_ARRAY(a, struct str, n)};
	for (size_t i = 0; i < n; i++) {
		struct str all = str_of(found[i]);
		size_t equals = str_index(all, '=', 0);
		struct str name = str_slice(all, 0, equals);
		if (!str_starts(name, STR("WIREDESK__")))
			override_warn(a, warnings, name);
		else if (!override_variable(a, root, name, str_slice(all, equals + 1, all.n), err))
			return false;
	}
	return true;
}
