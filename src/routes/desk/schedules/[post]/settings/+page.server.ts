import { randomUUID } from 'node:crypto';
import { settingsForm } from '#lib/forms/schedule.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { requireScheduler, scheduleSteps } from '#lib/http/schedule-change.ts';
import { scheduleView } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireScheduler(event);
	const { ctx, locale } = event.locals;
	const schedule = await orErrorPage(locale, scheduleView(ctx, event.params.post));
	return { schedule, key: randomUUID() };
};

export const actions: Actions = {
	preview: (event) => scheduleSteps(event, settingsForm, 'preview'),
	save: (event) => scheduleSteps(event, settingsForm, 'save'),
	edit: (event) => scheduleSteps(event, settingsForm, 'edit'),
};
