/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.c - the files that a script consists of.
 *
 * What a file imports comes before the file itself, and each file once, whoever imports it. The
 * standard library needs no import: the files of it that hold a name which the script mentions are
 * read, and no others.
 */

#include "parser/files.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "parser/parser.h"
#include "stdlib/stdlib.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reader {
	struct unit *u;
	uint64_t wanted; /* files of the standard library; by bits */
	struct map seen; /* device and inode of what was imported */
};

static void read_parts(struct reader *r, const struct file *f, bool imported);

/* -- the pieces of a script -- */

#define APPEND(arena, to, from)                                                                    \
	vec_each (append_, from)                                                                   \
	vec_push_in(arena, to, (from)->v[append_])

static void script_append(struct arena *a, struct script *to, const struct script *from)
{
	APPEND(a, &to->c_text, &from->c_text);
	APPEND(a, &to->config, &from->config);
	APPEND(a, &to->imports, &from->imports);
	APPEND(a, &to->objects, &from->objects);
	APPEND(a, &to->maps, &from->maps);
	APPEND(a, &to->macros, &from->macros);
	APPEND(a, &to->fns, &from->fns);
	APPEND(a, &to->probes, &from->probes);
	APPEND(a, &to->gaps, &from->gaps);
	to->config_span = from->config_span;
}

static char *folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_memdup(a, path, (size_t)(slash - path) + 1) : arena_strdup(a, "");
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && !strcmp(text + n - m, end);
}

/* -- imports -- */

static bool seen_before(struct reader *r, const struct stat *st)
{
	const uint64_t id[2] = { st->st_dev, st->st_ino };

	if (map_get_bytes(&r->seen, id, sizeof(id)))
		return true;
	map_put_bytes(&r->seen, id, sizeof(id), r);
	return false;
}

/* What is imported may define anything that the rest of the script mentions. */
static struct diag *cannot_import(struct reader *r, struct diag *d)
{
	r->u->unread = true;
	return d;
}

static void import_file(struct reader *r, const char *path, struct span at)
{
	struct unit *u = r->u;
	struct strbuf text = STRBUF_INIT;
	struct file f = { .name = path };
	int err = strbuf_read_file(&text, path);

	if (err) {
		cannot_import(r, diag_error(u->diags, at, "Error reading import '%s': %s", path,
		                            strerror(-err)));
	} else {
		f.text = arena_memdup(u->arena, text.buf, text.len);
		f.len = text.len;
		f.base = source_add_file(&u->source, u->arena, path, f.text, f.len, false);
		read_parts(r, &f, true);
	}
	strbuf_release(&text);
}

/* A header gives C types and constants, as #include does; it comes before the importer's own. */
static void import_header(struct reader *r, const char *path, struct span at)
{
	struct unit *u = r->u;
	char *whole = realpath(path, NULL);
	const char *line = arena_printf(u->arena, "#include \"%s\"\n", whole ? whole : path);

	free(whole);
	vec_push_in(u->arena, &u->script.c_text, ((struct attach_text){ line, at }));
}

/* C functions; what they are called is known once all of the script is read. */
static void import_object(struct reader *r, const char *path, struct span at)
{
	vec_push_in(r->u->arena, &r->u->script.objects, ((struct attach_text){ path, at }));
}

static const struct import_kind {
	const char *ending;
	void (*import)(struct reader *r, const char *path, struct span at);
} import_kinds[] = {
	{ ".bt", import_file },
	{ ".h", import_header },
	{ C_SOURCE, import_object },
	{ C_OBJECT, import_object },
};

static const struct import_kind *kind_of(const char *path)
{
	for (size_t i = 0; i < countof(import_kinds); i++)
		if (ends_with(path, import_kinds[i].ending))
			return &import_kinds[i];
	return NULL;
}

static int is_wanted(const struct dirent *d)
{
	return *d->d_name != '.' && kind_of(d->d_name);
}

/* Whether path is what was compiled from a file beside it. */
static bool has_source(struct reader *r, const char *path)
{
	size_t stem = strlen(path) - strlen(C_OBJECT);

	return ends_with(path, C_OBJECT) &&
	       !access(arena_printf(r->u->arena, "%.*s" C_SOURCE, (int)stem, path), F_OK);
}

/* All that can be imported from a folder, by name; folders in it are left alone. */
static void import_folder(struct reader *r, const char *path, const struct stat *folder,
                          struct span at)
{
	struct unit *u = r->u;
	struct dirent **entry;
	struct stat st;
	int n;

	if (folder->st_mode & S_IWOTH) {
		diag_hint(
			cannot_import(r, diag_error(u->diags, at,
		                                    "Cowardly refusing to import from a directory "
		                                    "with global write permissions: '%s'",
		                                    path)),
			"chmod o-w, or import the files by name");
		return;
	}
	n = scandir(path, &entry, is_wanted, alphasort);
	if (n < 0)
		cannot_import(r, diag_error(u->diags, at, "Error reading import '%s': %s", path,
		                            strerror(errno)));
	for (int i = 0; i < n; i++) {
		const char *file = arena_printf(u->arena, "%s%s%s", path,
		                                ends_with(path, "/") ? "" : "/", entry[i]->d_name);

		if (!stat(file, &st) && S_ISREG(st.st_mode) && !has_source(r, file) &&
		    !seen_before(r, &st))
			kind_of(file)->import(r, file, at);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (!n)
		diag_warning(u->diags, at, "'%s' has nothing to import", path);
}

static bool is_library(const char *path)
{
	return !strncmp(path, "stdlib", 6) && (!path[6] || path[6] == '/');
}

static void import(struct reader *r, const char *folder, const struct attach_text *what)
{
	struct unit *u = r->u;
	const char *path = *what->text == '/' ? what->text
	                                      : arena_printf(u->arena, "%s%s", folder, what->text);
	struct stat st;

	/* What is built in is there without being imported. */
	if (is_library(what->text))
		return;
	if (!*what->text) {
		cannot_import(r, diag_error(u->diags, what->span,
		                            "An import is the path of a file or folder"));
	} else if (stat(path, &st)) {
		diag_hint(
			cannot_import(r, diag_error(u->diags, what->span,
		                                    "Unable to find suitable path for import: '%s'",
		                                    what->text)),
			"looked for '%s': %s", path, strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		import_folder(r, path, &st, what->span);
	} else if (!S_ISREG(st.st_mode) || !kind_of(path)) {
		diag_hint(cannot_import(r, diag_error(u->diags, what->span,
		                                      "Unknown import type: '%s'", what->text)),
		          "scripts (.bt), headers (.h), C for BPF (" C_SOURCE ", " C_OBJECT
		          ") and folders of them can be imported");
	} else if (!seen_before(r, &st)) {
		kind_of(path)->import(r, path, what->span);
	}
}

/* -- all -- */

/* A file behind what it imports. */
static void read_parts(struct reader *r, const struct file *f, bool imported)
{
	struct script own = { 0 };
	struct parser p = {
		.u = r->u,
		.arena = r->u->arena,
		.script = &own,
		.imported = imported,
	};
	const char *folder = folder_of(r->u->arena, f->name);

	parse_file(&p, f);
	r->wanted |= p.wanted;
	for (size_t i = 0; i < own.imports.n; i++)
		import(r, folder, &own.imports.v[i]);
	script_append(r->u->arena, &r->u->script, &own);
}

static void read_library(struct reader *r, size_t n)
{
	struct unit *u = r->u;
	const struct stdlib_file *lib = &stdlib_files[n];
	struct file f = { .name = lib->name, .text = lib->text, .len = lib->len };
	struct parser p = {
		.u = u,
		.arena = u->arena,
		.script = &u->script,
		.imported = true,
		.library = true,
	};

	f.base = source_add_file(&u->source, u->arena, f.name, f.text, f.len, true);
	parse_file(&p, &f);
	r->wanted |= p.wanted;
}

void parse_run(struct unit *u)
{
	struct reader r = { .u = u };
	const struct file script = { u->source.name, u->source.text, u->source.len, 0 };
	uint64_t read = 0;
	struct stat st;

	if (!stat(script.name, &st))
		seen_before(&r, &st);
	read_parts(&r, &script, false);
	/* One file of the library may call for another. */
	while (r.wanted & ~read) {
		size_t n = (size_t)__builtin_ctzll(r.wanted & ~read);

		read |= UINT64_C(1) << n;
		read_library(&r, n);
	}
	map_release(&r.seen);
}
