/* SPDX-License-Identifier: Apache-2.0 */
/* parser - from text to tree. */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include "ast/unit.h"

/* Fills u->script from u->source. All syntax errors are reported in one run. */
void parse_run(struct unit *u);

#endif
