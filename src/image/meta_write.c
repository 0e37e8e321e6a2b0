/* SPDX-License-Identifier: Apache-2.0 */
/* meta_write.c - builds the description of an image. */

#include "image/meta_write.h"

#include "base/bug.h"

#include <string.h>

void meta_writer_init(struct meta_writer *w)
{
	memset(w, 0, sizeof(*w));
	for (int i = 0; i < META_TABLES; i++)
		w->table[i] = (struct strbuf)STRBUF_INIT;
	meta_string(w, "");
}

uint32_t meta_bytes(struct meta_writer *w, const char *text, size_t len)
{
	struct strbuf *strings = &w->table[META_STRINGS];
	uint32_t off = (uint32_t)strings->len;

	strbuf_add(strings, text, len);
	strbuf_addc(strings, '\0');
	w->count[META_STRINGS] = (uint32_t)strings->len;
	return off;
}

uint32_t meta_string(struct meta_writer *w, const char *text)
{
	uintptr_t known = (uintptr_t)map_get(&w->strings, text);
	uint32_t off;

	if (known)
		return (uint32_t)known - 1;
	off = meta_bytes(w, text, strlen(text));
	map_put(&w->strings, text, (void *)(uintptr_t)(off + 1));
	return off;
}

uint32_t meta_add(struct meta_writer *w, enum meta_table table, const void *row)
{
	BUG_ON(table == META_STRINGS);
	strbuf_add(&w->table[table], row, meta_row_size[table]);
	return w->count[table]++;
}

void *meta_at(struct meta_writer *w, enum meta_table table, uint32_t row)
{
	BUG_ON(row >= w->count[table]);
	return w->table[table].buf + (size_t)row * meta_row_size[table];
}

void meta_finish(const struct meta_writer *w, struct strbuf *out)
{
	struct meta_header h = { .magic = META_MAGIC, .version = META_VERSION };
	uint32_t off = (sizeof(h) + 7) / 8 * 8;

	for (int i = 0; i < META_TABLES; i++) {
		h.table[i].off = off;
		h.table[i].count = w->count[i];
		h.table[i].row_size = meta_row_size[i];
		off = (off + (uint32_t)w->table[i].len + 7) / 8 * 8;
	}
	strbuf_add(out, &h, sizeof(h));
	for (int i = 0; i < META_TABLES; i++) {
		strbuf_pad(out, '\0', h.table[i].off - out->len);
		strbuf_add(out, w->table[i].buf, w->table[i].len);
	}
	strbuf_pad(out, '\0', off - out->len);
}

void meta_writer_release(struct meta_writer *w)
{
	for (int i = 0; i < META_TABLES; i++)
		strbuf_release(&w->table[i]);
	map_release(&w->strings);
}
