import { redirect } from '@sveltejs/kit';
import { renderSVG } from 'uqr';
import { appCodeForm } from '#lib/forms/staff.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { safeNext } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { staffStepKey } from '#lib/http/sign-in.ts';
import { confirmSecondFactor } from '#lib/server/masters/index.ts';
import { beginStaffSession, noCharge, requireStep, signInAgain } from '../../session.ts';
import { startPage } from '../../start-page.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	const { actor } = event.locals;
	if (actor.kind === 'staff') {
		// Only the answer to the first code, which brings the recovery codes, stays here.
		if (event.request.method === 'GET') redirect(303, startPage(actor.functions));
		return { app: null };
	}
	const { key } = await requireStep(event, 'set_up');
	return { app: { text: key.text, qr: renderSVG(key.uri, { border: 2 }) } };
};

export const actions: Actions = {
	default: async (event) => {
		const { ctx, locale } = event.locals;
		const key = staffStepKey(event.cookies);
		if (!key) signInAgain(event);
		const form = await formOf(event);
		const read = readForm(appCodeForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, {});
		const confirmed = await orFormFailure(
			locale,
			form,
			confirmSecondFactor(ctx, { ...key, code: read.data.code }),
			{ app_code_wrong: 'code', sign_in_again: 'again' },
		);
		if (!confirmed.ok) {
			if (confirmed.failure.data.errors['again']) signInAgain(event);
			return confirmed.failure;
		}
		const { personId, recoveryCodes } = confirmed.data;
		const actor = await beginStaffSession(event, { personId });
		if (!actor) return noCharge(event);
		return {
			recoveryCodes,
			start: safeNext(event.url.searchParams.get('next')) ?? startPage(actor.functions),
		};
	},
};
