/*
 * Slugs, and what desks put behind them: "BC-EU--Westland-Budget, 3rd Ld-Writethru", "PM-Air Fares, 1st Ld-1st Add",
 * "BC-Brackenford-Flood, KILL". Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_SLUGS_H
#define WIREDESK_WORDS_SLUGS_H

#include "pipeline/base/str.h"

struct slug {
	struct str core; /* without the cycle before it ("BC-") and what says which version or take it is */
	int lead;        /* "3rd Ld": 3, "2ND LEAD": 2 */
	int take;        /* "2nd Add", "Take 2", "2 of 3": 2 */
	bool is_take, is_writethru, is_refile, is_correction;
	bool is_kill, is_withdrawal, is_advisory, is_budget, is_test;
};

/* False: it says nothing of itself; core is set nevertheless. */
bool slug_read(struct str s, struct slug *slug);

#endif
