import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { charge, jurisdiction, person, post } from '#lib/server/db/schema/masters.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { chainOf, nameIn, type Reading } from './places.ts';
import { postName } from './posts.ts';
import { forgetTries, takeTry } from './tries.ts';

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

async function standing(db: Db | Tx, personId: string, postId: string | null, now: Date) {
	const held = await chargesNow(db, personId, now);
	const row = postId === null ? held[0] : held.find((one) => one.post.id === postId);
	if (!row || row.person.mustChangePassword) return null;
	const chain = await chainOf(db, row.post.jurisdictionId);
	const actor: StaffActor = {
		kind: 'staff',
		personId,
		postId: row.post.id,
		functions: row.post.functions,
		jurisdictionId: row.post.jurisdictionId,
		districtId: chain.find((node) => node.kind === 'district')?.id ?? null,
	};
	return { actor, row, held };
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
	return (await standing(db, personId, postId, now))?.actor ?? null;
}

/** What the header of a staff page shows. */
export interface ActingPost {
	postId: string;
	postName: string;
	personName: string;
	otherPosts: { id: string; name: string }[];
}

/** The same with what a page shows of it, in one look: every request of the staff begins with it. */
export async function actingStaff(
	{ db, locale }: Reading,
	{ personId, postId, now }: { personId: string; postId: string | null; now: Date },
): Promise<{ actor: StaffActor; actingPost: ActingPost } | null> {
	const stands = await standing(db, personId, postId, now);
	if (!stands) return null;
	const { actor, row, held } = stands;
	const actingPost = {
		postId: actor.postId,
		postName: postName(row, locale),
		personName: nameIn(locale, row.person),
		otherPosts: held
			.filter((one) => one.post.id !== actor.postId)
			.map((one) => ({ id: one.post.id, name: postName(one, locale) })),
	};
	return { actor, actingPost };
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
	await takeTry(ctx.db, from, now);
	await takeHit(ctx.db, `staff:${name}`, { ...TRIES_OF_NAME, now });

	const [row] = await ctx.db.select().from(person).where(eq(person.userName, name));
	const right = await isPassword(password, row?.passwordHash ?? null);
	if (!row || !right || row.disabledAt) throw new Refusal('sign_in_failed');
	await forgetTries(ctx.db, from);
	return row;
}

/**
 * The first of two steps: a right password opens `beginSecondStep` and no page. See `checkPassword`
 * for the refusals.
 */
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
 * Replaces a password by its owner, who gives the old one again: a first password before anything
 * else opens, any other only while signed in, because a password alone is no proof of its owner. The
 * database ends the person's sessions and half-done sign-ins with it.
 * @throws {Refusal} as `signInStaff`; `forbidden`, `password_unchanged`.
 */
export async function changePassword(
	ctx: Context,
	input: SignInStaff & { newPassword: string },
): Promise<SignedIn> {
	const row = await checkPassword(ctx, input);
	const own = ctx.actor.kind === 'staff' && ctx.actor.personId === row.id;
	if (!own && !row.mustChangePassword) throw new Refusal('forbidden');
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
