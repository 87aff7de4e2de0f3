#include "consumer/kafka_rebalance.h"

#include "consumer/kafka_source.h"
#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#include <stdlib.h>

/* False when err holds the error's words; the error is gone either way. */
static bool rebalance_good(rd_kafka_error_t *error, const char *what, struct err *err)
{
	if (!error)
		return true;
	err_set(err, "cannot %s the group's metadata: %s", what, rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return false;
}

static bool rebalance_has_member_id(rd_kafka_t *rk)
{
	char *id = rd_kafka_memberid(rk);
	bool has = id && id[0];
	if (id)
		rd_kafka_mem_free(rk, id);
	return has;
}

bool rebalance_metadata(rd_kafka_t *rk, struct str *bytes, struct err *err)
{
	*bytes = (struct str){0};
	if (!rebalance_has_member_id(rk))
		return err_set(err, "cannot take the group's metadata: this member has no id");
	rd_kafka_consumer_group_metadata_t *metadata = rd_kafka_consumer_group_metadata(rk);
	if (!metadata)
		return err_set(err, "cannot take the group's metadata: this client is in no group");
	void *p = NULL;
	size_t n = 0;
	bool good = rebalance_good(rd_kafka_consumer_group_metadata_write(metadata, &p, &n), "write", err);
	rd_kafka_consumer_group_metadata_destroy(metadata);
	if (good)
		*bytes = (struct str){p, n};
	return good;
}

rd_kafka_consumer_group_metadata_t *kafka_source_metadata(struct str bytes, struct err *err)
{
	rd_kafka_consumer_group_metadata_t *metadata = NULL;
	return rebalance_good(rd_kafka_consumer_group_metadata_read(&metadata, bytes.p, bytes.n), "read", err)
	               ? metadata
	               : NULL;
}

static void rebalance_forget_metadata(struct rebalance *r)
{
	if (r->metadata.p)
		rd_kafka_mem_free(NULL, (void *)(uintptr_t)r->metadata.p);
	r->metadata = (struct str){0};
}

static void rebalance_copy(struct offsets *to, const rd_kafka_topic_partition_list_t *from, struct topics *topics)
{
	offsets_clear(to);
	for (int i = 0; i < from->cnt; i++) {
		const char *topic = topics_intern(topics, from->elems[i].topic);
		offsets_set(to, topic, from->elems[i].partition, OFFSET_AS_COMMITTED);
	}
}

void rebalance_record(struct rebalance *r, rd_kafka_t *rk, rd_kafka_resp_err_t code,
                      const rd_kafka_topic_partition_list_t *partitions, struct topics *topics)
{
	CHECK(r->happening == SOURCE_IDLE);
	rebalance_copy(&r->partitions, partitions, topics);
	if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		/* Anything but an orderly revocation (an error of the join) means the partitions are no longer ours. */
		bool orderly = code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && !rd_kafka_assignment_lost(rk);
		r->happening = orderly ? SOURCE_REVOKED : SOURCE_LOST;
		return;
	}
	r->happening = SOURCE_ASSIGNED;
	rebalance_forget_metadata(r);
	struct err err = {0};
	r->stale = !rebalance_metadata(rk, &r->metadata, &err);
	if (r->stale)
		log_warn("ASSIGNMENT-STALE", "an assignment came too late and is given back",
		         LOG_CSTR("error", err.words));
}

void rebalance_free(struct rebalance *r)
{
	rebalance_forget_metadata(r);
	offsets_free(&r->partitions);
}
