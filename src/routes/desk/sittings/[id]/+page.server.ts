import { error } from '@sveltejs/kit';
import { idFrom } from '#lib/forms/appointment.ts';
import { words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { openCauseList, sittingDetail } from '#lib/server/appointment/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const id = idFrom(event.params.id);
	if (!id) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	return {
		sitting: await orErrorPage(locale, sittingDetail(ctx, id)),
		rows: await orErrorPage(locale, openCauseList(ctx, id)),
		isNew: event.url.searchParams.has('new'),
	};
};
