import { randomBytes } from 'node:crypto';
import type { Cookies, RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import type { SessionHolder } from '#lib/server/identity/index.ts';
import { safeNext } from './guard.ts';
import { web } from './web.ts';

/** The code that this browser waits for; lives as long as the code does. */
export interface PendingSignIn {
	challengeId: string;
	maskedMobile: string;
	/** Where to go on afterwards. */
	next: string | null;
	/** The page that sends another code. */
	again: string | null;
}

const BROWSER = 'browser';
/** What a code is waited for: each has a cookie of its own. */
type Waiting = 'sign-in' | 'acting';
const PENDING_SECONDS = 600;
const STAFF_STEP = 'staff-sign-in';
const YEAR_SECONDS = 365 * 24 * 3600;

const path = v.pipe(
	v.nullish(v.string(), null),
	v.transform((text) => safeNext(text)),
);

const pendingSchema = v.pipe(
	v.string(),
	v.parseJson(),
	v.object({
		challengeId: v.string(),
		maskedMobile: v.string(),
		next: path,
		again: path,
	}),
);

const secure = () => web().platform.env.ORIGIN.startsWith('https:');
/** Bound to this very host where the address is https, as the session's is. */
const named = (name: string) => (secure() ? `__Host-${name}` : name);
const cookie = (maxAge: number) => ({
	path: '/',
	httpOnly: true,
	sameSite: 'lax' as const,
	secure: secure(),
	maxAge,
});

const drop = (cookies: Cookies, name: string) =>
	cookies.delete(named(name), { path: '/', secure: secure() });

/** A secret of this browser: a code is answered only where it was asked for. */
export function browserToken(cookies: Cookies): string {
	const known = cookies.get(named(BROWSER));
	if (known && /^[\w-]{43}$/.test(known)) return known;
	const token = randomBytes(32).toString('base64url');
	cookies.set(named(BROWSER), token, cookie(YEAR_SECONDS));
	return token;
}

export function pendingSignIn(
	cookies: Cookies,
	waiting: Waiting = 'sign-in',
): PendingSignIn | null {
	const result = v.safeParse(pendingSchema, cookies.get(named(waiting)));
	return result.success ? result.output : null;
}

export function keepPending(
	cookies: Cookies,
	pending: PendingSignIn,
	waiting: Waiting = 'sign-in',
): void {
	cookies.set(named(waiting), JSON.stringify(pending), cookie(PENDING_SECONDS));
}

export function dropPending(cookies: Cookies, waiting: Waiting = 'sign-in'): void {
	drop(cookies, waiting);
}

/** What names the sign-in of staff that this browser has begun with a password; null for none. */
export function staffStepKey(cookies: Cookies) {
	const token = cookies.get(named(STAFF_STEP));
	return token ? { token, browserToken: browserToken(cookies) } : null;
}

export function keepStaffStep(cookies: Cookies, token: string): void {
	cookies.set(named(STAFF_STEP), token, cookie(PENDING_SECONDS));
}

export function dropStaffStep(cookies: Cookies): void {
	drop(cookies, STAFF_STEP);
}

type Signing = Pick<RequestEvent, 'cookies' | 'locals' | 'request'>;

/**
 * Drops this browser's session, if any, and begins another: an identifier never survives a sign-in or
 * a change of post.
 */
export async function beginSession(event: Signing, holder: SessionHolder): Promise<void> {
	const { sessions } = web();
	if (event.locals.sessionId) await sessions.end(event.locals.sessionId);
	const userAgent = event.request.headers.get('user-agent');
	const { name, value, attributes } = await sessions.start(holder, userAgent);
	event.cookies.set(name, value, attributes);
	event.locals.sessionId = value;
}

export async function beginCitizenSession(event: Signing, citizenId: string): Promise<void> {
	await beginSession(event, { kind: 'citizen', citizenId });
	dropPending(event.cookies);
}

export async function endSession(event: { cookies: Cookies; locals: App.Locals }): Promise<void> {
	const { sessions } = web();
	if (!event.locals.sessionId) return;
	const { name, value, attributes } = await sessions.end(event.locals.sessionId);
	event.cookies.set(name, value, attributes);
}
