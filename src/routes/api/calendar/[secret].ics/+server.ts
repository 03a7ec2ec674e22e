import { orErrorPage } from '#lib/http/problem.ts';
import { readFeed } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** A private calendar for a calendar program, which has no cookie: the address itself is the key. */
export const GET: RequestHandler = async ({ locals, params, request, getClientAddress }) => {
	const { ctx, locale } = locals;
	const feed = await orErrorPage(locale, readFeed(ctx, params.secret, getClientAddress()));
	// Weak: the same hearings, though each answer says anew when it was written.
	const etag = `W/"${feed.sha256}"`;
	const headers = { etag, 'cache-control': 'private, no-cache' };
	const known = (request.headers.get('if-none-match') ?? '').split(',');
	if (known.some((one) => one.trim().replace(/^W\//, '') === `"${feed.sha256}"`)) {
		return new Response(null, { status: 304, headers });
	}
	return new Response(feed.text, {
		headers: { ...headers, 'content-type': 'text/calendar; charset=utf-8; method=PUBLISH' },
	});
};
