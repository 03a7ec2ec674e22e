import { redirect } from '@sveltejs/kit';
import { istDate, istTime } from '#lib/domain/calendar/ist.ts';
import { planMoveForm } from '#lib/forms/officer.ts';
import { awayAction, awayKey } from '#lib/http/away.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { movesAtDesk, planScheduleMove } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const now = ctx.clock.now();
	return {
		...(await orErrorPage(locale, movesAtDesk(ctx))),
		key: awayKey(),
		today: istDate(now),
		time: istTime(now),
		entered: event.url.searchParams.has('entered'),
	};
};

export const actions: Actions = {
	away: (event) => {
		requireStaff(event, 'clerk');
		return awayAction(event, null, '/desk/moves');
	},
	plan: async (event) => {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(planMoveForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const made = await orFormFailure(locale, form, planScheduleMove(ctx, read.data.post));
		if (!made.ok) return made.failure;
		redirect(303, localizeHref(`/officer/moves/${made.data}`));
	},
};
