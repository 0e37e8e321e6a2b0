/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clang.c - what headers define, through libclang.
 *
 * libclang is loaded with dlopen and parses one file: the '#' lines of the script, conditions
 * included. Afterwards each name at the top level is known by its cursor, until a definition is taken
 * over (clang_define.c).
 */

#include "cdef/clang.h"

#include "base/arena.h"
#include "base/bug.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- loading -- */

static bool bind(struct c_clang *cl)
{
#define X(result, name, params)                                                                    \
	*(void **)&cl->f.name = dlsym(cl->library, "clang_" #name);                                \
	if (!cl->f.name)                                                                           \
		return false;
	LIBCLANG(X)
#undef X
	return true;
}

static void *try_load(const char *name)
{
	return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/* By the names that distributions give it; the version that we are built with comes first. */
static void *load(void)
{
	static const char *const patterns[] = { "libclang-%d.so.1", "libclang-%d.so.%d",
		                                "libclang.so.%d", "libclang.so.%d.1",
		                                "/usr/lib/llvm-%d/lib/libclang.so.1" };
	static const int versions[] = { 19, 20, 21, 22, 18, 17, 16, 15, 14 };
	const char *wanted = getenv("SONDE_LIBCLANG");
	char name[64];
	void *found;

	if (wanted)
		return try_load(wanted);
	for (size_t v = 0; v < countof(versions); v++) {
		for (size_t p = 0; p < countof(patterns); p++) {
			snprintf(name, sizeof(name), patterns[p], versions[v], versions[v]);
			if ((found = try_load(name)))
				return found;
		}
	}
	found = try_load("libclang.so.1");
	return found ? found : try_load("libclang.so.13");
}

/* -- text -- */

const char *c_clang_text(struct c_clang *cl, CXString s)
{
	const char *text = cl->f.getCString(s);

	text = intern(&cl->c->u->names, text ? text : "");
	cl->f.disposeString(s);
	return text;
}

const char *c_clang_name(struct c_clang *cl, CXCursor cursor)
{
	const char *name = c_clang_text(cl, cl->f.getCursorSpelling(cursor));

	return strpbrk(name, " (") ? intern(&cl->c->u->names, "") : name;
}

const char *c_clang_tag_key(struct c_clang *cl, enum kind kind, const char *name)
{
	return arena_printf(cl->c->u->arena, "%u %s", kind, name);
}

/* -- collecting names -- */

enum kind c_clang_kind(int cursor)
{
	return cursor == CX_STRUCT  ? KIND_STRUCT
	       : cursor == CX_UNION ? KIND_UNION
	       : cursor == CX_ENUM  ? KIND_ENUM
	                            : KIND_NONE;
}

static void remember(struct c_clang *cl, struct map *m, const char *name, CXCursor cursor)
{
	CXCursor *copy = arena_new(cl->c->u->arena, CXCursor);

	*copy = cursor;
	map_put(m, name, copy);
}

static int collect(CXCursor cursor, CXCursor parent, void *arg)
{
	struct c_clang *cl = arg;
	enum kind kind = c_clang_kind(cursor.kind);

	if (kind != KIND_NONE && cl->f.isCursorDefinition(cursor)) {
		const char *name = c_clang_name(cl, cursor);

		if (*name)
			remember(cl, &cl->tags, c_clang_tag_key(cl, kind, name), cursor);
		return CX_RECURSE; /* to enumerators, and structs that are defined inside */
	}
	if (cursor.kind == CX_ENUMERATOR)
		remember(cl, &cl->enumerators, c_clang_name(cl, cursor), parent);
	else if (cursor.kind == CX_TYPEDEF)
		remember(cl, &cl->typedefs, c_clang_name(cl, cursor), cursor);
	else if (cursor.kind == CX_MACRO)
		remember(cl, &cl->macros, c_clang_name(cl, cursor), cursor);
	return CX_CONTINUE;
}

/* -- opening -- */

struct args {
	const char *v[160];
	int n;
};

static void add_arg(struct args *a, const char *text)
{
	if (a->n < (int)countof(a->v))
		a->v[a->n++] = text;
}

/* What the kernel's own build says to the compiler, for its headers. */
static void add_kernel_args(struct args *a, struct arena *arena, const char *dir)
{
	const char *config = arena_printf(arena, "%s/linux/kconfig.h", dir);

	if (access(config, R_OK))
		return;
	add_arg(a, "-D__KERNEL__");
	add_arg(a, "-D__BPF_TRACING__");
	add_arg(a, "-DKBUILD_MODNAME=\"sonde\"");
	add_arg(a, "-DCC_USING_FENTRY");
	add_arg(a, "-include");
	add_arg(a, config);
}

static void fill_args(struct cdefs *c, struct args *a)
{
	add_arg(a, "-xc");
	add_arg(a, "-std=gnu11");
	add_arg(a, "-w");
	add_arg(a, "-ferror-limit=0");
	if (c->hooks->have_btf(c->u))
		add_arg(a, "-DBPFTRACE_HAVE_BTF");
	for (const char *const *dir = c_include_dirs(c); *dir; dir++) {
		/* The system's folders are libclang's by themselves, in their right order. */
		if (!strncmp(*dir, "/usr/", 5) && !strstr(*dir, "/src/"))
			continue;
		add_arg(a, arena_printf(c->u->arena, "-I%s", *dir));
		add_kernel_args(a, c->u->arena, *dir);
	}
	add_arg(a, "-idirafter");
	add_arg(a, "/sonde/include");
}

/* The headers that belong to the compiler, for a libclang that comes without. */
static struct CXUnsavedFile builtin_headers[] = {
	{ "/sonde/include/stddef.h",
	  "#pragma once\ntypedef __SIZE_TYPE__ size_t;\ntypedef __PTRDIFF_TYPE__ ptrdiff_t;\n"
	  "typedef __WCHAR_TYPE__ wchar_t;\n#define NULL ((void *)0)\n"
	  "#define offsetof(t, m) __builtin_offsetof(t, m)\n",
	  0 },
	{ "/sonde/include/stdarg.h",
	  "#pragma once\ntypedef __builtin_va_list va_list;\ntypedef __builtin_va_list "
	  "__gnuc_va_list;\n",
	  0 },
	{ "/sonde/include/stdbool.h",
	  "#pragma once\n#define bool _Bool\n#define true 1\n#define false 0\n", 0 },
};

/* The first thing that the compiler did not like; NULL: all is well. */
static const char *first_error(struct c_clang *cl)
{
	unsigned int n = cl->f.getNumDiagnostics(cl->tu);
	const char *text = NULL;

	for (unsigned int i = 0; i < n && !text; i++) {
		CXDiagnostic d = cl->f.getDiagnostic(cl->tu, i);

		if (cl->f.getDiagnosticSeverity(d) >= CX_SEVERITY_ERROR)
			text = c_clang_text(cl, cl->f.getDiagnosticSpelling(d));
		cl->f.disposeDiagnostic(d);
	}
	return text;
}

static bool parse(struct c_clang *cl)
{
	struct cdefs *c = cl->c;
	const char *path = "sonde-definitions.c";
	struct CXUnsavedFile file[countof(builtin_headers) + 1] = {
		{ path, c->hash_lines.buf, c->hash_lines.len },
	};
	struct args args = { .n = 0 };

	for (size_t i = 0; i < countof(builtin_headers); i++) {
		file[i + 1] = builtin_headers[i];
		file[i + 1].len = strlen(file[i + 1].text);
	}
	fill_args(c, &args);
	cl->index = cl->f.createIndex(0, 0);
	cl->tu = cl->f.parseTranslationUnit(cl->index, path, args.v, args.n, file, countof(file),
	                                    CX_DETAILED_PREPROCESSING | CX_SKIP_BODIES |
	                                            CX_KEEP_GOING);
	return cl->tu;
}

struct c_clang *c_clang_open(struct cdefs *c, const char **why)
{
	struct c_clang *cl = arena_new(c->u->arena, struct c_clang);

	cl->c = c;
	cl->library = load();
	if (!cl->library || !bind(cl)) {
		*why = "libclang is not installed (Debian: libclang1-19)";
		c_clang_close(cl);
		return NULL;
	}
	if (!parse(cl)) {
		*why = "libclang gave up";
		c_clang_close(cl);
		return NULL;
	}
	*why = first_error(cl);
	cl->f.visitChildren(cl->f.getTranslationUnitCursor(cl->tu), collect, cl);
	return cl;
}

void c_clang_close(struct c_clang *cl)
{
	if (!cl)
		return;
	if (cl->tu)
		cl->f.disposeTranslationUnit(cl->tu);
	if (cl->index)
		cl->f.disposeIndex(cl->index);
	map_release(&cl->tags);
	map_release(&cl->typedefs);
	map_release(&cl->enumerators);
	map_release(&cl->macros);
	map_release(&cl->converted);
	/* The library stays: its own threads and exit handlers may still be about. */
}
