import { and, eq, sql } from 'drizzle-orm';
import { deadlineAfter } from '#lib/domain/calendar/deadline.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { nextHolder } from '#lib/domain/escalation/ladder.ts';
import { grievanceNumber } from '#lib/domain/grievance/number.ts';
import { routeGrievance, type ClimbReason } from '#lib/domain/grievance/routing.ts';
import type { ActingBasis } from '#lib/domain/identity/acting.ts';
import { isCard } from '#lib/domain/identity/strength.ts';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { grievance, grievanceEvent, numberSeries } from '#lib/server/db/schema/grievance.ts';
import {
	keepProof,
	nameCitizen,
	recordConsent,
	type CheckedProof,
	type NewConsent,
} from '#lib/server/identity/index.ts';
import {
	holidaysOf,
	ladderFor,
	routingFacts,
	type RoutingFacts,
} from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found, written, type Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { missingOf, type Answers } from './answers.ts';
import { continued, permitted, type NewEvent } from './events.ts';

export const HEARING_REQUESTED: NewEvent = { type: 'hearing_requested', public: true, data: {} };

export interface Filing {
	citizenId: string;
	submissionKey: string;
	answers: Answers;
	/** Who files in the citizen's name, and by what right; nobody when the citizen does. */
	by?: { actor: StaffActor; basis: ActingBasis; sawPaper: boolean };
	/** Statements of the way on which it came, sent in one go with those that write the grievance. */
	along?: (grievanceId: string) => Promise<unknown>[];
}

/** The number that a submission has got; null when it has none. */
export async function filedNumber(
	tx: Tx,
	{ citizenId, submissionKey }: Pick<Filing, 'citizenId' | 'submissionKey'>,
): Promise<string | null> {
	const [row] = await tx
		.select({ number: grievance.number })
		.from(grievance)
		.where(and(eq(grievance.submissionKey, submissionKey), eq(grievance.citizenId, citizenId)));
	return row?.number ?? null;
}

/**
 * Files a grievance, whoever brings it: number, owner, deadline, timeline and messages. The caller has made
 * sure that the submission is new.
 * @throws {Refusal} `draft_incomplete` {step}, `no_post_for_place`
 */
export async function file(
	tx: Tx,
	ctx: Context,
	{ citizenId, submissionKey, answers, by, along }: Filing,
): Promise<string> {
	const now = ctx.clock.now();
	const [step] = missingOf(answers);
	const { categoryId, jurisdictionId, details, relief, name, proof, againstPostId } = answers;
	if (step || !categoryId || !jurisdictionId || !details || !relief || !name || !proof) {
		throw new Refusal('draft_incomplete', { step: step ?? 'review' });
	}
	const [facts, holidays] = await Promise.all([
		routingFacts(tx, { categoryId, jurisdictionId, now }),
		holidaysOf(tx, jurisdictionId),
	]);
	const route = routed(facts, categoryId, againstPostId);
	const state = permitted(null, 'registered', {
		ownerPostId: null,
		nextOwnerPostId: route.postId,
		accusedPostId: againstPostId,
	});
	const [{ ladderId, levels }, proofId] = await Promise.all([
		ladderFor(tx, { categoryId, stateId: facts.stateId }),
		keepProof(tx, ctx, citizenId, proof, by?.sawPaper ? by.actor : null),
		// On somebody's word alone a new account gets a name, but none loses the one that it has.
		nameCitizen(tx, citizenId, name, { onlyUnnamed: by?.basis === 'attested' }),
	]);
	const first = found(levels[0]);
	const deadline = deadlineAfter(now, first.days, first.dayKind, holidays);
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
			...(by && { filedByPostId: by.actor.postId, basis: by.basis }),
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
			filedByPersonId: by?.actor.personId,
			filedByPostId: by?.actor.postId,
			locale: ctx.locale,
			filedAt: now,
			...chain,
		}),
		tx.insert(grievanceEvent).values(rows),
		recordConsent(tx, ctx, ...consentsOfFiling({ citizenId, grievanceId: id, proof, by })),
		...(along?.(id) ?? []),
		...(proof.familyId ? [askRegistry(tx, id)] : []),
		...tellOfFiling(tx, { id, number, citizenId, ownerPostId: route.postId, deadline }),
	]);
	return number;
}

/** The notice itself, and what of a card was ticked. */
function consentsOfFiling({
	citizenId,
	grievanceId,
	proof,
	by,
}: Pick<Filing, 'citizenId' | 'by'> & { grievanceId: string; proof: CheckedProof }) {
	const given = { citizenId, grievanceId, given: true, act: by ? 'clerk' : 'filing' } as const;
	const consents: NewConsent[] = [{ ...given, purpose: 'grievance' }];
	if (isCard(proof.kind) && Object.keys(proof.fields).length > 0) {
		consents.push({ ...given, purpose: 'proof_fields' });
	}
	if (proof.photo) consents.push({ ...given, purpose: 'proof_photo' });
	return consents;
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

/** One question after the other: a registry that hangs must not hold up the messages. */
function askRegistry(tx: Tx, grievanceId: string): Promise<void> {
	const once = { jobKey: `proof.registry:${grievanceId}`, queueName: 'proof.registry' };
	return queueJob(tx, 'proof.registry', { grievanceId }, once);
}
