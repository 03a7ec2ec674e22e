import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { DEMONSTRATION_CARDS } from '../../demo/cards.ts';
import { demonstrationSignIns } from '../../demo/sign-ins.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.ctx.demo) error(404, { message: m.error_404(), code: 'not_found' });
	return { signIns: demonstrationSignIns(locals.locale), cards: DEMONSTRATION_CARDS };
};
