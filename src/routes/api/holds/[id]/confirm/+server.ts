import { confirmHoldForm, idFrom } from '#lib/forms/appointment.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { confirmHold } from '#lib/server/appointment/index.ts';
import { answer } from '../../../hearings/answer.ts';
import { readOrRefuse } from '../../../read.ts';
import type { RequestHandler } from './$types.js';

/** The hearing on the seat that is kept. */
export const POST: RequestHandler = (event) => answer(event.locals, confirmed(event));

async function confirmed(event: Parameters<RequestHandler>[0]) {
	const { key } = await readOrRefuse(event, confirmHoldForm);
	const holdId = idFrom(event.params.id);
	if (!holdId) throw new Refusal('not_found');
	const { id, startsAt, tokenNo, link } = await confirmHold(event.locals.ctx, { holdId, key });
	return { bookingId: id, startsAt, tokenNo, link };
}
