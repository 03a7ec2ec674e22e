import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { identityForm } from '#lib/forms/filing.ts';
import { nextFilingStep } from '#lib/http/filing.ts';
import { formOf, readForm, type FormValues } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { draft, saveDraft } from '#lib/server/grievance/index.ts';
import { checkProof, type ProofInput } from '#lib/server/identity/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { answers } = await draft(event.locals.ctx);
	return { name: answers.name ?? '', kind: answers.proof?.kind ?? '' };
};

/** A picture of the QR that the browser could not read arrives as text, never as a file. */
async function check(ctx: App.Locals['ctx'], input: ProofInput & { name: string }) {
	await saveDraft(ctx, { name: input.name, proof: await checkProof(ctx, input) });
}

/** Each kind of proof has fields of its own, so that no answer lands in another's. */
function fieldsOfKind(form: FormData): FormData {
	const own = form.get(`familyId_${String(form.get('kind'))}`);
	if (own !== null) form.set('familyId', own);
	return form;
}

/** What was typed goes back to the page, but never an Aadhaar number in the clear. */
function hidden(values: FormValues): FormValues {
	const hide = (text: string) => maskAadhaarNumbers(text).text;
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.map(hide) : hide(value),
		]),
	);
}

export const actions: Actions = {
	default: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = fieldsOfKind(await formOf(event));
		const read = readForm(identityForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, hidden(read.values));
		const field = read.data.kind === 'aadhaar_qr' ? 'qr' : 'familyId';
		const checked = await orFormFailure(locale, form, check(ctx, read.data), field);
		if (!checked.ok) {
			const { status, data } = checked.failure;
			return formFailure(status, data.errors, hidden(data.values));
		}
		nextFilingStep('identity', event.url);
	},
};
