import { redirect } from '@sveltejs/kit';
import { addDays, isDate, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { reminderForm } from '#lib/forms/officer.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { preparation, remindReports } from '#lib/server/hearing/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** A small number from the address, for the words after reminding. */
function countOf(text: string | null): number | null {
	return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : null;
}

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'hearing', 'clerk');
	const { ctx, locale } = event.locals;
	const { searchParams } = event.url;
	const asked = searchParams.get('date') ?? '';
	const date = isDate(asked) ? asked : addDays(istDate(ctx.clock.now()), 1);
	return {
		date,
		day: istInstant(date),
		previous: addDays(date, -1),
		next: addDays(date, 1),
		today: istDate(ctx.clock.now()),
		rows: await orErrorPage(locale, preparation(ctx, date)),
		reminded: countOf(searchParams.get('reminded')),
	};
};

export const actions: Actions = {
	remind: async (event) => {
		requireStaff(event, 'hearing', 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(reminderForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { date } = read.data;
		const done = await orFormFailure(locale, form, remindReports(ctx, date));
		if (!done.ok) return done.failure;
		redirect(303, localizeHref(`/officer/preparation?date=${date}&reminded=${done.data.reports}`));
	},
};
