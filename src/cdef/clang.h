/* SPDX-License-Identifier: Apache-2.0 */
/* clang - headers that libclang has parsed: clang.c parses, clang_define.c takes definitions over. */
#ifndef CDEF_CLANG_H
#define CDEF_CLANG_H

#include "cdef/libclang.h"
#include "cdef/private.h"

struct c_clang {
	struct libclang f;
	struct cdefs *c;
	void *library;
	CXIndex index;
	CXTranslationUnit tu;
	struct map tags; /* as in struct cdefs -> CXCursor * */
	struct map typedefs, enumerators, macros;
	struct map converted; /* USR of records without a name -> struct c_tag */
	uint32_t depth;
};

/* Text of libclang's, which is given back. */
const char *c_clang_text(struct c_clang *cl, CXString s);
/* "" for what has no name, which newer versions describe: "struct (unnamed at x.h:1:1)". */
const char *c_clang_name(struct c_clang *cl, CXCursor cursor);
/* How tags are kept. */
const char *c_clang_tag_key(struct c_clang *cl, enum kind kind, const char *name);
/* KIND_NONE: no struct, union or enum. */
enum kind c_clang_kind(int cursor);

#endif
