import { and, asc, eq, isNull } from 'drizzle-orm';
import { isWithdrawable, standingConsents } from '#lib/domain/identity/consent.ts';
import { erasurePlan, isDue } from '#lib/domain/privacy/erasure.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import {
	actingGrant,
	citizen,
	erasureRequest,
	idempotency,
	identityProof,
	otpChallenge,
	session,
} from '#lib/server/db/schema/identity.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import {
	dropDraft,
	dropPhotoPlaces,
	eraseGrievance,
	heldCases,
} from '#lib/server/grievance/index.ts';
import { eraseHearings } from '#lib/server/hearing/index.ts';
import {
	consentsOf,
	dropProofFields,
	dropProofPhotos,
	emptyProofs,
	lockCitizen,
	recordConsent,
	requireCitizen,
	type CitizenRow,
} from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/platform/db.ts';
import { removeFilesLater } from './files.ts';

const waiting = (citizenId: string) =>
	and(
		eq(erasureRequest.citizenId, citizenId),
		isNull(erasureRequest.doneAt),
		isNull(erasureRequest.cancelledAt),
	);

export interface ErasureView {
	/** Null when nothing was asked for. */
	requestedAt: Date | null;
	/** When each grievance's text may go; null as long as work on it goes on. */
	cases: { number: string; on: string | null }[];
	/** When name, mobile and sign-in may go; null as long as a grievance runs. */
	accountOn: string | null;
}

/** What an erasure would take now and what later, and whether one waits. @throws {Refusal} `forbidden` */
export async function erasureView(ctx: Context): Promise<ErasureView> {
	const { citizenId } = requireCitizen(ctx);
	const [request] = await ctx.db.select().from(erasureRequest).where(waiting(citizenId));
	const cases = await heldCases(ctx.db, citizenId);
	const plan = erasurePlan(cases, ctx.clock.now());
	const days = new Map(plan.cases.map(({ id, on }) => [id, on]));
	return {
		requestedAt: request?.requestedAt ?? null,
		cases: cases.map(({ id, number }) => ({ number, on: days.get(id) ?? null })),
		accountOn: plan.accountOn,
	};
}

/**
 * Erases at once what nothing holds: the unfinished filing, fields kept of cards, e-mail, address,
 * date of birth; and the whole account, with its sessions, when no grievance holds it. Otherwise the
 * request is written down with its day and the retention job does the rest. Asking twice changes
 * nothing.
 * @throws {Refusal} `forbidden`
 */
export async function requestErasure(ctx: Context): Promise<{ whole: boolean }> {
	const { citizenId } = requireCitizen(ctx);
	return inTransaction(ctx.db, async (tx) => {
		const row = await lockCitizen(tx, citizenId);
		// Another tab was faster.
		if (!row) return { whole: true };
		await tx
			.insert(erasureRequest)
			.values({ citizenId, requestedAt: ctx.clock.now() })
			.onConflictDoNothing();
		await dropOptional(tx, ctx, citizenId);
		return { whole: await eraseWhatIsDue(tx, ctx, row) };
	});
}

/** Takes a waiting request back; what was erased stays erased. Without one nothing happens. */
export async function cancelErasure(ctx: Context): Promise<void> {
	const { citizenId } = requireCitizen(ctx);
	await ctx.db
		.update(erasureRequest)
		.set({ cancelledAt: ctx.clock.now() })
		.where(waiting(citizenId));
}

async function dropOptional(tx: Tx, ctx: Context, citizenId: string): Promise<void> {
	const given = standingConsents(await consentsOf(tx, citizenId)).filter(
		(one) => one.given && isWithdrawable(one.purpose),
	);
	if (given.length > 0) {
		const withdrawn = given.map(({ purpose }) => ({ citizenId, purpose, given: false }));
		await recordConsent(tx, ctx, ...withdrawn);
	}
	await dropProofFields(tx, citizenId);
	await dropProofPhotos(tx, citizenId);
	await dropPhotoPlaces(tx, citizenId);
	await removeFilesLater(tx, await dropDraft(tx, citizenId));
	await tx
		.update(citizen)
		.set({ email: null, address: null, dateOfBirth: null })
		.where(eq(citizen.id, citizenId));
}

/** Erases each case whose day has come, and the account with the last. `row` must be locked. */
async function eraseWhatIsDue(tx: Tx, ctx: Context, row: CitizenRow): Promise<boolean> {
	const now = ctx.clock.now();
	const cases = await heldCases(tx, row.id);
	const plan = erasurePlan(cases, now);
	for (const { id, on } of plan.cases) {
		if (isDue(on, now)) await eraseCase(tx, ctx, row, id);
	}
	const whole = isDue(plan.accountOn, now);
	if (whole) await eraseAccount(tx, row, now);
	await tx
		.update(erasureRequest)
		.set(whole ? { dueOn: plan.accountOn, doneAt: now } : { dueOn: plan.accountOn })
		.where(waiting(row.id));
	return whole;
}

async function eraseCase(tx: Tx, ctx: Context, row: CitizenRow, id: string): Promise<void> {
	await removeFilesLater(tx, await eraseGrievance(tx, ctx, id));
	await eraseHearings(tx, id);
	if (row.mobileIndex) {
		// Those to officers name the number of the case and posts only.
		await tx
			.delete(smsOutbox)
			.where(and(eq(smsOutbox.grievanceId, id), eq(smsOutbox.toIndex, row.mobileIndex)));
	}
}

/**
 * The account goes whole when no grievance stands in its name; else its row stays, empty, under the
 * cases. The mobile is free for somebody new either way.
 */
async function eraseAccount(tx: Tx, { id, mobileIndex }: CitizenRow, now: Date) {
	if (mobileIndex) {
		await tx.delete(smsOutbox).where(eq(smsOutbox.toIndex, mobileIndex));
		await tx.delete(otpChallenge).where(eq(otpChallenge.mobileIndex, mobileIndex));
	}
	await removeFilesLater(tx, await dropDraft(tx, id));
	await tx.delete(session).where(eq(session.citizenId, id));
	await tx.delete(actingGrant).where(eq(actingGrant.citizenId, id));
	await tx.delete(idempotency).where(eq(idempotency.actor, `citizen:${id}`));
	await emptyProofs(tx, { citizenId: id });
	const [filed] = await tx
		.select({ id: grievance.id })
		.from(grievance)
		.where(eq(grievance.citizenId, id))
		.limit(1);
	if (!filed) {
		await tx.delete(identityProof).where(eq(identityProof.citizenId, id));
		await tx.delete(citizen).where(eq(citizen.id, id));
		return;
	}
	await tx
		.update(citizen)
		.set({
			name: null,
			mobile: null,
			mobileIndex: null,
			email: null,
			address: null,
			dateOfBirth: null,
			erasedAt: now,
		})
		.where(eq(citizen.id, id));
}

/** Requests that wait, oldest first. */
export function waitingRequests(db: Db | Tx) {
	return db
		.select({ citizenId: erasureRequest.citizenId })
		.from(erasureRequest)
		.where(and(isNull(erasureRequest.doneAt), isNull(erasureRequest.cancelledAt)))
		.orderBy(asc(erasureRequest.requestedAt), asc(erasureRequest.id));
}

/** Whether today anything of this citizen would be erased; for the operator's look ahead. */
export async function dueToday(ctx: Context, citizenId: string): Promise<boolean> {
	const now = ctx.clock.now();
	const plan = erasurePlan(await heldCases(ctx.db, citizenId), now);
	return isDue(plan.accountOn, now) || plan.cases.some(({ on }) => isDue(on, now));
}

/**
 * Does what is due of one waiting request. Safe beside another worker: the second waits for the first
 * and then finds nothing left. Gives whether something was erased.
 */
export async function erasePending(ctx: Context, citizenId: string): Promise<boolean> {
	return inTransaction(ctx.db, async (tx) => {
		const row = await lockCitizen(tx, citizenId);
		const [request] = await tx.select().from(erasureRequest).where(waiting(citizenId));
		if (!row || !request) return false;
		const before = (await heldCases(tx, citizenId)).length;
		const whole = await eraseWhatIsDue(tx, ctx, row);
		return whole || (await heldCases(tx, citizenId)).length < before;
	});
}
