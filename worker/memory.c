/*
 * The memory sum. Each row is a limit that something else in the program keeps; the last is what cannot be counted
 * (libraries, stacks, malloc's own).
 */
#include "worker/memory.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/plan.h"
#include "pipeline/stages/dedup/ledger_log.h"
#include "pipeline/stages/dedup/view.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/stages/entities/tagger.h"
#include "worker/topics.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>

#define MEMORY_REST_BYTES     (64LL * 1024 * 1024)
#define MEMORY_CLAIM_BYTES    LEDGER_CLAIM_BYTES
#define MEMORY_DERIVED_FACTOR 4 /* the cut: derived bytes of a batch over its raw ones */
#define MEMORY_MB             1000000.0

/* --- facts -------------------------------------------------------------------------------------------------------- */

/* In a build folder models stand beside the code that reads them. */
static bool memory_is_code(const char *name)
{
	static const char *const endings[] = {".c", ".h", ".md", ".py", ".def", "CMakeLists.txt"};
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (str_ends(str_of(name), str_of(endings[i])))
			return true;
	return false;
}

static int64_t memory_of_folder(const char *path)
{
	int64_t bytes = 0;
	DIR *dir = opendir(path);
	const struct dirent *entry;
	while (dir && (entry = readdir(dir))) {
		struct stat st;
		if (!memory_is_code(entry->d_name) && fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			bytes += st.st_size;
	}
	if (dir)
		closedir(dir);
	return bytes;
}

/* dedup's window in this worker's memory: as many claims as it may hold. */
static int64_t memory_of_window(const struct config *config)
{
	bool is_shared = topics_claims_window_ms(config) > 0;
	int64_t claims = topics_dedup_number(config, is_shared ? "window-stories" : "claims-max");
	int64_t keys = claims > VIEW_KEY_CLAIMS_MIN ? claims : VIEW_KEY_CLAIMS_MIN;
	return claims * MEMORY_CLAIM_BYTES + (is_shared ? keys * LEDGER_LOG_KEY_BYTES : 0);
}

/* Of the file that the node names; 0: it names none, or there is none. */
static int64_t memory_of_file(const struct node *name)
{
	struct stat st;
	return name && name->kind == NODE_SCALAR && stat(name->text.p, &st) == 0 ? st.st_size : 0;
}

/* A user's own gazetteers, which the list's entry of entities names. */
static int64_t memory_of_gazetteers(const struct node *entry)
{
	const struct node *options = entry->kind == NODE_MAP ? entry->first : NULL;
	const struct node *given = options && options->kind == NODE_MAP ? node_get(options, "gazetteer") : NULL;
	int64_t bytes = memory_of_file(given);
	for (const struct node *file = given ? given->first : NULL; file; file = file->next)
		bytes += memory_of_file(file);
	return bytes;
}

void memory_find_facts(struct memory_facts *facts, const struct config *config, const char *data_dir)
{
	facts->models_bytes = facts->window_bytes = facts->words_bytes = 0;
	for (const struct node *entry = config->stages->first; entry; entry = entry->next) {
		/* An entry is a name, or a map of a name to options. */
		struct str name = entry->kind == NODE_MAP && entry->first ? entry->first->key : entry->text;
		char path[PATH_MAX];
		if (snprintf(path, sizeof path, "%s/%.*s", data_dir, STR_ARG(name)) < (int)sizeof path)
			facts->models_bytes += memory_of_folder(path);
		if (str_is(name, "dedup"))
			facts->window_bytes = memory_of_window(config);
		if (str_is(name, "entities")) {
			facts->words_bytes = (int64_t)(tagger_memory_bytes() + forms_bytes());
			facts->models_bytes += memory_of_gazetteers(entry);
		}
	}
}

/* --- the sum ------------------------------------------------------------------------------------------------------ */

__attribute__((format(printf, 4, 5))) static void memory_row(struct memory_sum *sum, const char *what, int64_t bytes,
                                                             const char *how, ...)
{
	CHECK(sum->n < MEMORY_ROWS_MAX);
	struct memory_row *row = &sum->rows[sum->n++];
	va_list args;
	va_start(args, how);
	vsnprintf(row->how, sizeof row->how, how, args);
	va_end(args);
	row->what = what;
	row->bytes = bytes;
	sum->total_bytes += bytes;
}

static size_t memory_named_brokers(struct str brokers)
{
	size_t n = 1;
	for (size_t i = 0; i < brokers.n; i++)
		n += brokers.p[i] == ',';
	return n;
}

static int64_t memory_least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void memory_add(struct memory_sum *sum, const struct config *config, const struct memory_facts *facts)
{
	const struct limits *limits = &config->limits;
	size_t brokers = facts->brokers ? facts->brokers : memory_named_brokers(config->kafka.brokers);
	int64_t scratch_bytes = memory_least(limits->parse_bytes, 128 * limits->message_bytes);
	*sum = (struct memory_sum){0};
	memory_row(sum, "models and tables", facts->models_bytes,
	           "files of the stages in the run list, and a desk's own");
	memory_row(sum, "dedup window", facts->window_bytes, "claims × what each takes");
	memory_row(sum, "two batches", 2 * (1 + MEMORY_DERIVED_FACTOR) * config->batch.bytes,
	           "2 × (batch.bytes raw + %d × as much derived)", MEMORY_DERIVED_FACTOR);
	memory_row(sum, "lanes", config->lanes * (limits->message_bytes + limits->story_bytes + scratch_bytes),
	           "lanes (%lld) × (limits.message + limits.story + limits.parse)", (long long)config->lanes);
	memory_row(sum, "known words", config->lanes * facts->words_bytes, "lanes (%lld) × what entities remembers",
	           (long long)config->lanes);
	memory_row(sum, "fetched ahead", config->kafka.queued_max_bytes, "kafka.queued-max");
	memory_row(sum, "answers of brokers", (int64_t)brokers * config->kafka.fetch_max_bytes,
	           "brokers (%zu) × kafka.fetch-max", brokers);
	memory_row(sum, "everything else", MEMORY_REST_BYTES, "libraries, stacks, buffers");
}

void memory_write(const struct memory_sum *sum, struct buf *out)
{
	for (size_t i = 0; i < sum->n; i++)
		buf_printf(out, "  %-20s %9.1f MB  %s\n", sum->rows[i].what, (double)sum->rows[i].bytes / MEMORY_MB,
		           sum->rows[i].how);
	buf_printf(out, "  %-20s %9.1f MB\n", "at most", (double)sum->total_bytes / MEMORY_MB);
}
