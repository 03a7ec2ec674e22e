import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { DEMONSTRATION_CARDS } from '../../../../demo/cards.ts';
import { qrPng } from '../../../../demo/identity/picture.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async ({ locals, params }) => {
	const card = DEMONSTRATION_CARDS.find((one) => one.key === params.card);
	if (!locals.ctx.demo || !card) error(404, { message: m.error_404(), code: 'not_found' });
	return new Response(Uint8Array.from(await qrPng(card.text)), {
		headers: { 'content-type': 'image/png', 'cache-control': 'private, max-age=60' },
	});
};
