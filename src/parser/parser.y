/* SPDX-License-Identifier: Apache-2.0 */
/* parser.y - shape only; what it means comes later (sema/). */

%code requires {
#include "parser/grammar.h"
}

%code {
#include "base/arena.h"
#include "parser/depth.h"
#include "parser/message.h"

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
	struct step_list *steps;
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
%token VALUE_OPEN "'{' of a value" VALUE_IF "'if' of a value"

%type <expr> expr unary postfix primary if_expr config_value predicate
%type <list> args args1 fields
%type <steps> members
%type <spec> type
%type <stmt> stmt simple
%type <block> block value_block fn_block stmts else
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
	| script item                           { p->understood = @2.off + @2.len; }
	;

item
	: C_TEXT                                { g_c_text(p, @1, $1); }
	| CONFIG '=' '{' config_items '}'       { g_config_block(p, @$); }
	| CONFIG '=' '{' error '}'              { yyerrok; g_gap(p, @4); }
	| IMPORT STRING ';'                     { g_root_import(p, @2, $2.text); }
	| LET MAP '=' IDENT '(' INT ')' ';'     { g_map_decl(p, @$, $2, $4, @4, $6); }
	| MACRO IDENT '(' macro_params ')' block { g_macro(p, @$, $2, @2, $4, $6); }
	| MACRO IDENT block                     { g_macro(p, @$, $2, @2, NULL, $3); }
	| FN IDENT '(' fn_params ')' ':' type fn_block { g_fn(p, @$, $2, @2, $4, $7, $8); }
	| FN IDENT '(' fn_params ')' block      { g_fn(p, @$, $2, @2, $4, NULL, $6); }
	| points predicate block                { g_probe(p, @$, $1, $2, $3); }
	| ';'
	| error block                           { yyerrok; g_gap(p, @$); }
	| error '}'                             { yyerrok; g_gap(p, @$); }
	| error ';'                             { yyerrok; g_gap(p, @$); }
	;

points
	: ATTACH                                { $$ = g_point(p, NULL, @1, $1); }
	| points ',' ATTACH                     { $$ = g_point(p, $1, @3, $3); }
	| points ','                            { $$ = $1; }
	;

predicate
	: %empty                                { $$ = NULL; }
	| PREDICATE expr PREDICATE_END          { $$ = g_condition(p, $2); }
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
	| fn_params1 ','
	;

fn_params1
	: VAR                                   { $$ = g_fn_param(p, NULL, @$, $1, NULL); }
	| VAR ':' type                          { $$ = g_fn_param(p, NULL, @$, $1, $3); }
	| fn_params1 ',' VAR                    { $$ = g_fn_param(p, $1, @3, $3, NULL); }
	| fn_params1 ',' VAR ':' type           { $$ = g_fn_param(p, $1, @3, $3, $5); }
	;

block
	: open stmts '}'                        { $$ = g_close(p, @$, $2, NULL); }
	| open stmts simple '}'                 { $$ = g_close(p, @$, g_add(p, $2, $3), NULL); }
	| open stmts expr '}'                   { $$ = g_close(p, @$, $2, $3); }
	| open stmts error '}'                  { $$ = g_close(p, @$, $2, g_gap(p, @3)); yyerrok; }
	;

open
	: '{'                                   { yyerrok; }
	;

value_block
	: VALUE_OPEN stmts '}'                  { $$ = g_close(p, @$, $2, NULL); }
	| VALUE_OPEN stmts simple '}'           { $$ = g_close(p, @$, g_add(p, $2, $3), NULL); }
	| VALUE_OPEN stmts expr '}'             { $$ = g_close(p, @$, $2, $3); }
	| VALUE_OPEN stmts error '}'            { $$ = g_close(p, @$, $2, g_gap(p, @3)); yyerrok; }
	;

fn_block
	: block
	| value_block                           /* behind the '*' of a type */
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
	| FOR_C block                           { $$ = g_stmt(p, @$, STMT_BAD, NULL); g_gap(p, @$); }
	| error ';'                             { $$ = NULL; yyerrok; g_gap(p, @$); }
	| error block                           { $$ = NULL; yyerrok; g_gap(p, @$); }
	| error block ELSE else                 { $$ = NULL; yyerrok; g_gap(p, @$); }
	;

simple
	: postfix '=' expr                      { $$ = g_assign(p, @$, $1, BINARY_NONE, $3); }
	| postfix ASSIGN_OP expr                { $$ = g_assign(p, @$, $1, $2, $3); }
	| LET VAR                               { $$ = g_let(p, @$, g_var(p, @2, $2), NULL, NULL); }
	| LET VAR ':' type                      { $$ = g_let(p, @$, g_var(p, @2, $2), $4, NULL); }
	| LET VAR '=' expr                      { $$ = g_let(p, @$, g_var(p, @2, $2), NULL, $4); }
	| LET VAR ':' type '=' expr             { $$ = g_let(p, @$, g_var(p, @2, $2), $4, $6); }
	| BREAK                                 { $$ = g_stmt(p, @$, STMT_BREAK, NULL); }
	| CONTINUE                              { $$ = g_stmt(p, @$, STMT_CONTINUE, NULL); }
	| RETURN                                { $$ = g_stmt(p, @$, STMT_RETURN, NULL); }
	| RETURN expr                           { $$ = g_stmt(p, @$, STMT_RETURN, $2); }
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

expr
	: unary
	| expr '?' expr ':' expr %prec '?'      { $$ = g_ternary(p, @$, $1, $3, $5); }
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
	| postfix '[' expr ']'                  { $$ = g_index(p, @$, $1, $3); }
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
	| value_block                           { $$ = g_block(p, @$, $1); }
	| VALUE_IF expr block                   { $$ = g_if(p, @$, g_condition(p, $2), $3, NULL); }
	| VALUE_IF expr block ELSE else         { $$ = g_if(p, @$, g_condition(p, $2), $3, $5); }
	| PARAM_COUNT                           { $$ = expr_new(p->arena, EXPR_PARAM_COUNT, @1); }
	| IDENT                                 { $$ = g_name(p, @1, $1); }
	| IDENT '(' args ')'                    { $$ = g_call(p, @$, $1, @1, $3); }
	| '(' ')'                               { $$ = g_tuple(p, @$, NULL); }
	| '(' expr ')'                          { $$ = $2; }
	| '(' expr ',' ')'                      { $$ = g_tuple(p, @$, g_list(p, NULL, $2)); }
	| '(' expr ',' args1 ')'                { $$ = g_tuple(p, @$, g_prepend(p, $2, $4)); }
	| '(' expr ',' args1 ',' ')'            { $$ = g_tuple(p, @$, g_prepend(p, $2, $4)); }
	| '(' fields ')'                        { $$ = g_record(p, @$, $2); }
	| SIZEOF '(' expr ')'                   { $$ = g_typed(p, @$, EXPR_SIZEOF, NULL, $3, NULL); }
	| SIZEOF TYPE_OPEN type ')'             { $$ = g_typed(p, @$, EXPR_SIZEOF, $3, NULL, NULL); }
	| TYPEINFO '(' expr ')'                 { $$ = g_typed(p, @$, EXPR_TYPEINFO, NULL, $3, NULL); }
	| TYPEINFO TYPE_OPEN type ')'           { $$ = g_typed(p, @$, EXPR_TYPEINFO, $3, NULL, NULL); }
	| TYPEOF '(' expr ')'                   { $$ = g_typed(p, @$, EXPR_TYPE, NULL, $3, NULL); }
	| TYPEOF TYPE_OPEN type ')'             { $$ = g_typed(p, @$, EXPR_TYPE, $3, NULL, NULL); }
	| OFFSETOF '(' expr ',' members ')'     { $$ = g_typed(p, @$, EXPR_OFFSETOF, NULL, $3, $5); }
	| OFFSETOF TYPE_OPEN type ',' members ')' { $$ = g_typed(p, @$, EXPR_OFFSETOF, $3, NULL, $5); }
	;

members
	: IDENT                                 { $$ = g_member(p, NULL, $1, 0); }
	| members '.' IDENT                     { $$ = g_member(p, $1, $3, 0); }
	| members '[' INT ']'                   { $$ = g_member(p, $1, NULL, $3); }
	;

fields
	: IDENT '=' expr                        { $$ = g_named(p, NULL, @1, $1, $3); }
	| fields ',' IDENT '=' expr             { $$ = g_named(p, $1, @3, $3, $5); }
	;

args
	: %empty                                { $$ = NULL; }
	| args1
	| args1 ','
	;

args1
	: expr                                  { $$ = g_list(p, NULL, $1); }
	| args1 ',' expr                        { $$ = g_list(p, $1, $3); }
	;

type
	: IDENT                                 { $$ = g_spec(p, @$, SPEC_NAME, $1); }
	| STRUCT IDENT                          { $$ = g_spec(p, @$, SPEC_STRUCT, $2); }
	| UNION IDENT                           { $$ = g_spec(p, @$, SPEC_UNION, $2); }
	| ENUM IDENT                            { $$ = g_spec(p, @$, SPEC_ENUM, $2); }
	| TYPEOF '(' expr ')'                   { $$ = g_typeof(p, @$, NULL, $3); }
	| TYPEOF TYPE_OPEN type ')'             { $$ = g_typeof(p, @$, $3, NULL); }
	| type '*'                              { $$ = g_suffix(p, @$, $1, SUFFIX_POINTER, false, 0); }
	| type '[' ']'                          { $$ = g_suffix(p, @$, $1, SUFFIX_ARRAY, false, 0); }
	| type '[' INT ']'                      { $$ = g_suffix(p, @$, $1, SUFFIX_ARRAY, true, $3); }
	;

%%

static int yyreport_syntax_error(const yypcontext_t *ctx, void *scanner, struct parser *p)
{
	yysymbol_kind_t token[YYNTOKENS];
	const char *name[YYNTOKENS];
	struct wanted w = { name, yypcontext_expected_tokens(ctx, token, YYNTOKENS) };

	for (int i = 0; i < w.n; i++)
		name[i] = yysymbol_name(token[i]);
	message_unexpected(p, *yypcontext_location(ctx), yysymbol_name(yypcontext_token(ctx)), &w);
	return 0;
}

/* Called for one reason only: the stack is full. */
static void yyerror(const struct span *at, void *scanner, struct parser *p, const char *message)
{
	too_deep(p, *at, DEPTH_MAX);
}

int parser_parse(void *scanner, struct parser *p)
{
	return yyparse(scanner, p);
}
