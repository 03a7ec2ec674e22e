import type { RequestEvent } from '@sveltejs/kit';
import { arrivalForm } from '#lib/forms/appointment.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { noteArrival } from '#lib/server/appointment/index.ts';

/** The action behind "has come" and its undo, on every page of the desk that shows bookings. */
export async function arrive(event: RequestEvent) {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	const read = readForm(arrivalForm, form, locale);
	if (!read.ok) return formFailure(400, read.errors, read.values);
	const { booking: bookingId, here, key } = read.data;
	const noted = await orFormFailure(locale, form, noteArrival(ctx, { bookingId, here, key }));
	return noted.ok ? { arrival: { bookingId, here } } : noted.failure;
}
