/* SPDX-License-Identifier: Apache-2.0 */
/* parser.y - shape only; what it means comes later (sema/). */

%code requires {
#include "parser/grammar.h"
}

%code {
#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/strbuf.h"

#include <string.h>

static void yyerror(const struct span *at, void *scanner, struct parser *p, const char *message);

/* Brackets are bounded by the lexer; this bounds "!!!!..." and chains of "else if". */
#define YYMAXDEPTH 100000

#define YYLLOC_DEFAULT(cur, rhs, n)                                                                \
	((cur) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                               \
	             : (struct span){ YYRHSLOC(rhs, 0).off + YYRHSLOC(rhs, 0).len, 0 })
}

%define api.pure full
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%initial-action { (void)yynerrs; }
%param { void *scanner }
%parse-param { struct parser *p }

%code provides {
int parser_parse(void *scanner, struct parser *p);
}

%union {
	uint64_t number;
	const char *name;
	const char *text;
	struct string_value string;
	enum binary_op op;
	struct expr *expr;
	struct stmt *stmt;
	struct block *block;
	struct type_spec *spec;
	struct expr_list *list;
	struct text_list *texts;
	struct point_list *points;
	struct param_list *params;
}

%token END_OF_SCRIPT 0 "end of script"
%token <text> ATTACH "attach point" C_TEXT "C definition"
%token PREDICATE "'/'" PREDICATE_END "'/' before the block"
%token STRAY "stray character"
%token CONFIG "'config'" IMPORT "'import'" LET "'let'" MACRO "'macro'" FN "'fn'"
%token BREAK "'break'" COMPTIME "'comptime'" CONTINUE "'continue'" ELSE "'else'" ENUM "'enum'"
%token FALSE "'false'" FOR "'for'" FOR_C "'for' of C" IF "'if'" OFFSETOF "'offsetof'" RETURN "'return'"
%token SIZEOF "'sizeof'" STRUCT "'struct'" TRUE "'true'" TYPEINFO "'typeinfo'" TYPEOF "'typeof'"
%token UNION "'union'" UNROLL "'unroll'" WHILE "'while'"
%token <name> IDENT "name" VAR "variable" MAP "map"
%token <number> PARAM "parameter" INT "number"
%token <string> STRING "string"
%token PARAM_COUNT "'$#'"
%token <op> ASSIGN_OP "assignment"
%token INCREMENT "'++'" DECREMENT "'--'" ARROW "'->'" RANGE "'..'" SHL "'<<'" SHR "'>>'"
%token LE "'<='" GE "'>='" EQ "'=='" NE "'!='" LAND "'&&'" LOR "'||'"
%token CAST_OPEN "'(' of a cast" TYPE_OPEN "'(' of a type"

%type <expr> expr unary postfix primary value if_expr config_value predicate
%type <list> args args1 fields
%type <texts> members
%type <spec> type
%type <stmt> stmt simple
%type <block> block stmts else
%type <points> points
%type <params> macro_params macro_params1 fn_params fn_params1

%right '?'
%left LOR
%left LAND
%left '|'
%left '^'
%left '&'
%left EQ NE
%left '<' '>' LE GE
%left SHL SHR
%left '+' '-'
%left '*' '/' '%'
%precedence MAP_ALONE
%precedence '['

%%

script
	: %empty
	| script item
	;

item
	: C_TEXT                                { g_c_text(p, @1, $1); }
	| CONFIG '=' '{' config_items '}'       { g_config_block(p, @$); }
	| CONFIG '=' '{' error '}'              { yyerrok; }
	| IMPORT STRING ';'                     { g_root_import(p, @2, $2.text); }
	| LET MAP '=' IDENT '(' INT ')' ';'     { g_map_decl(p, @$, $2, $4, @4, $6); }
	| MACRO IDENT '(' macro_params ')' block { g_macro(p, @$, $2, @2, $4, $6); }
	| MACRO IDENT block                     { g_macro(p, @$, $2, @2, NULL, $3); }
	| FN IDENT '(' fn_params ')' ':' type block { g_fn(p, @$, $2, @2, $4, $7, $8); }
	| points predicate block                { g_probe(p, @$, $1, $2, $3); }
	| ';'
	| error block                           { yyerrok; }
	| error '}'                             { yyerrok; }
	| error ';'                             { yyerrok; }
	;

points
	: ATTACH                                { $$ = g_point(p, NULL, @1, $1); }
	| points ',' ATTACH                     { $$ = g_point(p, $1, @3, $3); }
	| points ','                            { $$ = $1; }
	;

predicate
	: %empty                                { $$ = NULL; }
	| PREDICATE value PREDICATE_END         { $$ = g_condition(p, $2); }
	;

config_items
	: %empty
	| config_item
	| config_items ';'
	| config_items ';' config_item
	;

config_item
	: IDENT '=' config_value                { g_config(p, @$, $1, @1, $3); }
	;

config_value
	: STRING                                { $$ = g_string(p, @1, $1); }
	| TRUE                                  { $$ = g_bool(p, @1, true); }
	| FALSE                                 { $$ = g_bool(p, @1, false); }
	| INT                                   { $$ = g_int(p, @1, $1); }
	| IDENT                                 { $$ = g_name(p, @1, $1); }
	;

macro_params
	: %empty                                { $$ = NULL; }
	| macro_params1
	| macro_params1 ','
	;

macro_params1
	: VAR                                   { $$ = g_macro_param(p, NULL, @1, MACRO_VAR, $1); }
	| MAP                                   { $$ = g_macro_param(p, NULL, @1, MACRO_MAP, $1); }
	| IDENT                                 { $$ = g_macro_param(p, NULL, @1, MACRO_EXPR, $1); }
	| macro_params1 ',' VAR                 { $$ = g_macro_param(p, $1, @3, MACRO_VAR, $3); }
	| macro_params1 ',' MAP                 { $$ = g_macro_param(p, $1, @3, MACRO_MAP, $3); }
	| macro_params1 ',' IDENT               { $$ = g_macro_param(p, $1, @3, MACRO_EXPR, $3); }
	;

fn_params
	: %empty                                { $$ = NULL; }
	| fn_params1
	;

fn_params1
	: VAR ':' type                          { $$ = g_fn_param(p, NULL, @$, $1, $3); }
	| fn_params1 ',' VAR ':' type           { $$ = g_fn_param(p, $1, @3, $3, $5); }
	;

block
	: open stmts '}'                        { $$ = g_close(p, @$, $2, NULL); }
	| open stmts simple '}'                 { $$ = g_close(p, @$, g_add(p, $2, $3), NULL); }
	| open stmts expr '}'                   { $$ = g_close(p, @$, $2, $3); }
	| open stmts error '}'                  { $$ = g_close(p, @$, $2, NULL); yyerrok; }
	;

open
	: '{'                                   { yyerrok; }
	;

stmts
	: %empty                                { $$ = block_new(p->arena, @$); }
	| stmts stmt                            { $$ = g_add(p, $1, $2); }
	;

stmt
	: simple ';'                            { $$ = $1; }
	| expr ';'                              { $$ = g_expr_stmt(p, @1, $1); }
	| ';'                                   { $$ = NULL; }
	| if_expr                               { $$ = g_expr_stmt(p, @1, $1); }
	| block                                 { $$ = g_expr_stmt(p, @1, g_block(p, @1, $1)); }
	| FOR VAR ':' expr block                { $$ = g_loop(p, @$, STMT_FOR_MAP, g_var(p, @2, $2), $4, NULL, $5); }
	| FOR VAR ':' expr RANGE expr block     { $$ = g_loop(p, @$, STMT_FOR_RANGE, g_var(p, @2, $2), $4, $6, $7); }
	| FOR '(' VAR ':' expr ')' block        { $$ = g_loop(p, @$, STMT_FOR_MAP, g_var(p, @3, $3), $5, NULL, $7); }
	| FOR '(' VAR ':' expr RANGE expr ')' block { $$ = g_loop(p, @$, STMT_FOR_RANGE, g_var(p, @3, $3), $5, $7, $9); }
	| WHILE expr block                      { $$ = g_loop(p, @$, STMT_WHILE, NULL, g_condition(p, $2), NULL, $3); }
	| UNROLL expr block                     { $$ = g_loop(p, @$, STMT_UNROLL, NULL, $2, NULL, $3); }
	| FOR_C block                           { $$ = g_stmt(p, @$, STMT_BAD, NULL); }
	| error ';'                             { $$ = NULL; yyerrok; }
	| error block                           { $$ = NULL; yyerrok; }
	| error block ELSE else                 { $$ = NULL; yyerrok; }
	;

simple
	: postfix '=' value                     { $$ = g_assign(p, @$, $1, BINARY_NONE, $3); }
	| postfix ASSIGN_OP value               { $$ = g_assign(p, @$, $1, $2, $3); }
	| LET VAR                               { $$ = g_let(p, @$, g_var(p, @2, $2), NULL, NULL); }
	| LET VAR ':' type                      { $$ = g_let(p, @$, g_var(p, @2, $2), $4, NULL); }
	| LET VAR '=' value                     { $$ = g_let(p, @$, g_var(p, @2, $2), NULL, $4); }
	| LET VAR ':' type '=' value            { $$ = g_let(p, @$, g_var(p, @2, $2), $4, $6); }
	| BREAK                                 { $$ = g_stmt(p, @$, STMT_BREAK, NULL); }
	| CONTINUE                              { $$ = g_stmt(p, @$, STMT_CONTINUE, NULL); }
	| RETURN                                { $$ = g_stmt(p, @$, STMT_RETURN, NULL); }
	| RETURN value                          { $$ = g_stmt(p, @$, STMT_RETURN, $2); }
	| IMPORT STRING                         { $$ = g_import(p, @$, $2.text); }
	;

if_expr
	: IF expr block                         { $$ = g_if(p, @$, g_condition(p, $2), $3, NULL); }
	| IF expr block ELSE else               { $$ = g_if(p, @$, g_condition(p, $2), $3, $5); }
	;

else
	: block
	| if_expr                               { $$ = g_close(p, @$, block_new(p->arena, @$), $1); }
	;

value
	: expr
	| if_expr
	| block                                 { $$ = g_block(p, @$, $1); }
	;

expr
	: unary
	| expr '?' value ':' expr %prec '?'     { $$ = g_ternary(p, @$, $1, $3, $5); }
	| expr '?' ':' expr %prec '?'           { $$ = g_ternary(p, @$, $1, NULL, $4); }
	| expr LOR expr                         { $$ = g_binary(p, @$, BINARY_LOR, $1, $3); }
	| expr LAND expr                        { $$ = g_binary(p, @$, BINARY_LAND, $1, $3); }
	| expr '|' expr                         { $$ = g_binary(p, @$, BINARY_OR, $1, $3); }
	| expr '^' expr                         { $$ = g_binary(p, @$, BINARY_XOR, $1, $3); }
	| expr '&' expr                         { $$ = g_binary(p, @$, BINARY_AND, $1, $3); }
	| expr EQ expr                          { $$ = g_binary(p, @$, BINARY_EQ, $1, $3); }
	| expr NE expr                          { $$ = g_binary(p, @$, BINARY_NE, $1, $3); }
	| expr '<' expr                         { $$ = g_binary(p, @$, BINARY_LT, $1, $3); }
	| expr '>' expr                         { $$ = g_binary(p, @$, BINARY_GT, $1, $3); }
	| expr LE expr                          { $$ = g_binary(p, @$, BINARY_LE, $1, $3); }
	| expr GE expr                          { $$ = g_binary(p, @$, BINARY_GE, $1, $3); }
	| expr SHL expr                         { $$ = g_binary(p, @$, BINARY_SHL, $1, $3); }
	| expr SHR expr                         { $$ = g_binary(p, @$, BINARY_SHR, $1, $3); }
	| expr '+' expr                         { $$ = g_binary(p, @$, BINARY_ADD, $1, $3); }
	| expr '-' expr                         { $$ = g_binary(p, @$, BINARY_SUB, $1, $3); }
	| expr '*' expr                         { $$ = g_binary(p, @$, BINARY_MUL, $1, $3); }
	| expr '/' expr                         { $$ = g_binary(p, @$, BINARY_DIV, $1, $3); }
	| expr '%' expr                         { $$ = g_binary(p, @$, BINARY_MOD, $1, $3); }
	;

unary
	: postfix
	| '-' unary                             { $$ = g_unary(p, @$, UNARY_NEG, $2); }
	| '!' unary                             { $$ = g_unary(p, @$, UNARY_NOT, $2); }
	| '~' unary                             { $$ = g_unary(p, @$, UNARY_COMPL, $2); }
	| '*' unary                             { $$ = g_unary(p, @$, UNARY_DEREF, $2); }
	| '&' unary                             { $$ = g_unary(p, @$, UNARY_ADDR, $2); }
	| INCREMENT unary                       { $$ = g_incdec(p, @$, $2, true, true); }
	| DECREMENT unary                       { $$ = g_incdec(p, @$, $2, false, true); }
	| CAST_OPEN type ')' unary              { $$ = g_cast(p, @$, $2, $4); }
	| COMPTIME unary                        { $$ = g_comptime(p, @$, $2); }
	;

postfix
	: primary
	| postfix '.' IDENT                     { $$ = g_field(p, @$, $1, $3, @3); }
	| postfix ARROW IDENT                   { $$ = g_field(p, @$, $1, $3, @3); }
	| postfix '.' INT                       { $$ = g_element(p, @$, $1, $3); }
	| postfix '[' value ']'                 { $$ = g_index(p, @$, $1, $3); }
	| postfix INCREMENT                     { $$ = g_incdec(p, @$, $1, true, false); }
	| postfix DECREMENT                     { $$ = g_incdec(p, @$, $1, false, false); }
	;

primary
	: INT                                   { $$ = g_int(p, @1, $1); }
	| STRING                                { $$ = g_string(p, @1, $1); }
	| TRUE                                  { $$ = g_bool(p, @1, true); }
	| FALSE                                 { $$ = g_bool(p, @1, false); }
	| VAR                                   { $$ = g_var(p, @1, $1); }
	| MAP %prec MAP_ALONE                   { $$ = g_map(p, @1, $1, NULL); }
	| MAP '[' args1 ']'                     { $$ = g_map(p, @$, $1, $3); }
	| PARAM                                 { $$ = g_param(p, @1, $1); }
	| PARAM_COUNT                           { $$ = expr_new(p->arena, EXPR_PARAM_COUNT, @1); }
	| IDENT                                 { $$ = g_name(p, @1, $1); }
	| IDENT '(' args ')'                    { $$ = g_call(p, @$, $1, @1, $3); }
	| '(' ')'                               { $$ = g_tuple(p, @$, NULL); }
	| '(' value ')'                         { $$ = $2; }
	| '(' value ',' ')'                     { $$ = g_tuple(p, @$, g_list(p, NULL, $2)); }
	| '(' value ',' args1 ')'               { $$ = g_tuple(p, @$, g_prepend(p, $2, $4)); }
	| '(' value ',' args1 ',' ')'           { $$ = g_tuple(p, @$, g_prepend(p, $2, $4)); }
	| '(' fields ')'                        { $$ = g_record(p, @$, $2); }
	| SIZEOF '(' value ')'                  { $$ = g_typed(p, @$, EXPR_SIZEOF, NULL, $3, NULL); }
	| SIZEOF TYPE_OPEN type ')'             { $$ = g_typed(p, @$, EXPR_SIZEOF, $3, NULL, NULL); }
	| TYPEINFO '(' value ')'                { $$ = g_typed(p, @$, EXPR_TYPEINFO, NULL, $3, NULL); }
	| TYPEINFO TYPE_OPEN type ')'           { $$ = g_typed(p, @$, EXPR_TYPEINFO, $3, NULL, NULL); }
	| TYPEOF '(' value ')'                  { $$ = g_typed(p, @$, EXPR_TYPE, NULL, $3, NULL); }
	| TYPEOF TYPE_OPEN type ')'             { $$ = g_typed(p, @$, EXPR_TYPE, $3, NULL, NULL); }
	| OFFSETOF '(' value ',' members ')'    { $$ = g_typed(p, @$, EXPR_OFFSETOF, NULL, $3, $5); }
	| OFFSETOF TYPE_OPEN type ',' members ')' { $$ = g_typed(p, @$, EXPR_OFFSETOF, $3, NULL, $5); }
	;

members
	: IDENT                                 { $$ = g_member(p, NULL, $1); }
	| members '.' IDENT                     { $$ = g_member(p, $1, $3); }
	;

fields
	: IDENT '=' value                       { $$ = g_named(p, NULL, @1, $1, $3); }
	| fields ',' IDENT '=' value            { $$ = g_named(p, $1, @3, $3, $5); }
	;

args
	: %empty                                { $$ = NULL; }
	| args1
	| args1 ','
	;

args1
	: value                                 { $$ = g_list(p, NULL, $1); }
	| args1 ',' value                       { $$ = g_list(p, $1, $3); }
	;

type
	: IDENT                                 { $$ = g_spec(p, @$, SPEC_NAME, $1); }
	| STRUCT IDENT                          { $$ = g_spec(p, @$, SPEC_STRUCT, $2); }
	| UNION IDENT                           { $$ = g_spec(p, @$, SPEC_UNION, $2); }
	| ENUM IDENT                            { $$ = g_spec(p, @$, SPEC_ENUM, $2); }
	| TYPEOF '(' value ')'                  { $$ = g_typeof(p, @$, NULL, $3); }
	| TYPEOF TYPE_OPEN type ')'             { $$ = g_typeof(p, @$, $3, NULL); }
	| type '*'                              { $$ = g_suffix(p, @$, $1, SUFFIX_POINTER, false, 0); }
	| type '[' ']'                          { $$ = g_suffix(p, @$, $1, SUFFIX_ARRAY, false, 0); }
	| type '[' INT ']'                      { $$ = g_suffix(p, @$, $1, SUFFIX_ARRAY, true, $3); }
	;

%%

/* -- messages -- */

struct wanted {
	yysymbol_kind_t token[YYNTOKENS];
	int n;
};

static bool wants(const struct wanted *w, const char *name)
{
	for (int i = 0; i < w->n; i++)
		if (!strcmp(yysymbol_name(w->token[i]), name))
			return true;
	return false;
}

/* Tokens that only the lexer tells apart from others. */
static bool shown(yysymbol_kind_t token)
{
	return token != YYSYMBOL_CAST_OPEN && token != YYSYMBOL_TYPE_OPEN && token != YYSYMBOL_FOR_C &&
	       token != YYSYMBOL_STRAY;
}

/* Behind an operand every operator fits and is not worth a word: what may end it is. */
static const char *const ends[] = { "';'", "','", "')'", "']'", "'{'", "'}'", "':'", "'/' before the block" };

/* ", expected ';' or '}'": when few would do, or when they have a common name. */
static void add_wanted(const struct wanted *w, struct strbuf *sb)
{
	enum { MOST = 4 };
	bool operand = wants(w, "'+'");
	const char *names[countof(ends) + MOST + 1];
	size_t n = 0;

	for (size_t i = 0; operand && i < countof(ends); i++)
		if (wants(w, ends[i]))
			names[n++] = ends[i];
	for (int i = 0; !operand && i < w->n && n <= MOST; i++)
		if (shown(w->token[i]))
			names[n++] = yysymbol_name(w->token[i]);
	if (wants(w, "attach point") && !wants(w, "'{'"))
		names[0] = "attach point", n = 1;
	else if (!operand && wants(w, "'('") && !wants(w, "';'"))
		names[0] = "expression", n = 1;
	else if (wants(w, "'typeof'") && !wants(w, "'('"))
		names[0] = "type", n = 1;
	for (size_t i = 0; n <= MOST && i < n; i++) {
		strbuf_adds(sb, !i ? ", expected " : i == n - 1 ? " or " : ", ");
		strbuf_adds(sb, names[i]);
	}
}

static bool is_printable(const char *text, uint32_t len)
{
	/* The control characters of Latin-1 start with 0xc2 in UTF-8. */
	if (len == 2 && (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0)
		return false;
	return len > 1 || (*text > 0x20 && *text < 0x7f);
}

static void add_found(const struct parser *p, yysymbol_kind_t found, struct span at, struct strbuf *sb)
{
	enum { LONGEST = 40 };
	const char *text = p->u->source.text + at.off;

	if (found == YYSYMBOL_STRAY && is_printable(text, at.len))
		strbuf_addf(sb, "stray '%.*s'", (int)at.len, text);
	else if (found == YYSYMBOL_STRAY)
		strbuf_addf(sb, "stray byte 0x%02x", (unsigned char)*text);
	else if (found == YYSYMBOL_IDENT || found == YYSYMBOL_VAR || found == YYSYMBOL_MAP)
		strbuf_addf(sb, "unexpected %s '%.*s'", yysymbol_name(found),
		            (int)(at.len < LONGEST ? at.len : LONGEST), text);
	else if (found == YYSYMBOL_FOR_C)
		strbuf_adds(sb, "unexpected 'for'");
	else
		strbuf_addf(sb, "unexpected %s",
		            shown(found) && found != YYSYMBOL_PREDICATE_END ? yysymbol_name(found)
		            : found == YYSYMBOL_PREDICATE_END               ? "'/'"
		                                                            : "'('");
}

/* ' and the quotes of text processors, in UTF-8. */
static bool is_quote(const char *text, uint32_t len)
{
	return *text == '\'' || (len >= 3 && !memcmp(text, "\xe2\x80", 2) &&
	                         (unsigned char)text[2] >= 0x98 && (unsigned char)text[2] <= 0x9f);
}

/* What the user may have meant. */
static const char *hint(const struct parser *p, yysymbol_kind_t found, struct span at,
                        const struct wanted *w)
{
	const struct lexer *l = p->lexer;
	const char *name = yysymbol_name(found);

	if (found == YYSYMBOL_STRAY)
		return is_quote(p->u->source.text + at.off, at.len) ? "text stands in \"...\"" : NULL;
	if (!l->braces && l->before == LET && found != YYSYMBOL_MAP)
		return "outside of probes, let declares a map: let @a = hash(10);";
	if (found == YYSYMBOL_IDENT && w->n == 1 && w->token[0] == YYSYMBOL_VAR)
		return "names of variables start with '$'";
	if (!strcmp(name, "'='") && wants(w, "'=='") && !wants(w, "']'"))
		return "comparison is written '=='";
	if (!strcmp(name, "'}'") && wants(w, "attach point"))
		return "no '{' is open here";
	if (wants(w, "'+'") && wants(w, "'{'") && found != YYSYMBOL_YYEOF)
		return "what 'if' or a loop governs stands in braces: { ... }";
	if (l->braces && l->before == IDENT && (!strcmp(name, "'{'") || !strcmp(name, "':'")))
		return "if a new probe starts here, the one before it lacks its '}'";
	return NULL;
}

static int yyreport_syntax_error(const yypcontext_t *ctx, void *scanner, struct parser *p)
{
	yysymbol_kind_t found = yypcontext_token(ctx);
	struct span at = *yypcontext_location(ctx);
	struct strbuf sb = STRBUF_INIT;
	struct wanted w;
	struct diag *d;
	const char *text;

	if (p->lexer->stopped)
		return 0;
	w.n = yypcontext_expected_tokens(ctx, w.token, YYNTOKENS);
	add_found(p, found, at, &sb);
	if (found != YYSYMBOL_STRAY)
		add_wanted(&w, &sb);
	d = diag_error(p->u->diags, at, "%s", sb.buf);
	strbuf_release(&sb);
	if (found == YYSYMBOL_YYEOF && p->lexer->opened) {
		const struct bracket *b = &p->lexer->open[p->lexer->opened - 1];

		diag_note(d, (struct span){ b->off, 1 }, "this '%c' is not closed", b->c);
		return 0;
	}
	text = hint(p, found, at, &w);
	if (text)
		diag_hint(d, "%s", text);
	return 0;
}

/* Called for one reason only: the stack is full. */
static void yyerror(const struct span *at, void *scanner, struct parser *p, const char *message)
{
	g_too_deep(p, *at, DEPTH_MAX);
}

int parser_parse(void *scanner, struct parser *p)
{
	return yyparse(scanner, p);
}
