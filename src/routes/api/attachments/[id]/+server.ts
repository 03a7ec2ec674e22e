import { orErrorPage } from '#lib/http/problem.ts';
import { openAttachment } from '#lib/server/grievance/index.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async ({ params, locals }) => {
	const file = await orErrorPage(locals.locale, openAttachment(locals.ctx, params.id));
	return new Response(file.stream, {
		headers: {
			'content-type': file.mime,
			'content-length': String(file.bytes),
			// Pictures are shown, everything else is saved; the name is encoded, so it adds no header.
			'content-disposition': `${file.mime.startsWith('image/') ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
			'content-security-policy': "sandbox; default-src 'none'",
			'cache-control': 'private, max-age=3600',
		},
	});
};
