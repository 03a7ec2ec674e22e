import type { PostFunction } from '#lib/domain/masters/kinds.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';

const START: readonly (readonly [PostFunction, string])[] = [
	['hearing', '/officer/sittings'],
	['clerk', '/desk'],
	['officer', '/department'],
	['administrator', '/admin'],
	['agent', '/desk/register'],
];

/** Where a post's day begins; the choice of posts when it has no page. */
export function startPage(functions: readonly PostFunction[]): string {
	const [, path = '/staff/post'] = START.find(([needed]) => functions.includes(needed)) ?? [];
	return localizeHref(path);
}
