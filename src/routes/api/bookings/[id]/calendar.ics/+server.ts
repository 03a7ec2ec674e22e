import { error } from '@sveltejs/kit';
import { idFrom } from '#lib/forms/appointment.ts';
import { words } from '#lib/http/form.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { calendarFile } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** The booking as a calendar file, for its citizen, its hearing officer and clerks. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const { ctx, locale } = locals;
	const id = idFrom(params.id);
	if (!id) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	const { text, method, fileName } = await orErrorPage(locale, calendarFile(ctx, id));
	return new Response(text, {
		headers: {
			'content-type': `text/calendar; charset=utf-8; method=${method}`,
			'content-disposition': `attachment; filename="${fileName}"`,
			'cache-control': 'private, no-store',
		},
	});
};
