import { randomUUID } from 'node:crypto';
import { redirect, type RequestEvent } from '@sveltejs/kit';
import type * as v from 'valibot';
import { bookingForm, offerForm, otherDayForm } from '#lib/forms/own-hearing.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	acceptOffer,
	askOtherDay,
	cancelBooking,
	confirmProposal,
	declineOffer,
	hearingPath,
	hearingStanding,
	leaveWaitingList,
} from '#lib/server/appointment/index.ts';
import { requestHearing } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Opened from an SMS on the slowest lines; nothing on it needs a script. */
export const csr = false;

const DONE = [
	'asked',
	'accepted',
	'cancelled',
	'confirmed',
	'declined',
	'left',
	'moved',
	'other',
] as const;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const { number } = event.params;
	const asked = event.url.searchParams;
	return {
		number,
		standing: await orErrorPage(locale, hearingStanding(ctx, number)),
		cancelling: asked.has('cancel'),
		done: DONE.find((one) => one === asked.get('done')) ?? null,
		key: randomUUID(),
	};
};

type Event = RequestEvent<{ number: string }>;

/** One form, one command, and back to the page, which says what was done. */
async function answer<const Schema extends v.GenericSchema>(
	event: Event,
	schema: Schema,
	done: (typeof DONE)[number],
	work: (ctx: Context, data: v.InferOutput<Schema>) => Promise<unknown>,
) {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	const read = readForm(schema, form, locale);
	if (!read.ok) return formFailure(400, read.errors, read.values);
	const answered = await orFormFailure(locale, form, work(ctx, read.data), {
		other_day_date: 'notBefore',
	});
	if (!answered.ok) return answered.failure;
	redirect(303, localizeHref(`${hearingPath(event.params.number)}?done=${done}`));
}

/** The same for what needs no field. */
async function simply(
	event: Event,
	done: (typeof DONE)[number],
	work: (ctx: Context, number: string) => Promise<unknown>,
) {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	const answered = await orFormFailure(locale, form, work(ctx, event.params.number));
	if (!answered.ok) return answered.failure;
	redirect(303, localizeHref(`${hearingPath(event.params.number)}?done=${done}`));
}

export const actions: Actions = {
	ask: (event) => simply(event, 'asked', requestHearing),
	confirm: (event) =>
		answer(event, bookingForm, 'confirmed', (ctx, { booking, version, key }) =>
			confirmProposal(ctx, { bookingId: booking, version, key }),
		),
	other: (event) =>
		answer(event, otherDayForm, 'other', (ctx, { booking, version, key, notBefore }) =>
			askOtherDay(ctx, { bookingId: booking, version, key, notBefore }),
		),
	cancel: (event) =>
		answer(event, bookingForm, 'cancelled', (ctx, { booking, version, key }) =>
			cancelBooking(ctx, { bookingId: booking, version, key }),
		),
	accept: (event) =>
		answer(event, offerForm, 'accepted', (ctx, { hold, key }) =>
			acceptOffer(ctx, { number: event.params.number, holdId: hold, key }),
		),
	decline: (event) =>
		answer(event, offerForm, 'declined', (ctx, { hold }) =>
			declineOffer(ctx, { number: event.params.number, holdId: hold }),
		),
	leave: (event) => simply(event, 'left', leaveWaitingList),
};
