/* SPDX-License-Identifier: Apache-2.0 */
/* Functions for scripts to import: with maps, globals, static functions and callbacks of their own. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, int);
	__type(value, long);
} seen SEC(".maps");

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

const volatile int factor = 3;
int offset = 7;
static int calls;

static __attribute__((noinline)) int scale(int a)
{
	return a * factor;
}

int scaled(int a)
{
	calls++;
	return scale(a) + offset;
}

int set_offset(int to)
{
	int old = offset;

	offset = to;
	return old;
}

int calls_so_far(void)
{
	return calls;
}

long times_seen(int key)
{
	long one = 1, *n = bpf_map_lookup_elem(&seen, &key);

	if (n)
		return ++*n;
	bpf_map_update_elem(&seen, &key, &one, 0);
	return 1;
}

static long add_index(long i, void *sum)
{
	*(long *)sum += i;
	return 0;
}

long sum_below(unsigned int n)
{
	long sum = 0;

	bpf_loop(n, add_index, &sum, 0);
	return sum;
}

_Bool is_negative(signed char c)
{
	return c < 0;
}

signed char as_char(int a)
{
	return a;
}

unsigned short as_short(long a)
{
	return a;
}

int first_byte(const char *text)
{
	return text[0];
}

void twice_in_place(long *n)
{
	*n *= 2;
}

int tgid_of(const struct task_struct *t)
{
	return BPF_CORE_READ(t, tgid);
}

struct task_struct *parent_of(struct task_struct *t)
{
	return BPF_CORE_READ(t, real_parent);
}

long five(int a, int b, int c, int d, int e)
{
	return a + 10 * b + 100 * c + 1000 * d + 10000 * e;
}
