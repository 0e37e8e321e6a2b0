/* SPDX-License-Identifier: Apache-2.0 */
/* What the golden files call; with -g its BTF has all of these types. */
enum colour { RED, GREEN, BLUE };
struct point {
	int x, y;
};
struct task_struct;

int add(int a, int b)
{
	return a + b;
}

_Bool is_odd(unsigned char n)
{
	return n & 1;
}

enum colour next(enum colour c)
{
	return c == BLUE ? RED : c + 1;
}

const struct point *same(const struct point *p)
{
	return p;
}

struct task_struct *task(struct task_struct *t)
{
	return t;
}

int first(const char *text)
{
	return text[0];
}

unsigned long wide(unsigned long *at)
{
	return (unsigned long)at;
}

void nothing(void)
{
}
