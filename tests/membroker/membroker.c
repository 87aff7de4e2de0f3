#include "tests/membroker/membroker.h"

#include "pipeline/base/check.h"
#include "producer/dead_letters.h"

#include <inttypes.h>
#include <pthread.h>

#define TOPICS_MAX     8
#define PARTITIONS_MAX 16
#define MEMBERS_MAX    16
#define EPOCHS_MAX     16
#define RULES_MAX      4
#define TOPIC_NONE     (-1)
#define MEMBER_NONE    (-1)

struct log_entry {
	bool gap;
	struct str key, value;
	struct header *headers;
	size_t n_headers;
};

struct partition {
	struct log_entry *entries;
	size_t n, room;
	int64_t committed; /* of the group */
};

struct topic {
	char *name;
	int n_partitions;
	struct partition partitions[PARTITIONS_MAX];
};

struct member {
	struct mem_client *client; /* NULL: dead, but the group does not know */
	char *instance;
	uint32_t id;         /* of the client that has the place: rises with each that takes it */
	bool assigned;       /* holds partitions, as far as the group knows */
	bool revoke;         /* is to give them back */
	bool lost;           /* was thrown out */
	bool ready;          /* has joined and waits for an assignment */
	uint32_t generation; /* of which it has its part, or may come for it; 0: of none */
};

struct transaction {
	char *id;
	uint32_t epoch;
	bool open;
	bool decided; /* it was committed, but that is not visible everywhere yet; open still */
	bool late;    /* a commit is on its way */
	uint64_t number;
	struct mem_record *records;
	size_t n, room;
	struct offsets offsets;
};

struct mem_broker {
	pthread_mutex_t lock;
	struct arena arena; /* all bytes that were ever given to the broker */
	struct topic topics[TOPICS_MAX];
	int n_topics;
	struct member members[MEMBERS_MAX];
	int n_members;
	uint32_t generation;
	bool sharing; /* between two generations */
	struct transaction transactions[EPOCHS_MAX];
	int n_transactions;
	uint64_t transaction_number;
	uint64_t places; /* records so far */
	struct mem_record *committed;
	size_t n_committed, committed_room;
	size_t n_aborted;
	struct {
		const char *topic, *text;
	} refused[RULES_MAX];
	size_t n_refused;
	struct mem_counts counts;
	void (*told)(void *arg, const struct mem_record *records, size_t n, const struct offsets *offsets);
	void *told_arg;
};

struct mem_source {
	struct source base;
	struct mem_client *client;
	struct offsets done;    /* committed under this assignment, as the worker was told */
	struct offsets reading; /* partitions and where to read on; AS_COMMITTED until the broker says */
	bool assigned;
	bool is_away; /* partitions were revoked or lost, and are not unassigned yet */
	bool eof_told[TOPICS_MAX][PARTITIONS_MAX];
	size_t turn; /* partition whose turn it is */
	char metadata[96];
	struct offsets event_partitions;
	size_t held;
};

struct mem_sink {
	struct sink base;
	struct mem_client *client;
	struct transaction *transaction;
	uint32_t epoch;
	bool renew;    /* an abort could not be completed */
	size_t n_sent; /* records of this publication */
};

struct mem_client {
	struct mem_broker *broker;
	int member; /* MEMBER_NONE: it has not joined */
	uint32_t member_id;
	char *instance;
	const char *const *topics;
	const char *articles, *duplicates, *dead;
	struct mem_source source;
	struct mem_sink sink;
	uint64_t calls;
	enum mem_fault fault;
	uint64_t fault_at;
	bool failed, is_dead;
	enum mem_fault (*decide)(void *arg, struct mem_client *c, enum mem_call call);
	void *decide_arg;
	int wait_ms;
	const char *broken;
};

/* --- small things ------------------------------------------------------------------------------------------------ */

static void *grow(void *items, size_t n, size_t *room, size_t bytes)
{
	if (n < *room)
		return items;
	*room = *room ? 2 * *room : 16;
	items = realloc(items, *room * bytes);
	CHECK(items);
	return items;
}

static struct str keep(struct mem_broker *b, struct str s)
{
	return s.p ? arena_copy(&b->arena, s) : s;
}

static struct header *keep_headers(struct mem_broker *b, const struct header *headers, size_t n)
{
	struct header *own = ARENA_ARRAY(&b->arena, struct header, n ? n : 1);
	for (size_t i = 0; i < n; i++)
		own[i] = (struct header){keep(b, headers[i].name), keep(b, headers[i].value)};
	return own;
}

static int topic_index(struct mem_broker *b, const char *name)
{
	for (int i = 0; i < b->n_topics; i++) {
		if (strcmp(b->topics[i].name, name) == 0)
			return i;
	}
	return TOPIC_NONE;
}

static struct partition *find_partition(struct mem_broker *b, const char *topic, int partition)
{
	int i = topic_index(b, topic);
	CHECK(i != TOPIC_NONE && partition >= 0 && partition < b->topics[i].n_partitions);
	return &b->topics[i].partitions[partition];
}

/* --- the broker --------------------------------------------------------------------------------------------------- */

struct mem_broker *mem_broker_new(void)
{
	struct mem_broker *b = calloc(1, sizeof(*b));
	CHECK(b);
	pthread_mutex_init(&b->lock, NULL);
	arena_init(&b->arena, 0, 0);
	b->generation = 1;
	return b;
}

void mem_broker_free(struct mem_broker **broker)
{
	struct mem_broker *b = *broker;
	*broker = NULL;
	for (int t = 0; t < b->n_topics; t++) {
		free(b->topics[t].name);
		for (int p = 0; p < b->topics[t].n_partitions; p++)
			free(b->topics[t].partitions[p].entries);
	}
	for (int i = 0; i < b->n_members; i++)
		free(b->members[i].instance);
	for (int i = 0; i < b->n_transactions; i++) {
		free(b->transactions[i].id);
		free(b->transactions[i].records);
		offsets_free(&b->transactions[i].offsets);
	}
	free(b->committed);
	arena_free(&b->arena);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void mem_topic(struct mem_broker *b, const char *topic, int partitions)
{
	CHECK(b->n_topics < TOPICS_MAX && partitions <= PARTITIONS_MAX);
	struct topic *t = &b->topics[b->n_topics++];
	t->name = strdup(topic);
	t->n_partitions = partitions;
	for (int p = 0; p < partitions; p++)
		t->partitions[p].committed = OFFSET_AS_COMMITTED;
}

static struct log_entry *append(struct partition *p)
{
	p->entries = grow(p->entries, p->n, &p->room, sizeof(*p->entries));
	p->entries[p->n] = (struct log_entry){0};
	return &p->entries[p->n++];
}

int64_t mem_put(struct mem_broker *b, const char *topic, int partition, struct str key, struct str value,
                const struct header *headers, size_t n_headers)
{
	pthread_mutex_lock(&b->lock);
	struct partition *p = find_partition(b, topic, partition);
	struct log_entry *entry = append(p);
	entry->key = keep(b, key);
	entry->value = keep(b, value);
	entry->headers = keep_headers(b, headers, n_headers);
	entry->n_headers = n_headers;
	int64_t offset = (int64_t)p->n - 1;
	pthread_mutex_unlock(&b->lock);
	return offset;
}

void mem_gap(struct mem_broker *b, const char *topic, int partition, int n)
{
	pthread_mutex_lock(&b->lock);
	for (int i = 0; i < n; i++)
		append(find_partition(b, topic, partition))->gap = true;
	pthread_mutex_unlock(&b->lock);
}

size_t mem_committed(struct mem_broker *b)
{
	pthread_mutex_lock(&b->lock);
	size_t n = b->n_committed;
	pthread_mutex_unlock(&b->lock);
	return n;
}

struct mem_record mem_record(struct mem_broker *b, size_t i)
{
	pthread_mutex_lock(&b->lock);
	CHECK(i < b->n_committed);
	struct mem_record record = b->committed[i];
	pthread_mutex_unlock(&b->lock);
	return record;
}

size_t mem_aborted(struct mem_broker *b)
{
	return b->n_aborted;
}

int64_t mem_group_offset(struct mem_broker *b, const char *topic, int partition)
{
	pthread_mutex_lock(&b->lock);
	int64_t committed = find_partition(b, topic, partition)->committed;
	pthread_mutex_unlock(&b->lock);
	return committed;
}

size_t mem_open_transactions(struct mem_broker *b)
{
	size_t n = 0;
	for (int i = 0; i < b->n_transactions; i++)
		n += b->transactions[i].open;
	return n;
}

void mem_on_commit(struct mem_broker *b,
                   void (*told)(void *arg, const struct mem_record *records, size_t n, const struct offsets *offsets),
                   void *arg)
{
	b->told = told;
	b->told_arg = arg;
}

struct mem_counts mem_counts(struct mem_broker *b)
{
	return b->counts;
}

void mem_refuse(struct mem_broker *b, const char *topic, const char *text)
{
	CHECK(b->n_refused < RULES_MAX);
	b->refused[b->n_refused].topic = topic;
	b->refused[b->n_refused++].text = text;
}

/* --- transactions ------------------------------------------------------------------------------------------------- */

static void transaction_abort(struct mem_broker *b, struct transaction *t)
{
	CHECK(!t->decided);
	if (t->open)
		b->n_aborted += t->n;
	b->counts.aborts += t->open;
	t->open = t->late = false;
	t->n = 0;
	offsets_clear(&t->offsets);
}

static void transaction_commit(struct mem_broker *b, struct transaction *t)
{
	CHECK(t->open);
	size_t before = b->n_committed;
	b->counts.commits++;
	for (size_t i = 0; i < t->n; i++) {
		b->committed = grow(b->committed, b->n_committed, &b->committed_room, sizeof(*b->committed));
		b->committed[b->n_committed++] = t->records[i];
	}
	for (size_t i = 0; i < t->offsets.n; i++) {
		const struct offset *at = &t->offsets.items[i];
		find_partition(b, at->topic, at->partition)->committed = at->next;
	}
	if (b->told)
		b->told(b->told_arg, b->committed ? b->committed + before : NULL, t->n, &t->offsets);
	t->open = t->decided = t->late = false;
	t->n = 0;
	offsets_clear(&t->offsets);
}

/* Whatever is decided has its end before anything else happens under that id. */
static void transaction_complete(struct mem_broker *b, struct transaction *t)
{
	if (t->open && t->decided)
		transaction_commit(b, t);
}

static void transaction_add(struct mem_broker *b, struct transaction *t, const struct mem_record *record)
{
	t->records = grow(t->records, t->n, &t->room, sizeof(*t->records));
	struct mem_record *own = &t->records[t->n++];
	*own = (struct mem_record){.topic = record->topic,
	                           .key = keep(b, record->key),
	                           .value = keep(b, record->value),
	                           .headers = keep_headers(b, record->headers, record->n_headers),
	                           .n_headers = record->n_headers,
	                           .transaction = t->number,
	                           .place = ++b->places};
}

static struct transaction *transaction_of(struct mem_broker *b, const char *id)
{
	for (int i = 0; i < b->n_transactions; i++) {
		if (strcmp(b->transactions[i].id, id) == 0)
			return &b->transactions[i];
	}
	CHECK(b->n_transactions < EPOCHS_MAX);
	struct transaction *t = &b->transactions[b->n_transactions++];
	t->id = strdup(id);
	return t;
}

/* Are this partition's offsets about to change, in a transaction that is open? */
static bool is_unstable(struct mem_broker *b, const char *topic, int32_t partition)
{
	for (int i = 0; i < b->n_transactions; i++) {
		struct transaction *t = &b->transactions[i];
		if (t->open && offsets_find(&t->offsets, topic, partition, NULL))
			return true;
	}
	return false;
}

static struct transaction *transaction_find_open(struct mem_broker *b, const char *id)
{
	for (int i = 0; i < b->n_transactions; i++) {
		struct transaction *t = &b->transactions[i];
		if (t->open && !t->decided && strcmp(t->id, id) == 0)
			return t;
	}
	return NULL;
}

uint64_t mem_transaction(struct mem_broker *b, const char *instance)
{
	pthread_mutex_lock(&b->lock);
	const struct transaction *t = transaction_find_open(b, instance);
	uint64_t number = t ? t->number : 0;
	pthread_mutex_unlock(&b->lock);
	return number;
}

void mem_expire_transaction(struct mem_broker *b, const char *instance)
{
	pthread_mutex_lock(&b->lock);
	struct transaction *t = transaction_find_open(b, instance);
	if (t) {
		b->counts.late_refused += t->late;
		transaction_abort(b, t);
		t->epoch++;
		b->counts.expired++;
	}
	pthread_mutex_unlock(&b->lock);
}

void mem_arrive(struct mem_broker *b)
{
	pthread_mutex_lock(&b->lock);
	for (int i = 0; i < b->n_transactions; i++) {
		struct transaction *t = &b->transactions[i];
		if (!t->open || (!t->decided && !t->late))
			continue;
		b->counts.late += t->late;
		transaction_commit(b, t);
	}
	pthread_mutex_unlock(&b->lock);
}

/* --- the group ---------------------------------------------------------------------------------------------------- */

/* Everybody who holds partitions is to give them back, and who has not come for them is to wait with the others. */
static void ask_back(struct mem_broker *b)
{
	b->sharing = true;
	for (int i = 0; i < b->n_members; i++) {
		struct member *m = &b->members[i];
		m->revoke |= m->assigned && !m->lost;
		if (!m->assigned)
			m->generation = 0;
	}
}

static bool may_share(const struct mem_broker *b)
{
	for (int i = 0; i < b->n_members; i++) {
		if (b->members[i].assigned && !b->members[i].lost)
			return false;
	}
	return true;
}

/* When nobody holds anything any more, a new generation begins, of all who wait then. */
static bool open_generation(struct mem_broker *b)
{
	if (!may_share(b))
		return false;
	b->generation++;
	b->counts.generations++;
	b->sharing = false;
	for (int i = 0; i < b->n_members; i++) {
		struct member *m = &b->members[i];
		m->generation = m->client && m->ready ? b->generation : 0;
	}
	return true;
}

void mem_rebalance(struct mem_broker *b)
{
	pthread_mutex_lock(&b->lock);
	ask_back(b);
	pthread_mutex_unlock(&b->lock);
}

static void forget_member(struct mem_broker *b, int i)
{
	struct member *m = &b->members[i];
	m->assigned = false;
	m->ready = false;
	m->lost = false;
	m->revoke = false;
	m->generation = 0;
}

void mem_expire_members(struct mem_broker *b)
{
	pthread_mutex_lock(&b->lock);
	for (int i = 0; i < b->n_members; i++) {
		if (!b->members[i].client)
			forget_member(b, i);
	}
	ask_back(b);
	pthread_mutex_unlock(&b->lock);
}

void mem_throw_out(struct mem_broker *b, const char *instance)
{
	pthread_mutex_lock(&b->lock);
	for (int i = 0; i < b->n_members; i++) {
		struct member *m = &b->members[i];
		if (strcmp(m->instance, instance) != 0)
			continue;
		b->counts.thrown_out++;
		m->ready = false;
		m->generation = 0;
		m->lost = m->client != NULL;
		m->assigned &= m->lost;
		m->id++; /* what it has of metadata is of nobody any more */
		ask_back(b);
	}
	pthread_mutex_unlock(&b->lock);
}

/* Another owner, correct and quick: each message gives one record "stolen", offsets with it. */
static void steal_locked(struct mem_broker *b, int each)
{
	for (int i = 0; i < b->n_members; i++) {
		struct member *m = &b->members[i];
		m->lost = m->assigned;
	}
	b->generation++;
	b->sharing = true;
	for (int t = 0; t < b->n_topics; t++) {
		for (int p = 0; p < b->topics[t].n_partitions; p++) {
			struct partition *at = &b->topics[t].partitions[p];
			if (is_unstable(b, b->topics[t].name, p))
				continue; /* it would have to wait */
			int64_t next = at->committed < 0 ? 0 : at->committed;
			for (int n = 0; n < each && next < (int64_t)at->n; next++) {
				const struct log_entry *entry = &at->entries[next];
				if (entry->gap)
					continue;
				struct transaction own = {.number = ++b->transaction_number, .open = true};
				transaction_add(b, &own,
				                &(struct mem_record){
				                        .topic = "stolen", .key = entry->key, .value = entry->value});
				offsets_set(&own.offsets, b->topics[t].name, p, next + 1);
				b->counts.stolen++;
				transaction_commit(b, &own);
				free(own.records);
				offsets_free(&own.offsets);
				n++;
			}
		}
	}
}

void mem_steal(struct mem_broker *b, int each)
{
	pthread_mutex_lock(&b->lock);
	steal_locked(b, each);
	pthread_mutex_unlock(&b->lock);
}

/*
 * A static member that comes again takes the place of its predecessor, who is fenced if it lives. While nobody else
 * comes or goes it has its predecessor's partitions, too, and the others do not notice.
 */
static int join(struct mem_broker *b, struct mem_client *c)
{
	int i = 0;
	while (i < b->n_members && strcmp(b->members[i].instance, c->instance) != 0)
		i++;
	CHECK(i < MEMBERS_MAX);
	struct member *m = &b->members[i];
	if (i == b->n_members) {
		b->n_members++;
		*m = (struct member){.instance = strdup(c->instance)};
	}
	bool same = !b->sharing && !m->lost && m->generation == b->generation;
	b->counts.rejoined += same;
	if (!same)
		forget_member(b, i);
	m->assigned = false;
	m->client = c;
	m->ready = true;
	c->member_id = ++m->id;
	if (!same)
		ask_back(b);
	return i;
}

/* --- faults ------------------------------------------------------------------------------------------------------- */

static struct member *member_of(struct mem_client *c)
{
	return c->member == MEMBER_NONE ? NULL : &c->broker->members[c->member];
}

/* Does the instance's place belong to it still? */
static bool has_place(struct mem_client *c)
{
	const struct member *m = member_of(c);
	return m && m->client == c;
}

static void die(struct mem_client *c)
{
	c->is_dead = true;
	if (has_place(c))
		member_of(c)->client = NULL;
}

static void break_promise(struct mem_client *c, const char *what)
{
	if (!c->broken && !c->is_dead)
		c->broken = what;
}

static enum mem_fault carry_out_fault(struct mem_client *c, enum mem_fault fault)
{
	if (fault == MEM_REBALANCE)
		ask_back(c->broker);
	if (fault == MEM_STEAL)
		steal_locked(c->broker, 1);
	if (fault == MEM_DIE)
		die(c);
	return fault == MEM_REBALANCE || fault == MEM_STEAL ? MEM_NONE : fault;
}

/* Others may have their turn meanwhile, and it may be killed. */
static enum mem_fault ask_director(struct mem_client *c, enum mem_call call)
{
	pthread_mutex_unlock(&c->broker->lock);
	enum mem_fault fault = c->decide(c->decide_arg, c, call);
	pthread_mutex_lock(&c->broker->lock);
	return c->is_dead ? MEM_DIE : carry_out_fault(c, fault);
}

/* Counts the call; what is to happen at it. The lock is held, but while a director decides. */
static enum mem_fault next_call(struct mem_client *c, enum mem_call call)
{
	if (c->is_dead)
		return MEM_DIE;
	c->calls++;
	if (c->decide)
		return ask_director(c, call);
	if (c->failed || c->fault == MEM_NONE || c->calls < c->fault_at)
		return MEM_NONE;
	c->failed = true;
	return carry_out_fault(c, c->fault);
}

/* Of a member of the present generation. */
static void metadata_write(const struct mem_client *c, char out[96])
{
	snprintf(out, 96, "%s/%" PRIu32 "/%" PRIu32, c->instance, c->member_id, c->broker->generation);
}

/* --- the source --------------------------------------------------------------------------------------------------- */

static struct mem_source *source_of(struct source *source)
{
	return (struct mem_source *)source;
}

static bool wants(const struct mem_client *c, const char *topic)
{
	for (size_t i = 0; c->topics[i]; i++) {
		if (strcmp(c->topics[i], topic) == 0)
			return true;
	}
	return false;
}

/* Partitions are dealt out one by one among the members of the generation. */
static void deal(struct mem_broker *b, struct mem_client *c, struct offsets *out)
{
	int waiting[MEMBERS_MAX], n = 0, turn = 0;
	for (int i = 0; i < b->n_members; i++) {
		if (b->members[i].generation == b->generation)
			waiting[n++] = i;
	}
	offsets_clear(out);
	for (int t = 0; t < b->n_topics; t++) {
		for (int p = 0; wants(c, b->topics[t].name) && p < b->topics[t].n_partitions; p++, turn++) {
			if (waiting[turn % n] == c->member)
				offsets_set(out, b->topics[t].name, p, OFFSET_AS_COMMITTED);
		}
	}
}

/* One who was thrown out joins anew. */
static void come_back(struct mem_client *c)
{
	struct member *m = member_of(c);
	forget_member(c->broker, c->member);
	m->ready = true;
	c->member_id = ++m->id;
	ask_back(c->broker);
}

static bool poll_group(struct mem_source *s, struct source_event *event)
{
	struct mem_client *c = s->client;
	struct mem_broker *b = c->broker;
	if (c->member == MEMBER_NONE)
		c->member = join(b, c);
	struct member *m = member_of(c);
	if (!has_place(c)) {
		event->happening = SOURCE_FENCED;
		err_set(&event->err, "another has the place of '%s'", c->instance);
		b->counts.fenced++;
		return true;
	}
	if (s->is_away)
		break_promise(c, "polled between the loss of its partitions and unassign");
	if (m->lost && !m->assigned)
		come_back(c);
	if (m->lost || (m->revoke && m->assigned)) {
		event->happening = m->lost ? SOURCE_LOST : SOURCE_REVOKED;
		s->is_away = true;
		return true;
	}
	if (!m->ready || m->assigned)
		return false;
	/* The first to see that all have given back opens the new generation; the others come for their part. */
	if (m->generation != b->generation && !open_generation(b))
		return false;
	m->assigned = true;
	deal(b, c, &s->event_partitions);
	metadata_write(c, s->metadata);
	event->happening = SOURCE_ASSIGNED;
	event->partitions = s->event_partitions;
	event->metadata = str_of(s->metadata);
	return true;
}

static bool poll_partition(struct mem_source *s, size_t i, struct source_event *event)
{
	struct mem_broker *b = s->client->broker;
	struct offset *at = &s->reading.items[i];
	struct partition *p = find_partition(b, at->topic, at->partition);
	int t = topic_index(b, at->topic);
	if (at->next == OFFSET_AS_COMMITTED) {
		if (is_unstable(b, at->topic, at->partition))
			return false;
		at->next = p->committed < 0 ? 0 : p->committed;
	}
	while (at->next < (int64_t)p->n && p->entries[at->next].gap)
		at->next++;
	if (at->next >= (int64_t)p->n) {
		bool told = s->eof_told[t][at->partition];
		s->eof_told[t][at->partition] = true;
		event->happening = SOURCE_EOF;
		event->at = *at;
		return !told;
	}
	const struct log_entry *entry = &p->entries[at->next];
	s->eof_told[t][at->partition] = false;
	struct position position = {STR("mem"), str_of(at->topic), at->partition, at->next};
	void *owner = malloc(1); /* so that a message that is never released shows up as a leak */
	CHECK(owner);
	event->happening = SOURCE_MESSAGE;
	event->message = (struct message){.delivery = position,
	                                  .origin = position,
	                                  .timestamp_ms = 1700000000000,
	                                  .key = entry->key,
	                                  .value = entry->value,
	                                  .headers = entry->headers,
	                                  .n_headers = entry->n_headers,
	                                  .owner = owner};
	s->held++;
	at->next++;
	return true;
}

static void poll_once(struct mem_source *s, struct source_event *event)
{
	if (poll_group(s, event) || !s->assigned)
		return;
	for (size_t n = 0; n < s->reading.n; n++) {
		size_t i = s->turn++ % s->reading.n;
		if (poll_partition(s, i, event))
			break;
		event->happening = SOURCE_IDLE;
	}
}

static void mem_source_poll(struct source *source, int timeout_ms, struct source_event *event)
{
	struct mem_source *s = source_of(source);
	struct mem_client *c = s->client;
	*event = (struct source_event){.happening = SOURCE_IDLE};
	pthread_mutex_lock(&c->broker->lock);
	enum mem_fault fault = next_call(c, MEM_POLL);
	bool ends = fault == MEM_DIE || fault == MEM_FATAL;
	if (!ends && fault != MEM_FAIL)
		poll_once(s, event);
	if (!ends && event->happening == SOURCE_IDLE && c->decide && timeout_ms > 0) {
		c->wait_ms = timeout_ms;
		ends = ask_director(c, MEM_IDLE) == MEM_DIE;
		if (!ends && fault != MEM_FAIL)
			poll_once(s, event);
	}
	if (ends) {
		event->happening = SOURCE_FATAL;
		err_set(&event->err, "killed");
	}
	if (fault == MEM_DIE_AFTER)
		die(c);
	pthread_mutex_unlock(&c->broker->lock);
}

/*
 * Within an assignment only the worker knows how far it is: of the broker it may ask again only what it has never
 * committed under it.
 */
static void check_rewind(struct mem_source *s, const struct offsets *partitions)
{
	const struct member *m = member_of(s->client);
	if (m->lost)
		return;
	for (size_t i = 0; i < partitions->n; i++) {
		const struct offset *at = &partitions->items[i];
		const struct offset *own = offsets_find(&s->done, at->topic, at->partition, NULL);
		int64_t committed = find_partition(s->client->broker, at->topic, at->partition)->committed;
		if (own && at->next != own->next && at->next != committed)
			break_promise(s->client, "a rewind to another place than that of the last commit");
	}
}

static bool mem_source_assign(struct source *source, const struct offsets *partitions, struct err *err)
{
	struct mem_source *s = source_of(source);
	struct mem_broker *b = s->client->broker;
	pthread_mutex_lock(&b->lock);
	enum mem_fault fault = next_call(s->client, MEM_ASSIGN);
	if (s->assigned && has_place(s->client))
		check_rewind(s, partitions);
	offsets_copy(&s->reading, partitions);
	s->assigned = true;
	memset(s->eof_told, 0, sizeof(s->eof_told));
	pthread_mutex_unlock(&b->lock);
	return fault == MEM_DIE ? err_set(err, "killed") : true;
}

static bool mem_source_unassign(struct source *source, struct err *err)
{
	struct mem_source *s = source_of(source);
	struct mem_broker *b = s->client->broker;
	pthread_mutex_lock(&b->lock);
	enum mem_fault fault = next_call(s->client, MEM_UNASSIGN);
	if (s->held)
		break_promise(s->client, "partitions were given back before all of their messages were");
	if (fault != MEM_DIE && has_place(s->client)) {
		if (member_of(s->client)->lost) {
			come_back(s->client);
		} else {
			forget_member(b, s->client->member);
			member_of(s->client)->ready = true;
		}
	}
	s->assigned = s->is_away = false;
	offsets_clear(&s->reading);
	offsets_clear(&s->done);
	pthread_mutex_unlock(&b->lock);
	return fault == MEM_DIE ? err_set(err, "killed") : true;
}

static bool mem_source_committed(struct source *source, struct offsets *partitions, int timeout_ms, struct err *err)
{
	struct mem_source *s = source_of(source);
	struct mem_broker *b = s->client->broker;
	bool stable = true;
	(void)timeout_ms;
	pthread_mutex_lock(&b->lock);
	enum mem_fault fault = next_call(s->client, MEM_COMMITTED);
	for (size_t i = 0; i < partitions->n; i++) {
		struct offset *at = &partitions->items[i];
		stable &= !is_unstable(b, at->topic, at->partition);
		at->next = find_partition(b, at->topic, at->partition)->committed;
	}
	pthread_mutex_unlock(&b->lock);
	if (fault == MEM_NONE && stable)
		return true;
	return err_set(err, "no answer");
}

static bool mem_source_ends(struct source *source, struct offsets *ends, int timeout_ms, struct err *err)
{
	struct mem_source *s = source_of(source);
	struct mem_broker *b = s->client->broker;
	(void)timeout_ms;
	pthread_mutex_lock(&b->lock);
	enum mem_fault fault = next_call(s->client, MEM_ENDS);
	offsets_clear(ends);
	for (int t = 0; t < b->n_topics; t++) {
		const struct topic *topic = &b->topics[t];
		for (int p = 0; wants(s->client, topic->name) && p < topic->n_partitions; p++)
			offsets_set(ends, topic->name, p, (int64_t)topic->partitions[p].n);
	}
	if (fault == MEM_DIE_AFTER)
		die(s->client);
	pthread_mutex_unlock(&b->lock);
	return fault == MEM_NONE || err_set(err, "no answer");
}

static void mem_source_release(void *source, void *owner)
{
	struct mem_source *s = source;
	free(owner);
	pthread_mutex_lock(&s->client->broker->lock);
	CHECK(s->held > 0);
	s->held--;
	pthread_mutex_unlock(&s->client->broker->lock);
}

static void mem_source_close(struct source *source)
{
	struct mem_source *s = source_of(source);
	offsets_free(&s->done);
	offsets_free(&s->reading);
	offsets_free(&s->event_partitions);
}

static const struct source_ops mem_source_ops = {.poll = mem_source_poll,
                                                 .assign = mem_source_assign,
                                                 .unassign = mem_source_unassign,
                                                 .committed = mem_source_committed,
                                                 .ends = mem_source_ends,
                                                 .release = mem_source_release,
                                                 .close = mem_source_close};

/* --- the sink ----------------------------------------------------------------------------------------------------- */

static struct mem_sink *sink_of(struct sink *sink)
{
	return (struct mem_sink *)sink;
}

/* init_transactions: whoever had the id before is fenced, and what it left open is aborted. The lock is held. */
static void init_transactions(struct mem_sink *k)
{
	struct mem_broker *b = k->client->broker;
	k->transaction = transaction_of(b, k->client->instance);
	transaction_complete(b, k->transaction);
	b->counts.late_refused += k->transaction->late;
	transaction_abort(b, k->transaction);
	k->epoch = ++k->transaction->epoch;
	k->renew = false;
}

static enum publish_result mem_sink_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	struct mem_sink *k = sink_of(sink);
	*limits = (struct sink_limits){0};
	pthread_mutex_lock(&k->client->broker->lock);
	enum mem_fault fault = next_call(k->client, MEM_OPEN);
	if (fault != MEM_DIE && fault != MEM_FAIL)
		init_transactions(k);
	if (fault == MEM_DIE_AFTER)
		die(k->client);
	pthread_mutex_unlock(&k->client->broker->lock);
	if (fault == MEM_DIE || fault == MEM_DIE_AFTER)
		return err_set(err, "killed") ? PUBLISH_FATAL : PUBLISH_FATAL;
	if (fault == MEM_FATAL)
		return err_set(err, "fatal") ? PUBLISH_FATAL : PUBLISH_FATAL;
	return fault == MEM_FAIL ? PUBLISH_FAILED : PUBLISH_COMMITTED;
}

static enum publish_result mem_sink_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	struct sink_limits limits;
	(void)timeout_ms;
	enum publish_result result = mem_sink_open(sink, &limits, err);
	return result == PUBLISH_FAILED ? PUBLISH_UNKNOWN : result;
}

/* One request of a publication. True: carried out and answered; else the publication has its result. */
enum step { STEP_BEGIN, STEP_RECORD, STEP_OFFSETS, STEP_COMMIT };

static void finish(struct publication *mail, enum publish_result result, enum publish_cause cause)
{
	mail->result = result;
	mail->cause = cause;
}

/* Whoever has the id now, or the broker when the time was over, has fenced it. */
static bool is_fenced(struct mem_sink *k, struct publication *mail)
{
	if (k->transaction->epoch == k->epoch)
		return false;
	k->client->broker->counts.fenced++;
	finish(mail, PUBLISH_FENCED, CAUSE_NONE);
	return true;
}

static void abort_publication(struct mem_sink *k, struct publication *mail, enum publish_cause cause)
{
	enum mem_fault fault = next_call(k->client, MEM_ABORT);
	finish(mail, PUBLISH_ABORTED, cause);
	if (fault == MEM_DIE || fault == MEM_FATAL) {
		finish(mail, PUBLISH_FATAL, CAUSE_NONE);
		return;
	}
	if (is_fenced(k, mail))
		return;
	if (fault == MEM_FAIL || fault == MEM_LATE) {
		k->renew = true; /* the abort is not known to have happened: the id is taken anew at the next publish */
		return;
	}
	transaction_abort(k->client->broker, k->transaction);
	k->renew = fault == MEM_LOSE_ANSWER;
	if (fault == MEM_DIE_AFTER) {
		die(k->client);
		finish(mail, PUBLISH_FATAL, CAUSE_NONE);
	}
}

static bool is_refused(const struct mem_broker *b, const struct mem_record *record)
{
	for (size_t i = 0; i < b->n_refused; i++) {
		const char *text = b->refused[i].text;
		if (strcmp(b->refused[i].topic, record->topic) == 0 && record->value.n &&
		    memmem(record->value.p, record->value.n, text, strlen(text)))
			return true;
	}
	return false;
}

static bool metadata_is_current(struct mem_sink *k, struct str metadata)
{
	char wanted[96];
	const struct member *m = member_of(k->client);
	metadata_write(k->client, wanted);
	return metadata.n == 0 || (str_is(metadata, wanted) && m->id == k->client->member_id && !m->lost);
}

static void carry_out(struct mem_sink *k, enum step step, struct publication *mail, const struct mem_record *record)
{
	struct mem_broker *b = k->client->broker;
	struct transaction *t = k->transaction;
	switch (step) {
	case STEP_BEGIN:
		CHECK(!t->open);
		t->open = true;
		t->number = ++b->transaction_number;
		break;
	case STEP_RECORD:
		transaction_add(b, t, record);
		break;
	case STEP_OFFSETS:
		offsets_copy(&t->offsets, &mail->batch->next);
		break;
	case STEP_COMMIT:
		transaction_commit(b, t);
		break;
	}
}

/* Offsets that this client knows to be committed. */
static void note_commit(struct mem_sink *k, const struct offsets *next)
{
	struct mem_source *s = &k->client->source;
	for (size_t i = 0; s->assigned && i < next->n; i++)
		offsets_set(&s->done, next->items[i].topic, next->items[i].partition, next->items[i].next);
}

static const enum mem_call call_of[] = {
        [STEP_BEGIN] = MEM_BEGIN, [STEP_RECORD] = MEM_RECORD, [STEP_OFFSETS] = MEM_OFFSETS, [STEP_COMMIT] = MEM_COMMIT};

/* What may become of a commit alone. */
static bool commit_oddly(struct mem_sink *k, enum mem_fault fault)
{
	if (fault == MEM_LATE)
		k->transaction->late = true;
	else if (fault == MEM_LAG)
		k->transaction->decided = true;
	else
		return false;
	k->client->broker->counts.lagging += fault == MEM_LAG;
	return true;
}

static bool request(struct mem_sink *k, enum step step, struct publication *mail, const struct mem_record *record)
{
	enum mem_fault fault = next_call(k->client, call_of[step]);
	if (fault == MEM_DIE || fault == MEM_FATAL) {
		finish(mail, PUBLISH_FATAL, CAUSE_NONE);
		return false;
	}
	if (is_fenced(k, mail))
		return false;
	if (step != STEP_COMMIT && atomic_load(&mail->abort_asked)) {
		abort_publication(k, mail, CAUSE_ASKED);
		return false;
	}
	if (step == STEP_OFFSETS && !metadata_is_current(k, mail->batch->metadata)) {
		k->client->broker->counts.stale++;
		abort_publication(k, mail, CAUSE_GENERATION);
		return false;
	}
	bool odd = step == STEP_COMMIT && commit_oddly(k, fault);
	if (!odd && fault != MEM_FAIL && (fault != MEM_LATE || step == STEP_COMMIT))
		carry_out(k, step, mail, record);
	if (fault == MEM_DIE_AFTER) {
		die(k->client);
		finish(mail, PUBLISH_FATAL, CAUSE_NONE);
		return false;
	}
	k->n_sent += step == STEP_RECORD && !odd;
	if (fault == MEM_SLOW && step == STEP_RECORD && mail->one_by_one && k->n_sent > mail->probe_from) {
		mail->probed_to = k->n_sent;
		abort_publication(k, mail, CAUSE_PROBE);
		return false;
	}
	if (fault == MEM_NONE || fault == MEM_LAG || fault == MEM_SLOW)
		return true;
	k->client->broker->counts.unknown += step == STEP_COMMIT;
	if (step == STEP_COMMIT)
		finish(mail, PUBLISH_UNKNOWN, CAUSE_OUTAGE);
	else if (step == STEP_BEGIN && (fault == MEM_FAIL || fault == MEM_LATE))
		finish(mail, PUBLISH_ABORTED, CAUSE_OUTAGE);
	else
		abort_publication(k, mail, CAUSE_OUTAGE);
	return false;
}

/* Sends one record; a refused one ends the publication, and names itself when records go one by one. */
static bool send_record(struct mem_sink *k, struct publication *mail, const struct mem_record *record, size_t message,
                        int64_t part)
{
	if (!is_refused(k->client->broker, record))
		return request(k, STEP_RECORD, mail, record);
	err_set(&mail->err, "refused");
	if (mail->one_by_one) {
		mail->refusals[0] = (struct refusal){.message = message, .part = part, .words = "refused"};
		mail->n_refusals = 1;
	}
	abort_publication(k, mail, CAUSE_REFUSAL);
	return false;
}

static bool send_message(struct mem_sink *k, struct publication *mail, size_t m)
{
	struct mem_client *c = k->client;
	struct batch *b = mail->batch;
	const struct message *msg = &b->messages[m];
	for (size_t i = 0; i < msg->n_parts; i++) {
		const struct story *st = msg->parts[i];
		if (st->end.outcome != OUTCOME_ARTICLE && st->end.outcome != OUTCOME_DUPLICATE)
			continue;
		struct mem_record record = {.topic = st->end.outcome == OUTCOME_ARTICLE ? c->articles : c->duplicates,
		                            .key = st->decode.uri.n ? st->decode.uri : msg->key,
		                            .value = st->record.value};
		if (!send_record(k, mail, &record, m, st->part))
			return false;
	}
	if (!dead_letter_needed(msg))
		return true;
	struct dead_letter dead;
	bool stub = mail->stub && mail->stub(mail->stub_arg, msg);
	dead_letter_make(&b->lanes[0], msg, 0, stub, STR("2024-01-01T00:00:00.000Z"), &dead);
	struct mem_record record = {.topic = c->dead,
	                            .key = dead.key,
	                            .value = dead.value,
	                            .headers = dead.headers,
	                            .n_headers = dead.n_headers};
	return send_record(k, mail, &record, m, -1);
}

static void publish_locked(struct mem_sink *k, struct publication *mail)
{
	k->n_sent = 0;
	transaction_complete(k->client->broker, k->transaction);
	if (k->renew) {
		enum mem_fault fault = next_call(k->client, MEM_OPEN);
		if (fault == MEM_NONE || fault == MEM_LAG || fault == MEM_SLOW)
			init_transactions(k);
	}
	if (k->client->is_dead) {
		finish(mail, PUBLISH_FATAL, CAUSE_NONE);
		return;
	}
	if (k->renew) {
		finish(mail, PUBLISH_ABORTED, CAUSE_OUTAGE);
		return;
	}
	if (!request(k, STEP_BEGIN, mail, NULL))
		return;
	for (size_t m = 0; m < mail->batch->n_messages; m++) {
		if (!send_message(k, mail, m))
			return;
	}
	if (!request(k, STEP_OFFSETS, mail, NULL) || !request(k, STEP_COMMIT, mail, NULL))
		return;
	note_commit(k, &mail->batch->next);
	finish(mail, PUBLISH_COMMITTED, CAUSE_NONE);
}

static void mem_sink_publish(struct sink *sink, struct publication *mail)
{
	struct mem_sink *k = sink_of(sink);
	pthread_mutex_lock(&k->client->broker->lock);
	if (k->client->is_dead)
		finish(mail, PUBLISH_FATAL, CAUSE_NONE);
	else
		publish_locked(k, mail);
	if (mail->result == PUBLISH_FATAL)
		err_set(&mail->err, "killed");
	pthread_mutex_unlock(&k->client->broker->lock);
}

static void mem_sink_close(struct sink *sink)
{
	(void)sink;
}

static const struct sink_ops mem_sink_ops = {
        .open = mem_sink_open, .publish = mem_sink_publish, .renew = mem_sink_renew, .close = mem_sink_close};

/* --- clients ------------------------------------------------------------------------------------------------------ */

struct mem_client *mem_client_new_outside(struct mem_broker *b, const char *instance, const char *const *topics,
                                          const char *articles, const char *duplicates, const char *dead)
{
	struct mem_client *c = calloc(1, sizeof(*c));
	CHECK(c);
	c->broker = b;
	c->instance = strdup(instance);
	c->topics = topics;
	c->articles = articles;
	c->duplicates = duplicates;
	c->dead = dead;
	c->member = MEMBER_NONE;
	c->source = (struct mem_source){.base = {&mem_source_ops}, .client = c};
	c->sink = (struct mem_sink){.base = {&mem_sink_ops}, .client = c};
	return c;
}

struct mem_client *mem_client_new(struct mem_broker *b, const char *instance, const char *const *topics,
                                  const char *articles, const char *duplicates, const char *dead)
{
	struct mem_client *c = mem_client_new_outside(b, instance, topics, articles, duplicates, dead);
	pthread_mutex_lock(&b->lock);
	c->member = join(b, c);
	pthread_mutex_unlock(&b->lock);
	return c;
}

void mem_client_direct(struct mem_client *c,
                       enum mem_fault (*decide)(void *arg, struct mem_client *c, enum mem_call call), void *arg)
{
	c->decide = decide;
	c->decide_arg = arg;
}

int mem_client_wait_ms(const struct mem_client *c)
{
	return c->wait_ms;
}

void mem_client_kill(struct mem_client *c)
{
	pthread_mutex_lock(&c->broker->lock);
	die(c);
	pthread_mutex_unlock(&c->broker->lock);
}

const char *mem_client_broken(const struct mem_client *c)
{
	return c->broken;
}

void mem_client_fault(struct mem_client *c, enum mem_fault fault, uint64_t at)
{
	c->fault = fault;
	c->fault_at = at;
}

uint64_t mem_client_calls(const struct mem_client *c)
{
	return c->calls;
}

bool mem_client_is_dead(const struct mem_client *c)
{
	return c->is_dead;
}

bool mem_client_has_failed(const struct mem_client *c)
{
	return c->failed;
}

size_t mem_client_held(const struct mem_client *c)
{
	return c->source.held;
}

struct source *mem_client_source(struct mem_client *c)
{
	return &c->source.base;
}

struct sink *mem_client_sink(struct mem_client *c)
{
	return &c->sink.base;
}

void mem_client_free(struct mem_client **client)
{
	struct mem_client *c = *client;
	*client = NULL;
	pthread_mutex_lock(&c->broker->lock);
	if (!c->is_dead && has_place(c)) {
		forget_member(c->broker, c->member);
		member_of(c)->client = NULL;
		ask_back(c->broker);
	}
	pthread_mutex_unlock(&c->broker->lock);
	mem_source_close(&c->source.base);
	free(c->instance);
	free(c);
}
