import { error, type RequestEvent } from '@sveltejs/kit';
import { idFrom } from '#lib/forms/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { words } from './form.ts';
import { orErrorPage } from './problem.ts';

/** A paper of the id in the address, shown by the browser, which prints it; nobody keeps a copy. */
export async function pdfAnswer(
	{ locals: { ctx, locale }, params }: RequestEvent,
	make: (ctx: Context, id: string) => Promise<{ bytes: Uint8Array; fileName: string }>,
): Promise<Response> {
	const id = idFrom(params['id'] ?? '');
	if (!id) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	const { bytes, fileName } = await orErrorPage(locale, make(ctx, id));
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'application/pdf',
			'content-disposition': `inline; filename="${fileName}"`,
			'cache-control': 'private, no-store',
		},
	});
}
