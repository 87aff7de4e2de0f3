/* Lines to documents. See train.h. */
#include "pipeline/stages/entities/tools/train.h"

#include <stdio.h>
#include <stdlib.h>

static void train_read_names(struct train *t, struct str spans, size_t offset)
{
	struct document *document = &t->documents.items[t->documents.n - 1];
	for (size_t at = 0; at < spans.n;) {
		char *rest;
		struct name name = {.start = (uint32_t)(strtoul(spans.p + at, &rest, 10) + offset)};
		CHECK(*rest == ':');
		name.end = (uint32_t)(strtoul(rest + 1, &rest, 10) + offset);
		CHECK(*rest == ':' && strchr("pol", rest[1]));
		name.type = (uint8_t)(strchr("pol", rest[1]) - "pol");
		LIST_ADD(&t->names, name);
		document->n_names++;
		at = (size_t)(rest + 2 - spans.p) + 1;
	}
}

static void train_begin_document(struct train *t)
{
	struct document document = {
	        .start = t->text.n, .end = t->text.n, .first_name = t->names.n, .set = t->n_sets - 1};
	LIST_ADD(&t->documents, document);
}

static void train_read_text(struct train *t, const struct str field[4])
{
	CHECK(t->documents.n > 0);
	bool choose = str_is(field[1], "choose");
	struct document *document = &t->documents.items[t->documents.n - 1];
	if (document->end > document->start && document->choose != choose) {
		train_begin_document(t);
		document = &t->documents.items[t->documents.n - 1];
	}
	document->choose = choose;
	size_t offset = document->end - document->start;
	for (size_t i = 0; i < field[2].n; i++)
		LIST_ADD(&t->text, field[2].p[i]);
	LIST_ADD(&t->text, '\n');
	document->end = t->text.n;
	train_read_names(t, field[3], offset);
}

static void train_read_line(struct train *t, struct str line)
{
	struct str field[4] = {{0}};
	for (size_t f = 0, at = 0; f < 4 && at <= line.n; f++) {
		size_t end = str_index(line, '\t', at);
		field[f] = str_slice(line, at, end);
		at = end + 1;
	}
	if (str_is(field[0], "set")) {
		CHECK(t->n_sets < TRAIN_SETS);
		t->sets[t->n_sets] = list_allocate(NULL, field[1].n + 1);
		memcpy(t->sets[t->n_sets], field[1].p, field[1].n);
		t->times[t->n_sets] = (uint8_t)(field[2].n ? field[2].p[0] - '0' : 1);
		t->sets[t->n_sets++][field[1].n] = 0;
		train_begin_document(t);
	} else if (str_is(field[0], "document")) {
		train_begin_document(t);
	} else {
		CHECK(str_is(field[0], "text"));
		train_read_text(t, field);
	}
}

void train_read(struct train *t)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) > 0)
		train_read_line(t, str_make(line, (size_t)n - (line[n - 1] == '\n')));
	free(line);
}

struct str train_text(const struct train *t, const struct document *document)
{
	return str_make(t->text.items + document->start, document->end - document->start);
}
