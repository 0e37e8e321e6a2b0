/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - sections of an object, and images behind a launcher. */

#include "image/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool inside(uint64_t off, uint64_t len, size_t total)
{
	return off <= total && len <= total - off;
}

/* The table of sections; NULL: not an object of ours. */
static const Elf64_Shdr *sections(const void *image, size_t image_len)
{
	const Elf64_Ehdr *eh = image;
	const Elf64_Shdr *sh;

	if (image_len < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_machine != EM_BPF ||
	    eh->e_shentsize != sizeof(*sh) || eh->e_shoff % 8 ||
	    !inside(eh->e_shoff, (uint64_t)eh->e_shnum * sizeof(*sh), image_len) ||
	    eh->e_shstrndx >= eh->e_shnum)
		return NULL;
	sh = (const Elf64_Shdr *)((const char *)image + eh->e_shoff);
	if (!inside(sh[eh->e_shstrndx].sh_offset, sh[eh->e_shstrndx].sh_size, image_len))
		return NULL;
	return sh;
}

static bool is_named(const void *image, const Elf64_Shdr *names, uint32_t at, const char *name)
{
	return at < names->sh_size && !strncmp((const char *)image + names->sh_offset + at, name,
	                                       names->sh_size - at);
}

int image_section(const void *image, size_t image_len, const char *name, const void **data,
                  size_t *len)
{
	const Elf64_Ehdr *eh = image;
	const Elf64_Shdr *sh = sections(image, image_len);

	if (!sh)
		return -EINVAL;
	for (unsigned int i = 0; i < eh->e_shnum; i++) {
		if (!is_named(image, &sh[eh->e_shstrndx], sh[i].sh_name, name) ||
		    sh[i].sh_type == SHT_NOBITS || !inside(sh[i].sh_offset, sh[i].sh_size, image_len))
			continue;
		*data = (const char *)image + sh[i].sh_offset;
		*len = sh[i].sh_size;
		return 0;
	}
	return -ENOENT;
}

int image_symbol(const void *image, size_t image_len, const char *name, uint64_t *offset,
                 uint64_t *size)
{
	const Elf64_Ehdr *eh = image;
	const Elf64_Shdr *sh = sections(image, image_len), *table = NULL;
	const Elf64_Sym *sym;

	for (unsigned int i = 0; sh && i < eh->e_shnum; i++)
		if (sh[i].sh_type == SHT_SYMTAB)
			table = &sh[i];
	if (!table || table->sh_offset % 8 || table->sh_link >= eh->e_shnum ||
	    !inside(table->sh_offset, table->sh_size, image_len) ||
	    !inside(sh[table->sh_link].sh_offset, sh[table->sh_link].sh_size, image_len))
		return -EINVAL;
	sym = (const Elf64_Sym *)((const char *)image + table->sh_offset);
	for (size_t i = 0; i < table->sh_size / sizeof(*sym); i++) {
		if (!is_named(image, &sh[table->sh_link], sym[i].st_name, name))
			continue;
		*offset = sym[i].st_value;
		*size = sym[i].st_size;
		return 0;
	}
	return -ENOENT;
}

static int write_all(int fd, const void *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data = (const char *)data + n;
		len -= (size_t)n;
	}
	return 0;
}

int image_write_program(const char *path, const void *launcher, size_t launcher_len,
                        const void *image, size_t image_len)
{
	static const char zeros[8];
	size_t pad = (8 - launcher_len % 8) % 8, pad_end = (8 - image_len % 8) % 8;
	struct image_trailer t = { IMAGE_TRAILER_MAGIC, launcher_len + pad, image_len };
	char temp[PATH_MAX];
	int fd, err;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= (int)sizeof(temp))
		return -ENAMETOOLONG;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_all(fd, launcher, launcher_len);
	if (!err)
		err = write_all(fd, zeros, pad);
	if (!err)
		err = write_all(fd, image, image_len);
	if (!err)
		err = write_all(fd, zeros, pad_end);
	if (!err)
		err = write_all(fd, &t, sizeof(t));
	if (!err && fchmod(fd, 0755))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(temp, path))
		err = -errno;
	if (err)
		unlink(temp);
	return err;
}

int image_open_program(const char *path, const void **image, size_t *len)
{
	const struct image_trailer *t;
	struct stat st;
	size_t size;
	char *file;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		close(fd);
		return -errno;
	}
	size = (size_t)st.st_size;
	file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		return -errno;
	t = (const struct image_trailer *)(file + size - sizeof(*t));
	if (size % 8 || size < sizeof(*t) || t->magic != IMAGE_TRAILER_MAGIC || t->off % 8 ||
	    !inside(t->off, t->len, size - sizeof(*t))) {
		munmap(file, size);
		return -ENOENT;
	}
	*image = file + t->off;
	*len = t->len;
	return 0;
}
