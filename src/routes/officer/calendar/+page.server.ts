import { redirect } from '@sveltejs/kit';
import { calendarQuestion, calendarRange } from '#lib/domain/appointment/calendar-view.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { dayLimitForm } from '#lib/forms/officer.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { hearingsOfDay, officerCalendar, setDayLimit } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'hearing');
	const { ctx, locale } = event.locals;
	const { searchParams } = event.url;
	const today = istDate(ctx.clock.now());
	const { view, date } = calendarQuestion(
		{ view: searchParams.get('view'), date: searchParams.get('date') },
		today,
	);
	const range = calendarRange(view, date);
	const [calendar, hearings] = await orErrorPage(
		locale,
		Promise.all([
			officerCalendar(ctx, range),
			view === 'day' ? hearingsOfDay(ctx, date) : Promise.resolve([]),
		]),
	);
	return { view, date, today, range, hearings, ...calendar, saved: searchParams.has('saved') };
};

export const actions: Actions = {
	limit: async (event) => {
		requireStaff(event, 'hearing');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(dayLimitForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { max: maxPerDay, version } = read.data;
		const saved = await orFormFailure(locale, form, setDayLimit(ctx, { maxPerDay, version }));
		if (!saved.ok) return saved.failure;
		redirect(303, localizeHref('/officer/calendar?saved'));
	},
};
