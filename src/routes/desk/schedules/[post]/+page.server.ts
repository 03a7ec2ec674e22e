import { redirect } from '@sveltejs/kit';
import { requireStaff } from '#lib/http/guard.ts';
import { formOf } from '#lib/http/form.ts';
import { orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { requireScheduler } from '#lib/http/schedule-change.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { planScheduleMove, scheduleView } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	const { functions } = requireScheduler(event);
	const { ctx, locale } = event.locals;
	return {
		schedule: await orErrorPage(locale, scheduleView(ctx, event.params.post)),
		mayMove: functions.includes('clerk'),
		saved: event.url.searchParams.has('saved'),
	};
};

export const actions: Actions = {
	/** Plans where all of them go; nothing moves before the plan was seen. */
	async move(event) {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const planned = await orFormFailure(locale, form, planScheduleMove(ctx, event.params.post));
		if (!planned.ok) return planned.failure;
		redirect(303, localizeHref(`/officer/moves/${planned.data}`));
	},
};
