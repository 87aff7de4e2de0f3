/*
 * Words by which a wire says what a story is to others: a correction, a kill, held until a time, a test. Of many
 * languages (signals.def). Read-only after signals_new, any thread.
 */
#ifndef WIREDESK_WORDS_SIGNALS_H
#define WIREDESK_WORDS_SIGNALS_H

#include "pipeline/base/str.h"

enum signal_kind {
	SIGNAL_CORRECTION,
	SIGNAL_UPDATE,
	SIGNAL_REFILE,
	SIGNAL_REPEAT,
	SIGNAL_KILL,
	SIGNAL_CANCEL,
	SIGNAL_HOLD,
	SIGNAL_EMBARGO,
	SIGNAL_LIFT,
	SIGNAL_ADVISORY,
	SIGNAL_BUDGET,
	SIGNAL_TEST,
	SIGNAL_BAN,
	SIGNAL_COPY,
	SIGNAL_KINDS
};

enum signal_mode { SIGNAL_HEAD, SIGNAL_NOTE, SIGNAL_ALONE, SIGNAL_INSIDE, SIGNAL_LAST };

/* What a line begins with. */
struct signal_hit {
	enum signal_kind kind;
	enum signal_mode mode;
	const char *language;  /* of the row */
	const char *languages; /* all that have the same words: "pl cs hr" */
	size_t start, end;     /* the words, in the line; a number behind or before them is theirs */
	int number;            /* "UPDATE 2-", "2. Zusammenfassung:"; 0: none */
	bool is_marked;        /* a colon, a dash or a closing bracket stands behind */
	bool is_alone;         /* nothing but marks does */
	bool is_large;         /* in capitals */
};

/* NULL stands for an empty table. */
struct signals;

/* NULL without memory. */
struct signals *signals_new(void);
void signals_free(struct signals *signals);

/* The longest words of the table that the line begins with, in the way that their row asks for. is_note: the line is a
 * note to editors, where words need no mark behind them. False: none. */
bool signals_open(const struct signals *signals, struct str line, bool is_note, struct signal_hit *hit);

/* Does the line end in words of this kind? */
bool signals_close(const struct signals *signals, struct str line, enum signal_kind kind);

/* Do words of this kind stand anywhere in the text? Time grows with the text times the words of that kind: for short
 * texts. */
bool signals_hold(const struct signals *signals, struct str text, enum signal_kind kind);

#endif
