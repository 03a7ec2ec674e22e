import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { charge, jurisdiction, person, post } from '#lib/server/db/schema/masters.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { forgetHits, takeHit } from '#lib/server/platform/rate-limit.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { chainOf, nameIn } from './places.ts';
import { postName } from './posts.ts';

/** Posts that the person holds now, regular charges first, then the oldest. */
function chargesNow(db: Db | Tx, personId: string, now: Date) {
	return db
		.select({
			person: {
				nameHi: person.nameHi,
				nameEn: person.nameEn,
				mustChangePassword: person.mustChangePassword,
			},
			post: {
				id: post.id,
				functions: post.functions,
				jurisdictionId: post.jurisdictionId,
				designationHi: post.designationHi,
				designationEn: post.designationEn,
			},
			jurisdiction: { nameHi: jurisdiction.nameHi, nameEn: jurisdiction.nameEn },
		})
		.from(charge)
		.innerJoin(person, eq(person.id, charge.personId))
		.innerJoin(post, eq(post.id, charge.postId))
		.innerJoin(jurisdiction, eq(jurisdiction.id, post.jurisdictionId))
		.where(
			and(
				eq(charge.personId, personId),
				sql`${charge.during} @> ${now.toISOString()}::timestamptz`,
				isNull(person.disabledAt),
				isNull(post.abolishedAt),
			),
		)
		.orderBy(asc(charge.kind), sql`lower(${charge.during})`, asc(charge.id));
}

/**
 * Who acts, when this person acts in this post now; `postId` null takes the first charge held. Null
 * when the charge ended, the person is disabled, or a first password was not replaced yet.
 */
export async function staffActor(
	db: Db | Tx,
	personId: string,
	postId: string | null,
	now: Date,
): Promise<StaffActor | null> {
	const held = await chargesNow(db, personId, now);
	const row = postId === null ? held[0] : held.find((one) => one.post.id === postId);
	if (!row || row.person.mustChangePassword) return null;
	const chain = await chainOf(db, row.post.jurisdictionId);
	return {
		kind: 'staff',
		personId,
		postId: row.post.id,
		functions: row.post.functions,
		jurisdictionId: row.post.jurisdictionId,
		districtId: chain.find((node) => node.kind === 'district')?.id ?? null,
	};
}

export interface ActingPost {
	postId: string;
	postName: string;
	personName: string;
	/** District of the post, or the name of the wider area it is for. */
	districtName: string;
	otherPosts: { id: string; name: string }[];
}

/** What the header of a staff page shows. @throws {Refusal} `not_found` when the charge is over. */
export async function actingPost(ctx: Context, actor: StaffActor): Promise<ActingPost> {
	const held = await chargesNow(ctx.db, actor.personId, ctx.clock.now());
	const now = found(held.find((row) => row.post.id === actor.postId));
	const [area] = await ctx.db
		.select()
		.from(jurisdiction)
		.where(eq(jurisdiction.id, actor.districtId ?? actor.jurisdictionId));
	return {
		postId: now.post.id,
		postName: postName(now, ctx.locale),
		personName: nameIn(ctx.locale, now.person),
		districtName: nameIn(ctx.locale, found(area)),
		otherPosts: held
			.filter((row) => row.post.id !== now.post.id)
			.map((row) => ({ id: row.post.id, name: postName(row, ctx.locale) })),
	};
}

export interface SignInStaff {
	userName: string;
	password: string;
	/** The network address that asks; limits then count it apart, so that nobody locks out others. */
	address?: string;
}

export interface SignedIn {
	personId: string;
	/** Null until the person holds a post. */
	postId: string | null;
	/** Staff pages stay shut until `changePassword` has run. */
	mustChangePassword: boolean;
}

/** Wrong passwords cost more and more time: windows that hold ever fewer tries per minute. */
const TRIES = [
	{ limit: 5, windowSeconds: 5 * 60 },
	{ limit: 10, windowSeconds: 60 * 60 },
	{ limit: 20, windowSeconds: 24 * 60 * 60 },
] as const;
/** From everywhere together: guards a name against many addresses, without an easy lock-out. */
const TRIES_OF_NAME = { limit: 100, windowSeconds: 60 * 60 } as const;

/** User names are typed on phones that capitalise. */
export const plainUserName = (text: string) => text.normalize('NFKC').trim().toLowerCase();

/**
 * Checks user name and password. Unknown names, disabled people and wrong passwords give the same
 * answer after the same work.
 * @throws {Refusal} `sign_in_failed`; `too_many_requests` with `minutes` after too many wrong tries.
 */
async function checkPassword(ctx: Context, { userName, password, address }: SignInStaff) {
	const name = plainUserName(userName);
	const now = ctx.clock.now();
	const from = `staff:${name}:${address ?? ''}`;
	const keys = TRIES.map((window) => ({ ...window, key: `${from}:${window.windowSeconds}` }));
	for (const { key, limit, windowSeconds } of keys) {
		await takeHit(ctx.db, key, { limit, windowSeconds, now });
	}
	await takeHit(ctx.db, `staff:${name}`, { ...TRIES_OF_NAME, now });

	const [row] = await ctx.db.select().from(person).where(eq(person.userName, name));
	const right = await isPassword(password, row?.passwordHash ?? null);
	if (!row || !right || row.disabledAt) throw new Refusal('sign_in_failed');
	for (const { key } of keys) await forgetHits(ctx.db, key);
	return row;
}

/** See `checkPassword` for the refusals. */
export async function signInStaff(ctx: Context, input: SignInStaff): Promise<SignedIn> {
	const row = await checkPassword(ctx, input);
	const [first] = await chargesNow(ctx.db, row.id, ctx.clock.now());
	return {
		personId: row.id,
		postId: first?.post.id ?? null,
		mustChangePassword: row.mustChangePassword,
	};
}

/**
 * Replaces a password by its owner, who gives the old one again; this is also how a first password
 * is replaced. The caller ends the person's sessions.
 * @throws {Refusal} as `signInStaff`; `password_unchanged`.
 */
export async function changePassword(
	ctx: Context,
	input: SignInStaff & { newPassword: string },
): Promise<SignedIn> {
	const row = await checkPassword(ctx, input);
	if (await isPassword(input.newPassword, row.passwordHash)) {
		throw new Refusal('password_unchanged');
	}
	await ctx.db
		.update(person)
		.set({ passwordHash: await hashPassword(input.newPassword), mustChangePassword: false })
		.where(eq(person.id, row.id));
	const [first] = await chargesNow(ctx.db, row.id, ctx.clock.now());
	return { personId: row.id, postId: first?.post.id ?? null, mustChangePassword: false };
}

/** The user name of the signed-in person, for the form that changes the password. */
export async function userNameOf(ctx: Context, personId: string): Promise<string> {
	const [row] = await ctx.db
		.select({ userName: person.userName })
		.from(person)
		.where(eq(person.id, personId));
	return found(row).userName;
}
