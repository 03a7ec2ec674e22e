import { eq, lte } from 'drizzle-orm';
import { Lucia, type Adapter, type DatabaseSession, type DatabaseUser, TimeSpan } from 'lucia';
import { session } from '#lib/server/db/schema/identity.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import type { Db } from '#lib/server/platform/db.ts';

/**
 * Lucia is touched in this file only. Its user ids are `citizen:<uuid>` and `person:<uuid>`; the
 * database holds SHA-256 of the cookie, so that a dump signs nobody in.
 */
declare module 'lucia' {
	interface Register {
		Lucia: Lucia<SessionAttributes>;
		DatabaseSessionAttributes: SessionAttributes;
	}
}

export interface SessionAttributes {
	/** The post in which a member of staff acts. */
	postId: string | null;
}

export type SessionHolder =
	| { kind: 'citizen'; citizenId: string }
	| { kind: 'person'; personId: string; postId: string | null };

type Row = typeof session.$inferSelect;

function toLucia(row: Row, cookieValue: string): [DatabaseSession, DatabaseUser] {
	const userId = row.citizenId ? `citizen:${row.citizenId}` : `person:${row.personId}`;
	return [
		{ id: cookieValue, userId, expiresAt: row.expiresAt, attributes: { postId: row.postId } },
		{ id: userId, attributes: {} },
	];
}

function holderColumns(userId: string) {
	const [kind, id = ''] = userId.split(':');
	return kind === 'citizen' ? { citizenId: id } : { personId: id };
}

function hashedAdapter(db: Db): Adapter {
	const byCookie = (value: string) => eq(session.idHash, sha256Hex(value));
	return {
		async getSessionAndUser(value) {
			const [row] = await db.select().from(session).where(byCookie(value));
			return row ? toLucia(row, value) : [null, null];
		},
		async getUserSessions() {
			// Cookie values are unknown here by design; lists of sessions read the table.
			return [];
		},
		async setSession({ id, userId, expiresAt, attributes }) {
			await db.insert(session).values({
				idHash: sha256Hex(id),
				...holderColumns(userId),
				postId: attributes.postId,
				expiresAt,
			});
		},
		async updateSessionExpiration(value, expiresAt) {
			await db.update(session).set({ expiresAt }).where(byCookie(value));
		},
		async deleteSession(value) {
			await db.delete(session).where(byCookie(value));
		},
		async deleteUserSessions(userId) {
			const { citizenId, personId } = { citizenId: '', personId: '', ...holderColumns(userId) };
			await db
				.delete(session)
				.where(citizenId ? eq(session.citizenId, citizenId) : eq(session.personId, personId));
		},
		async deleteExpiredSessions() {
			await db.delete(session).where(lte(session.expiresAt, new Date()));
		},
	};
}

export interface SessionCookie {
	name: string;
	value: string;
	attributes: {
		path: string;
		httpOnly: boolean;
		secure: boolean;
		sameSite: 'lax' | 'strict';
		maxAge?: number;
	};
}

export interface Sessions {
	cookieName: string;
	/** A new session; call it at every change of privilege and drop the old one. */
	start(holder: SessionHolder): Promise<SessionCookie>;
	/** Who the cookie belongs to, and a fresh cookie when it was prolonged. */
	read(value: string): Promise<{ holder: SessionHolder; cookie: SessionCookie | null } | null>;
	end(value: string): Promise<SessionCookie>;
	endAllOf(holder: SessionHolder): Promise<void>;
}

const LIFETIME_DAYS = 30;

/** Sessions on Lucia with our hashed adapter. `secure` is off only on plain-http localhost. */
export function openSessions(db: Db, { secure }: { secure: boolean }): Sessions {
	const lucia = new Lucia<Record<never, never>, SessionAttributes>(hashedAdapter(db), {
		sessionExpiresIn: new TimeSpan(LIFETIME_DAYS, 'd'),
		sessionCookie: {
			name: secure ? '__Host-session' : 'session',
			attributes: { secure, sameSite: 'lax', path: '/' },
		},
		getSessionAttributes: ({ postId }) => ({ postId }),
	});
	const cookieOf = (made: ReturnType<typeof lucia.createSessionCookie>): SessionCookie => ({
		name: made.name,
		value: made.value,
		attributes: {
			path: '/',
			httpOnly: true,
			secure,
			sameSite: 'lax',
			...(made.attributes.maxAge === undefined ? {} : { maxAge: made.attributes.maxAge }),
		},
	});
	const userIdOf = (holder: SessionHolder) =>
		holder.kind === 'citizen' ? `citizen:${holder.citizenId}` : `person:${holder.personId}`;
	return {
		cookieName: lucia.sessionCookieName,
		async start(holder) {
			const started = await lucia.createSession(userIdOf(holder), {
				postId: holder.kind === 'person' ? holder.postId : null,
			});
			return cookieOf(lucia.createSessionCookie(started.id));
		},
		async read(value) {
			const { session: live } = await lucia.validateSession(value);
			if (!live) return null;
			const [kind, id = ''] = live.userId.split(':');
			const holder: SessionHolder =
				kind === 'citizen'
					? { kind: 'citizen', citizenId: id }
					: { kind: 'person', personId: id, postId: live.postId };
			return { holder, cookie: live.fresh ? cookieOf(lucia.createSessionCookie(live.id)) : null };
		},
		async end(value) {
			await lucia.invalidateSession(value);
			return cookieOf(lucia.createBlankSessionCookie());
		},
		endAllOf: (holder) => lucia.invalidateUserSessions(userIdOf(holder)),
	};
}
