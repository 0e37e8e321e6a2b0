/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clang.c - what headers define, through libclang.
 *
 * libclang is loaded with dlopen and parses one file: the '#' lines of the script, conditions
 * included. Afterwards each name at the top level is known by its cursor; a definition is taken
 * over into our tables when it is asked for.
 */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "cdef/libclang.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct c_clang {
	struct libclang f;
	struct cdefs *c;
	void *library;
	CXIndex index;
	CXTranslationUnit tu;
	struct map tags;        /* as in struct cdefs -> CXCursor * */
	struct map typedefs, enumerators, macros;
	struct map converted;   /* USR of records without a name -> struct c_tag */
	uint32_t depth;
};

static struct c_type convert(struct c_clang *cl, CXType t);

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

static const char *text_of(struct c_clang *cl, CXString s)
{
	const char *text = cl->f.getCString(s);

	text = intern(&cl->c->u->names, text ? text : "");
	cl->f.disposeString(s);
	return text;
}

/* "" for what has no name, which newer versions describe: "struct (unnamed at x.h:1:1)". */
static const char *name_of(struct c_clang *cl, CXCursor cursor)
{
	const char *name = text_of(cl, cl->f.getCursorSpelling(cursor));

	return strpbrk(name, " (") ? intern(&cl->c->u->names, "") : name;
}

static const char *tag_key(struct c_clang *cl, enum kind kind, const char *name)
{
	return arena_printf(cl->c->u->arena, "%u %s", kind, name);
}

/* -- collecting names -- */

static enum kind kind_of(int cursor)
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
	enum kind kind = kind_of(cursor.kind);

	if (kind != KIND_NONE && cl->f.isCursorDefinition(cursor)) {
		const char *name = name_of(cl, cursor);

		if (*name)
			remember(cl, &cl->tags, tag_key(cl, kind, name), cursor);
		return CX_RECURSE; /* to enumerators, and structs that are defined inside */
	}
	if (cursor.kind == CX_ENUMERATOR)
		remember(cl, &cl->enumerators, name_of(cl, cursor), parent);
	else if (cursor.kind == CX_TYPEDEF)
		remember(cl, &cl->typedefs, name_of(cl, cursor), cursor);
	else if (cursor.kind == CX_MACRO)
		remember(cl, &cl->macros, name_of(cl, cursor), cursor);
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
	  "#define offsetof(t, m) __builtin_offsetof(t, m)\n", 0 },
	{ "/sonde/include/stdarg.h",
	  "#pragma once\ntypedef __builtin_va_list va_list;\ntypedef __builtin_va_list __gnuc_va_list;\n",
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
			text = text_of(cl, cl->f.getDiagnosticSpelling(d));
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

/* -- types -- */

struct field_visit {
	struct c_clang *cl;
	struct c_tag *tag;
};

static int take_field(CXCursor field, void *arg)
{
	struct field_visit *v = arg;
	const struct libclang *f = &v->cl->f;
	long long bit = f->Cursor_getOffsetOfField(field);
	uint32_t width = f->Cursor_isBitField(field) ? (uint32_t)f->getFieldDeclBitWidth(field) : 0;

	if (bit >= 0 && !(f->Cursor_isBitField(field) && !width))
		c_put(v->cl->c, v->tag, name_of(v->cl, field), convert(v->cl, f->getCursorType(field)),
		      (uint64_t)bit, width);
	return CX_CONTINUE;
}

static uint64_t positive(long long n)
{
	return n > 0 ? (uint64_t)n : 0;
}

static struct c_tag *define_record(struct c_clang *cl, CXCursor decl, const char *name)
{
	CXType t = cl->f.getCursorType(decl);
	struct field_visit v = { cl, c_tag_new(cl->c, kind_of(decl.kind), name, SPAN_NONE) };

	v.tag->open = true;
	v.tag->size = positive(cl->f.Type_getSizeOf(t));
	v.tag->align = (uint32_t)positive(cl->f.Type_getAlignOf(t));
	cl->f.Type_visitFields(t, take_field, &v);
	c_fix_bits(cl->c, v.tag);
	v.tag->open = false;
	v.tag->defined = true;
	return v.tag;
}

static int take_enumerator(CXCursor cursor, CXCursor parent, void *arg)
{
	struct field_visit *v = arg;

	if (cursor.kind == CX_ENUMERATOR)
		c_add_enumerator(v->cl->c, v->tag, name_of(v->cl, cursor),
		                 v->cl->f.getEnumConstantDeclValue(cursor), SPAN_NONE);
	return CX_CONTINUE;
}

static struct c_tag *define_enum(struct c_clang *cl, CXCursor decl, const char *name)
{
	CXType t = cl->f.getCanonicalType(cl->f.getEnumDeclIntegerType(decl));
	struct field_visit v = { cl, c_tag_new(cl->c, KIND_ENUM, name, SPAN_NONE) };

	v.tag->size = v.tag->align = (uint32_t)positive(cl->f.Type_getSizeOf(t));
	v.tag->is_signed = t.kind >= CX_CHAR_S && t.kind <= CX_LONGLONG;
	v.tag->defined = true;
	cl->f.visitChildren(decl, take_enumerator, &v);
	return v.tag;
}

/* Our definition of a struct, union or enum; made now if it is new. */
static struct c_tag *tag_of(struct c_clang *cl, CXCursor decl)
{
	enum kind kind = kind_of(decl.kind);
	const char *name = name_of(cl, decl), *usr;
	struct c_tag *tag;

	if (*name) {
		tag = c_tag_get(cl->c, kind, name);
		if (tag)
			return tag;
	}
	usr = text_of(cl, cl->f.getCursorUSR(decl));
	tag = map_get(&cl->converted, usr);
	if (tag)
		return tag;
	tag = kind == KIND_ENUM ? define_enum(cl, decl, name) : define_record(cl, decl, name);
	map_put(&cl->converted, usr, tag);
	return tag;
}

static struct c_type convert_pointer(struct c_clang *cl, CXType t)
{
	CXType to = cl->f.getCanonicalType(cl->f.getPointeeType(t));
	struct c_type elem = { &type_none, 0, 1, true, false };

	if (to.kind == CX_RECORD) {
		CXCursor decl = cl->f.getTypeDeclaration(to);
		const char *name = name_of(cl, decl);

		/* What is only pointed to may stay a name: all structs of a kernel hang together. */
		elem = *name ? c_from_name(cl->c, kind_of(decl.kind), name)
		             : c_tag_type(cl->c, tag_of(cl, decl));
	} else if (to.kind != CX_VOID && cl->depth < 32) {
		elem = convert(cl, to);
	}
	return c_pointer_to(cl->c, elem, AS_NONE);
}

static struct c_type scalar(struct c_clang *cl, CXType t)
{
	uint32_t size = (uint32_t)positive(cl->f.Type_getSizeOf(t));
	const struct type *type = &type_none;

	if (t.kind == CX_BOOL)
		type = &type_bool;
	else if (size <= 8 && (t.kind == CX_CHAR_U || (t.kind >= CX_CHAR_S && t.kind <= CX_LONGLONG)))
		type = type_int(cl->c->u->types, size, true);
	else if (size <= 8 && t.kind >= CX_UCHAR && t.kind <= CX_ULONGLONG)
		type = type_int(cl->c->u->types, size, false);
	return (struct c_type){ type, size, (uint32_t)positive(cl->f.Type_getAlignOf(t)),
		                t.kind == CX_VOID,
		                t.kind == CX_FUNCTION || t.kind == CX_FUNCTION_NO_PROTO };
}

static struct c_type convert(struct c_clang *cl, CXType t)
{
	struct c_type result;

	t = cl->f.getCanonicalType(t);
	cl->depth++;
	if (t.kind == CX_POINTER)
		result = convert_pointer(cl, t);
	else if (t.kind == CX_RECORD || t.kind == CX_ENUM_TYPE)
		result = c_tag_type(cl->c, tag_of(cl, cl->f.getTypeDeclaration(t)));
	else if (t.kind == CX_ARRAY || t.kind == CX_ARRAY_OPEN)
		result = c_array_of(cl->c, convert(cl, cl->f.getArrayElementType(t)),
		                    t.kind == CX_ARRAY ? positive(cl->f.getArraySize(t)) : 0);
	else
		result = scalar(cl, t);
	cl->depth--;
	return result;
}

/* -- questions -- */

bool c_clang_tag(struct c_clang *cl, enum kind kind, const char *name)
{
	const CXCursor *decl = map_get(&cl->tags, tag_key(cl, kind, name));

	return decl && tag_of(cl, *decl);
}

bool c_clang_typedef(struct c_clang *cl, const char *name)
{
	const CXCursor *decl = map_get(&cl->typedefs, name);
	struct c_typedef *def;

	if (!decl)
		return false;
	def = arena_new(cl->c->u->arena, struct c_typedef);
	def->type = convert(cl, cl->f.getTypedefDeclUnderlyingType(*decl));
	def->span = SPAN_NONE;
	map_put(&cl->c->typedefs, name, def);
	return true;
}

bool c_clang_enumerator(struct c_clang *cl, const char *name)
{
	const CXCursor *decl = map_get(&cl->enumerators, name);

	return decl && tag_of(cl, *decl) && map_get(&cl->c->enumerators, name);
}

/* "NAME(a) body", as behind '#define'. */
static void macro_text(struct c_clang *cl, CXCursor decl, struct strbuf *sb)
{
	bool function = cl->f.Cursor_isMacroFunctionLike(decl);
	unsigned int n = 0;
	CXToken *token = NULL;

	cl->f.tokenize(cl->tu, cl->f.getCursorExtent(decl), &token, &n);
	for (unsigned int i = 0; i < n; i++) {
		if (i > 1 || (i == 1 && !function))
			strbuf_addc(sb, ' ');
		strbuf_adds(sb, text_of(cl, cl->f.getTokenSpelling(cl->tu, token[i])));
	}
	if (token)
		cl->f.disposeTokens(cl->tu, token, n);
}

struct c_macro *c_clang_macro(struct c_clang *cl, const char *name)
{
	const CXCursor *decl = map_get(&cl->macros, name);
	struct c_macro *m = map_get(&cl->c->header_macros, name);
	struct strbuf sb = STRBUF_INIT;
	struct c_tokens t = { 0 };
	const char *text;

	if (m || !decl)
		return m;
	macro_text(cl, *decl, &sb);
	text = arena_memdup(cl->c->u->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	c_scan(cl->c, text, strlen(text), SPAN_NONE, &t);
	diags_mute(cl->c->u->diags);
	m = c_define(cl->c, t.list.v, t.list.n, SPAN_NONE);
	diags_unmute(cl->c->u->diags);
	if (m)
		map_put(&cl->c->header_macros, name, m);
	return m;
}
