/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta_write - builds the description of an image, row by row.
 *
 *	struct meta_writer w; meta_writer_init(&w);
 *	uint32_t row = meta_add(&w, META_MAPS, &(struct meta_map){ .name = meta_string(&w, "@x") });
 *	meta_finish(&w, &sb);			(struct strbuf: the bytes of .trace.meta)
 *	meta_writer_release(&w);
 */
#ifndef IMAGE_META_WRITE_H
#define IMAGE_META_WRITE_H

#include "base/map.h"
#include "base/strbuf.h"
#include "image/meta.h"

struct meta_writer {
	struct strbuf table[META_TABLES];
	uint32_t count[META_TABLES];
	struct map strings; /* text -> offset + 1 */
};

void meta_writer_init(struct meta_writer *w);
/* The offset of text; equal texts share one. */
uint32_t meta_string(struct meta_writer *w, const char *text);
uint32_t meta_bytes(struct meta_writer *w, const char *text, size_t len);
/* Appends a row (its size follows from the table) and returns its number. */
uint32_t meta_add(struct meta_writer *w, enum meta_table table, const void *row);
/* A row already added, to fill in what is known later. */
void *meta_at(struct meta_writer *w, enum meta_table table, uint32_t row);
void meta_finish(const struct meta_writer *w, struct strbuf *out);
void meta_writer_release(struct meta_writer *w);

#endif
