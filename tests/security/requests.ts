/** Requests as a browser without scripts sends them, and as one that lies. */
import { openSessions, type SessionHolder } from '#lib/server/identity/index.ts';
import type { Product, SignedCitizen, SignedStaff } from '../support/stack-product.ts';

/** Whose cookie goes along. */
export type Who = Pick<SignedCitizen | SignedStaff, 'cookie'> | null;

export const cookieOf = (who: Who): Record<string, string> =>
	who ? { cookie: `${who.cookie.name}=${who.cookie.value}` } : {};

type Form = Readonly<Record<string, string>> | FormData;

/** Sends a form to an action; the answer is not followed. */
export function post(
	origin: string,
	who: Who,
	path: string,
	form: Form,
	headers: Record<string, string> = {},
): Promise<Response> {
	return fetch(origin + path, {
		method: 'POST',
		redirect: 'manual',
		headers: { accept: 'text/html', origin, ...cookieOf(who), ...headers },
		body: form instanceof FormData ? form : new URLSearchParams({ ...form }),
	});
}

/** Asks for a page or a file; the answer is not followed. */
export function get(origin: string, who: Who, path: string): Promise<Response> {
	return fetch(origin + path, {
		redirect: 'manual',
		headers: { accept: 'text/html', ...cookieOf(who) },
	});
}

/** What the browser would send after this answer. */
export const cookiesOf = (answer: Response): string =>
	answer.headers
		.getSetCookie()
		.map((one) => one.split(';')[0] ?? '')
		.join('; ');

/** One more sign-in of somebody, at another device. */
export async function alsoSignedIn({ platform, origin }: Product, holder: SessionHolder) {
	const { db, clock } = platform;
	const { name, value } = await openSessions(db, { secure: false, clock }).start(holder);
	return { cookie: { name, value, url: origin } };
}
