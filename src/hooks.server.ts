import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { m } from '#lib/paraglide/messages.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { bodyRefusal } from '#lib/http/body-limit.ts';
import { guardHeaders } from '#lib/http/headers.ts';
import { fromElsewhere } from '#lib/http/own-origin.ts';
import { withoutAadhaar } from '#lib/http/typed-again.ts';
import { startWeb, web } from '#lib/http/web.ts';
import { whoAsks } from '#lib/http/actor.ts';
import { contextFor } from '#lib/server/platform/index.ts';

export const init: ServerInit = async () => {
	await startWeb();
};

const logged: Handle = async ({ event, resolve }) => {
	const began = performance.now();
	event.locals.requestId = randomUUID();
	const response = await resolve(event);
	response.headers.set('x-request-id', event.locals.requestId);
	// The route's pattern, not the address: addresses may carry case numbers and link codes.
	web().platform.log.info({
		requestId: event.locals.requestId,
		method: event.request.method,
		route: event.route.id,
		status: response.status,
		ms: Math.round(performance.now() - began),
	});
	return response;
};

const localized: Handle = ({ event, resolve }) =>
	paraglideMiddleware(event.request, ({ request, locale }) => {
		event.request = request;
		event.locals.locale = locale;
		return resolve(event, {
			transformPageChunk: ({ html }) => html.replace('%lang%', locale),
		});
	});

/** Before anything is read: nobody is known yet, so the answer is in both languages. */
const limited: Handle = ({ event, resolve }) => {
	const status = bodyRefusal(event.request, event.route.id);
	if (status === null) return resolve(event);
	const both = [
		m.error_body_too_large({}, { locale: 'hi' }),
		m.error_body_too_large({}, { locale: 'en' }),
	];
	return new Response(both.join('\n\n'), {
		status,
		headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close' },
	});
};

/** Nobody reads the answer: no page of ours sends such a request. */
const own: Handle = ({ event, resolve }) =>
	fromElsewhere(event.request, web().platform.env.ORIGIN)
		? new Response(null, { status: 403 })
		: resolve(event);

/** Searches are pages with an address of their own; files have signed addresses, which stay. */
const unnumbered: Handle = ({ event, resolve }) => {
	const page = event.request.method === 'GET' && !event.route.id?.startsWith('/api/');
	const address = page ? withoutAadhaar(event.url) : null;
	if (address === null) return resolve(event);
	return new Response(null, { status: 303, headers: { location: address } });
};

const signedIn: Handle = async ({ event, resolve }) => {
	const { platform, sessions } = web();
	Object.assign(event.locals, await whoAsks(event, platform, sessions));
	event.locals.ctx = contextFor(platform, event.locals);
	return resolve(event);
};

/** Around all that may answer; who asks is not known yet where somebody is turned away early. */
const guarded: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const { ORIGIN, LIVEKIT_URL } = web().platform.env;
	const { actor }: Partial<App.Locals> = event.locals;
	guardHeaders(response.headers, {
		routeId: event.route.id,
		signedIn: !!actor && actor.kind !== 'anonymous',
		origin: ORIGIN,
		livekitUrl: LIVEKIT_URL,
	});
	return response;
};

const gzipped = promisify(gzip);

/**
 * Pages travel compressed even where no proxy does it: a third of the bytes on a slow line. At level
 * 4 it takes half the time of the usual 6 for a twentieth more bytes; no page of ours is streamed.
 */
const compressed: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const accepted = event.request.headers.get('accept-encoding') ?? '';
	const type = response.headers.get('content-type') ?? '';
	if (
		!response.body ||
		!/\bgzip\b/.test(accepted) ||
		!/^(text\/html|application\/json)/.test(type)
	) {
		return response;
	}
	const headers = new Headers(response.headers);
	headers.set('content-encoding', 'gzip');
	headers.append('vary', 'accept-encoding');
	const body = await gzipped(await response.arrayBuffer(), { level: 4 });
	headers.set('content-length', String(body.length));
	return new Response(new Uint8Array(body), {
		status: response.status,
		statusText: response.statusText,
		headers,
	});
};

export const handle = sequence(
	logged,
	guarded,
	own,
	limited,
	compressed,
	localized,
	unnumbered,
	signedIn,
);

export const handleError: HandleServerError = ({ error, event, status, message }) => {
	const { requestId, locale } = event.locals;
	// The sender's fault, not ours; the error itself would tell the address.
	if (status < 500) return { message, requestId };
	web().platform.log.error({ requestId, route: event.route.id, status, err: error });
	return { message: m.error_unexpected({}, { locale: locale ?? 'hi' }), requestId };
};
