/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexer - from text to tokens.
 *
 * Names are IDENT whatever they mean. What depends on context is decided here, by looking ahead in
 * the text, so that the grammar needs no tricks:
 *
 *	attach points are raw text			ATTACH
 *	'/' before a '{' ends a predicate		PREDICATE_END
 *	'(' that opens a cast				CAST_OPEN
 *	'(' of sizeof(T) and the like			TYPE_OPEN
 *	'#' lines and C definitions are raw text	C_TEXT
 */
#ifndef LEXER_LEXER_H
#define LEXER_LEXER_H

#include "ast/unit.h"

#include <stdbool.h>

enum { NESTING_MAX = 200 };

/* One scan of one source; the scanner's extra data. */
struct lexer {
	struct unit *u;
	uint32_t pos;          /* offset behind the current token */
	unsigned int braces, parens;
	unsigned int nesting;
	bool predicate;        /* between the '/' of a predicate */
	bool points;           /* an attach point was read: '/' or '{' comes */
	bool type_next;        /* sizeof or a relative was read: '(' may open a type */
	bool too_deep;
};

/* Whether the text at p (behind a '(') is a type up to its ')', and an operand follows. */
bool lexer_is_cast(const char *p, const char *end);
/* Whether the '(' at offset off calls what stands before it. */
bool lexer_after_name(const char *text, uint32_t off);
/* Whether the text at p (behind the '(' of sizeof) is a type up to ')' or ','. */
bool lexer_is_type(const char *p, const char *end);
/* Whether, after layout and comments, the next character is c. */
bool lexer_next_is(const char *p, const char *end, char c);
/* The length of an attach point that starts at p. */
size_t lexer_attach_len(const char *p, const char *end);
/* The length of a C definition ("struct x { ... };") that starts at p; 0: it is none. */
size_t lexer_c_len(const char *p, const char *end);
/* The length of a '#' line with its continuations. */
size_t lexer_hash_len(const char *p, const char *end);
/* The value of an integer literal; reports what is wrong with it. */
uint64_t lexer_number(struct lexer *l, const char *text, size_t len, struct span span);
/* The text of a string literal, without its quotes; escapes resolved, in the arena. */
char *lexer_string(struct lexer *l, const char *text, size_t len, struct span span, size_t *out);

#endif
