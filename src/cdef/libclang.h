/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libclang - the few types and functions of libclang's C interface that we use, declared here so
 * that neither building nor running needs clang. The interface is stable (clang-c/Index.h): the
 * numbers below have not changed since LLVM 3.
 */
#ifndef CDEF_LIBCLANG_H
#define CDEF_LIBCLANG_H

typedef void *CXIndex;
typedef void *CXTranslationUnit;
typedef void *CXDiagnostic;

typedef struct {
	const void *data;
	unsigned int flags;
} CXString;

typedef struct {
	int kind, xdata;
	const void *data[3];
} CXCursor;

typedef struct {
	int kind;
	void *data[2];
} CXType;

typedef struct {
	const void *data[2];
	unsigned int begin, end;
} CXSourceRange;

typedef struct {
	unsigned int number[4];
	void *data;
} CXToken;

struct CXUnsavedFile {
	const char *name, *text;
	unsigned long len;
};

enum { CX_BREAK, CX_CONTINUE, CX_RECURSE };

enum cx_cursor {
	CX_STRUCT = 2,
	CX_UNION = 3,
	CX_ENUM = 5,
	CX_ENUMERATOR = 7,
	CX_TYPEDEF = 20,
	CX_MACRO = 501,
};

enum cx_type {
	CX_VOID = 2,
	CX_BOOL = 3,
	CX_CHAR_U = 4,
	CX_UCHAR = 5,
	CX_ULONGLONG = 11,
	CX_CHAR_S = 13,
	CX_LONGLONG = 19,
	CX_POINTER = 101,
	CX_RECORD = 105,
	CX_ENUM_TYPE = 106,
	CX_FUNCTION_NO_PROTO = 110,
	CX_FUNCTION = 111,
	CX_ARRAY = 112,
	CX_ARRAY_OPEN = 114,
};

/* Of clang_parseTranslationUnit. */
enum { CX_DETAILED_PREPROCESSING = 0x01, CX_SKIP_BODIES = 0x40, CX_KEEP_GOING = 0x200 };

enum { CX_SEVERITY_ERROR = 3 };

typedef int cx_visit(CXCursor cursor, CXCursor parent, void *arg);
typedef int cx_visit_field(CXCursor cursor, void *arg);

/*	result, name behind clang_, parameters */
#define LIBCLANG(X)                                                                                \
	X(CXIndex, createIndex, (int exclude_pch, int show_messages))                              \
	X(void, disposeIndex, (CXIndex))                                                           \
	X(CXTranslationUnit, parseTranslationUnit,                                                 \
	  (CXIndex, const char *file, const char *const *arg, int args, struct CXUnsavedFile *,    \
	   unsigned int files, unsigned int flags))                                                \
	X(void, disposeTranslationUnit, (CXTranslationUnit))                                       \
	X(unsigned int, getNumDiagnostics, (CXTranslationUnit))                                    \
	X(CXDiagnostic, getDiagnostic, (CXTranslationUnit, unsigned int))                          \
	X(int, getDiagnosticSeverity, (CXDiagnostic))                                              \
	X(CXString, getDiagnosticSpelling, (CXDiagnostic))                                         \
	X(void, disposeDiagnostic, (CXDiagnostic))                                                 \
	X(CXCursor, getTranslationUnitCursor, (CXTranslationUnit))                                 \
	X(unsigned int, visitChildren, (CXCursor, cx_visit *, void *))                             \
	X(CXString, getCursorSpelling, (CXCursor))                                                 \
	X(CXString, getCursorUSR, (CXCursor))                                                      \
	X(const char *, getCString, (CXString))                                                    \
	X(void, disposeString, (CXString))                                                         \
	X(unsigned int, isCursorDefinition, (CXCursor))                                            \
	X(CXType, getCursorType, (CXCursor))                                                       \
	X(CXType, getCanonicalType, (CXType))                                                      \
	X(CXType, getPointeeType, (CXType))                                                        \
	X(CXType, getArrayElementType, (CXType))                                                   \
	X(long long, getArraySize, (CXType))                                                       \
	X(CXCursor, getTypeDeclaration, (CXType))                                                  \
	X(CXType, getTypedefDeclUnderlyingType, (CXCursor))                                        \
	X(CXType, getEnumDeclIntegerType, (CXCursor))                                              \
	X(long long, getEnumConstantDeclValue, (CXCursor))                                         \
	X(long long, Type_getSizeOf, (CXType))                                                     \
	X(long long, Type_getAlignOf, (CXType))                                                    \
	X(unsigned int, Type_visitFields, (CXType, cx_visit_field *, void *))                      \
	X(long long, Cursor_getOffsetOfField, (CXCursor))                                          \
	X(unsigned int, Cursor_isBitField, (CXCursor))                                             \
	X(int, getFieldDeclBitWidth, (CXCursor))                                                   \
	X(unsigned int, Cursor_isMacroFunctionLike, (CXCursor))                                    \
	X(CXSourceRange, getCursorExtent, (CXCursor))                                              \
	X(void, tokenize, (CXTranslationUnit, CXSourceRange, CXToken **, unsigned int *))          \
	X(CXString, getTokenSpelling, (CXTranslationUnit, CXToken))                                \
	X(void, disposeTokens, (CXTranslationUnit, CXToken *, unsigned int))

struct libclang {
#define X(result, name, params) result(*name) params;
	LIBCLANG(X)
#undef X
};

#endif
