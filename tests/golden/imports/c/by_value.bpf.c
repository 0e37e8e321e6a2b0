/* SPDX-License-Identifier: Apache-2.0 */
/* What a script has no values for. */
struct pair {
	int a, b;
};
long by_value(struct pair p)
{
	return p.a + p.b;
}
