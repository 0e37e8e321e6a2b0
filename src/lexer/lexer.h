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
 *	'{' and 'if' where an operand is due		VALUE_OPEN, VALUE_IF
 *	'#' lines and C definitions are raw text	C_TEXT
 */
#ifndef LEXER_LEXER_H
#define LEXER_LEXER_H

#include "ast/unit.h"

#include <stdbool.h>

enum {
	NESTING_MAX = 500, /* open brackets: later passes recurse */
	ERRORS_MAX = 50,   /* a file that is no script is not worth more messages */
};

/* One scan of one file; the scanner's extra data. */
struct lexer {
	struct unit *u;
	const char *text; /* the file's, len bytes */
	size_t len;
	uint32_t base;    /* offset of its start */
	uint32_t pos;     /* offset behind the current token */
	int last, before; /* the last two tokens */
	uint32_t end;     /* offset behind the last one */
	struct bracket {
		char c;
		uint32_t off;
	} open[NESTING_MAX];
	unsigned int opened, braces; /* brackets in open[]; the '{' among them */
	bool predicate;              /* between the '/' of a predicate */
	bool stopped;                /* something was reported that ends the reading */
};

/* The next token, for the parser. */
union YYSTYPE;
int yylex(union YYSTYPE *value, struct span *at, void *scanner);

/* Whether the text at p (behind a '(') is a type up to its ')', and an operand follows. */
bool lexer_is_cast(const char *p, const char *end);
/* Whether the text at p (behind the '(' of sizeof) is a type up to ')' or ','. */
bool lexer_is_type(const char *p, const char *end);
/* Whether, after layout and comments, the text goes on with 'text'. */
bool lexer_next_is(const char *p, const char *end, const char *text);
/* Whether an expression that has come to a '}' goes on: with an operator, ')' or 'else'. */
bool lexer_goes_on(const char *p, const char *end);
/* The length of the '( ...; ...; ... )' behind a 'for', as C has it; 0: it is none. */
size_t lexer_c_for_len(const char *p, const char *end);
/* The length of an attach point that starts at p; *open: a quote in it is not closed. */
size_t lexer_attach_len(const char *p, const char *end, bool *open);
/* The length of a C definition ("struct x { ... };") that starts at p; 0: it is none; beyond end:
 * it has no end. */
size_t lexer_c_len(const char *p, const char *end);
/* The length of a typedef, up to its ';'; beyond end: it has none. */
size_t lexer_typedef_len(const char *p, const char *end);
/* The length of a '#' line with its continuations. */
size_t lexer_hash_len(const char *p, const char *end);
/* The number of $n; 0: it was wrong. */
uint64_t lexer_param(struct lexer *l, const char *text, struct span span);
/* The value of an integer literal; reports what is wrong with it. */
uint64_t lexer_number(struct lexer *l, const char *text, size_t len, struct span span);
/* The text of a string literal, without its quotes; escapes resolved, in the arena. */
char *lexer_string(struct lexer *l, const char *text, size_t len, struct span span, size_t *out);

#endif
