import { receiveWebhook } from '#lib/server/hearing/index.ts';
import { answer } from '../../hearings/answer.ts';
import type { RequestHandler } from './$types.js';

/** The video server's word on who came and went; checked over the raw body. */
export const POST: RequestHandler = async ({ locals, request }) =>
	answer(
		locals,
		receiveWebhook(locals.ctx, await request.text(), request.headers.get('authorization')),
	);
