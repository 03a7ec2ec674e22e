import { checkIn } from '#lib/server/hearing/index.ts';
import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

export const POST: RequestHandler = ({ locals, params }) =>
	answer(locals, checkIn(locals.ctx, params.id));
