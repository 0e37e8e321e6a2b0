/* SPDX-License-Identifier: Apache-2.0 */
/* hint.c - what the user may have meant, where the grammar knows only what does not fit. */

#include "parser/message.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/near.h"
#include "parser/parser.tab.h"

#include <ctype.h>
#include <string.h>

static bool is(const char *a, const char *b)
{
	return !strcmp(a, b);
}

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is(word, words[i]))
			return true;
	return false;
}

/* -- words in front of a place -- */

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The word that ends, but for blanks, where the text has come to 'to'; empty: none does. */
static const char *word_before(struct parser *p, const char *to)
{
	const char *from, *start = p->lexer->text;

	while (to > start && isspace((unsigned char)to[-1]))
		to--;
	for (from = to; from > start && in_word(from[-1]); from--)
		;
	return arena_memdup(p->arena, from, (size_t)(to - from));
}

/* The '(' of the parentheses that end before 'to'. */
static const char *open_before(const struct lexer *l, const char *to)
{
	int depth = 0;

	while (to > l->text) {
		to--;
		depth += (*to == ')') - (*to == '(');
		if (*to == '(' && depth <= 0)
			break;
	}
	return to;
}

/* The word in front of what does not fit may be a keyword, spelled wrong. */
static const char *keyword_meant(struct parser *p, const char *found, const char *text)
{
	static const char *const words[] = { "else",   "while",  "unroll", "return",
		                             "struct", "config", "import", "macro" };
	enum { SHORTEST = 4 };
	const struct lexer *l = p->lexer;
	const char *word = "";
	struct near near;

	if (is(found, "'{'") && l->before == ')')
		word = word_before(p, open_before(l, text));
	else if (l->before == IDENT || l->before == ATTACH)
		word = word_before(p, text);
	if (strlen(word) < SHORTEST)
		return NULL;
	near_init(&near, word);
	for (size_t i = 0; i < countof(words); i++)
		near_offer(&near, words[i]);
	if (!near.best || is(near.best, word))
		return NULL;
	return arena_printf(p->arena, "did you mean '%s'?", near.best);
}

/* -- habits from other languages -- */

static bool is_type_of_c(const char *word)
{
	static const char *const types[] = {
		"auto",   "bool",    "char",     "double",   "float",    "int",      "int16",
		"int32",  "int64",   "int8",     "long",     "short",    "size_t",   "string",
		"u16",    "u32",     "u64",      "u8",       "uint16",   "uint32",   "uint64",
		"uint8",  "uint8_t", "uint16_t", "uint32_t", "uint64_t", "unsigned", "var",
		"int8_t", "int16_t", "int32_t",  "int64_t",
	};

	return is_one_of(word, types, countof(types));
}

/* ' and the quotes of text processors, in UTF-8. */
static bool is_quote(const char *text, uint32_t len)
{
	return *text == '\'' || (len >= 3 && !memcmp(text, "\xe2\x80", 2) &&
	                         (unsigned char)text[2] >= 0x98 && (unsigned char)text[2] <= 0x9f);
}

static const char in_probe[] = "statements stand in the block of a probe: BEGIN { ... }";

static const char *at_stray(const struct lexer *l, const char *text, uint32_t len)
{
	if (!l->braces && strchr("@$=", *text))
		return in_probe;
	if (*text == '#')
		return "comments start with '//'; '#' lines are C and stand before the first probe";
	return is_quote(text, len) ? "text stands in \"...\"" : NULL;
}

/* Where probes, macros and functions are due. */
static const char *at_top(const struct lexer *l, const char *found, const char *text,
                          const struct wanted *w)
{
	bool in_let = l->before == LET || (l->before == MAP && wants(w, "'='")) ||
	              (l->before == '=' && wants(w, "name"));

	if (in_let && !l->predicate)
		return "root-level let statements need to be map declarations, e.g. let @a = "
		       "hash(10);";
	if (l->before == ATTACH && is(found, "attach point"))
		return "a probe reads provider:target { ... }; several are separated by ','";
	if (l->before == ATTACH && text > l->text && strchr(");", text[-1]))
		return in_probe;
	return NULL;
}

static const char declared_by_let[] =
	"variables are declared by let: let $x = ..., or let $x: int32 = ...";

/* Where a variable would be declared, in C or without 'let'. */
static const char *at_declaration(struct parser *p, const char *found, const char *text,
                                  uint32_t len, const struct wanted *w)
{
	const struct lexer *l = p->lexer;

	if (is(found, "'struct'") && wants(w, "'while'"))
		return declared_by_let;
	if (!l->braces && is(found, "name") && wants(w, "variable") &&
	    is_type_of_c(arena_memdup(p->arena, text, len)))
		return "types stand behind: $a : int32";
	if (is(found, "':'") && l->before == VAR)
		return "let gives a variable a type: let $x: int32 = ...";
	if (l->before == IDENT && (is(found, "name") || is(found, "variable")) &&
	    is_type_of_c(word_before(p, text)))
		return declared_by_let;
	return NULL;
}

/* Words that mean something elsewhere. */
static const struct {
	const char *word, *hint;
} foreign_words[] = {
	{ "and", "it is written &&" },
	{ "or", "it is written ||" },
	{ "not", "it is written !" },
	{ "in", "it is written ':': for $kv : @map { ... }" },
	{ "elif", "it is written else if" },
	{ "elsif", "it is written else if" },
	{ "elseif", "it is written else if" },
	{ "switch", "choices are made by if ... else if" },
	{ "case", "choices are made by if ... else if" },
	{ "do", "a loop has its condition first: while (...) { ... }" },
	{ "foreach", "loops are written for $kv : @map { ... }" },
	{ "repeat", "loops are written for $i : 0..10 { ... }" },
	{ "loop", "loops are written while (...) { ... }" },
	{ "def", "functions are written fn name($a) { ... }" },
	{ "func", "functions are written fn name($a) { ... }" },
	{ "function", "functions are written fn name($a) { ... }" },
	{ "void", "functions are written fn name($a) { ... }" },
	{ "int", "functions are written fn name($a) { ... }" },
};

static const char *foreign_word(const char *word)
{
	for (size_t i = 0; i < countof(foreign_words); i++)
		if (is(word, foreign_words[i].word))
			return foreign_words[i].hint;
	return NULL;
}

/* What does not fit is such a word, or stands behind one. */
static const char *at_foreign_word(struct parser *p, const char *found, const char *text,
                                   uint32_t len)
{
	const struct lexer *l = p->lexer;
	const char *hint = NULL;

	if (is(found, "name"))
		hint = foreign_word(arena_memdup(p->arena, text, len));
	if (!hint && l->before == ')' && is(found, "'{'"))
		hint = foreign_word(word_before(p, open_before(l, text)));
	if (!hint && (l->before == IDENT || l->before == ATTACH))
		hint = foreign_word(word_before(p, text));
	return hint;
}

/* 'print "x"': a statement that starts with a word and goes on with an operand. */
static const char *at_command(struct parser *p, const char *found, const char *text)
{
	static const char *const operands[] = { "string", "number", "map", "variable" };
	const struct lexer *l = p->lexer;
	const char *word, *start = l->text, *at = text;

	if (!l->braces || l->before != IDENT || !is_one_of(found, operands, countof(operands)))
		return NULL;
	word = word_before(p, text);
	while (at > start && isspace((unsigned char)at[-1]))
		at--;
	at -= strlen(word);
	while (at > start && isspace((unsigned char)at[-1]))
		at--;
	return at > start && strchr("{};", at[-1])
	               ? arena_printf(p->arena, "arguments stand in parentheses: %s(...)", word)
	               : NULL;
}

/* "char *s = " */
static bool is_c_pointer(struct parser *p, const char *text)
{
	const char *start = p->lexer->text;
	const char *name = text;

	while (name > start && isspace((unsigned char)name[-1]))
		name--;
	while (name > start && in_word(name[-1]))
		name--;
	while (name > start && (isspace((unsigned char)name[-1]) || name[-1] == '*'))
		name--;
	return *name && is_type_of_c(word_before(p, name));
}

static const char *at_equals(struct parser *p, const char *text, const struct wanted *w)
{
	const struct lexer *l = p->lexer;

	if (!l->opened || l->open[l->opened - 1].c != '{' || wants(w, "'{'"))
		return "comparison is written '=='";
	return is_c_pointer(p, text) ? declared_by_let
	                             : "only variables ($x) and maps (@x) can be assigned to";
}

const char *syntax_hint(struct parser *p, struct span at, const char *found, const struct wanted *w)
{
	const struct lexer *l = p->lexer;
	const char *text = l->text + (at.off - l->base);
	bool after_operand = wants(w, "'+'");
	const char *hint;

	if (is(found, "stray character"))
		return at_stray(l, text, at.len);
	hint = at_declaration(p, found, text, at.len, w);
	if (!hint)
		hint = at_foreign_word(p, found, text, at.len);
	if (!hint)
		hint = keyword_meant(p, found, text);
	if (!hint && !l->braces)
		hint = at_top(l, found, text, w);
	if (!hint)
		hint = at_command(p, found, text);
	if (hint)
		return hint;
	if (is(found, "name") && w->n <= 2 && wants(w, "variable"))
		return "names of variables start with '$'";
	if (is(found, "'='") && wants(w, "'=='") && !wants(w, "']'"))
		return at_equals(p, text, w);
	if (is(found, "'/'") && l->predicate && !after_operand && !wants(w, "attach point"))
		return "one condition stands between two '/': several are joined by &&";
	if (is(found, "'}'") && wants(w, "attach point"))
		return "no '{' is open here";
	if (after_operand && wants(w, "'{'") && !is(found, "end of script"))
		return "what 'if' or a loop governs stands in braces: { ... }";
	if (l->braces && l->before == IDENT && (is(found, "'{'") || is(found, "':'"))) {
		p->told_of_brace = true;
		return "if a new probe starts here, the one before it lacks its '}'";
	}
	return NULL;
}
