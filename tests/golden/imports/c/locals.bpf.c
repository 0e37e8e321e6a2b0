/* SPDX-License-Identifier: Apache-2.0 */
static int hidden(int x)
{
	return x + 1;
}
