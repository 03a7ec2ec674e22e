import { json } from '@sveltejs/kit';
import { orErrorPage } from '#lib/http/problem.ts';
import { outbox } from '#lib/server/notification/index.ts';
import type { RequestHandler } from './$types.js';

/** The newest 200 messages, newest first: `[{ at, to, text }]`. */
export const GET: RequestHandler = async ({ locals }) =>
	json(await orErrorPage(locals.locale, outbox(locals.ctx)), {
		headers: { 'cache-control': 'no-store' },
	});
