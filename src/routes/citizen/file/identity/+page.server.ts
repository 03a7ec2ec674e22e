import type { RequestEvent } from '@sveltejs/kit';
import type { InferOutput } from 'valibot';
import type { RefusalCode } from '#lib/domain/refusal.ts';
import { identityForm, seenForm } from '#lib/forms/filing.ts';
import { nextFilingStep } from '#lib/http/filing.ts';
import {
	formOf,
	readForm,
	typedValues,
	words,
	type FormErrors,
	type FormValues,
} from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { uploadsOf } from '#lib/http/upload.ts';
import { draft, saveDraft } from '#lib/server/grievance/index.ts';
import {
	agreedCard,
	checkDeclared,
	readCard,
	type CheckedProof,
	type SeenCard,
} from '#lib/server/identity/index.ts';
import { proofMenu, seenCardView } from './words.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** UIDAI's have 10 to 100 kB. */
const MAX_ZIP_BYTES = 1_000_000;

/** Where what is wrong with an e-KYC is said. */
const EKYC_FIELDS: Partial<Record<RefusalCode, string>> = {
	kyc_invalid: 'ekycZip',
	kyc_unsupported: 'ekycZip',
	share_code_wrong: 'shareCode',
	upload_too_large: 'ekycZip',
};
const FIELDS = { aadhaar_qr: 'qr', aadhaar_ekyc: EKYC_FIELDS } as const;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { answers } = await draft(event.locals.ctx);
	return { name: answers.name ?? '', kind: answers.proof?.kind ?? '', menu: proofMenu() };
};

type Identity = InferOutput<typeof identityForm>;

/** What the citizen showed: done, or a card to be looked at before anything of it is kept. */
type Shown = { proof: CheckedProof } | { card: SeenCard };

/**
 * A picture of the QR that the browser could not read arrives as text, never as a file. The ZIP of an
 * e-KYC and its share code are read here and kept nowhere.
 */
async function look(ctx: App.Locals['ctx'], input: Identity, form: FormData): Promise<Shown> {
	if (input.kind === 'aadhaar_qr') return { card: await readCard(ctx, input) };
	if (input.kind !== 'aadhaar_ekyc') return { proof: checkDeclared(ctx, input) };
	const [upload] = await uploadsOf(form, 'ekycZip', { maxBytes: MAX_ZIP_BYTES });
	const zip = upload?.bytes ?? new Uint8Array();
	return { card: await readCard(ctx, { ...input, zip }) };
}

async function lookAndSave(ctx: App.Locals['ctx'], input: Identity, form: FormData) {
	const shown = await look(ctx, input, form);
	if ('proof' in shown) await saveDraft(ctx, { name: input.name, proof: shown.proof });
	return shown;
}

/** Each kind of proof has fields of its own, so that no answer lands in another's. */
function fieldsOfKind(form: FormData): FormData {
	const kind = String(form.get('kind'));
	const own = form.get(`familyId_${kind}`);
	if (own !== null) form.set('familyId', own);
	if (kind !== 'aadhaar_ekyc') form.delete('ekycZip');
	return form;
}

/** What was typed goes back to the page, but never a share code, nor a card as it was sealed. */
function hidden(values: FormValues): FormValues {
	return Object.fromEntries(
		Object.entries(values).filter(([name]) => name !== 'shareCode' && name !== 'seen'),
	);
}

/** A chooser that was left empty sends a file without a byte. */
function withoutZip(form: FormData): boolean {
	const file = form.get('ekycZip');
	return form.get('kind') === 'aadhaar_ekyc' && !(file instanceof File && file.size > 0);
}

/** The card was looked at: keeps what was ticked, and nothing else of it. */
async function keepAgreed(event: RequestEvent, form: FormData) {
	const { ctx, locale } = event.locals;
	const read = readForm(seenForm, form, locale);
	if (!read.ok) return formFailure(400, read.errors, hidden(read.values));
	const { name, seen, consent } = read.data;
	const keep = async () => saveDraft(ctx, { name, proof: agreedCard(ctx, seen, consent) });
	const kept = await orFormFailure(locale, form, keep());
	if (!kept.ok) {
		const { status, data } = kept.failure;
		return formFailure(status, data.errors, hidden(data.values));
	}
	nextFilingStep('identity', event.url);
}

export const actions: Actions = {
	default: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = fieldsOfKind(await formOf(event));
		if (form.has('seen')) return keepAgreed(event, form);
		const read = readForm(identityForm, form, locale);
		const missing: FormErrors = withoutZip(form)
			? { ekycZip: words('error_ekyc_zip', locale) }
			: {};
		if (!read.ok) {
			return formFailure(400, { ...read.errors, ...missing }, hidden(read.values));
		}
		if (Object.keys(missing).length > 0) {
			return formFailure(400, missing, hidden(typedValues(form)));
		}
		const { kind, name } = read.data;
		const field = kind === 'aadhaar_qr' || kind === 'aadhaar_ekyc' ? FIELDS[kind] : 'familyId';
		const checked = await orFormFailure(locale, form, lookAndSave(ctx, read.data, form), field);
		if (!checked.ok) {
			const { status, data } = checked.failure;
			return formFailure(status, data.errors, hidden(data.values));
		}
		if ('card' in checked.data) {
			const nothingWrong: FormErrors = {};
			const values: FormValues = { name, kind };
			return { errors: nothingWrong, values, seen: seenCardView(checked.data.card) };
		}
		nextFilingStep('identity', event.url);
	},
};
