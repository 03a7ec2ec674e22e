import { randomUUID } from 'node:crypto';
import { error } from '@sveltejs/kit';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { END_KINDS, endForm } from '#lib/forms/schedule.ts';
import { words } from '#lib/http/form.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { requireScheduler, scheduleSteps } from '#lib/http/schedule-change.ts';
import { scheduleView } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Takes hours, a date of its own or a leave off the schedule: `?what=rule&id=`. */
export const load: PageServerLoad = async (event) => {
	requireScheduler(event);
	const { ctx, locale } = event.locals;
	const asked = event.url.searchParams;
	const what = END_KINDS.find((kind) => kind === asked.get('what'));
	const schedule = await orErrorPage(locale, scheduleView(ctx, event.params.post));
	const id = asked.get('id');
	const rule = schedule.rules.find((one) => what === 'rule' && one.id === id) ?? null;
	const exception =
		schedule.exceptions.find((one) => what === 'exception' && one.id === id) ?? null;
	const leave = schedule.absences.find((one) => what === 'leave' && one.id === id) ?? null;
	const there = rule ?? exception ?? leave;
	// A form that comes back without its address still says what it was about.
	if (!there && event.request.method === 'GET') {
		error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	}
	const today = istDate(ctx.clock.now());
	return { schedule, what, id: there?.id ?? '', rule, exception, leave, today, key: randomUUID() };
};

export const actions: Actions = {
	preview: (event) => scheduleSteps(event, endForm, 'preview'),
	save: (event) => scheduleSteps(event, endForm, 'save'),
	edit: (event) => scheduleSteps(event, endForm, 'edit'),
};
