import { and, eq, sql } from 'drizzle-orm';
import { deadlineAfter } from '#lib/domain/calendar/deadline.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { nextHolder } from '#lib/domain/escalation/ladder.ts';
import { NOTICE_VERSION } from '#lib/domain/grievance/filing.ts';
import { grievanceNumber } from '#lib/domain/grievance/number.ts';
import { routeGrievance, type ClimbReason } from '#lib/domain/grievance/routing.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	attachment,
	filingDraft,
	grievance,
	numberSeries,
} from '#lib/server/db/schema/grievance.ts';
import { keepProof, nameCitizen, requireCitizen } from '#lib/server/identity/index.ts';
import {
	holidaysOf,
	ladderFor,
	routingFacts,
	type RoutingFacts,
} from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, inTransaction, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { lockDraft, missingOf } from './drafts.ts';
import { permitted, writeEvents, type NewEvent } from './events.ts';
import { findGrievance, lockGrievance, type GrievanceRow } from './facts.ts';
import { mayCitizenSee } from './policy.ts';

const HEARING_REQUESTED: NewEvent = { type: 'hearing_requested', public: true, data: {} };

type Answers = NonNullable<Awaited<ReturnType<typeof lockDraft>>>['answers'];

/** The review form: its key, and the answers that are given with it. */
export type Submission = { submissionKey: string } & Partial<
	Pick<Answers, 'hearingWanted' | 'noticeAgreed'>
>;

/**
 * Files the draft as a grievance: number, owner, deadline, timeline and messages in one transaction.
 * The same key again, also at the same moment, gives the same number.
 * @throws {Refusal} `draft_incomplete` {step}, `no_post_for_place`, `stale` (the form is of a draft
 * that is gone)
 */
export async function submitDraft(
	ctx: Context,
	{ submissionKey, ...last }: Submission,
): Promise<{ number: string }> {
	const { citizenId } = requireCitizen(ctx);
	if (!isUuid(submissionKey)) throw new Refusal('invalid_input');
	return inTransaction(ctx.db, async (tx) => {
		// The second of two taps waits for this lock and then finds the grievance, not the draft.
		const draft = await lockDraft(tx, citizenId);
		if (draft?.submissionKey !== submissionKey) {
			const number = await filedNumber(tx, citizenId, submissionKey);
			if (number === null) throw new Refusal('stale');
			return { number };
		}
		const answers = { ...draft.answers, ...last };
		return { number: await file(tx, ctx, citizenId, submissionKey, answers) };
	});
}

async function filedNumber(tx: Tx, citizenId: string, key: string): Promise<string | null> {
	const [row] = await tx
		.select({ number: grievance.number })
		.from(grievance)
		.where(and(eq(grievance.submissionKey, key), eq(grievance.citizenId, citizenId)));
	return row?.number ?? null;
}

async function file(
	tx: Tx,
	ctx: Context,
	citizenId: string,
	submissionKey: string,
	answers: Answers,
): Promise<string> {
	const now = ctx.clock.now();
	const [step] = missingOf(answers);
	const { categoryId, jurisdictionId, details, relief, name, proof, againstPostId } = answers;
	if (step || !categoryId || !jurisdictionId || !details || !relief || !name || !proof) {
		throw new Refusal('draft_incomplete', { step: step ?? 'review' });
	}
	const facts = await routingFacts(tx, { categoryId, jurisdictionId, now });
	const route = routed(facts, categoryId, againstPostId);
	const state = permitted(null, 'registered', {
		ownerPostId: null,
		nextOwnerPostId: route.postId,
		accusedPostId: againstPostId,
	});
	const { ladderId, levels } = await ladderFor(tx, { categoryId, stateId: facts.stateId });
	const first = found(levels[0]);
	const holidays = await holidaysOf(tx, jurisdictionId);
	const deadline = deadlineAfter(now, first.days, first.dayKind, holidays);
	await nameCitizen(tx, citizenId, name);
	const proofId = await keepProof(tx, ctx, citizenId, proof);
	await tx.delete(filingDraft).where(eq(filingDraft.citizenId, citizenId));
	// From here on the others who file in this district wait.
	const number = await nextNumber(tx, facts.numberPrefix, now);
	const row = written(
		await tx
			.insert(grievance)
			.values({
				number,
				citizenId,
				categoryId,
				jurisdictionId,
				districtId: facts.districtId,
				details,
				relief,
				placeNote: answers.placeNote,
				againstPostId,
				proofId,
				state,
				ladderId,
				level: first.level,
				ownerPostId: route.postId,
				ownedSince: now,
				deadline,
				nextScanAt: deadline,
				noticeVersion: `${NOTICE_VERSION}:${ctx.locale}`,
				consentedAt: now,
				submissionKey,
				locale: ctx.locale,
				filedAt: now,
			})
			.returning(),
	);
	const registered: NewEvent = {
		type: 'registered',
		public: true,
		data: {
			ownerPostId: route.postId,
			level: first.level,
			deadlineAt: deadline.toISOString(),
			// Posts passed over on the way, and whether any rule placed it at all.
			climbed: route.climbed.join(','),
			ruleJurisdictionId: route.ruleJurisdictionId,
		},
	};
	if (answers.hearingWanted) {
		permitted(state, 'hearing_requested', { ownerPostId: route.postId });
		await writeEvents(tx, ctx, row, [registered, HEARING_REQUESTED], { hearingRequestedAt: now });
	} else {
		await writeEvents(tx, ctx, row, [registered]);
	}
	await tx
		.update(attachment)
		.set({ grievanceId: row.id, draftOf: null })
		.where(eq(attachment.draftOf, citizenId));
	await tellOfFiling(tx, row);
	return number;
}

interface Route {
	postId: string;
	/** Null when no rule places it and the nodal post, or somebody above it, takes it. */
	ruleJurisdictionId: string | null;
	climbed: ClimbReason[];
}

/** The rule's post; as a last resort the nodal post of the district, or who is above it. */
function routed(facts: RoutingFacts, categoryId: string, accusedPostId: string | null): Route {
	const { jurisdictionPath, rules, posts, nodalPostId } = facts;
	const result = routeGrievance({ categoryId, jurisdictionPath, rules, posts, accusedPostId });
	if ('postId' in result) return result;
	const nodal = nodalPostId ? posts.get(nodalPostId) : undefined;
	if (!nodal) throw new Refusal(result.refusal);
	const skip = new Set(accusedPostId ? [accusedPostId] : []);
	const fit = !nodal.vacant && !skip.has(nodal.id);
	const postId = fit ? nodal.id : nextHolder({ holderId: nodal.id, posts, skip });
	if (postId === null) throw new Refusal(result.refusal);
	return { postId, ruleJurisdictionId: null, climbed: [] };
}

/** Next serial of the district's year (by the Indian calendar). The row is the lock. */
async function nextNumber(tx: Tx | Db, prefix: string, now: Date): Promise<string> {
	const year = Number(istDate(now).slice(0, 4));
	const row = written(
		await tx
			.insert(numberSeries)
			.values({ prefix, year, last: 1 })
			.onConflictDoUpdate({
				target: [numberSeries.prefix, numberSeries.year],
				set: { last: sql`${numberSeries.last} + 1` },
			})
			.returning(),
	);
	return grievanceNumber(prefix, year, row.last);
}

async function tellOfFiling(tx: Tx, row: GrievanceRow): Promise<void> {
	const { id, number, citizenId, ownerPostId, deadline } = row;
	if (!ownerPostId || !deadline) return;
	const deadlineOn = deadline.toISOString();
	await notify(tx, {
		template: 'grievance_registered',
		to: { kind: 'citizen', id: citizenId },
		grievanceId: id,
		facts: { number, ownerPostId, deadlineOn, linkPath: `/citizen/grievances/${number}` },
		key: `grievance_registered:${id}`,
	});
	await notify(tx, {
		template: 'grievance_assigned',
		to: { kind: 'post', id: ownerPostId },
		grievanceId: id,
		facts: { number, deadlineOn, linkPath: `/department/grievances/${number}` },
		key: `grievance_assigned:${id}`,
	});
}

/**
 * Asks for a hearing in one's own grievance. Asking again changes nothing.
 * @throws {Refusal} `not_found` (also somebody else's), `bad_transition` once it is decided
 */
export async function requestHearing(ctx: Context, number: string): Promise<void> {
	const row = await findGrievance(ctx.db, number);
	if (!row || !mayCitizenSee(ctx, row)) throw new Refusal('not_found');
	await inTransaction(ctx.db, async (tx) => {
		const locked = await lockGrievance(tx, row.id);
		if (locked.hearingRequestedAt !== null) return;
		const { ownerPostId } = locked;
		const state = permitted(locked.state, 'hearing_requested', { ownerPostId });
		await writeEvents(tx, ctx, locked, [HEARING_REQUESTED], {
			state,
			hearingRequestedAt: ctx.clock.now(),
		});
	});
}
