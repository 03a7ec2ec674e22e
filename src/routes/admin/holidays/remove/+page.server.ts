import { randomUUID } from 'node:crypto';
import { error, type RequestEvent } from '@sveltejs/kit';
import { holidayRemoveForm } from '#lib/forms/schedule.ts';
import { words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { changeSteps } from '#lib/http/schedule-change.ts';
import { previewHoliday, saveHoliday } from '#lib/server/appointment/index.ts';
import { holidayPage } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const { ctx, locale } = event.locals;
	const date = event.url.searchParams.get('date') ?? '';
	const year = Number(/^20\d\d/.exec(date)?.[0] ?? 2000);
	const { rows } = await orErrorPage(locale, holidayPage(ctx, year));
	const area = event.url.searchParams.get('area');
	const row = rows.find((one) => one.date === date && one.areaId === area) ?? null;
	if (!row && event.request.method === 'GET') {
		error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	}
	return { row, key: randomUUID() };
};

function steps(event: RequestEvent, step: 'preview' | 'save' | 'edit') {
	requireStaff(event, 'administrator');
	const { ctx } = event.locals;
	return changeSteps(event, holidayRemoveForm, step, ({ area, date }) => ({ key, fingerprint }) => {
		const change = { kind: 'remove' as const, areaId: area, date };
		return {
			preview: () => previewHoliday(ctx, change),
			save: () => saveHoliday(ctx, { key, fingerprint, change }),
			done: `/admin/holidays?saved&year=${date.slice(0, 4)}`,
		};
	});
}

export const actions: Actions = {
	preview: (event) => steps(event, 'preview'),
	save: (event) => steps(event, 'save'),
	edit: (event) => steps(event, 'edit'),
};
