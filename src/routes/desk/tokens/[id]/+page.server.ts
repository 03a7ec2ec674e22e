import { error } from '@sveltejs/kit';
import { renderSVG } from 'uqr';
import { idFrom } from '#lib/forms/appointment.ts';
import { words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { bookingView } from '#lib/server/appointment/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const id = idFrom(event.params.id);
	if (!id) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	const booking = await orErrorPage(locale, bookingView(ctx, id));
	return { booking, qr: renderSVG(booking.link, { border: 2 }) };
};
