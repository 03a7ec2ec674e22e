import { randomUUID } from 'node:crypto';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { ruleForm } from '#lib/forms/schedule.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { requireScheduler, scheduleSteps } from '#lib/http/schedule-change.ts';
import { scheduleView } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** New hours, or with `?rule=` a change of those that stand. */
export const load: PageServerLoad = async (event) => {
	requireScheduler(event);
	const { ctx, locale } = event.locals;
	const schedule = await orErrorPage(locale, scheduleView(ctx, event.params.post));
	const rule = schedule.rules.find(({ id }) => id === event.url.searchParams.get('rule')) ?? null;
	return { schedule, rule, today: istDate(ctx.clock.now()), key: randomUUID() };
};

export const actions: Actions = {
	preview: (event) => scheduleSteps(event, ruleForm, 'preview'),
	save: (event) => scheduleSteps(event, ruleForm, 'save'),
	edit: (event) => scheduleSteps(event, ruleForm, 'edit'),
};
