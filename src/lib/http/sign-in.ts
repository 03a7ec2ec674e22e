import { randomBytes } from 'node:crypto';
import type { Cookies } from '@sveltejs/kit';
import * as v from 'valibot';
import { safeNext } from './guard.ts';
import { web } from './web.ts';

/** The code that this browser waits for; lives as long as the code does. */
export interface PendingSignIn {
	challengeId: string;
	maskedMobile: string;
	/** Where to go on afterwards. */
	next: string | null;
}

const BROWSER = 'browser';
const PENDING = 'sign-in';
const PENDING_SECONDS = 600;
const YEAR_SECONDS = 365 * 24 * 3600;

const pendingSchema = v.pipe(
	v.string(),
	v.parseJson(),
	v.object({
		challengeId: v.string(),
		maskedMobile: v.string(),
		next: v.pipe(
			v.nullable(v.string()),
			v.transform((text) => safeNext(text)),
		),
	}),
);

const cookie = (maxAge: number) => ({
	path: '/',
	httpOnly: true,
	sameSite: 'lax' as const,
	secure: web().platform.env.ORIGIN.startsWith('https:'),
	maxAge,
});

/** A secret of this browser: a code is answered only where it was asked for. */
export function browserToken(cookies: Cookies): string {
	const known = cookies.get(BROWSER);
	if (known && /^[\w-]{43}$/.test(known)) return known;
	const token = randomBytes(32).toString('base64url');
	cookies.set(BROWSER, token, cookie(YEAR_SECONDS));
	return token;
}

export function pendingSignIn(cookies: Cookies): PendingSignIn | null {
	const result = v.safeParse(pendingSchema, cookies.get(PENDING));
	return result.success ? result.output : null;
}

export function keepPending(cookies: Cookies, pending: PendingSignIn): void {
	cookies.set(PENDING, JSON.stringify(pending), cookie(PENDING_SECONDS));
}

/** Drops the old session, if any, and begins the citizen's: an identifier never survives a sign-in. */
export async function beginCitizenSession(
	event: { cookies: Cookies; locals: App.Locals },
	citizenId: string,
): Promise<void> {
	const { sessions } = web();
	if (event.locals.sessionId) await sessions.end(event.locals.sessionId);
	const { name, value, attributes } = await sessions.start({ kind: 'citizen', citizenId });
	event.cookies.set(name, value, attributes);
	event.cookies.delete(PENDING, { path: '/' });
}

export async function endSession(event: { cookies: Cookies; locals: App.Locals }): Promise<void> {
	const { sessions } = web();
	if (!event.locals.sessionId) return;
	const { name, value, attributes } = await sessions.end(event.locals.sessionId);
	event.cookies.set(name, value, attributes);
}
