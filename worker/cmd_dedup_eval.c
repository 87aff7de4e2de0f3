/*
 * wiredesk dedup-eval: how right dedup is on anyone's labelled stories, and what it got wrong, side by side.
 *
 * The stories go through the run list as enrich has them go, in file order, each at its own date; the sink keeps what
 * dedup said. Then pairs are read and scored (labelled.h).
 */
#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/words/fold.h"
#include "worker/columns.h"
#include "worker/desk.h"
#include "worker/labelled.h"
#include "worker/progress.h"

#include <errno.h>
#include <math.h>

#define EVAL_WORST     20
#define EVAL_WORST_MAX 1000
#define EVAL_DEPTH     64
#define EVAL_STAGES    "decode,cleanup,credits,fingerprint,dedup"
#define EVAL_OUT_BYTES ((size_t)64 << 20)

static const char *const eval_fault_words[LABELLED_FAULTS] = {
        [LABELLED_MERGED] = "merged, but different",
        [LABELLED_MISSED] = "missed",
        [LABELLED_RELATION] = "under another name",
        [LABELLED_UNSEEN] = "not seen as a piece",
};

static const char *eval_label(int label)
{
	return label == LABELLED_DIFFERENT ? "different" : verdict_word((enum verdict)label);
}

/* --- the sink ---------------------------------------------------------------------------------------------------- */

struct eval_sink {
	struct sink sink;
	struct labelled *labelled;
	struct arena arena; /* of a message */
	struct progress progress;
	int64_t bytes;
};

/* The message's own "id": a string, or a number as it is written. Empty: none. */
static struct str eval_id(struct eval_sink *s, const struct message *msg)
{
	struct json_doc doc;
	if (json_doc_read(&s->arena, msg->value, EVAL_DEPTH, &doc) != JSON_DOC_OK || doc.tokens[0].kind != JSON_OBJECT)
		return STR("");
	for (uint32_t key = 1; key < doc.tokens[0].next; key = doc.tokens[doc.tokens[key].next].next) {
		uint32_t value = doc.tokens[key].next;
		if (!str_is(json_doc_raw(&doc, key), "\"id\""))
			continue;
		if (doc.tokens[value].kind == JSON_NUMBER)
			return json_doc_raw(&doc, value);
		return json_doc_text(&doc, value, &s->arena);
	}
	return STR("");
}

/* The message that an id of a story names: "local/enrich/0/OFFSET/PART". */
static int64_t eval_message(struct str id)
{
	size_t start = 0;
	for (int i = 0; i < 3; i++)
		start = str_index(id, '/', start) + 1;
	int64_t number;
	bool is_number = options_parse_int(str_slice(id, start, str_index(id, '/', start)), &number);
	CHECK(is_number);
	return number;
}

static const struct story *eval_story(const struct message *msg)
{
	const struct story *st = msg->end.outcome == OUTCOME_OPEN && msg->n_parts ? msg->parts[0] : NULL;
	bool goes_on = st && (st->end.outcome == OUTCOME_ARTICLE || st->end.outcome == OUTCOME_DUPLICATE);
	return goes_on ? st : NULL;
}

static void eval_publish(struct sink *sink, struct publication *pub)
{
	struct eval_sink *s = (struct eval_sink *)sink;
	for (size_t i = 0; i < pub->batch->n_taken; i++) {
		const struct message *msg = &pub->batch->messages[i];
		const struct story *st = eval_story(msg);
		labelled_add(s->labelled, eval_id(s, msg), st,
		             st && st->dedup.of_id.n ? eval_message(st->dedup.of_id) : -1);
		s->bytes += (int64_t)msg->value.n;
		arena_reset(&s->arena);
	}
	progress_show(&s->progress, (int64_t)s->labelled->n_stories, s->bytes);
	pub->result = PUBLISH_COMMITTED;
	pub->cause = CAUSE_NONE;
	pub->n_refusals = 0;
}

static enum publish_result eval_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	(void)sink;
	(void)err;
	*limits = (struct sink_limits){0};
	return PUBLISH_COMMITTED;
}

static enum publish_result eval_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	(void)sink;
	(void)timeout_ms;
	(void)err;
	return PUBLISH_COMMITTED;
}

static void eval_close(struct sink *sink)
{
	struct eval_sink *s = (struct eval_sink *)sink;
	progress_end(&s->progress);
	arena_free(&s->arena);
}

static const struct sink_ops eval_sink_ops = {
        .open = eval_open, .publish = eval_publish, .renew = eval_renew, .close = eval_close};

/* --- figures ----------------------------------------------------------------------------------------------------- */

static void eval_figure(struct buf *out, const char *name, double value)
{
	if (isnan(value))
		buf_printf(out, "  %s -", name);
	else
		buf_printf(out, "  %s %.4f", name, value);
}

static void eval_counts(struct buf *out, const char *what, const struct labelled_counts *c)
{
	buf_printf(out, "%-16s", what);
	eval_figure(out, "precision", labelled_precision(c));
	eval_figure(out, "recall", labelled_recall(c));
	eval_figure(out, "F1", labelled_f1(c));
	buf_printf(out, "   (%zu found, %zu missed, %zu wrong)\n", c->right, c->missed, c->wrong);
}

static void eval_relations(struct buf *out, const struct labelled_scores *scores)
{
	buf_printf(out, "\n%-16s%12s%12s%12s   matched pairs, by label (rows) and verdict; right %zu of %zu\n",
	           "relation", "exact", "syndicated", "revision", scores->relations_right, scores->relations_all);
	for (int label = VERDICT_EXACT; label <= VERDICT_REVISION; label++) {
		buf_printf(out, "%-16s", eval_label(label));
		for (int found = VERDICT_EXACT; found <= VERDICT_REVISION; found++)
			buf_printf(out, "%12zu", scores->relations[label][found]);
		buf_putc(out, '\n');
	}
}

static void eval_kinds(struct buf *out, const struct labelled *l)
{
	if (l->n_kinds < 2)
		return;
	buf_printf(out, "\n%-28s%10s%10s\n", "kind of pair", "pairs", "wrong");
	for (size_t i = 0; i < l->n_kinds; i++) {
		const struct labelled_kind *kind = &l->kinds[i];
		if (kind->pairs)
			buf_printf(out, "%-28.*s%10zu%10zu\n", STR_ARG(i ? fold_cut(kind->name, 27) : STR("others")),
			           kind->pairs, kind->wrong);
	}
}

static void eval_table(struct buf *out, const struct labelled *l, const struct labelled_scores *scores)
{
	buf_printf(out, "%zu %s, %zu %s\n\n", l->n_stories, command_noun(l->n_stories, "story", "stories"), l->n_pairs,
	           command_noun(l->n_pairs, "pair", "pairs"));
	eval_counts(out, "near-duplicates", &scores->near);
	eval_counts(out, "pieces", &scores->contains);
	buf_printf(out, "%-16s", "clusters");
	eval_figure(out, "adjusted Rand index", scores->ari);
	buf_putc(out, '\n');
	eval_relations(out, scores);
	eval_kinds(out, l);
}

/* --- errors ------------------------------------------------------------------------------------------------------ */

static void eval_error(struct buf *out, const struct labelled *l, const struct labelled_error *error, bool colour)
{
	const struct labelled_story *a = &l->stories[error->pair->first], *b = &l->stories[error->pair->second];
	struct explain_text t = {.out = out, .colour = colour};
	explain_text_ink(&t, INK_BAD);
	explain_text_say(&t, "\n%s", eval_fault_words[error->fault]);
	explain_text_ink(&t, INK_PLAIN);
	explain_text_say(&t, ": labelled %s; the second was called %s", eval_label(error->pair->label),
	                 b->verdict == VERDICT_NONE ? "nothing: no article came of it" : verdict_word(b->verdict));
	if (b->of >= 0) {
		explain_text_say(&t, " of ");
		explain_text_line(&t, l->stories[b->of].id, 60);
	}
	if (b->score >= 0)
		explain_text_say(&t, " (score %.2f)", b->score);
	explain_text_say(&t, "; %.0f %% of the shorter text's groups of three words are in both\n", 100 * error->alike);
	struct columns_text left = {a->id, a->headline, a->body}, right = {b->id, b->headline, b->body};
	columns_show(&t, &left, &right);
}

static void eval_errors(struct buf *out, struct labelled *l, size_t most, bool colour)
{
	struct labelled_error *errors = calloc(most ? most : 1, sizeof(*errors));
	CHECK(errors);
	size_t n_all, n = labelled_worst(l, errors, most, &n_all);
	if (n)
		buf_printf(out, "\n%zu of %zu %s:\n", n, n_all, command_noun(n_all, "error", "errors"));
	for (size_t i = 0; i < n; i++)
		eval_error(out, l, &errors[i], colour);
	free(errors);
}

/* --- for machines ------------------------------------------------------------------------------------------------ */

static void eval_json_figure(struct json *j, const char *key, double value)
{
	json_key(j, key);
	if (isnan(value))
		json_null(j);
	else
		json_double(j, value, 6);
}

static void eval_json_counts(struct json *j, const char *key, const struct labelled_counts *c)
{
	json_key(j, key);
	json_open_object(j);
	eval_json_figure(j, "precision", labelled_precision(c));
	eval_json_figure(j, "recall", labelled_recall(c));
	eval_json_figure(j, "f1", labelled_f1(c));
	json_key(j, "right");
	json_int(j, (int64_t)c->right);
	json_key(j, "missed");
	json_int(j, (int64_t)c->missed);
	json_key(j, "wrong");
	json_int(j, (int64_t)c->wrong);
	json_close(j);
}

static void eval_json_error(struct json *j, const struct labelled *l, const struct labelled_error *error)
{
	const struct labelled_story *second = &l->stories[error->pair->second];
	json_open_object(j);
	json_key(j, "error");
	json_cstr(j, eval_fault_words[error->fault]);
	json_key(j, "first");
	json_str(j, l->stories[error->pair->first].id);
	json_key(j, "second");
	json_str(j, second->id);
	json_key(j, "label");
	json_cstr(j, eval_label(error->pair->label));
	json_key(j, "verdict");
	json_str_or_null(j, second->verdict == VERDICT_NONE ? (struct str){0} : str_of(verdict_word(second->verdict)));
	json_key(j, "of");
	json_str_or_null(j, second->of < 0 ? (struct str){0} : l->stories[second->of].id);
	eval_json_figure(j, "alike", error->alike);
	json_close(j);
}

static void eval_json(struct buf *out, struct labelled *l, const struct labelled_scores *scores, size_t most)
{
	struct labelled_error *errors = calloc(most ? most : 1, sizeof(*errors));
	CHECK(errors);
	size_t n_all, n = labelled_worst(l, errors, most, &n_all);
	struct json j = json_start(out);
	json_open_object(&j);
	json_key(&j, "stories");
	json_int(&j, (int64_t)l->n_stories);
	json_key(&j, "pairs");
	json_int(&j, (int64_t)l->n_pairs);
	eval_json_counts(&j, "nearDuplicates", &scores->near);
	eval_json_counts(&j, "pieces", &scores->contains);
	eval_json_figure(&j, "adjustedRandIndex", scores->ari);
	json_key(&j, "relationsRight");
	json_int(&j, (int64_t)scores->relations_right);
	json_key(&j, "relations");
	json_int(&j, (int64_t)scores->relations_all);
	json_key(&j, "errors");
	json_int(&j, (int64_t)n_all);
	json_key(&j, "worst");
	json_open_array(&j);
	for (size_t i = 0; i < n; i++)
		eval_json_error(&j, l, &errors[i]);
	json_close(&j);
	json_close(&j);
	buf_putc(out, '\n');
	free(errors);
}

/* --- the command -------------------------------------------------------------------------------------------------- */

struct eval {
	FILE *pairs;
	const char *pairs_name;
	size_t worst;
	bool as_json, colour;
};

static bool eval_report(struct labelled *l, const struct eval *e, struct err *err)
{
	struct labelled_scores scores;
	struct buf out;
	if (!labelled_read_pairs(l, e->pairs, e->pairs_name, err))
		return false;
	labelled_score(l, &scores);
	buf_init(&out, EVAL_OUT_BYTES);
	if (e->as_json) {
		eval_json(&out, l, &scores, e->worst);
	} else {
		eval_table(&out, l, &scores);
		eval_errors(&out, l, e->worst, e->colour);
	}
	bool written = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
	buf_free(&out);
	return written || err_set(err, "cannot write standard output: %s", strerror(errno));
}

static int eval_through(struct desk *desk, void *arg, struct err *err)
{
	const struct eval *e = arg;
	struct labelled labelled;
	struct eval_sink sink = {.sink.ops = &eval_sink_ops, .labelled = &labelled};
	labelled_init(&labelled);
	arena_init(&sink.arena, 0, 0);
	progress_start(&sink.progress, clock_system(), "stories", 0);
	int code = desk_run(desk, &sink.sink, err);
	sink.sink.ops->close(&sink.sink);
	if (code == EXIT_CODE_DONE && !eval_report(&labelled, e, err))
		code = EXIT_CODE_USAGE;
	labelled_free(&labelled);
	return code;
}

static void eval_give(struct command_line *line, const struct command_option *option, const char *value)
{
	if (line->n_given < COMMAND_GIVEN_MAX) {
		line->given[line->n_given].option = option;
		line->given[line->n_given++].value = value;
	}
}

static bool eval_read_line(const struct command_line *line, struct eval *e, struct err *err)
{
	const char *worst = command_value(line, "worst");
	int64_t n = EVAL_WORST;
	if (line->n_files != 2)
		return err_set(err, "two files are needed: STORIES and PAIRS; not %zu", line->n_files);
	if (worst && (!options_parse_int(str_of(worst), &n) || n < 0 || n > EVAL_WORST_MAX))
		return err_set(err, "--worst is a number from 0 to %d, not '%s'", EVAL_WORST_MAX, worst);
	*e = (struct eval){.pairs_name = line->files[1],
	                   .worst = (size_t)n,
	                   .as_json = command_has(line, "json"),
	                   .colour = isatty(STDOUT_FILENO) == 1 && !getenv("NO_COLOR")};
	e->pairs = fopen(e->pairs_name, "re");
	return e->pairs || err_set(err, "cannot read '%s': %s", e->pairs_name, strerror(errno));
}

static int eval_run(const struct command_line *line)
{
	static const struct command_option each_line = DESK_OPTION_EACH_LINE, stages = DESK_OPTION_STAGES;
	struct command_line stories = *line;
	struct err err = {0};
	struct eval e;
	if (!eval_read_line(line, &e, &err))
		return command_fail(line, EXIT_CODE_USAGE, &err);
	stories.n_files = 1;
	eval_give(&stories, &each_line, NULL);
	if (!command_has(line, "config") && !command_has(line, "stages"))
		eval_give(&stories, &stages, EVAL_STAGES);
	int code = desk_command(&stories, 0, eval_through, &e);
	fclose(e.pairs);
	return code;
}

static const struct command_option eval_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        COMMAND_OPTION_DATA,
        DESK_OPTION_INPUT_FORMAT,
        DESK_OPTION_STAGES,
        DESK_OPTION_LANES,
        {"worst", 0, "N", "Shows so many of the worst errors side by side. Default: 20."},
        {"json", 0, NULL, "One JSON object instead of tables, for machines."},
        COMMAND_OPTION_END,
};

const struct command command_dedup_eval = {
        .name = "dedup-eval",
        .arguments = "[-c FILE] [--worst N] [--json] STORIES PAIRS",
        .summary = "How right dedup is on labelled stories of yours, and its worst errors side by side.",
        .help = "STORIES: a message a line, written in JSON, in the order in which they came, each an object with an "
                "\"id\". The window goes by a story's own date (\"versionCreated\"); a story without one is compared "
                "with all before it.\n"
                "PAIRS: two ids and a label with tabs between them: exact, syndicated, revision (near-duplicates), "
                "excerpt (one holds a piece of the other), or different; if you like, a fourth column with the kind of "
                "pair, by which errors are counted. Lines that begin with # are passed over.\n"
                "\n"
                "Two stories count as near-duplicates when 'of' leads from both to one story. 'pieces' are pairs "
                "labelled excerpt. Clusters are what near-duplicate pairs make of the stories. Without --config the "
                "stages are " EVAL_STAGES "; with it, see what another window or list of stages does.\n"
                "\n"
                "  wiredesk dedup-eval stories.jsonl pairs.tsv\n"
                "  wiredesk dedup-eval --set stages.dedup.window=24h --worst 0 stories.jsonl pairs.tsv",
        .options = eval_options,
        .files_max = 2,
        .run = eval_run,
};
