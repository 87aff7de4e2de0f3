/*
 * Nodes are plain lists: a configuration has some hundred of them, and is read once.
 */
#include "pipeline/base/node.h"

#include "pipeline/base/check.h"

#define NODE_WHERE_BYTES 512

struct node *node_get(const struct node *map, const char *key)
{
	CHECK(map->kind == NODE_MAP);
	for (struct node *child = map->first; child; child = child->next) {
		if (str_is(child->key, key))
			return child;
	}
	return NULL;
}

size_t node_count(const struct node *node)
{
	size_t n = 0;
	for (const struct node *child = node->first; child; child = child->next)
		n++;
	return n;
}

static const char *node_place(const char *source, int line, int column)
{
	static _Thread_local char text[NODE_WHERE_BYTES];
	if (!source)
		source = "configuration";
	if (line > 0)
		snprintf(text, sizeof(text), "%s:%d:%d", source, line, column);
	else
		snprintf(text, sizeof(text), "%s", source);
	return text;
}

const char *node_where(const struct node *node)
{
	return node_place(node->source, node->line, node->column);
}

const char *node_where_key(const struct node *node)
{
	return node_place(node->source, node->key_line, node->key_column);
}

const char *node_where_of(const struct node *map, const char *key, const char *otherwise)
{
	const struct node *node = map && map->kind == NODE_MAP ? node_get(map, key) : NULL;
	return node ? node_where(node) : otherwise;
}

struct node *node_scalar(struct arena *a, struct str text)
{
	struct node *node = ARENA_NEW(a, struct node);
	node->kind = NODE_SCALAR;
	node->text = arena_copy(a, text);
	return node;
}

static struct node *node_parent(struct arena *a, enum node_kind kind)
{
	struct node *node = ARENA_NEW(a, struct node);
	node->kind = kind;
	node->text = STR("");
	return node;
}

struct node *node_map(struct arena *a)
{
	return node_parent(a, NODE_MAP);
}

struct node *node_list(struct arena *a)
{
	return node_parent(a, NODE_LIST);
}

void node_append(struct arena *a, struct node *parent, struct str key, struct node *child)
{
	CHECK(parent->kind != NODE_SCALAR && !child->next);
	CHECK((parent->kind == NODE_LIST) == (key.n == 0) || parent->kind == NODE_MAP);
	child->key = arena_copy(a, key);
	child->depth = parent->depth + 1;
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

void node_replace(struct arena *a, struct node *map, struct str key, struct node *child)
{
	CHECK(map->kind == NODE_MAP && !child->next);
	struct node *before = NULL, *old = map->first;
	while (old && !str_eq(old->key, key)) {
		before = old;
		old = old->next;
	}
	if (!old) {
		node_append(a, map, key, child);
		return;
	}
	child->key = old->key;
	child->depth = map->depth + 1;
	child->next = old->next;
	if (before)
		before->next = child;
	else
		map->first = child;
	if (map->last == old)
		map->last = child;
	old->next = NULL;
}
