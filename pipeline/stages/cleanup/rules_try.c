/*
 * Each rule on its own example, as a line of a made story, where such a line may stand: between paragraphs, at the end,
 * below the headline, above it, behind the last sentence. A rule that takes lines out must take it out in one of these
 * places; of one that says something it is enough that its words open the line.
 */
#include "pipeline/stages/cleanup/own.h"
#include "pipeline/stages/cleanup/reader.h"
#include "pipeline/stages/cleanup/rules_inside.h"
#include "pipeline/words/fold.h"

#define TRY_HEADLINE "Quorn Velda Mistor"
#define TRY_FIRST    "Velda quorn mistor ranted belvo dors in quelm tarvo, mistor dors velda."
#define TRY_SECOND   "Belvo tarvo ranted quelm mistor velda, dors quorn belvo tarvo."

struct
try {
	struct arena arena;
	const struct rules *rules;
	const struct phrase *phrase;
};

static struct marks try_marks(struct try *try, const char *format, struct str example)
{
	struct marks m = {.a = &try->arena, .phrases = try->rules->automaton, .feed = try->phrase->feed};
	m.text = arena_printf(&try->arena, format, STR_ARG(example));
	return m;
}

static bool try_is_cut(struct try *try, const char *format, struct str example)
{
	struct marks m = try_marks(try, format, example);
	reader_read(&m, true);
	for (size_t i = 0; i < m.n_lines; i++)
		if (m.lines[i].rule == try->phrase->rule)
			return true;
	return m.endmark.rule == try->phrase->rule;
}

/* Do the words open the line, or stand in it where they may stand anywhere? */
static bool try_is_found(struct try *try, struct str example)
{
	struct marks m = try_marks(try, "%.*s", example);
	struct line *line = lines_split(&try->arena, m.text, &m.n_lines);
	struct scan s;
	if (!m.n_lines)
		return false;
	scan_line(&s, &m, line);
	if (try->phrase->kind == PHRASE_KEEP)
		return own_keeps(&s);
	for (size_t i = 0; i < s.n_hits; i++)
		if (s.hits[i].phrase == try->phrase && (try->phrase->mode == PHRASE_INSIDE ||
		                                        try->phrase->mode == PHRASE_LAST || scan_opens(&s, &s.hits[i])))
			return true;
	return false;
}

static bool try_example(struct try *try, struct str example)
{
	static const char *const stories[] = {
	        TRY_HEADLINE "\n" TRY_FIRST "\n%.*s\n" TRY_SECOND, TRY_HEADLINE "\n" TRY_FIRST "\n" TRY_SECOND "\n%.*s",
	        TRY_HEADLINE "\n%.*s\n" TRY_FIRST "\n" TRY_SECOND, "%.*s\n" TRY_HEADLINE "\n" TRY_FIRST "\n" TRY_SECOND,
	        TRY_HEADLINE "\n" TRY_FIRST "\n" TRY_SECOND " %.*s"};
	if (!own_removal(try->phrase->kind) || try->phrase->mode == PHRASE_LIST || try->phrase->mode == PHRASE_BLOCK)
		return try_is_found(try, example);
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++)
		if (try_is_cut(try, stories[i], example))
			return true;
	return false;
}

void rules_try_examples(struct rules *r)
{
	struct try try = {.rules = r};
	arena_init(&try.arena, 0, 0);
	for (size_t i = 0; i < r->n; i++) {
		try.phrase = &r->phrases[i];
		if (!try_example(&try, r->items[i].example)) {
			bool is_there = try_is_found(&try, r->items[i].example);
			rules_error(r, r->items[i].line, r->items[i].example_column,
			            "the rule does not find its own example: %s",
			            is_there ? "its mode or its kind asks for more than these words"
			                     : "the words are not there, or not where the mode looks");
		}
		arena_reset(&try.arena);
	}
	arena_free(&try.arena);
}
