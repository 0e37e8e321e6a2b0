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

/* Appends the text; what may not go out as it is becomes \xNN. Newlines and tabs stay. */
void text_safe(struct strbuf *sb, const char *text, size_t len);

/* Whether a message begins with an ordinary word, which takes a capital: "undefined map: ...", but
 * not "hist() ...", "max_strlen ..." or "'x' ...". */
bool text_is_sentence(const char *fmt);

#endif
