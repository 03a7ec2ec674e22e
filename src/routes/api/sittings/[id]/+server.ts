import { deskOf } from '#lib/server/hearing/index.ts';
import { answer } from '../../hearings/answer.ts';
import type { RequestHandler } from './$types.js';

/** What the officer's open page shows now, the case file aside. */
export const GET: RequestHandler = ({ locals, params }) =>
	answer(locals, deskOf(locals.ctx, params.id));
