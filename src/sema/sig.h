/* SPDX-License-Identifier: Apache-2.0 */
/* sig - signatures of the vocabulary, as text: see lang/lang.h. */
#ifndef SEMA_SIG_H
#define SEMA_SIG_H

#include "sema/sema.h"

#include <stddef.h>

struct sig_param {
	const char *name, *kind; /* len bytes each: they point into the text */
	size_t name_len, kind_len;
	const char *init; /* what stands behind '=', init_len bytes */
	size_t init_len;
	bool optional, rest; /* '=' behind it; '...' */
};

/* Where the parameters start; for sig_next. */
const char *sig_params(const char *sig);
/* Reads the next parameter from *at (behind '(' or the last one); false: there is none. */
bool sig_next(const char **at, struct sig_param *p);
/* How many parameters a signature wants at least and takes at most (SIZE_MAX: any). */
void sig_arity(const char *sig, size_t *least, size_t *most);
/* Whether parameter i of a signature is of this kind ("word", also in "word:boot:tai|int"). */
bool sig_wants(const char *sig, size_t i, const char *kind);
/* Whether this name is one of its words. */
bool sig_has_word(const char *sig, size_t i, const char *name);
/* A signature in the user's words: "str(p[, length = max_strlen])". */
void sig_text(const char *sig, struct strbuf *out);
/* The result as the signature has it: "u64", "T"; "none". */
const char *sig_result_name(const char *sig);
/* Whether that is an integer, and which. */
bool sig_int(const char *name, uint32_t *size, bool *is_signed);
/* The result in the user's words, "uint64"; NULL: none, or it depends. */
const char *sig_result(const char *sig);
/* Checks a call against its row's signature, then by its check hook; returns its type. */
const struct type *sig_check(struct sema *s, struct expr *call);

#endif
