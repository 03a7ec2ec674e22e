import { holdForm } from '#lib/forms/appointment.ts';
import { holdSeat } from '#lib/server/appointment/index.ts';
import { answer } from '../hearings/answer.ts';
import { readOrRefuse } from '../read.ts';
import type { RequestHandler } from './$types.js';

/** Keeps a seat for an own grievance, or for one at the desk. */
export const POST: RequestHandler = (event) =>
	answer(
		event.locals,
		readOrRefuse(event, holdForm).then(({ case: grievanceNumber, slot: slotId, key }) =>
			holdSeat(event.locals.ctx, { grievanceNumber, slotId, key }),
		),
	);
