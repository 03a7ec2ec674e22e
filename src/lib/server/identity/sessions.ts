import { and, desc, eq, gt, lte, ne, or, type SQL } from 'drizzle-orm';
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia';
import { DAY_MS, MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { deviceOf } from '#lib/domain/identity/device.ts';
import { session } from '#lib/server/db/schema/identity.ts';
import type { Clock } from '#lib/server/platform/clock.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import type { Db } from '#lib/server/platform/db.ts';

/**
 * Lucia is touched in this file only. Its user ids are `citizen:<uuid>` and `person:<uuid>`; the
 * database holds SHA-256 of the cookie, so that a dump signs nobody in. How long a session lives is
 * ours, because Lucia knows one lifetime and we have two for each kind of people.
 */
declare module 'lucia' {
	interface Register {
		Lucia: Lucia<SessionAttributes>;
		DatabaseSessionAttributes: SessionAttributes;
	}
}

interface SessionAttributes {
	/** The post in which a member of staff acts. */
	postId: string | null;
	device: string;
	lastSeenAt: Date;
	endsAt: Date;
}

export type SessionHolder =
	| { kind: 'citizen'; citizenId: string }
	| { kind: 'person'; personId: string; postId: string | null };

/** Dies when it is not used for `idle`, and in any case after `absolute`; milliseconds. */
const LIFETIMES = {
	citizen: { idle: 30 * DAY_MS, absolute: 90 * DAY_MS },
	person: { idle: DAY_MS / 2, absolute: 7 * DAY_MS },
} as const;
/** A session in use is written this often at most, milliseconds. */
const SEEN_EVERY_MS = 10 * MINUTE_MS;

type Kind = SessionHolder['kind'];
type Row = typeof session.$inferSelect;

const userIdOf = (holder: SessionHolder) =>
	holder.kind === 'citizen' ? `citizen:${holder.citizenId}` : `person:${holder.personId}`;

function parseUserId(userId: string): { kind: Kind; id: string } {
	const [kind, id = ''] = userId.split(':');
	return { kind: kind === 'citizen' ? 'citizen' : 'person', id };
}

/** When a session dies that is used now and not again. Real time: a demonstration's clock ends none. */
const idleEnd = (kind: Kind) => new Date(Date.now() + LIFETIMES[kind].idle);

function toLucia(row: Row, cookieValue: string): [DatabaseSession, DatabaseUser] {
	const userId = row.citizenId ? `citizen:${row.citizenId}` : `person:${row.personId}`;
	const { postId, device, lastSeenAt, endsAt } = row;
	const expiresAt = row.expiresAt < endsAt ? row.expiresAt : endsAt;
	const attributes = { postId, device, lastSeenAt, endsAt };
	return [
		{ id: cookieValue, userId, expiresAt, attributes },
		{ id: userId, attributes: {} },
	];
}

const byCookie = (value: string) => eq(session.idHash, sha256Hex(value));

function ownedBy(userId: string): SQL {
	const { kind, id } = parseUserId(userId);
	return eq(kind === 'citizen' ? session.citizenId : session.personId, id);
}

function hashedAdapter(db: Db): Adapter {
	return {
		async getSessionAndUser(value) {
			const [row] = await db.select().from(session).where(byCookie(value));
			return row ? toLucia(row, value) : [null, null];
		},
		async getUserSessions() {
			// Cookie values are unknown here by design; lists of sessions read the table.
			return [];
		},
		async setSession({ id, userId, attributes }) {
			const { kind, id: holderId } = parseUserId(userId);
			await db.insert(session).values({
				idHash: sha256Hex(id),
				...(kind === 'citizen' ? { citizenId: holderId } : { personId: holderId }),
				...attributes,
				createdAt: attributes.lastSeenAt,
				expiresAt: idleEnd(kind),
			});
		},
		async updateSessionExpiration(value, expiresAt) {
			await db.update(session).set({ expiresAt }).where(byCookie(value));
		},
		async deleteSession(value) {
			await db.delete(session).where(byCookie(value));
		},
		async deleteUserSessions(userId) {
			await db.delete(session).where(ownedBy(userId));
		},
		async deleteExpiredSessions() {
			await db.delete(session).where(dead());
		},
	};
}

const dead = () => or(lte(session.expiresAt, new Date()), lte(session.endsAt, new Date()));

export interface SessionCookie {
	name: string;
	value: string;
	attributes: {
		path: string;
		httpOnly: boolean;
		secure: boolean;
		sameSite: 'lax' | 'strict';
		/** Seconds; the session may die before. */
		maxAge: number;
	};
}

/** A session as its owner sees it. */
export interface SessionView {
	id: string;
	/** `Android · Chrome`, or empty. */
	device: string;
	begunAt: Date;
	/** To ten minutes. */
	lastSeenAt: Date;
	/** The one that asks. */
	current: boolean;
}

export interface Sessions {
	cookieName: string;
	/** A new session; call it at every change of privilege and drop the old one. */
	start(holder: SessionHolder, userAgent?: string | null): Promise<SessionCookie>;
	/** Who the cookie belongs to. One statement; one more at most every ten minutes. */
	read(value: string): Promise<SessionHolder | null>;
	end(value: string): Promise<SessionCookie>;
	/** The owner's live sessions, the one that asks first, then the last used. */
	list(holder: SessionHolder, value: string): Promise<SessionView[]>;
	/** Ends one of the owner's, by its `id`; somebody else's stays. */
	endOne(holder: SessionHolder, id: string): Promise<void>;
	/** Ends all of the owner's but the one that asks. */
	endOthers(holder: SessionHolder, value: string): Promise<void>;
}

/** Sessions on Lucia with our hashed adapter. `secure` is off only on plain-http localhost. */
export function openSessions(
	db: Db,
	{ secure, clock }: { secure: boolean; clock: Clock },
): Sessions {
	const lucia = new Lucia<SessionAttributes, Record<never, never>>(hashedAdapter(db), {
		// Never prolonged by Lucia, which would write half a lifetime apart.
		sessionExpiresIn: new TimeSpan(0, 's'),
		sessionCookie: { name: secure ? '__Host-session' : 'session' },
		getSessionAttributes: (attributes) => attributes,
	});
	const cookie = (value: string, maxAge: number): SessionCookie => ({
		name: lucia.sessionCookieName,
		value,
		attributes: { path: '/', httpOnly: true, secure, sameSite: 'lax', maxAge },
	});
	/** Dated by the product's clock, as people read it; prolonged by the real one. */
	async function seen(value: string, kind: Kind, { lastSeenAt }: SessionAttributes) {
		const now = clock.now();
		const before = new Date(now.getTime() - SEEN_EVERY_MS);
		// Seen in the future: the demonstration's clock was put back.
		if (lastSeenAt > before && lastSeenAt <= now) return;
		await db
			.update(session)
			.set({ lastSeenAt: now, expiresAt: idleEnd(kind) })
			.where(
				and(byCookie(value), or(lte(session.lastSeenAt, before), gt(session.lastSeenAt, now))),
			);
	}
	return {
		cookieName: lucia.sessionCookieName,
		async start(holder, userAgent = null) {
			const userId = userIdOf(holder);
			const { absolute } = LIFETIMES[holder.kind];
			await db.delete(session).where(and(ownedBy(userId), dead()));
			const { id } = await lucia.createSession(userId, {
				postId: holder.kind === 'person' ? holder.postId : null,
				device: deviceOf(userAgent),
				lastSeenAt: clock.now(),
				endsAt: new Date(Date.now() + absolute),
			});
			return cookie(id, absolute / 1000);
		},
		async read(value) {
			const { session: live } = await lucia.validateSession(value);
			if (!live) return null;
			const { kind, id } = parseUserId(live.userId);
			await seen(value, kind, live);
			return kind === 'citizen'
				? { kind, citizenId: id }
				: { kind, personId: id, postId: live.postId };
		},
		async end(value) {
			await lucia.invalidateSession(value);
			return cookie('', 0);
		},
		async list(holder, value) {
			const rows = await db
				.select()
				.from(session)
				.where(
					and(
						ownedBy(userIdOf(holder)),
						gt(session.expiresAt, new Date()),
						gt(session.endsAt, new Date()),
					),
				)
				.orderBy(desc(session.lastSeenAt), desc(session.id));
			const idHash = sha256Hex(value);
			return rows
				.map((row) => ({
					id: row.id,
					device: row.device,
					begunAt: row.createdAt,
					lastSeenAt: row.lastSeenAt,
					current: row.idHash === idHash,
				}))
				.sort((left, right) => Number(right.current) - Number(left.current));
		},
		async endOne(holder, id) {
			await db.delete(session).where(and(ownedBy(userIdOf(holder)), eq(session.id, id)));
		},
		async endOthers(holder, value) {
			await db
				.delete(session)
				.where(and(ownedBy(userIdOf(holder)), ne(session.idHash, sha256Hex(value))));
		},
	};
}
