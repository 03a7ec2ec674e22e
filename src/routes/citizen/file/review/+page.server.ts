import { redirect } from '@sveltejs/kit';
import { reviewForm } from '#lib/forms/filing.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { draft, submitDraft } from '#lib/server/grievance/index.ts';
import { privacyNotice } from '#lib/server/privacy/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Facts and one form: a phone need not fetch a script for it. */
export const csr = false;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { answers, missing, place, ...rest } = await draft(event.locals.ctx);
	const unanswered = missing.find((step) => step !== 'review');
	// A form that was just sent twice has its grievance; its page must still be able to answer.
	if (unanswered && event.request.method === 'GET') {
		redirect(303, localizeHref(`/citizen/file/${unanswered}`));
	}
	const { details, relief, name, placeNote, hearingWanted, proof } = answers;
	return {
		...rest,
		notice: privacyNotice(event.locals.locale),
		where: place,
		details,
		relief,
		name,
		placeNote,
		hearingWanted: hearingWanted ?? true,
		proofKind: proof?.kind ?? 'mobile_only',
		proofStrength: proof?.strength ?? 'mobile_only',
	};
};

export const actions: Actions = {
	default: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(reviewForm, form, locale);
		if (!read.ok) {
			const { noticeVersion, ...errors } = read.errors;
			return formFailure(
				400,
				noticeVersion ? { ...errors, noticeAgreed: noticeVersion } : errors,
				read.values,
			);
		}
		const { noticeVersion: _, ...submission } = read.data;
		const filed = await orFormFailure(locale, form, submitDraft(ctx, submission));
		if (!filed.ok) return filed.failure;
		redirect(303, localizeHref(`/citizen/grievances/${filed.data.number}/receipt`));
	},
};
