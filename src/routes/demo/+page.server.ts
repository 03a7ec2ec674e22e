import { error } from '@sveltejs/kit';
import { totpSecondsLeft } from '#lib/domain/identity/totp.ts';
import { m } from '#lib/paraglide/messages.js';
import { DEMONSTRATION_CARDS } from '../../demo/cards.ts';
import { appCodeOf, demonstrationSignIns } from '../../demo/sign-ins.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = ({ locals }) => {
	const { ctx, locale } = locals;
	if (!ctx.demo) error(404, { message: m.error_404(), code: 'not_found' });
	const at = ctx.clock.real();
	return {
		signIns: demonstrationSignIns(locale).map((one) => ({ ...one, code: appCodeOf(one.user, at) })),
		/** Seconds for which the codes still show. */
		codesChangeIn: totpSecondsLeft(at),
		cards: DEMONSTRATION_CARDS,
	};
};
