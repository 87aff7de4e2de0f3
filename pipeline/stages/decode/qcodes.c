#include "pipeline/stages/decode/qcodes.h"

static const struct {
	const char *alias, *address;
} qcodes_schemes[] = {
#define QCODE_SCHEME(alias, address) {alias, address},
#include "pipeline/stages/decode/qcodes.def"
#undef QCODE_SCHEME
};

/* Of a catalog element in `parent`. */
static struct str qcodes_declared(const struct xml_doc *doc, uint32_t parent, struct str alias, struct arena *a)
{
	for (uint32_t catalog = xml_child(doc, parent, "catalog"); catalog; catalog = xml_again(doc, parent, catalog)) {
		for (uint32_t at = xml_child(doc, catalog, "scheme"); at; at = xml_again(doc, catalog, at)) {
			if (str_eq(xml_attribute(doc, at, "alias", a), alias))
				return str_trim(xml_attribute(doc, at, "uri", a));
		}
	}
	return (struct str){0};
}

static struct str qcodes_address(const struct xml_doc *doc, uint32_t item, struct str alias, struct arena *a)
{
	struct str address = qcodes_declared(doc, item, alias, a);
	uint32_t header = item ? xml_child(doc, 0, "header") : 0;
	if (!address.n && header)
		address = qcodes_declared(doc, header, alias, a);
	for (size_t i = 0; !address.n && i < sizeof qcodes_schemes / sizeof *qcodes_schemes; i++) {
		if (str_is(alias, qcodes_schemes[i].alias))
			address = str_of(qcodes_schemes[i].address);
	}
	return address;
}

struct str qcodes_resolve(const struct xml_doc *doc, uint32_t item, struct str qcode, struct arena *a)
{
	size_t colon = str_index(qcode, ':', 0);
	struct str code = str_slice(qcode, colon + 1, qcode.n);
	if (colon == 0 || !code.n)
		return (struct str){0};
	struct str address = qcodes_address(doc, item, str_slice(qcode, 0, colon), a);
	return address.n ? arena_printf(a, "%.*s%.*s", STR_ARG(address), STR_ARG(code)) : (struct str){0};
}
