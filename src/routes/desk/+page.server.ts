import { randomUUID } from 'node:crypto';
import { redirect } from '@sveltejs/kit';
import { bookForm, idFrom } from '#lib/forms/appointment.ts';
import { attestForm } from '#lib/forms/registering.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { bookSlot, deskBoard } from '#lib/server/appointment/index.ts';
import { attestProof, proofAtDesk } from '#lib/server/grievance/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const asked = event.url.searchParams;
	const text = (asked.get('q') ?? '').trim().slice(0, 100);
	const board = deskBoard(ctx, {
		text,
		caseNumber: asked.get('case'),
		postId: idFrom(asked.get('post')),
		sittingId: idFrom(asked.get('sitting')),
		bookedId: idFrom(asked.get('booked')),
	});
	const shown = await orErrorPage(locale, board);
	const proof = shown.chosen && (await proofAtDesk(ctx, shown.chosen.number));
	return { text, board: shown, proof, key: randomUUID() };
};

export const actions: Actions = {
	async book(event) {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(bookForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { case: grievanceNumber, slot: slotId, key } = read.data;
		const booked = await orFormFailure(
			locale,
			form,
			bookSlot(ctx, { grievanceNumber, slotId, key }),
			'slot',
		);
		if (!booked.ok) return booked.failure;
		const { id, sittingId } = booked.data;
		redirect(303, localizeHref(`/desk?booked=${id}&sitting=${sittingId}`));
	},

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
