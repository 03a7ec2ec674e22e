import { and, asc, desc, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { nextHolder, lastLevel } from '#lib/domain/escalation/ladder.ts';
import {
	nextStep,
	progressPercent,
	type NextStep,
	type ProgressFacts,
} from '#lib/domain/grievance/next-step.ts';
import { OPEN_STATES } from '#lib/domain/grievance/states.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { logAccess, type EventRow } from '#lib/server/audit/index.ts';
import { booking, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { actionTakenReport, direction } from '#lib/server/db/schema/hearing.ts';
import { category as categoryTable } from '#lib/server/db/schema/masters.ts';
import {
	citizenView,
	proofView,
	requireCitizen,
	type ProofView,
} from '#lib/server/identity/index.ts';
import {
	categories,
	category,
	ladderById,
	places,
	postsAbove,
	postViews,
	type PostView,
} from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { orErased } from '#lib/server/platform/words.ts';
import { attachmentsOf } from './attachments.ts';
import { describeEvent, describeNextStep, isKnownEvent, postsIn, stateText } from './describe.ts';
import {
	accessFactsOf,
	findGrievance,
	titleFrom,
	wishStands,
	wishStandsFor,
	type GrievanceRow,
} from './facts.ts';
import { mayCitizenSee, mayStaffSee } from './policy.ts';
import type {
	AttachmentView,
	CaseFile,
	EarlierCase,
	GrievanceSummary,
	GrievanceView,
	InboxRow,
	TimelineEntry,
	Tracking,
} from './types.ts';

/** Columns of lists: what is sealed stays sealed. */
const listed = {
	id: grievance.id,
	number: grievance.number,
	categoryId: grievance.categoryId,
	jurisdictionId: grievance.jurisdictionId,
	state: grievance.state,
	level: grievance.level,
	ownerPostId: grievance.ownerPostId,
	ownedSince: grievance.ownedSince,
	deadline: grievance.deadline,
	filedAt: grievance.filedAt,
	hearingRequestedAt: grievance.hearingRequestedAt,
	wishStands,
};

/** The grievances of the signed-in citizen, newest first. */
export async function myGrievances(ctx: Context): Promise<GrievanceSummary[]> {
	const { citizenId } = requireCitizen(ctx);
	const rows = await ctx.db
		.select(listed)
		.from(grievance)
		.where(eq(grievance.citizenId, citizenId))
		.orderBy(desc(grievance.filedAt), desc(grievance.id));
	const names = await namesOf(ctx, rows);
	const owners = await postViews(
		ctx,
		rows.flatMap((row) => row.ownerPostId ?? []),
	);
	const hearings = await liveHearings(ctx, rows);
	return rows.map((row) => ({
		id: row.id,
		number: row.number,
		title: names.title(row),
		categoryName: names.category(row).name,
		state: row.state,
		stateText: stateText(row.state, ctx.locale),
		filedAt: row.filedAt,
		owner: owners.get(row.ownerPostId ?? '') ?? null,
		ownedSince: row.ownedSince,
		deadline: row.deadline,
		hearingRequestedAt: row.wishStands ? row.hearingRequestedAt : null,
		hearingAt: hearings.get(row.id) ?? null,
	}));
}

/**
 * Everything the citizen who filed it sees of a grievance. Others are told that there is none.
 * @throws {Refusal} `not_found`
 */
export async function tracking(ctx: Context, number: string): Promise<Tracking> {
	const row = await findGrievance(ctx.db, number);
	if (!row || !mayCitizenSee(ctx, row)) throw new Refusal('not_found');
	return viewOf(ctx, row, { publicOnly: true });
}

/**
 * The case as staff see it. The look is logged with its reason.
 * @param numberOrId number in any spelling, or id
 * @param reason page or action that shows it
 * @throws {Refusal} `not_found`; `forbidden` for a post that has no part in it
 */
export async function caseFile(
	ctx: Context,
	numberOrId: string,
	reason: string,
): Promise<CaseFile> {
	const row = found(await findGrievance(ctx.db, numberOrId));
	const facts = await accessFactsOf(ctx.db, row);
	if (!mayStaffSee(ctx, facts)) throw new Refusal('forbidden');
	await logAccess(ctx, [row.id], reason);
	const proof = row.proofId ? await proofView(ctx.db, row.proofId) : null;
	const seenBy = proof?.attested?.postId ?? '';
	const { evidenceRequired } = await category(ctx, row.categoryId);
	return {
		...(await viewOf(ctx, row, { publicOnly: false, proof })),
		version: row.version,
		districtId: row.districtId,
		restricted: facts.restricted,
		evidenceRequired,
		citizen: row.erasedAt
			? { ...(await citizenView(ctx, row.citizenId)), name: null, maskedMobile: null }
			: await citizenView(ctx, row.citizenId),
		proof: proof && {
			...proof,
			attestedBy: (await postViews(ctx, [seenBy])).get(seenBy) ?? null,
		},
		earlier: await earlierCases(ctx, row),
	};
}

const EARLIER = 20;

/** Other grievances of the same citizen but restricted ones and those against the post that reads. */
async function earlierCases(ctx: Context, row: GrievanceRow): Promise<EarlierCase[]> {
	const { actor } = ctx;
	const others = await ctx.db
		.select(listed)
		.from(grievance)
		.innerJoin(categoryTable, eq(categoryTable.id, grievance.categoryId))
		.where(
			and(
				eq(grievance.citizenId, row.citizenId),
				ne(grievance.id, row.id),
				eq(categoryTable.restricted, false),
				isNull(grievance.erasedAt),
				actor.kind === 'staff'
					? or(isNull(grievance.againstPostId), ne(grievance.againstPostId, actor.postId))
					: undefined,
			),
		)
		.orderBy(desc(grievance.filedAt))
		.limit(EARLIER);
	const names = await namesOf(ctx, others);
	return others.map((one) => ({
		number: one.number,
		title: names.title(one),
		state: one.state,
		stateText: stateText(one.state, ctx.locale),
		filedAt: one.filedAt,
	}));
}

/** What the acting post holds and owes, least time left first. @throws {Refusal} `forbidden` */
export async function inbox(ctx: Context): Promise<InboxRow[]> {
	const { actor } = ctx;
	if (actor.kind !== 'staff') throw new Refusal('forbidden');
	const rows = await ctx.db
		.select(listed)
		.from(grievance)
		.where(and(eq(grievance.ownerPostId, actor.postId), inArray(grievance.state, [...OPEN_STATES])))
		.orderBy(asc(grievance.deadline), asc(grievance.id));
	const names = await namesOf(ctx, rows);
	const hearings = await liveHearings(ctx, rows);
	const directions = await openDirectionCounts(ctx, rows);
	const now = ctx.clock.now();
	return rows.flatMap((row) => {
		const { ownedSince, deadline } = row;
		if (!ownedSince || !deadline) return [];
		return {
			id: row.id,
			number: row.number,
			title: names.title(row),
			categoryName: names.category(row).name,
			placePath: names.place(row).path,
			state: row.state,
			stateText: stateText(row.state, ctx.locale),
			level: row.level,
			ownedSince,
			deadline,
			breached: now > deadline,
			filedAt: row.filedAt,
			hearingRequestedAt: row.wishStands ? row.hearingRequestedAt : null,
			hearingAt: hearings.get(row.id) ?? null,
			openDirections: directions.get(row.id) ?? 0,
		};
	});
}

type OfMasters = Pick<GrievanceRow, 'categoryId' | 'jurisdictionId'>;

/** Names of categories and places of many grievances. */
async function namesOf(ctx: Context, rows: readonly OfMasters[]) {
	const [categoryOf, placeOf] = await Promise.all([
		categories(
			ctx,
			rows.map((row) => row.categoryId),
		),
		places(
			ctx,
			rows.map((row) => row.jurisdictionId),
		),
	]);
	const names = {
		category: (row: OfMasters) => found(categoryOf.get(row.categoryId)),
		place: (row: OfMasters) => found(placeOf.get(row.jurisdictionId)),
		title: (row: OfMasters) => titleFrom(names.place(row), names.category(row).name),
	};
	return names;
}

const LIVE_BOOKINGS = ['proposed', 'confirmed'] as const;

/** Start of each grievance's live booking. */
async function liveHearings(
	ctx: Context,
	rows: readonly Pick<GrievanceRow, 'id'>[],
): Promise<Map<string, Date>> {
	if (rows.length === 0) return new Map();
	const booked = await ctx.db
		.select({ grievanceId: booking.grievanceId, startsAt: slot.startsAt })
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.where(
			and(
				inArray(
					booking.grievanceId,
					rows.map((row) => row.id),
				),
				inArray(booking.status, [...LIVE_BOOKINGS]),
			),
		);
	return new Map(booked.map((row) => [row.grievanceId, row.startsAt]));
}

async function openDirectionCounts(
	ctx: Context,
	rows: readonly Pick<GrievanceRow, 'id'>[],
): Promise<Map<string, number>> {
	if (rows.length === 0) return new Map();
	const counted = await ctx.db
		.select({ grievanceId: direction.grievanceId, count: sql<number>`count(*)::int` })
		.from(direction)
		.where(
			and(
				inArray(
					direction.grievanceId,
					rows.map((row) => row.id),
				),
				eq(direction.state, 'open'),
			),
		)
		.groupBy(direction.grievanceId);
	return new Map(counted.map((row) => [row.grievanceId, row.count]));
}

/** A grievance in words; who may read it, the caller has made sure. */
export async function viewOf(
	ctx: Context,
	row: GrievanceRow,
	options: { publicOnly: boolean; proof?: ProofView | null },
): Promise<GrievanceView> {
	const { locale } = ctx;
	const names = await namesOf(ctx, [row]);
	const events = await eventsOf(ctx, row.id);
	// The timeline tells which of the tables below can hold anything: most cases are young.
	const happened = new Set(events.map((event) => event.type));
	const attachments = await attachmentsOf(ctx, row.id);
	const hearingAt = happened.has('hearing_booked')
		? ((await liveHearings(ctx, [row])).get(row.id) ?? null)
		: null;
	const directions = happened.has('direction_issued') ? await directionsOf(ctx, row.id) : [];
	const last = lastLevel(await ladderById(ctx.db, row.ladderId));
	const step = await nextStepOf(ctx, row, { lastLevel: last, hearingAt, directions });
	const shown = options.publicOnly ? events.filter((event) => event.public) : events;
	const posts = await postViews(ctx, [
		...[row.ownerPostId, row.againstPostId, step.toPostId].flatMap((id) => id ?? []),
		...shown.flatMap((event) => postsIn(event.data)),
	]);
	const proof = options.proof ?? (row.proofId ? await proofView(ctx.db, row.proofId) : null);
	const toPost = posts.get(step.toPostId ?? '') ?? null;
	return {
		id: row.id,
		number: row.number,
		title: names.title(row),
		categoryName: names.category(row).name,
		placePath: names.place(row).path,
		placeNote: row.placeNote,
		details: orErased(row.details, locale),
		relief: orErased(row.relief, locale),
		erasedAt: row.erasedAt,
		against: posts.get(row.againstPostId ?? '') ?? null,
		state: row.state,
		stateText: stateText(row.state, locale),
		level: row.level,
		lastLevel: last,
		owner: posts.get(row.ownerPostId ?? '') ?? null,
		ownedSince: row.ownedSince,
		deadline: row.deadline,
		breachedAt: row.breachedAt,
		progressPercent: progressPercent({
			state: row.state,
			hearing: hearingProgress(row, events, hearingAt),
			directions: {
				total: directions.length,
				answered: directions.filter((one) => one.state === 'answered').length,
			},
		}),
		nextStep: {
			kind: step.kind,
			at: step.at,
			toPost,
			text: describeNextStep(step, { toPost, breached: row.breachedAt !== null, locale }),
		},
		hearingRequestedAt: (await wishStandsFor(ctx.db, row.id)) ? row.hearingRequestedAt : null,
		hearingAt,
		proofKind: proof?.kind ?? 'mobile_only',
		proofStrength: proof?.strength ?? 'mobile_only',
		attachments,
		timeline: shown.flatMap((event) => entryOf(event, { posts, attachments, directions, locale })),
		filedAt: row.filedAt,
	};
}

function eventsOf(ctx: Context, grievanceId: string): Promise<EventRow[]> {
	return ctx.db
		.select()
		.from(grievanceEvent)
		.where(eq(grievanceEvent.grievanceId, grievanceId))
		.orderBy(asc(grievanceEvent.seq));
}

type DirectionRow = Awaited<ReturnType<typeof directionsOf>>[number];

/** Directions that were given and not taken back, earliest deadline first, with their reports. */
async function directionsOf(ctx: Context, grievanceId: string) {
	return ctx.db
		.select({
			id: direction.id,
			state: direction.state,
			ownerPostId: direction.ownerPostId,
			issuerPostId: direction.issuerPostId,
			deadline: direction.deadline,
			reportId: actionTakenReport.id,
		})
		.from(direction)
		.leftJoin(actionTakenReport, eq(actionTakenReport.directionId, direction.id))
		.where(
			and(eq(direction.grievanceId, grievanceId), inArray(direction.state, ['open', 'answered'])),
		)
		.orderBy(asc(direction.deadline));
}

const HELD: readonly unknown[] = ['heard', 'adjourned'];

function hearingProgress(
	row: GrievanceRow,
	events: readonly EventRow[],
	hearingAt: Date | null,
): ProgressFacts['hearing'] {
	const held = events.some(
		({ type, data }) => type === 'hearing_concluded' && HELD.includes(data['disposition']),
	);
	if (held) return 'held';
	if (hearingAt) return 'booked';
	return row.hearingRequestedAt ? 'requested' : 'none';
}

async function nextStepOf(
	ctx: Context,
	row: GrievanceRow,
	facts: { lastLevel: number; hearingAt: Date | null; directions: readonly DirectionRow[] },
): Promise<NextStep> {
	const now = ctx.clock.now();
	const accused = row.againstPostId ? [row.againstPostId] : [];
	const above = async (holderId: string, skip: readonly string[]) =>
		nextHolder({
			holderId,
			posts: await postsAbove(ctx.db, holderId, now),
			skip: new Set([...accused, ...skip]),
		});
	const urgent = facts.directions.find((one) => one.state === 'open');
	return nextStep({
		state: row.state,
		level: row.level,
		lastLevel: facts.lastLevel,
		deadline: row.deadline,
		nextPostId: row.ownerPostId ? await above(row.ownerPostId, []) : null,
		nextNoticeAt: row.breachedAt ? row.nextScanAt : null,
		direction: urgent
			? {
					dueAt: urgent.deadline,
					nextPostId: await above(urgent.ownerPostId, [urgent.issuerPostId]),
				}
			: null,
		booking: facts.hearingAt && facts.hearingAt > now ? { startsAt: facts.hearingAt } : null,
	});
}

function entryOf(
	event: EventRow,
	facts: {
		posts: ReadonlyMap<string, PostView>;
		attachments: readonly AttachmentView[];
		directions: readonly DirectionRow[];
		locale: Locale;
	},
): TimelineEntry[] {
	const { type, data, note } = event;
	// Written by a newer version of the product: not lost, only not told here.
	if (!isKnownEvent(type)) return [];
	const id = (name: string) => {
		const value = data[name];
		return typeof value === 'string' ? value : null;
	};
	const directionId = id('directionId');
	const report = facts.directions.find((one) => one.id === directionId)?.reportId ?? null;
	const proven = type === 'direction_answered' && report !== null;
	return [
		{
			seq: event.seq,
			type,
			at: event.at,
			public: event.public,
			...describeEvent({ type, data, note }, facts),
			hearingId: id('hearingId'),
			directionId,
			attachments: proven ? facts.attachments.filter((one) => one.reportId === report) : [],
		},
	];
}
