import { redirect } from '@sveltejs/kit';
import { addDays, istDate, istInstant, MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { sittingForm, sittingSoonForm } from '#lib/forms/appointment.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { createSitting, hearingPosts, type CreateSitting } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

const SOON_MINUTES = 5;
const USUAL_TIME = '11:00';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const posts = await orErrorPage(locale, hearingPosts(ctx));
	const now = ctx.clock.now();
	const today = istDate(now);
	const proposed = istInstant(today, USUAL_TIME) > now ? today : addDays(today, 1);
	return { posts, today, proposed: { date: proposed, time: USUAL_TIME } };
};

/** `field`: where a refused time is shown. */
async function add(
	{ locals }: RequestEvent,
	form: FormData,
	input: CreateSitting,
	field: 'time' | 'post-soon',
) {
	const made = await orFormFailure(locals.locale, form, createSitting(locals.ctx, input), {
		slot_past: field,
		sitting_overlaps: field,
		sitting_too_far: 'date',
	});
	if (!made.ok) return made.failure;
	redirect(303, localizeHref(`/desk/sittings/${made.data.id}?new=1`));
}

export const actions: Actions = {
	async soon(event) {
		requireStaff(event, 'clerk');
		const form = await formOf(event);
		const read = readForm(sittingSoonForm, form, event.locals.locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		// On the whole minute, so that times read well.
		const minute = Math.ceil(event.locals.ctx.clock.now().getTime() / MINUTE_MS);
		return add(
			event,
			form,
			{
				postId: read.data.post,
				startsAt: new Date((minute + SOON_MINUTES) * MINUTE_MS),
				slots: 6,
				slotMinutes: 10,
				capacity: 1,
				mode: 'video',
			},
			'post-soon',
		);
	},
	async add(event) {
		requireStaff(event, 'clerk');
		const form = await formOf(event);
		const read = readForm(sittingForm, form, event.locals.locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { post, date, time, slots, minutes, capacity, mode } = read.data;
		return add(
			event,
			form,
			{
				postId: post,
				startsAt: istInstant(date, time),
				slots,
				slotMinutes: minutes,
				capacity,
				mode,
			},
			'time',
		);
	},
};
