import { istDate } from '#lib/domain/calendar/ist.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { holidayPage } from '#lib/server/masters/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const { ctx, locale } = event.locals;
	const today = istDate(ctx.clock.now());
	const asked = event.url.searchParams.get('year') ?? '';
	const year = Number(/^20\d\d$/.test(asked) ? asked : today.slice(0, 4));
	const { rows } = await orErrorPage(locale, holidayPage(ctx, year));
	return { rows, year, today, saved: event.url.searchParams.has('saved') };
};
