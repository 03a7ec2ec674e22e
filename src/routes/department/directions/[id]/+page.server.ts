import { redirect } from '@sveltejs/kit';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { REFUSAL_CODES } from '#lib/domain/refusal.ts';
import { answerDirectionForm } from '#lib/forms/direction.ts';
import { formOf, readForm, typedValues } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { uploadsOf } from '#lib/http/upload.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { answerDirection, directionDetail } from '#lib/server/hearing/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'officer', 'hearing');
	const { ctx, locale } = event.locals;
	return {
		direction: await orErrorPage(locale, directionDetail(ctx, event.params.id)),
		answered: event.url.searchParams.has('answered'),
	};
};

/** What is wrong with the file is said at the file. */
const PHOTO_FIELDS = Object.fromEntries(
	REFUSAL_CODES.filter((code) => code.startsWith('upload_')).map((code) => [code, 'photo']),
);

async function answer(ctx: App.Locals['ctx'], directionId: string, text: string, form: FormData) {
	const [photo = null] = await uploadsOf(form, 'photo', { maxBytes: UPLOAD_LIMITS.bytes });
	return answerDirection(ctx, { directionId, text, photo });
}

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'officer', 'hearing');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(answerDirectionForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, typedValues(form));
		const done = await orFormFailure(
			locale,
			form,
			answer(ctx, event.params.id, read.data.text, form),
			PHOTO_FIELDS,
		);
		if (!done.ok) return done.failure;
		redirect(303, localizeHref(`/department/directions/${event.params.id}?answered`));
	},
};
