import { randomUUID } from 'node:crypto';
import { redirect, type RequestEvent } from '@sveltejs/kit';
import type * as v from 'valibot';
import { bookForm, idFrom, moveForm, urgentForm } from '#lib/forms/appointment.ts';
import { attestForm } from '#lib/forms/registering.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	addUrgentSeat,
	bookAtDesk,
	deskBoard,
	moveBooking,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { attestProof, proofAtDesk } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const asked = event.url.searchParams;
	const text = (asked.get('q') ?? '').trim().slice(0, 100);
	const board = deskBoard(ctx, {
		text,
		caseNumber: asked.get('case') || null,
		postId: idFrom(asked.get('post')),
		sittingId: idFrom(asked.get('sitting')),
		bookedId: idFrom(asked.get('booked')),
		moving: asked.has('move'),
	});
	const shown = await orErrorPage(locale, board);
	const proof = shown.chosen && (await proofAtDesk(ctx, shown.chosen.number));
	return { text, board: shown, proof, key: randomUUID(), urgentKey: randomUUID() };
};

/** Parses, does, and shows the booking that came of it on the sitting where it is. */
async function booking<const Schema extends v.GenericSchema>(
	event: RequestEvent,
	schema: Schema,
	work: (ctx: Context, data: v.InferOutput<Schema>) => Promise<BookingView>,
) {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	const read = readForm(schema, form, locale);
	if (!read.ok) return formFailure(400, read.errors, read.values);
	const made = await orFormFailure(locale, form, work(ctx, read.data), {
		...{ slot_full: 'slot', slot_past: 'slot', slot_closed: 'slot', slot_overlaps: 'slot' },
		...{ slot_too_soon: 'slot', day_full: 'slot', desk_hold_expired: 'slot' },
		...{ other_post_reason: 'otherReason', reason_needed: 'reason' },
	});
	if (!made.ok) return made.failure;
	const { id, sittingId } = made.data;
	redirect(303, localizeHref(`/desk?booked=${id}&sitting=${sittingId}`));
}

export const actions: Actions = {
	book: (event) =>
		booking(event, bookForm, (ctx, { case: grievanceNumber, slot, hold, otherReason, key }) =>
			bookAtDesk(ctx, {
				...{ grievanceNumber, slotId: slot, holdId: hold, key },
				otherPostReason: otherReason,
			}),
		),

	move: (event) =>
		booking(event, moveForm, (ctx, { booking: bookingId, slot: slotId, ...data }) =>
			moveBooking(ctx, { bookingId, slotId, ...data }),
		),

	urgent: (event) =>
		booking(event, urgentForm, (ctx, { case: grievanceNumber, slot: slotId, ...data }) =>
			addUrgentSeat(ctx, {
				...{ grievanceNumber, slotId, key: data.key },
				...{ authority: data.authority, reason: data.urgentReason },
			}),
		),

	async attest(event) {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(attestForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const done = await orFormFailure(locale, form, attestProof(ctx, read.data.case));
		if (!done.ok) return done.failure;
		redirect(303, localizeHref(`/desk?case=${read.data.case}`));
	},
};
