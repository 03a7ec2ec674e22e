import { and, eq, isNull, sql } from 'drizzle-orm';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { actingEndsAt, type ActingBasis, type ActingReason } from '#lib/domain/identity/acting.ts';
import { maskMobile, parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { cleanLine, fitsIn } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { actingGrant as grantTable, citizen } from '#lib/server/db/schema/identity.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { found, inTransaction, written, type Tx } from '#lib/server/platform/db.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { finishSignIn, startSignIn, type SignInStarted } from './sign-in.ts';

/** Attestations of one person: more than a busy counter has, fewer than a list of numbers. */
const ATTESTATIONS = { limit: 30, windowSeconds: 3600 } as const;
const PAPER_MAX = 60;

export type ActingStaff = StaffActor & { districtId: string };

/** Whoever may file for citizens: a clerk or an agent of a district. @throws {Refusal} `forbidden` */
export function requireActing({ actor }: Pick<Context, 'actor'>): ActingStaff {
	const may =
		actor.kind === 'staff' &&
		(actor.functions.includes('clerk') || actor.functions.includes('agent'));
	if (!may || !actor.districtId) throw new Refusal('forbidden');
	return { ...actor, districtId: actor.districtId };
}

/** The code of a counter answers nothing but that counter: no sign-in, no other person's form. */
const ownToken = ({ personId, postId }: ActingStaff, browserToken: string) =>
	`acting:${personId}:${postId}:${browserToken}`;

/**
 * Sends the citizen a code that lets the acting person file once; the message names the post.
 * @throws {Refusal} `forbidden`, and as `startSignIn`
 */
export async function startActing(
	ctx: Context,
	input: { mobile: string; browserToken: string; address: string },
): Promise<SignInStarted> {
	const actor = requireActing(ctx);
	const browserToken = ownToken(actor, input.browserToken);
	return startSignIn(ctx, { ...input, browserToken, actingPostId: actor.postId });
}

/**
 * Takes the code that the citizen read out. Nobody is signed in by it.
 * @throws {Refusal} `forbidden`, and as `finishSignIn`
 */
export async function finishActing(
	ctx: Context,
	input: { challengeId: string; code: string; browserToken: string },
): Promise<{ grantId: string }> {
	const actor = requireActing(ctx);
	const { citizenId } = await finishSignIn(ctx, {
		...input,
		browserToken: ownToken(actor, input.browserToken),
		keepLocale: true,
	});
	return inTransaction(ctx.db, (tx) => grant(tx, ctx, actor, { citizenId, basis: 'otp' }));
}

/**
 * Lets the acting person file once without a code: they say why there was none and which paper they saw, and
 * stand for it with their name.
 * @throws {Refusal} `forbidden`, `mobile_invalid`, `invalid_input`, `text_too_long`, `too_many_requests`
 */
export async function attestActing(
	ctx: Context,
	input: { mobile: string; reason: ActingReason; paperSeen: string },
): Promise<{ grantId: string }> {
	const actor = requireActing(ctx);
	const mobile = parseIndianMobile(input.mobile);
	if (!mobile) throw new Refusal('mobile_invalid');
	const paperSeen = maskAadhaarNumbers(cleanLine(input.paperSeen)).text;
	if (paperSeen === '') throw new Refusal('invalid_input');
	if (!fitsIn(paperSeen, PAPER_MAX)) {
		throw new Refusal('text_too_long', { field: 'paperSeen', max: PAPER_MAX });
	}
	const now = ctx.clock.now();
	await takeHit(ctx.db, `acting:${actor.personId}`, { ...ATTESTATIONS, now });
	return inTransaction(ctx.db, async (tx) => {
		const row = written(
			await tx
				.insert(citizen)
				.values({
					mobile,
					mobileIndex: blindIndex('mobile', mobile),
					locale: ctx.locale,
					createdAt: now,
				})
				// Nothing of an account changes because somebody else named its number.
				.onConflictDoUpdate({
					target: citizen.mobileIndex,
					set: { locale: sql`${citizen.locale}` },
				})
				.returning({ id: citizen.id }),
		);
		const { reason } = input;
		return grant(tx, ctx, actor, { citizenId: row.id, basis: 'attested', reason, paperSeen });
	});
}

async function grant(
	tx: Tx,
	ctx: Context,
	{ personId, postId }: ActingStaff,
	right: { citizenId: string; basis: ActingBasis; reason?: ActingReason; paperSeen?: string },
): Promise<{ grantId: string }> {
	const now = ctx.clock.now();
	const row = written(
		await tx
			.insert(grantTable)
			.values({ ...right, personId, postId, createdAt: now, expiresAt: actingEndsAt(now) })
			.returning({ id: grantTable.id }),
	);
	return { grantId: row.id };
}

export interface ActingGrant {
	id: string;
	citizenId: string;
	basis: ActingBasis;
	/** `98xxx xx654`. The name is not told: a number that somebody types must not tell whose it is. */
	maskedMobile: string;
	used: boolean;
}

/**
 * The acting person's own right to file, unused or used; locked when a transaction is given.
 * @throws {Refusal} `forbidden`; `not_found` for somebody else's; `acting_ended` when its time is over
 */
export async function actingGrant(ctx: Context, id: string, tx?: Tx): Promise<ActingGrant> {
	const { personId, postId } = requireActing(ctx);
	if (!isUuid(id)) throw new Refusal('not_found');
	const query = (tx ?? ctx.db)
		.select({ grant: grantTable, mobile: citizen.mobile })
		.from(grantTable)
		.innerJoin(citizen, eq(citizen.id, grantTable.citizenId))
		.where(
			and(eq(grantTable.id, id), eq(grantTable.personId, personId), eq(grantTable.postId, postId)),
		);
	const { grant: row, mobile } = found((await (tx ? query.for('update') : query))[0]);
	const used = row.usedAt !== null;
	if (!used && row.expiresAt <= ctx.clock.now()) throw new Refusal('acting_ended');
	const { citizenId, basis } = row;
	return { id: row.id, citizenId, basis, maskedMobile: maskMobile(found(mobile)), used };
}

/** Uses the right up. @throws {Refusal} `stale` when it was used before */
export async function useGrant(tx: Tx, ctx: Context, id: string): Promise<void> {
	written(
		await tx
			.update(grantTable)
			.set({ usedAt: ctx.clock.now() })
			.where(and(eq(grantTable.id, id), isNull(grantTable.usedAt)))
			.returning({ id: grantTable.id }),
	);
}
