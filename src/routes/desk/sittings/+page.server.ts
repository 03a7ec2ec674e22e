import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { listSittings } from '#lib/server/appointment/index.ts';
import type { PageServerLoad } from './$types.js';

const DAYS_AHEAD = 60;

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const from = istDate(ctx.clock.now());
	const list = listSittings(ctx, { from, to: addDays(from, DAYS_AHEAD) });
	return { sittings: await orErrorPage(locale, list) };
};
