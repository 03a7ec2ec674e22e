import { error } from '@sveltejs/kit';
import { idFrom } from '#lib/forms/appointment.ts';
import { words } from '#lib/http/form.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { web } from '#lib/http/web.ts';
import { watchableSitting } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** Tells the desk that a sitting changed: another clerk booked, the officer opened it. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const { ctx, locale } = locals;
	const id = idFrom(params.id);
	if (!id) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	return web().live.stream(await orErrorPage(locale, watchableSitting(ctx, id)));
};
