import { and, eq, isNull, sql } from 'drizzle-orm';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { POST_FUNCTIONS, type PostFunction } from '#lib/domain/masters/kinds.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import {
	charge,
	department,
	jurisdiction,
	person,
	post,
	secondFactor,
} from '#lib/server/db/schema/masters.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import {
	found,
	inTransaction,
	violatedConstraint,
	written,
	type Tx,
} from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { firstPassword, hashPassword } from './passwords.ts';
import { chainOf, nameIn } from './places.ts';
import { requireAdministrator, requireArea } from './policy.ts';
import { postLines } from './posts.ts';
import { userNameTaken } from './setup.ts';
import { plainUserName } from './staff.ts';

export interface NewStaff {
	userName: string;
	nameHi: string;
	nameEn: string;
	/** As typed; empty when the person gets no SMS. */
	mobile: string;
}

/** Shown once to the administrator, who hands it on; only its hash is kept. */
export interface FirstPassword {
	personId: string;
	userName: string;
	firstPassword: string;
}

/**
 * A new member of staff, who must replace the first password before anything else opens.
 * @throws {Refusal} `forbidden`, `user_name_taken`, `invalid_input` for a mobile that is none
 */
export async function createStaff(ctx: Context, input: NewStaff): Promise<FirstPassword> {
	const actor = requireAdministrator(ctx);
	const mobile = input.mobile.trim() === '' ? null : parseIndianMobile(input.mobile);
	if (mobile === null && input.mobile.trim() !== '') throw new Refusal('invalid_input');
	const userName = plainUserName(input.userName);
	const password = firstPassword();
	const rows = await ctx.db
		.insert(person)
		.values({
			userName,
			nameHi: input.nameHi.normalize('NFC').trim(),
			nameEn: input.nameEn.trim(),
			mobile,
			mobileIndex: mobile === null ? null : blindIndex('mobile', mobile),
			passwordHash: await hashPassword(password),
			createdAt: ctx.clock.now(),
		})
		.returning({ id: person.id })
		.catch(userNameTaken);
	const personId = written(rows).id;
	logged(ctx, actor, 'staff.created', { personId });
	return { personId, userName, firstPassword: password };
}

/**
 * A new first password for somebody who lost theirs. The database ends the person's sessions with it.
 * @throws {Refusal} `forbidden` also when the person holds a post outside the administrator's area
 */
export async function resetPassword(ctx: Context, personId: string): Promise<FirstPassword> {
	const actor = requireAdministrator(ctx);
	const password = firstPassword();
	const passwordHash = await hashPassword(password);
	const row = await ctx.db.transaction(async (tx) => {
		await requirePerson(tx, ctx, actor, personId);
		const rows = await tx
			.update(person)
			.set({ passwordHash, mustChangePassword: true })
			.where(eq(person.id, personId))
			.returning({ userName: person.userName });
		return written(rows);
	});
	logged(ctx, actor, 'staff.password_reset', { personId });
	return { personId, userName: row.userName, firstPassword: password };
}

/**
 * Takes a lost phone's second factor away, with its recovery codes: the next sign-in sets up a new one.
 * The database ends the person's sessions with it.
 * @throws {Refusal} as `resetPassword`; `own_charge` for oneself, whose session may be a thief's
 */
export async function resetSecondFactor(ctx: Context, personId: string): Promise<void> {
	const actor = requireAdministrator(ctx);
	if (personId === actor.personId) throw new Refusal('own_charge');
	await ctx.db.transaction(async (tx) => {
		await requirePerson(tx, ctx, actor, personId);
		await tx.delete(secondFactor).where(eq(secondFactor.personId, personId));
	});
	logged(ctx, actor, 'staff.second_factor_reset', { personId });
}

/**
 * Shuts a person out at once, or lets them in again. Their posts count as vacant meanwhile; their
 * sessions end for good.
 * @throws {Refusal} `forbidden`, `not_found`, `own_charge` for oneself
 */
export async function setStaffDisabled(
	ctx: Context,
	{ personId, disabled }: { personId: string; disabled: boolean },
): Promise<void> {
	const actor = requireAdministrator(ctx);
	if (personId === actor.personId) throw new Refusal('own_charge');
	await ctx.db.transaction(async (tx) => {
		await requirePerson(tx, ctx, actor, personId);
		await tx
			.update(person)
			.set({ disabledAt: disabled ? ctx.clock.now() : null })
			.where(eq(person.id, personId));
	});
	logged(ctx, actor, disabled ? 'staff.disabled' : 'staff.enabled', { personId });
}

/** Everybody's posts must lie in the administrator's area: no district resets the state's password. */
async function requirePerson(tx: Tx, ctx: Context, actor: StaffActor, personId: string) {
	if (!isUuid(personId)) throw new Refusal('not_found');
	const [row] = await tx.select({ id: person.id }).from(person).where(eq(person.id, personId));
	found(row);
	const held = await tx
		.select({ jurisdictionId: post.jurisdictionId })
		.from(charge)
		.innerJoin(post, eq(post.id, charge.postId))
		.where(and(eq(charge.personId, personId), heldAt(ctx.clock.now())));
	for (const { jurisdictionId } of held) await requireArea(tx, actor, jurisdictionId);
}

const heldAt = (at: Date) => sql`${charge.during} @> ${at.toISOString()}::timestamptz`;

export interface PostInput {
	designationHi: string;
	designationEn: string;
	departmentId: string | null;
	superiorId: string | null;
	functions: readonly PostFunction[];
	/** Deputy Commissioner or Collector. Districts only. */
	isDistrictHead: boolean;
	/** Receives what no rule places. Districts only. */
	isNodal: boolean;
}

/**
 * A new office. Its area stays for ever: work that sits on a post never changes place.
 * @throws {Refusal} `forbidden`, `not_found`, `invalid_input`, `post_mark_taken`
 */
export async function createPost(
	ctx: Context,
	input: PostInput & { jurisdictionId: string },
): Promise<{ postId: string }> {
	const actor = requireAdministrator(ctx);
	const made = await inTransaction(ctx.db, async (tx) => {
		await requireArea(tx, actor, input.jurisdictionId);
		const values = await checkedPost(tx, actor, input.jurisdictionId, input);
		const rows = await tx
			.insert(post)
			.values({ ...values, jurisdictionId: input.jurisdictionId })
			.returning({ id: post.id });
		return written(rows);
	}).catch(markTaken);
	logged(ctx, actor, 'post.created', { changedPostId: made.id });
	return { postId: made.id };
}

/** @throws {Refusal} `forbidden`, `not_found`, `invalid_input`, `post_mark_taken`, `superior_circle` */
export async function editPost(
	ctx: Context,
	{ postId, ...input }: PostInput & { postId: string },
): Promise<void> {
	const actor = requireAdministrator(ctx);
	if (!isUuid(postId)) throw new Refusal('not_found');
	await inTransaction(ctx.db, async (tx) => {
		// Two changes at once could close a circle that neither of them sees.
		await tx.execute(sql`lock table ${post} in share row exclusive mode`);
		const [row] = await tx
			.select()
			.from(post)
			.where(and(eq(post.id, postId), isNull(post.abolishedAt)));
		const before = found(row);
		await requireArea(tx, actor, before.jurisdictionId);
		if (postId === actor.postId && !input.functions.includes('administrator')) {
			throw new Refusal('own_charge');
		}
		const values = await checkedPost(tx, actor, before.jurisdictionId, input);
		if (input.superiorId !== null) {
			const line = await postLines(tx, [input.superiorId], ctx.clock.now());
			if (line.has(postId)) throw new Refusal('superior_circle');
		}
		await tx.update(post).set(values).where(eq(post.id, postId));
	}).catch(markTaken);
	logged(ctx, actor, 'post.changed', { changedPostId: postId });
}

async function checkedPost(tx: Tx, actor: StaffActor, jurisdictionId: string, input: PostInput) {
	const chain = await chainOf(tx, jurisdictionId);
	const area = found(chain[0]);
	const marked = input.isDistrictHead || input.isNodal;
	if (marked && area.kind !== 'district') throw new Refusal('invalid_input');
	if (input.functions.length === 0) throw new Refusal('invalid_input');
	if (input.departmentId !== null) {
		const [row] = await tx
			.select({ stateId: department.stateId })
			.from(department)
			.where(eq(department.id, input.departmentId));
		if (!chain.some((node) => node.id === found(row).stateId)) throw new Refusal('invalid_input');
	}
	if (input.superiorId !== null) await requireSuperior(tx, actor, input.superiorId);
	return {
		designationHi: input.designationHi.normalize('NFC').trim(),
		designationEn: input.designationEn.trim(),
		departmentId: input.departmentId,
		superiorId: input.superiorId,
		functions: POST_FUNCTIONS.filter((one) => input.functions.includes(one)),
		isDistrictHead: input.isDistrictHead,
		isNodal: input.isNodal,
	};
}

/** A superior sits in the administrator's area or in one that contains it. */
async function requireSuperior(tx: Tx, actor: StaffActor, superiorId: string): Promise<void> {
	const [row] = await tx
		.select({ jurisdictionId: post.jurisdictionId })
		.from(post)
		.where(and(eq(post.id, superiorId), isNull(post.abolishedAt)));
	const { jurisdictionId } = found(row);
	const above = await chainOf(tx, actor.jurisdictionId);
	if (above.some((node) => node.id === jurisdictionId)) return;
	await requireArea(tx, actor, jurisdictionId);
}

const MARKS = new Set(['post_one_district_head', 'post_one_nodal']);

function markTaken(problem: unknown): never {
	if (MARKS.has(violatedConstraint(problem) ?? '')) throw new Refusal('post_mark_taken');
	throw problem;
}

export interface NewCharge {
	personId: string;
	postId: string;
	kind: 'regular' | 'additional';
}

/**
 * Gives a post to a person from now on. Its work does not move: it sits on the post.
 * @throws {Refusal} `forbidden`, `not_found`, `post_held` with the `person` who holds it
 */
export async function setCharge(ctx: Context, input: NewCharge): Promise<{ chargeId: string }> {
	const actor = requireAdministrator(ctx);
	const now = ctx.clock.now();
	const add = (tx: Tx) =>
		tx
			.insert(charge)
			.values({ ...input, during: rangeOf(now, null) })
			.returning({ id: charge.id });
	const rows = await ctx.db
		.transaction(async (tx) => {
			await requirePost(tx, actor, input.postId);
			await requirePerson(tx, ctx, actor, input.personId);
			return add(tx);
		})
		.catch(async (problem: unknown) => {
			if (violatedConstraint(problem) !== 'charge_one_holder') throw problem;
			throw new Refusal('post_held', { person: await holderName(ctx, input.postId) });
		});
	const chargeId = written(rows).id;
	logged(ctx, actor, 'charge.given', { chargeId, changedPostId: input.postId });
	return { chargeId };
}

async function requirePost(tx: Tx, actor: StaffActor, postId: string): Promise<void> {
	const [row] = await tx
		.select({ jurisdictionId: post.jurisdictionId })
		.from(post)
		.innerJoin(jurisdiction, eq(jurisdiction.id, post.jurisdictionId))
		.where(and(eq(post.id, postId), isNull(post.abolishedAt)));
	await requireArea(tx, actor, found(row).jurisdictionId);
}

async function holderName(ctx: Context, postId: string): Promise<string> {
	const [row] = await ctx.db
		.select({ person })
		.from(charge)
		.innerJoin(person, eq(person.id, charge.personId))
		.where(and(eq(charge.postId, postId), heldAt(ctx.clock.now())));
	return row ? nameIn(ctx.locale, row.person) : '';
}

/**
 * Ends a charge now; the post is vacant until the next one and its new work climbs.
 * @throws {Refusal} `forbidden`, `not_found`, `stale` when it ended already, `own_charge` for the
 * charge that the administrator acts in
 */
export async function endCharge(ctx: Context, chargeId: string): Promise<void> {
	const actor = requireAdministrator(ctx);
	const now = ctx.clock.now();
	await ctx.db.transaction(async (tx) => {
		const [row] = await tx.select().from(charge).where(eq(charge.id, chargeId)).for('update');
		const one = found(row);
		await requirePost(tx, actor, one.postId);
		if (one.personId === actor.personId && one.postId === actor.postId) {
			throw new Refusal('own_charge');
		}
		const ended = await tx
			.update(charge)
			.set({ during: sql`tstzrange(lower(${charge.during}), ${now.toISOString()}::timestamptz)` })
			.where(and(eq(charge.id, chargeId), heldAt(now)))
			.returning({ id: charge.id });
		written(ended);
	});
	logged(ctx, actor, 'charge.ended', { chargeId });
}

/** Who changed which master row, in the program's log: ids only. */
function logged(ctx: Context, actor: StaffActor, event: string, ids: Record<string, string>) {
	ctx.log.info({ event, personId: actor.personId, postId: actor.postId, ...ids });
}
