/*
 * template: drops stories that hold a certain word. The stage to copy.
 *
 * It is small, and it does what every stage does: it names the groups of the story that it reads, takes its options
 * from rows, and answers keep, drop or dead. To make a stage of it: copy the folder, put the new name for `template` in
 * the file, in its CMakeLists.txt and in one line of ../CMakeLists.txt. stage.h says what else a stage may do: files
 * and models are opened in `open`, what a lane needs for itself in `open_local`, memory comes from call->keep and
 * call->tmp.
 */
#include "pipeline/stage.h"

#include <strings.h>

struct template_options {
	struct strings words;
};

/* One row an option: parser, check, default, help and reference are all made from it. */
static const struct option template_options[] = {
        OPTION_STRINGS(struct template_options, words, "words", "",
                       "Stories with one of these words in headline or body are dropped; upper and lower case ASCII "
                       "letters are alike."),
        OPTION_END};

/* Bytes of characters beyond ASCII count as letters, so "war" is not found in "wär" or "beware". */
static bool template_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Story text is a view: it need not end in a NUL byte and may hold some. Never read beyond its length. */
static bool template_is_at(struct str text, size_t at, struct str word)
{
	if (text.n - at < word.n || strncasecmp(text.p + at, word.p, word.n) != 0)
		return false;
	size_t end = at + word.n;
	return (at == 0 || !template_is_letter(text.p[at - 1])) && (end == text.n || !template_is_letter(text.p[end]));
}

static bool template_holds(struct str text, struct str word)
{
	for (size_t at = 0; word.n && at < text.n; at++)
		if (template_is_at(text, at, word))
			return true;
	return false;
}

/* Runs on every lane at once: whatever it changes is in the story, call->local, call->keep or call->tmp. */
static enum answer template_run(struct call *call, struct story *st)
{
	const struct template_options *o = call->options;
	for (size_t i = 0; i < o->words.n; i++)
		if (template_holds(story_headline(st), o->words.items[i]) ||
		    template_holds(story_body(st), o->words.items[i]))
			return story_drop(call, st, REASON_FILTERED);
	return ANSWER_KEEP;
}

const struct stage stage_template = {
        .name = "template",
        .summary = "drops stories that hold one of the given words; the stage to copy",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_CLEANUP,
        .options = template_options,
        .options_size = sizeof(struct template_options),
        .run = template_run,
};
