/* SPDX-License-Identifier: Apache-2.0 */
/* parser - from text to tree. */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include "ast/unit.h"

/* Fills u->script from u->source. All syntax errors are reported in one run. */
void parse_run(struct unit *u);
/* An expression alone, for macros; NULL: the text is none. Spans count from PARSED_EXPRESSION_AT
 * bytes before the text, and so do messages: mute them. */
enum { PARSED_EXPRESSION_AT = 8 };
struct expr *parse_expression(struct unit *u, const char *text);

#endif
