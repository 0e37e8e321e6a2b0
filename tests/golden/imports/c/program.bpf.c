/* SPDX-License-Identifier: Apache-2.0 */
__attribute__((section("kprobe/vfs_read"))) int on_read(void *ctx)
{
	return 0;
}
