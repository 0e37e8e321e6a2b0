/* SPDX-License-Identifier: Apache-2.0 */
/* Names that others have: of the script, of the language, of another object. */
int mine(int a)
{
	return a;
}

int twice(int a)
{
	return 2 * a;
}

int ntop(const char *text)
{
	return text[0];
}

int add(int a)
{
	return a;
}
