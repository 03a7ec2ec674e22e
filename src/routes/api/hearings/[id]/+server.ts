import { waiting } from '#lib/server/hearing/index.ts';
import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** What the citizen's open page shows now. */
export const GET: RequestHandler = ({ locals, params }) =>
	answer(locals, waiting(locals.ctx, params.id));
