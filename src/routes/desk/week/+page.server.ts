import { randomUUID } from 'node:crypto';
import { addDays, isDate } from '#lib/domain/calendar/ist.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { deskWeek, openToday } from '#lib/server/appointment/index.ts';
import { arrive } from '../arrive.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Nobody plans or looks back further; a later date is a slip in the address. */
const YEAR = 366;

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const asked = event.url.searchParams.get('on') ?? '';
	const now = await orErrorPage(locale, deskWeek(ctx, null));
	const near =
		isDate(asked) && asked > addDays(now.today, -YEAR) && asked < addDays(now.today, YEAR);
	const [week, today] = await Promise.all([
		near ? deskWeek(ctx, asked) : now,
		orErrorPage(locale, openToday(ctx)),
	]);
	return {
		week,
		sittings: now.lines.flatMap((line) => line.days[now.days.indexOf(now.today)] ?? []),
		rows: today.map((row) => ({ ...row, key: randomUUID() })),
	};
};

export const actions: Actions = { arrive };
