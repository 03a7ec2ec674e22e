import { json } from '@sveltejs/kit';
import { webHealth } from '#lib/http/health.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async () => {
	const answer = await webHealth();
	return json(answer, {
		status: answer.status === 'ok' ? 200 : 503,
		headers: { 'cache-control': 'no-store' },
	});
};
