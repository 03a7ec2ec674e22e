import { error, json } from '@sveltejs/kit';
import { Refusal } from '#lib/domain/refusal.ts';
import { holdForm, idFrom } from '#lib/forms/appointment.ts';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { orErrorPage, refusalWords, statusOf } from '#lib/http/problem.ts';
import { dropHold, holdSeat } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** The clerk's choice of a time keeps a seat for five minutes. */
export const POST: RequestHandler = async (event) => {
	const { ctx, locale } = event.locals;
	if (ctx.actor.kind !== 'staff') {
		error(403, { message: words('refusal_forbidden', locale), code: 'forbidden' });
	}
	const read = readForm(holdForm, await formOf(event), locale);
	if (!read.ok) return json({ message: Object.values(read.errors)[0] }, { status: 400 });
	const { case: grievanceNumber, slot: slotId, key } = read.data;
	try {
		const { holdId, heldUntil } = await holdSeat(ctx, { grievanceNumber, slotId, key });
		return json({ holdId, until: heldUntil, now: ctx.clock.now() });
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		return json({ message: refusalWords(problem, locale) }, { status: statusOf(problem.code) });
	}
};

/** The clerk went on without booking. */
export const DELETE: RequestHandler = async ({ locals: { ctx, locale }, url }) => {
	const holdId = idFrom(url.searchParams.get('id'));
	if (!holdId) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	await orErrorPage(locale, dropHold(ctx, { holdId }));
	return new Response(null, { status: 204 });
};
