/* SPDX-License-Identifier: Apache-2.0 */
/* clang_define.c - definitions that libclang knows become ours when they are asked for. */

#include "cdef/clang.h"

#include "base/arena.h"
#include "base/bug.h"

#include <stdlib.h>
#include <string.h>

static struct c_type convert(struct c_clang *cl, CXType t);

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
		c_put(v->cl->c, v->tag, c_clang_name(v->cl, field),
		      convert(v->cl, f->getCursorType(field)), (uint64_t)bit, width);
	return CX_CONTINUE;
}

static uint64_t positive(long long n)
{
	return n > 0 ? (uint64_t)n : 0;
}

static struct c_tag *define_record(struct c_clang *cl, CXCursor decl, const char *name)
{
	CXType t = cl->f.getCursorType(decl);
	struct field_visit v = { cl, c_tag_new(cl->c, c_clang_kind(decl.kind), name, SPAN_NONE) };

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
		c_add_enumerator(v->cl->c, v->tag, c_clang_name(v->cl, cursor),
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
	enum kind kind = c_clang_kind(decl.kind);
	const char *name = c_clang_name(cl, decl), *usr;
	struct c_tag *tag;

	if (*name) {
		tag = c_tag_get(cl->c, kind, name);
		if (tag)
			return tag;
	}
	usr = c_clang_text(cl, cl->f.getCursorUSR(decl));
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
		const char *name = c_clang_name(cl, decl);

		/* What is only pointed to may stay a name: all structs of a kernel hang together.
		 */
		elem = *name ? c_from_name(cl->c, c_clang_kind(decl.kind), name)
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
	else if (size <= 8 &&
	         (t.kind == CX_CHAR_U || (t.kind >= CX_CHAR_S && t.kind <= CX_LONGLONG)))
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
	const CXCursor *decl = map_get(&cl->tags, c_clang_tag_key(cl, kind, name));

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
		strbuf_adds(sb, c_clang_text(cl, cl->f.getTokenSpelling(cl->tu, token[i])));
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
