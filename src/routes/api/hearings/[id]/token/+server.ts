import { joinGrant } from '#lib/server/hearing/index.ts';
import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

export const POST: RequestHandler = ({ locals, params }) =>
	answer(locals, joinGrant(locals.ctx, params.id));
