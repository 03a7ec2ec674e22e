import { randomUUID } from 'node:crypto';
import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import type * as v from 'valibot';
import { Refusal } from '#lib/domain/refusal.ts';
import { cancelForm, idFrom, swapForm } from '#lib/forms/appointment.ts';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure, refusalWords } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	cancelBooking,
	deskBooking,
	swapBookings,
	swapPartner,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { arrive } from '../../arrive.ts';
import type { Actions, PageServerLoad } from './$types.js';

function idOf({ params, locals }: Pick<RequestEvent<{ id: string }>, 'params' | 'locals'>): string {
	const id = idFrom(params.id);
	if (id) return id;
	error(404, { message: words('refusal_not_found', locals.locale), code: 'not_found' });
}

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const of = await orErrorPage(locale, deskBooking(ctx, idOf(event)));
	const asked = (event.url.searchParams.get('with') ?? '').trim().slice(0, 40);
	const shown = {
		of,
		asked,
		keys: { arrive: randomUUID(), cancel: randomUUID(), swap: randomUUID() },
		/** What was just done to it. */
		done: event.url.searchParams.get('done'),
	};
	if (!asked || !of.live) return { ...shown, partner: null, partnerError: null };
	try {
		return { ...shown, partner: await swapPartner(ctx, of, asked), partnerError: null };
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		return { ...shown, partner: null, partnerError: refusalWords(problem, locale) };
	}
};

async function change<const Schema extends v.GenericSchema>(
	event: RequestEvent<{ id: string }>,
	{ schema, done }: { schema: Schema; done: string },
	work: (bookingId: string, data: v.InferOutput<Schema>) => Promise<BookingView>,
) {
	requireStaff(event, 'clerk');
	const form = await formOf(event);
	const { locale } = event.locals;
	const read = readForm(schema, form, locale);
	if (!read.ok) return formFailure(400, read.errors, read.values);
	const made = await orFormFailure(locale, form, work(idOf(event), read.data), {
		reason_needed: 'reason',
	});
	if (!made.ok) return made.failure;
	redirect(303, localizeHref(`/desk/bookings/${made.data.id}?done=${done}`));
}

export const actions: Actions = {
	arrive,
	cancel: (event) =>
		change(event, { schema: cancelForm, done: 'cancel' }, (bookingId, data) =>
			cancelBooking(event.locals.ctx, { bookingId, ...data }),
		),
	swap: (event) =>
		change(event, { schema: swapForm, done: 'swap' }, (bookingId, { other, ...data }) =>
			swapBookings(event.locals.ctx, { bookingId, otherBookingId: other, ...data }),
		),
};
