import { randomUUID } from 'node:crypto';
import { redirect } from '@sveltejs/kit';
import { renderSVG } from 'uqr';
import { walkInForm } from '#lib/forms/appointment.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { bookAtDesk, walkIn } from '#lib/server/appointment/index.ts';
import { counterReceipt } from '#lib/server/grievance/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	const { functions } = requireStaff(event, 'clerk', 'agent');
	const { ctx, locale } = event.locals;
	const receipt = await orErrorPage(locale, counterReceipt(ctx, event.params.number));
	const link = `${ctx.origin}${localizeHref(`/track?number=${receipt.grievance.number}`)}`;
	// An agent of a service centre files; who is heard when is the office's word.
	const clerk = functions.includes('clerk');
	return {
		...receipt,
		walkIn: clerk ? await orErrorPage(locale, walkIn(ctx, receipt.grievance.number)) : null,
		key: randomUUID(),
		link,
		/** Leads to the tracking page, which asks for the citizen's code. */
		qr: `data:image/svg+xml,${encodeURIComponent(renderSVG(link, { border: 1 }))}`,
	};
};

export const actions: Actions = {
	/** A token for the citizen who stands at the counter. */
	token: async (event) => {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(walkInForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { slot: slotId, key } = read.data;
		const grievanceNumber = event.params.number;
		const made = await orFormFailure(
			locale,
			form,
			bookAtDesk(ctx, { grievanceNumber, slotId, key, walkIn: true }),
		);
		if (!made.ok) return made.failure;
		redirect(303, localizeHref(`/desk/filed/${grievanceNumber}`));
	},
};
