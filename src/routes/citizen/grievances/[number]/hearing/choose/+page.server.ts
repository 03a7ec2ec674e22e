import { randomUUID } from 'node:crypto';
import { redirect } from '@sveltejs/kit';
import { isDate } from '#lib/domain/calendar/ist.ts';
import { idFrom } from '#lib/forms/appointment.ts';
import { chooseForm, moveForm, offerForm } from '#lib/forms/own-hearing.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	chosenSeat,
	confirmHold,
	dropHold,
	hearingChoice,
	hearingPath,
	holdSeat,
	moveBooking,
} from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Days, then times, then a yes: plain pages, for the slowest lines. */
export const csr = false;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const { number } = event.params;
	const asked = event.url.searchParams;
	const named = asked.get('day') ?? '';
	const day = isDate(named) ? named : null;
	const choice = await orErrorPage(locale, hearingChoice(ctx, number, day));
	const holdId = idFrom(asked.get('hold'));
	const slotId = idFrom(asked.get('slot'));
	return {
		number,
		choice,
		day,
		/** Kept for five minutes; null when that is over. */
		kept: holdId && (await chosenSeat(ctx, number, holdId)),
		/** What takes the place of the standing time, if the citizen says yes. */
		target: slotId && (choice.times.find((one) => one.slotId === slotId) ?? null),
		gone: holdId !== null || slotId !== null,
		key: randomUUID(),
	};
};

export const actions: Actions = {
	hold: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(chooseForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { slot: slotId, key } = read.data;
		const grievanceNumber = event.params.number;
		const held = await orFormFailure(locale, form, holdSeat(ctx, { grievanceNumber, slotId, key }));
		if (!held.ok) return held.failure;
		const here = `${hearingPath(grievanceNumber)}/choose`;
		redirect(303, localizeHref(`${here}?hold=${held.data.holdId}`));
	},
	drop: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(offerForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const dropped = await orFormFailure(locale, form, dropHold(ctx, { holdId: read.data.hold }));
		if (!dropped.ok) return dropped.failure;
		redirect(303, localizeHref(`${hearingPath(event.params.number)}/choose`));
	},
	confirm: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(offerForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { hold: holdId, key } = read.data;
		const booked = await orFormFailure(locale, form, confirmHold(ctx, { holdId, key }));
		if (!booked.ok) return booked.failure;
		redirect(303, localizeHref(`${hearingPath(event.params.number)}?done=confirmed`));
	},
	move: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(moveForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { booking: bookingId, version, slot: slotId, key } = read.data;
		const moved = await orFormFailure(
			locale,
			form,
			moveBooking(ctx, { bookingId, version, slotId, key }),
		);
		if (!moved.ok) return moved.failure;
		redirect(303, localizeHref(`${hearingPath(event.params.number)}?done=moved`));
	},
};
