#include "pipeline/replay.h"

#include "pipeline/base/check.h"
#include "pipeline/words/rfc3339.h"

#define ORIGIN_HEADER    "wiredesk-origin"
#define TOPIC_NAME_MAX   249 /* Kafka's own limit */
#define CLUSTER_NAME_MAX 255
/* What is read goes on into the next dead letter, which has to fit its topic. */
#define ORIGIN_BYTES_MAX     600
#define FIRST_SEEN_BYTES_MAX 40

static bool parse_number(struct str text, int64_t most, int64_t *out)
{
	return options_parse_int(text, out) && *out >= 0 && *out <= most;
}

/* The part of *rest behind its last '/', which it loses. */
static struct str last_piece(struct str *rest)
{
	size_t at = rest->n;
	while (at > 0 && rest->p[at - 1] != '/')
		at--;
	struct str piece = str_slice(*rest, at, rest->n);
	*rest = str_slice(*rest, 0, at ? at - 1 : 0);
	return piece;
}

/* Names come from outside and go into ids: short, and printable ASCII without quotes. */
static bool is_name(struct str name, size_t most)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == '"' || name.p[i] == '\\')
			return false;
	}
	return name.n > 0 && name.n <= most;
}

/* Only the cluster's name may hold a '/'. */
bool replay_parse_origin(struct str text, struct position *origin)
{
	int64_t partition;
	struct str rest = text;
	if (text.n > ORIGIN_BYTES_MAX || !parse_number(last_piece(&rest), INT64_MAX, &origin->offset) ||
	    !parse_number(last_piece(&rest), INT32_MAX, &partition))
		return false;
	origin->partition = (int32_t)partition;
	origin->topic = last_piece(&rest);
	origin->cluster = rest;
	return is_name(origin->topic, TOPIC_NAME_MAX) && is_name(origin->cluster, CLUSTER_NAME_MAX);
}

static int compare_parts(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

static bool read_parts(struct call *call, struct message *msg)
{
	uint32_t *parts = ARENA_ARRAY(call->keep, uint32_t, msg->n_headers);
	size_t n = 0;
	for (size_t i = 0; i < msg->n_headers; i++) {
		int64_t part;
		if (!str_is(msg->headers[i].name, "wiredesk-part"))
			continue;
		if (n == (size_t)call->env->limits.parts || !parse_number(msg->headers[i].value, UINT32_MAX, &part))
			return false;
		parts[n++] = (uint32_t)part;
	}
	qsort(parts, n, sizeof(*parts), compare_parts);
	size_t different = 0;
	for (size_t i = 0; i < n; i++) {
		if (different == 0 || parts[different - 1] != parts[i])
			parts[different++] = parts[i];
	}
	msg->only = n ? parts : NULL;
	msg->n_only = different;
	return true;
}

/* Empty where it is none: then this death is the first that is known of. */
static struct str read_first_seen(const struct message *msg)
{
	struct str time = message_header(msg, "wiredesk-first-seen");
	return time.n <= FIRST_SEEN_BYTES_MAX && rfc3339_is_time(time) ? time : (struct str){0};
}

bool replay_read(struct call *call, struct message *msg)
{
	msg->origin = msg->delivery;
	msg->attempts = 0;
	msg->first_seen = (struct str){0};
	msg->only = NULL;
	msg->n_only = msg->n_before = 0;
	msg->is_put_back = false;
	if (msg->n_headers == 0)
		return true;
	struct str origin = message_header(msg, ORIGIN_HEADER);
	if (!origin.p)
		return true;
	int64_t attempts = 0;
	struct str header = message_header(msg, "wiredesk-attempts");
	if (!replay_parse_origin(origin, &msg->origin) ||
	    (header.p && !parse_number(header, UINT32_MAX - 1, &attempts)) || !read_parts(call, msg)) {
		msg->origin = msg->delivery;
		message_dead(call, msg, REASON_BAD_HEADER,
		             "header " ORIGIN_HEADER ", -attempts or -part cannot be read, or names more parts than "
		             "limits.parts allows");
		return false;
	}
	msg->is_put_back = true;
	msg->attempts = (uint32_t)attempts;
	msg->first_seen = read_first_seen(msg);
	return true;
}

void replay_select(struct call *call, struct message *msg)
{
	if (!msg->only || msg->end.outcome != OUTCOME_OPEN)
		return;
	CHECK(msg->n_only > 0);
	msg->n_before = msg->n_parts;
	struct story **chosen = ARENA_ARRAY(call->keep, struct story *, msg->n_only);
	for (size_t i = 0; i < msg->n_only; i++) {
		uint32_t part = msg->only[i];
		if (part < msg->n_parts) {
			chosen[i] = msg->parts[part];
			continue;
		}
		chosen[i] = batch_new_story(call->keep, msg, part);
		story_dead(call, chosen[i], REASON_NO_SUCH_PART, "the message has %zu parts, none of number %u",
		           msg->n_parts, part);
	}
	msg->parts = chosen;
	msg->n_parts = msg->n_only;
}
