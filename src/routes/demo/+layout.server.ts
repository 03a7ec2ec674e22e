import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { LayoutServerLoad } from './$types.js';

/** A production has no such pages. */
export const load: LayoutServerLoad = ({ locals }) => {
	if (!locals.ctx.demo) error(404, { message: m.error_404(), code: 'not_found' });
	return {};
};
