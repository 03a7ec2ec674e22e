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
	grievanceEvent,
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
import { found, inTransaction, written, type Tx } from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { lockDraft, missingOf } from './drafts.ts';
import { continued, permitted, writeEvents, type NewEvent } from './events.ts';
import { findGrievance, lockGrievance, wishStandsFor } from './facts.ts';
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
	const { hearingWanted } = answers;
	if (hearingWanted) permitted(state, 'hearing_requested', { ownerPostId: route.postId });
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
	// From here to the commit the others who file in this district wait: all of it goes in one go.
	const { id, number } = await nextNumber(tx, facts.numberPrefix, now);
	const events = hearingWanted ? [registered, HEARING_REQUESTED] : [registered];
	const { rows, chain } = continued(ctx, { id, eventCount: 0, eventHead: '' }, events);
	await Promise.all([
		tx.insert(grievance).values({
			id,
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
			hearingRequestedAt: hearingWanted ? now : null,
			noticeVersion: `${NOTICE_VERSION}:${ctx.locale}`,
			consentedAt: now,
			submissionKey,
			locale: ctx.locale,
			filedAt: now,
			...chain,
		}),
		tx.insert(grievanceEvent).values(rows),
		tx
			.update(attachment)
			.set({ grievanceId: id, draftOf: null })
			.where(eq(attachment.draftOf, citizenId)),
		...tellOfFiling(tx, { id, number, citizenId, ownerPostId: route.postId, deadline }),
	]);
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

/**
 * The next number of the district's year (by the Indian calendar), and an id with it. The row is the
 * lock, so that the numbers have no gaps and one that is missing was taken away.
 */
async function nextNumber(tx: Tx, prefix: string, now: Date) {
	const year = Number(istDate(now).slice(0, 4));
	const row = written(
		await tx
			.insert(numberSeries)
			.values({ prefix, year, last: 1 })
			.onConflictDoUpdate({
				target: [numberSeries.prefix, numberSeries.year],
				set: { last: sql`${numberSeries.last} + 1` },
			})
			.returning({ last: numberSeries.last, id: sql<string>`uuidv7()` }),
	);
	return { id: row.id, number: grievanceNumber(prefix, year, row.last) };
}

function tellOfFiling(
	tx: Tx,
	filed: { id: string; number: string; citizenId: string; ownerPostId: string; deadline: Date },
): Promise<void>[] {
	const { id, number, citizenId, ownerPostId } = filed;
	const deadlineOn = filed.deadline.toISOString();
	const toCitizen = notify(tx, {
		template: 'grievance_registered',
		to: { kind: 'citizen', id: citizenId },
		grievanceId: id,
		facts: { number, ownerPostId, deadlineOn, linkPath: `/citizen/grievances/${number}` },
		key: `grievance_registered:${id}`,
	});
	const toOfficer = notify(tx, {
		template: 'grievance_assigned',
		to: { kind: 'post', id: ownerPostId },
		grievanceId: id,
		facts: { number, deadlineOn, linkPath: `/department/grievances/${number}` },
		key: `grievance_assigned:${id}`,
	});
	return [toCitizen, toOfficer];
}

/**
 * Asks for a hearing in one's own grievance. Asking again changes nothing until the hearing was held
 * or missed.
 * @throws {Refusal} `not_found` (also somebody else's), `bad_transition` once it is decided
 */
export async function requestHearing(ctx: Context, number: string): Promise<void> {
	const row = await findGrievance(ctx.db, number);
	if (!row || !mayCitizenSee(ctx, row)) throw new Refusal('not_found');
	await inTransaction(ctx.db, async (tx) => {
		const locked = await lockGrievance(tx, row.id);
		if (await wishStandsFor(tx, row.id)) return;
		const { ownerPostId } = locked;
		const state = permitted(locked.state, 'hearing_requested', { ownerPostId });
		await writeEvents(tx, ctx, locked, [HEARING_REQUESTED], {
			state,
			hearingRequestedAt: ctx.clock.now(),
		});
	});
}
