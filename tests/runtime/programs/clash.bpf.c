/* SPDX-License-Identifier: Apache-2.0 */
/* A global that is called as the map @x is in the script's object. */
int AT_x;

int times_two(int a)
{
	return 2 * a + AT_x;
}
