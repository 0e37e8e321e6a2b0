/* SPDX-License-Identifier: Apache-2.0 */
__attribute__((section("kprobe/vfs_read"))) int probe(void *ctx)
{
	return 0;
}
