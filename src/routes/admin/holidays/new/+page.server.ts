import { randomUUID } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { holidayForm } from '#lib/forms/schedule.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { changeSteps } from '#lib/http/schedule-change.ts';
import { previewHoliday, saveHoliday } from '#lib/server/appointment/index.ts';
import { holidayPage } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const { ctx, locale } = event.locals;
	const year = Number(istDate(ctx.clock.now()).slice(0, 4));
	const { areas } = await orErrorPage(locale, holidayPage(ctx, year));
	return { areas, key: randomUUID() };
};

function steps(event: RequestEvent, step: 'preview' | 'save' | 'edit') {
	requireStaff(event, 'administrator');
	const { ctx } = event.locals;
	return changeSteps(
		event,
		holidayForm,
		step,
		({ area: areaId, ...row }) =>
			({ key, fingerprint }) => {
				const change = { kind: 'add' as const, areaId, ...row };
				return {
					preview: () => previewHoliday(ctx, change),
					save: () => saveHoliday(ctx, { key, fingerprint, change }),
					done: `/admin/holidays?saved&year=${row.date.slice(0, 4)}`,
				};
			},
	);
}

export const actions: Actions = {
	preview: (event) => steps(event, 'preview'),
	save: (event) => steps(event, 'save'),
	edit: (event) => steps(event, 'edit'),
};
