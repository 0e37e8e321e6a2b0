/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - the module as a whole: its start, its maps, optimisation, and its bytes. */

#include "codegen/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "image/meta_write.h"

#include <llvm-c/Analysis.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/ErrorHandling.h>
#include <llvm-c/Support.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <llvm/Config/llvm-config.h>
#include <setjmp.h>
#include <string.h>

enum { SCRATCH_MOST = 16 * 1024 * 1024 };

LLVMValueRef cg_define_map(struct cg *cg, const char *name, uint32_t type, uint32_t key_size,
                           uint32_t value_size, uint32_t max_entries, uint32_t flags)
{
	static const char *const member[] = { "type", "max_entries", "key_size", "value_size",
		                              "map_flags" };
	const uint32_t value[] = { type, max_entries, key_size, value_size, flags };
	unsigned int n = type == BPF_MAP_TYPE_RINGBUF ? 2 : flags ? 5 : 4;
	LLVMTypeRef t = LLVMArrayType2(cg->i64, n);
	LLVMValueRef g = LLVMAddGlobal(cg->module, t, name);

	LLVMSetInitializer(g, LLVMConstNull(t));
	LLVMSetSection(g, ".maps");
	LLVMSetAlignment(g, 8);
	cg_debug_map(cg, g, name, member, value, n);
	return g;
}

/* What LLVM finds no way to compile: mostly a program that needs more than the 512 bytes of stack.
 */
static void on_llvm(LLVMDiagnosticInfoRef info, void *arg)
{
	struct unit *u = arg;
	char *text;

	if (LLVMGetDiagInfoSeverity(info) != LLVMDSError)
		return;
	text = LLVMGetDiagInfoDescription(info);
	/* LLVM repeats itself for each use; an equal message is kept once. */
	if (strstr(text, "stack limit"))
		diag_hint(diag_error(u->diags, SPAN_NONE,
		                     "Stack size is too large: a probe needs more than the 512 "
		                     "bytes that the "
		                     "kernel gives"),
		          "split it, or keep some of its values in maps");
	else
		diag_error(u->diags, SPAN_NONE, "This script cannot be compiled: %s", text);
	LLVMDisposeMessage(text);
}

/* LLVM likes to compute a value where it is used. The terms of a long sum are then all there before
 * the first is added, which is more than registers and 512 bytes of stack can hold. The script's
 * order needs few at a time. */
static void keep_order(void)
{
	static const char *const option[] = { "sonde", "-instcombine-code-sinking=0",
		                              "-disable-machine-sink", "-pre-RA-sched=source" };
	static bool done;

	if (!done)
		LLVMParseCommandLineOptions(countof(option), option, "");
	done = true;
}

static void start_module(struct cg *cg)
{
	LLVMTargetDataRef layout;
	LLVMTargetRef target;
	char *error = NULL;

	keep_order();
	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
	BUG_ON(LLVMGetTargetFromTriple("bpf", &target, &error));
	/* v3 has 32-bit instructions and atomics; Linux 5.12 runs all of it. */
	cg->machine = LLVMCreateTargetMachine(target, "bpf", "v3", "", LLVMCodeGenLevelDefault,
	                                      LLVMRelocDefault, LLVMCodeModelDefault);
	cg->llvm = LLVMContextCreate();
	LLVMContextSetDiagnosticHandler(cg->llvm, on_llvm, cg->u);
	cg->module = LLVMModuleCreateWithNameInContext("sonde", cg->llvm);
	cg->b = LLVMCreateBuilderInContext(cg->llvm);
	LLVMSetTarget(cg->module, "bpf");
	/* Without it 64-bit integers count as aligned to 4, and loads of them come in halves. */
	layout = LLVMCreateTargetDataLayout(cg->machine);
	LLVMSetModuleDataLayout(cg->module, layout);
	LLVMDisposeTargetData(layout);
	cg_init_types(cg);
	LLVMAddModuleFlag(
		cg->module, LLVMModuleFlagBehaviorWarning, "Debug Info Version", 18,
		LLVMValueAsMetadata(LLVMConstInt(cg->i32, LLVMDebugMetadataVersion(), 0)));
	cg_debug_init(cg);
}

static void section_text(struct cg *cg, const char *name, const char *section, const void *data,
                         size_t len)
{
	LLVMValueRef text = LLVMConstStringInContext(cg->llvm, data, (unsigned int)len, true), g;

	g = LLVMAddGlobal(cg->module, LLVMTypeOf(text), name);
	LLVMSetInitializer(g, text);
	LLVMSetSection(g, section);
	LLVMSetAlignment(g, 8);
	LLVMSetGlobalConstant(g, true);
	cg_debug_linked(cg, g, name, len);
}

/* One slot is a flag of 8 bytes and the memory. */
static void finish_scratch(struct cg *cg, struct cg_scratch_map *s, const char *name, uint32_t type)
{
	LLVMValueRef map;

	if (!s->map)
		return;
	if (s->size > SCRATCH_MOST) {
		diag_error(cg->u->diags, SPAN_NONE,
		           "A probe needs %u bytes for its strings and other large values: the "
		           "most is %d",
		           s->size, SCRATCH_MOST);
		return;
	}
	map = cg_define_map(cg, name, type, 4, s->size + 8, SCRATCH_SLOTS, 0);
	LLVMReplaceAllUsesWith(s->map, map);
	LLVMDeleteGlobal(s->map);
	s->map = map;
}

void codegen_run(struct unit *u)
{
	struct cg *cg = arena_new(u->arena, struct cg);
	struct strbuf meta = STRBUF_INIT;

	cg->u = u;
	u->cg = cg;
	start_module(cg);
	vec_each (i, &u->fns)
		if (u->fns.v[i]->parts->called)
			cg_function_compile(cg, u->fns.v[i]);
	vec_each (i, &u->programs)
		cg_program_compile(cg, u->programs.v[i]);
	vec_each (i, &u->dispatches)
		cg_dispatch_compile(cg, u->dispatches.v[i]);
	cg_maps_finish(cg);
	finish_scratch(cg, &cg->scratch, "scratch", BPF_MAP_TYPE_PERCPU_ARRAY);
	finish_scratch(cg, &cg->large_scratch, LARGE_SCRATCH_MAP, BPF_MAP_TYPE_ARRAY);
	section_text(cg, "sonde_license", "license", u->config.license,
	             strlen(u->config.license) + 1);
	meta_finish(u->meta, &meta);
	section_text(cg, "sonde_meta", META_SECTION, meta.buf, meta.len);
	strbuf_release(&meta);
	LLVMDIBuilderFinalize(cg->di);
#ifndef NDEBUG
	{
		char *message = NULL;

		if (LLVMVerifyModule(cg->module, LLVMReturnStatusAction, &message))
			BUG("LLVM rejects the module: %s", message);
		LLVMDisposeMessage(message);
	}
#endif
}

/* Half of default<O2>'s passes, in a third of its time, give programs of the same size here: what
 * is left out unrolls, vectorises and inlines what BPF does not have. */
#if LLVM_VERSION_MAJOR >= 18
/* Named in a pipeline, instcombine aborts when one round was not enough, unless told not to. */
#define INSTCOMBINE "instcombine<no-verify-fixpoint>"
#else
#define INSTCOMBINE "instcombine"
#endif
static const char pipeline[] = "always-inline,function(sroa,early-cse,simplifycfg," INSTCOMBINE
			       ",simplifycfg,gvn,dse,adce,simplifycfg),globaldce";

/* Without gvn, whose time grows with the square of the branches on one value. */
static const char pipeline_of_large[] =
	"always-inline,function(sroa,early-cse,simplifycfg," INSTCOMBINE
	",simplifycfg,dse,adce,simplifycfg),globaldce";

static bool is_large(LLVMModuleRef module)
{
	enum { MANY_BLOCKS = 8000 };
	unsigned int blocks = 0;

	for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
		blocks += LLVMCountBasicBlocks(f);
	return blocks > MANY_BLOCKS;
}

void optimise_run(struct unit *u)
{
	struct cg *cg = u->cg;
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
	LLVMErrorRef err =
		LLVMRunPasses(cg->module, is_large(cg->module) ? pipeline_of_large : pipeline,
	                      cg->machine, options);

	BUG_ON(err);
	LLVMDisposePassBuilderOptions(options);
}

/* What LLVM calls fatal would end the process with words of its own. */
static jmp_buf after_fatal;
static char fatal_reason[128];

static void on_fatal(const char *reason)
{
	snprintf(fatal_reason, sizeof(fatal_reason), "%s", reason);
	longjmp(after_fatal, 1);
}

static void report_fatal(struct unit *u)
{
	if (strstr(fatal_reason, "out of insn range"))
		diag_hint(diag_error(u->diags, SPAN_NONE,
		                     "A probe is too large: its jumps go farther than 32767 "
		                     "instructions"),
		          "move parts of it into functions: fn f($x) { ... }");
	else
		diag_error(u->diags, SPAN_NONE, "This script cannot be compiled: %s", fatal_reason);
}

void object_run(struct unit *u)
{
	struct cg *cg = u->cg;
	char *error = NULL;

	if (setjmp(after_fatal)) {
		LLVMResetFatalErrorHandler();
		report_fatal(u);
		/* LLVM was left in the middle of its work: what it holds cannot be given back. */
		u->cg = NULL;
		return;
	}
	LLVMInstallFatalErrorHandler(on_fatal);
	if (LLVMTargetMachineEmitToMemoryBuffer(cg->machine, cg->module, LLVMObjectFile, &error,
	                                        &cg->object))
		BUG("LLVM cannot emit the object: %s", error);
	LLVMResetFatalErrorHandler();
	strbuf_add(&u->image, LLVMGetBufferStart(cg->object), LLVMGetBufferSize(cg->object));
}

static void dump_module(const struct unit *u, FILE *out)
{
	struct cg *cg = u->cg;
	char *text = LLVMPrintModuleToString(cg->module);

	fputs(text, out);
	LLVMDisposeMessage(text);
}

void codegen_dump_ir(const struct unit *u, FILE *out)
{
	dump_module(u, out);
}

void codegen_dump_optimised(const struct unit *u, FILE *out)
{
	dump_module(u, out);
}

void codegen_dump_asm(const struct unit *u, FILE *out)
{
	cg_disassemble(u->image.buf, u->image.len, out);
}

void codegen_release(struct unit *u)
{
	struct cg *cg = u->cg;

	if (!cg)
		return;
	if (cg->object)
		LLVMDisposeMemoryBuffer(cg->object);
	LLVMDisposeDIBuilder(cg->di);
	LLVMDisposeBuilder(cg->b);
	LLVMDisposeModule(cg->module);
	LLVMContextDispose(cg->llvm);
	LLVMDisposeTargetMachine(cg->machine);
	map_release(&cg->constants);
	map_release(&cg->stack_maps);
}

const char *codegen_llvm_version(void)
{
	return LLVM_VERSION_STRING;
}
