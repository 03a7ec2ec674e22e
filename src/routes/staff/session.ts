import { redirect, type RequestEvent } from '@sveltejs/kit';
import type * as v from 'valibot';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { safeNext } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import {
	beginSession,
	browserToken,
	dropStaffStep,
	keepStaffStep,
	staffStepKey,
} from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	actingStaff,
	beginSecondStep,
	secondStep,
	type giveAppCode,
	type SecondStep,
} from '#lib/server/masters/index.ts';
import { startPage } from './start-page.ts';

/** A page of the sign-in, with the page to go on to afterwards. */
function signInPage(event: RequestEvent, page: string, more: Record<string, string> = {}): string {
	const next = safeNext(event.url.searchParams.get('next'));
	const query = new URLSearchParams({ ...more, ...(next ? { next } : {}) });
	return localizeHref(`/staff/sign-in${page}${query.size > 0 ? `?${query}` : ''}`);
}

/** After a right password: on to the second step. */
export async function toSecondStep(event: RequestEvent, personId: string): Promise<never> {
	const { token, kind } = await beginSecondStep(event.locals.ctx, {
		personId,
		browserToken: browserToken(event.cookies),
	});
	keepStaffStep(event.cookies, token);
	redirect(303, signInPage(event, kind === 'code' ? '/code' : '/set-up'));
}

/** Back to the password, with a word why. */
export function signInAgain(event: RequestEvent): never {
	dropStaffStep(event.cookies);
	redirect(303, signInPage(event, '', { again: '1' }));
}

/** The half-done sign-in of this browser, if its next step is of this kind; else where it belongs. */
export async function requireStep<Kind extends SecondStep['kind']>(
	event: RequestEvent,
	kind: Kind,
): Promise<Extract<SecondStep, { kind: Kind }>> {
	// A key in the QR, and a page that is true for minutes only.
	event.setHeaders({ 'cache-control': 'no-store' });
	const key = staffStepKey(event.cookies);
	const step = key && (await secondStep(event.locals.ctx, key));
	if (!step) signInAgain(event);
	const wanted = (one: SecondStep): one is Extract<SecondStep, { kind: Kind }> => one.kind === kind;
	if (!wanted(step)) redirect(303, signInPage(event, step.kind === 'code' ? '/code' : '/set-up'));
	return step;
}

/**
 * The one place where a session of staff begins: after the second step, and for a person who is signed
 * in at a change of post or password. Without `postId` the first charge counts. The rest of this
 * request is already the person's. Answers null when no post is held.
 */
export async function beginStaffSession(
	event: RequestEvent,
	{ personId, postId = null }: { personId: string; postId?: string | null },
) {
	const { ctx, locale } = event.locals;
	const reading = { db: ctx.db, locale };
	const staff = await actingStaff(reading, { personId, postId, now: ctx.clock.now() });
	if (!staff) return null;
	await beginSession(event, { kind: 'person', personId, postId: staff.actor.postId });
	dropStaffStep(event.cookies);
	Object.assign(event.locals, staff);
	return staff.actor;
}

/** For forms: the person holds no post now. */
export const noCharge = ({ locals }: RequestEvent, values: Record<string, string> = {}) =>
	formFailure(409, { form: words('refusal_no_charge', locals.locale) }, values);

type Give = typeof giveAppCode;

/** No field of a form: such a refusal leads back to the password. */
const AGAIN = 'again';

/** The action of a page of the second step: takes the code, begins the session, goes on. */
export async function answerStep<const Schema extends v.GenericSchema<unknown, { code: string }>>(
	event: RequestEvent,
	schema: Schema,
	give: Give,
) {
	const { ctx, locale } = event.locals;
	const key = staffStepKey(event.cookies);
	if (!key) signInAgain(event);
	const read = readForm(schema, await formOf(event), locale);
	if (!read.ok) return formFailure(400, read.errors, {});
	const given = await orFormFailure(
		locale,
		new FormData(),
		give(ctx, { ...key, code: read.data.code, address: event.getClientAddress() }),
		{
			app_code_wrong: 'code',
			code_used: 'code',
			recovery_code_wrong: 'code',
			sign_in_again: AGAIN,
		},
	);
	if (!given.ok) {
		if (given.failure.data.errors[AGAIN]) signInAgain(event);
		return given.failure;
	}
	const actor = await beginStaffSession(event, given.data);
	if (!actor) return noCharge(event);
	redirect(303, safeNext(event.url.searchParams.get('next')) ?? startPage(actor.functions));
}
