/*
 * Version, commit and the libraries this program runs with. worker/version_made.h is written by CMake at each build.
 */
#include "worker/version.h"

#include "worker/version_made.h"

#include <librdkafka/rdkafka.h>
#include <microhttpd.h>
#include <nettle/version.h>
#include <unicode/uversion.h>
#include <xxhash.h>
#include <yaml.h>

const char version_number[] = VERSION_NUMBER;
const char version_commit[] = VERSION_COMMIT;

static void version_line(struct buf *out, const char *name, const char *version)
{
	buf_printf(out, "%-14s %s\n", name, version);
}

void version_write(struct buf *out)
{
	UVersionInfo icu;
	char icu_text[U_MAX_VERSION_STRING_LENGTH];
	u_getVersion(icu);
	u_versionToString(icu, icu_text);
	unsigned xxhash = XXH_versionNumber();

	buf_printf(out, "wiredesk %s (commit %s)\n", version_number, version_commit);
	version_line(out, "librdkafka", rd_kafka_version_str());
	version_line(out, "ICU", icu_text);
	version_line(out, "libyaml", yaml_get_version_string());
	version_line(out, "libmicrohttpd", MHD_get_version());
	buf_printf(out, "%-14s %d.%d\n", "nettle", nettle_version_major(), nettle_version_minor());
	buf_printf(out, "%-14s %u.%u.%u\n", "xxhash", xxhash / 10000, xxhash / 100 % 100, xxhash % 100);
}
