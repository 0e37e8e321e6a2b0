/* SPDX-License-Identifier: Apache-2.0 */
/* diag_record - messages as they are kept: diag.c records them, diag_print.c prints them. */
#ifndef BASE_DIAG_RECORD_H
#define BASE_DIAG_RECORD_H

#include "base/diag.h"
#include "base/vec.h"

struct note {
	struct span at;
	const char *text;
	size_t order; /* of recording: keeps equal lines stable */
};

struct diag {
	struct diags *owner;
	enum diag_level level;
	struct span given; /* by the caller: it may be in an expansion */
	struct span at;    /* where that is written */
	const char *text;
	VEC(struct note) notes;
	VEC(const char *) hints;
	VEC(struct note) way; /* from where it arose to the call in the script */
	size_t order;         /* of recording: the sort's last word */
	bool printed;
};

/* Messages, where they are kept until it is known whether they count. */
struct held {
	struct held *outer;
	VEC(struct diag *) list;
};

struct diags {
	struct arena *arena;
	const struct source *src;
	struct held told;    /* what counts */
	struct held *into;   /* where a new message goes */
	struct diag dropped; /* what diag_error returns while muted */
	unsigned int muted;
	size_t count[2]; /* by level, those beyond MOST_SHOWN included */
};

/* Nobody reads on, and a script of random bytes has one in each line. */
enum { MOST_SHOWN = 100 };

/* Names and texts of the script come along in messages, and a script may come from anywhere. */
const char *diag_safe(struct arena *a, const char *text, size_t len);

#endif
