/* SPDX-License-Identifier: Apache-2.0 */
/* strbuf.c - text under construction. */

#include "base/strbuf.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char strbuf_empty[1];

/* Makes room for extra bytes and the NUL. */
static void grow(struct strbuf *sb, size_t extra)
{
	size_t need = sb->len + extra + 1;

	if (need < extra)
		mem_exhausted();
	if (need <= sb->size)
		return;
	if (need < sb->size * 2)
		need = sb->size * 2;
	if (need < 64)
		need = 64;
	sb->buf = mem_realloc(sb->size ? sb->buf : NULL, need);
	sb->size = need;
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	if (!len)
		return;
	grow(sb, len);
	memcpy(sb->buf + sb->len, data, len);
	sb->len += len;
	sb->buf[sb->len] = '\0';
}

void strbuf_adds(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addc(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_pad(struct strbuf *sb, char c, size_t n)
{
	grow(sb, n);
	memset(sb->buf + sb->len, c, n);
	sb->len += n;
	sb->buf[sb->len] = '\0';
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len <= 0)
		return;
	grow(sb, (size_t)len);
	vsnprintf(sb->buf + sb->len, (size_t)len + 1, fmt, ap);
	sb->len += (size_t)len;
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

void strbuf_cut(struct strbuf *sb, size_t len)
{
	if (len >= sb->len)
		return;
	sb->len = len;
	sb->buf[len] = '\0';
}

int strbuf_read_some(struct strbuf *sb, int fd, size_t most)
{
	while (most) {
		size_t room;
		ssize_t n;

		grow(sb, sb->size > 8192 ? sb->size / 2 : 8192);
		room = sb->size - sb->len - 1;
		n = read(fd, sb->buf + sb->len, room < most ? room : most);
		if (n < 0 && errno == EINTR)
			continue;
		sb->buf[n > 0 ? sb->len + (size_t)n : sb->len] = '\0';
		if (n <= 0)
			return n < 0 ? -errno : 0;
		sb->len += (size_t)n;
		most -= (size_t)n;
	}
	return 0;
}

int strbuf_read_fd(struct strbuf *sb, int fd)
{
	return strbuf_read_some(sb, fd, SIZE_MAX);
}

int strbuf_read_file(struct strbuf *sb, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = strbuf_read_fd(sb, fd);
	close(fd);
	return err;
}

void strbuf_reset(struct strbuf *sb)
{
	strbuf_cut(sb, 0);
}

void strbuf_release(struct strbuf *sb)
{
	if (sb->size)
		free(sb->buf);
	*sb = (struct strbuf)STRBUF_INIT;
}
