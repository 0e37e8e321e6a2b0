/* SPDX-License-Identifier: Apache-2.0 */
/* aot.S - the bytes of the launcher. */
	.section .rodata.launcher, "a"
	.globl aot_launcher_start, aot_launcher_end
	.balign 16
aot_launcher_start:
	.incbin LAUNCHER
aot_launcher_end:
	.section .note.GNU-stack, "", %progbits
