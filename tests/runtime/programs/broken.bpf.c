/* SPDX-License-Identifier: Apache-2.0 */
nonsense f(void)
{
	return 0;
}
