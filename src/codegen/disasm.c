/* SPDX-License-Identifier: Apache-2.0 */
/* disasm.c - the programs of an object as assembly: "-d asm". */

#include "codegen/private.h"

#include <elf.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

static void disassemble_section(LLVMDisasmContextRef d, const char *name, const uint8_t *code,
                                size_t len, FILE *out)
{
	fprintf(out, "%s:\n", name);
	for (size_t at = 0; at < len;) {
		char text[256];
		size_t n = LLVMDisasmInstruction(d, (uint8_t *)code + at, len - at, at, text,
		                                 sizeof(text));

		if (!n)
			break;
		fprintf(out, "%6zu:%s\n", at / 8, text);
		at += n;
	}
}

void cg_disassemble(const void *object, size_t len, FILE *out)
{
	const Elf64_Ehdr *eh = object;
	const Elf64_Shdr *sh = (const Elf64_Shdr *)((const char *)object + eh->e_shoff);
	const char *names = (const char *)object + sh[eh->e_shstrndx].sh_offset;
	LLVMDisasmContextRef d;

	LLVMInitializeBPFDisassembler();
	d = LLVMCreateDisasm("bpf", NULL, 0, NULL, NULL);
	for (unsigned int i = 0; d && i < eh->e_shnum; i++)
		if (sh[i].sh_flags & SHF_EXECINSTR && sh[i].sh_size)
			disassemble_section(d, names + sh[i].sh_name,
			                    (const uint8_t *)object + sh[i].sh_offset,
			                    sh[i].sh_size, out);
	if (d)
		LLVMDisasmDispose(d);
}
