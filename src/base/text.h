/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text - bytes from anywhere, made fit for a terminal.
 *
 * Scripts, file names and traced strings may hold control bytes that move the cursor or change its
 * colours, and bytes that are no UTF-8. What we print holds neither.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

/* The length of a valid UTF-8 sequence at text, or 0. C1 controls and surrogates are not valid. */
size_t utf8_len(const char *text, size_t len);

/* The columns that a valid sequence of n bytes takes on a terminal: 0, 1 or 2. */
size_t utf8_columns(const char *text, size_t n);

/* Appends the text; what may not go out as it is becomes \xNN. Newlines and tabs stay. */
void text_safe(struct strbuf *sb, const char *text, size_t len);

#endif
