/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strbuf - text under construction.
 *
 *	struct strbuf sb = STRBUF_INIT;
 *	strbuf_addf(&sb, "%s: %d", name, n);
 *	puts(sb.buf);			(always NUL-terminated, never NULL)
 *	strbuf_reset(&sb);		(empty again, memory kept)
 *	strbuf_release(&sb);		(back to STRBUF_INIT, memory freed)
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *buf;
	size_t len;  /* without the NUL */
	size_t size; /* 0 while buf is the shared empty string */
};

extern char strbuf_empty[1];
#define STRBUF_INIT                                                                                \
	{                                                                                          \
		.buf = strbuf_empty                                                                \
	}

void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_adds(struct strbuf *sb, const char *s);
void strbuf_addc(struct strbuf *sb, char c);
void strbuf_pad(struct strbuf *sb, char c, size_t n);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Cuts the text down to len bytes. */
void strbuf_cut(struct strbuf *sb, size_t len);
/* Reads all of fd. Returns 0 or -errno. */
int strbuf_read_fd(struct strbuf *sb, int fd);
/* Reads up to 'most' bytes. Returns 0 or -errno. */
int strbuf_read_some(struct strbuf *sb, int fd, size_t most);
/* Reads a whole file, also one of /proc whose size reads 0. Returns 0 or -errno. */
int strbuf_read_file(struct strbuf *sb, const char *path);
void strbuf_reset(struct strbuf *sb);
void strbuf_release(struct strbuf *sb);

#endif
