import { and, asc, desc, eq, inArray, ne } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { addDays, endOfIstDay, isDate, istDate } from '#lib/domain/calendar/ist.ts';
import { DIRECTION_TEXT_MAX, DUE_DAYS, REPORT_TEXT_MAX } from '#lib/domain/hearing/direction.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { cleanText, fitsIn } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { actionTakenReport, direction, hearing } from '#lib/server/db/schema/hearing.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import {
	appendEvent,
	attachmentsOfReports,
	attachToReport,
	grievanceFacts,
	lockGrievance,
	mayStaffSee,
	requireReader,
	storeFile,
	type StoredFile,
} from '#lib/server/grievance/index.ts';
import { listPostsInDistrict, namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import {
	announce,
	found,
	inTransaction,
	written,
	type Db,
	type Tx,
} from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { orErased } from '#lib/server/platform/words.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { requireHearingPost, requireStaffActor } from './policy.ts';
import { hearingFacts, lockHearing } from './rows.ts';
import type {
	AnswerDirection,
	DirectionDetail,
	DirectionRow,
	DirectionView,
	DraftDirection,
} from './types.ts';

type Row = typeof direction.$inferSelect;

/**
 * Writes down a direction; it binds nobody until the hearing is concluded.
 * @throws {Refusal} `direction_needed_text`, `direction_due_date`, `accused_reports_only`,
 * `direction_post_outside`, `text_too_long`, `hearing_ended`
 */
export async function draftDirection(ctx: Context, input: DraftDirection): Promise<{ id: string }> {
	const facts = await hearingFacts(ctx.db, input.hearingId);
	const actor = requireHearingPost(ctx, facts.sitting.postId);
	const text = maskAadhaarNumbers(cleanText(input.text)).text;
	if (text === '') throw new Refusal('direction_needed_text');
	if (!fitsIn(text, DIRECTION_TEXT_MAX)) throw new Refusal('text_too_long');
	const now = ctx.clock.now();
	const today = istDate(now);
	if (!isDate(input.dueDate) || input.dueDate < today || input.dueDate > addDays(today, DUE_DAYS)) {
		throw new Refusal('direction_due_date', { days: DUE_DAYS });
	}
	const { againstPostId, districtId } = await grievanceFacts(ctx.db, facts.hearing.grievanceId);
	// An officer directs the offices of the district, not other districts, and not the own post.
	const posts = await listPostsInDistrict(ctx, districtId, { functions: ['officer'] });
	if (input.postId === actor.postId || !posts.some(({ id }) => id === input.postId)) {
		throw new Refusal('direction_post_outside');
	}
	// The office complained of may be asked for its report; it decides and does nothing in its own case.
	if (input.kind !== 'report' && againstPostId === input.postId) {
		throw new Refusal('accused_reports_only');
	}
	return inTransaction(ctx.db, async (tx) => {
		const { hearing: row } = await lockHearing(tx, input.hearingId);
		if (row.state === 'concluded' || row.state === 'cancelled') throw new Refusal('hearing_ended');
		const dueAt = endOfIstDay(input.dueDate);
		const [made] = await tx
			.insert(direction)
			.values({
				hearingId: row.id,
				grievanceId: row.grievanceId,
				kind: input.kind,
				text,
				issuerPostId: actor.postId,
				directedPostId: input.postId,
				ownerPostId: input.postId,
				ownedSince: now,
				dueAt,
				deadline: dueAt,
			})
			.returning({ id: direction.id });
		await announce(tx, 'sitting', row.sittingId);
		return found(made);
	});
}

async function directionRow(db: Db | Tx, id: string): Promise<Row> {
	const [row] = isUuid(id) ? await db.select().from(direction).where(eq(direction.id, id)) : [];
	return found(row);
}

/** Takes a drafted direction back. @throws {Refusal} `hearing_ended` once it is issued */
export async function removeDraft(ctx: Context, directionId: string): Promise<void> {
	const row = await directionRow(ctx.db, directionId);
	const facts = await hearingFacts(ctx.db, row.hearingId);
	requireHearingPost(ctx, facts.sitting.postId);
	await inTransaction(ctx.db, async (tx) => {
		const { hearing: locked } = await lockHearing(tx, facts.hearing.id);
		const removed = await tx
			.delete(direction)
			.where(and(eq(direction.id, directionId), eq(direction.state, 'drafted')))
			.returning({ id: direction.id });
		if (removed.length === 0) throw new Refusal('hearing_ended');
		await announce(tx, 'sitting', locked.sittingId);
	});
}

/** Directions with their reports, in the order they were given. */
export async function viewDirections(
	ctx: Pick<Context, 'db' | 'locale' | 'actor' | 'clock'>,
	rows: readonly Row[],
): Promise<DirectionView[]> {
	if (rows.length === 0) return [];
	const reports = await ctx.db
		.select()
		.from(actionTakenReport)
		.where(
			inArray(
				actionTakenReport.directionId,
				rows.map(({ id }) => id),
			),
		);
	const photos = await attachmentsOfReports(
		ctx,
		reports.map(({ id }) => id),
	);
	const names = await namesOfPosts(
		ctx.db,
		[
			...rows.flatMap((row) => [row.directedPostId, row.ownerPostId, row.issuerPostId]),
			...reports.map(({ postId }) => postId),
		],
		ctx.locale,
	);
	const named = (id: string) => ({ id, name: names.get(id) ?? '' });
	return rows.map((row) => {
		const report = reports.find(({ directionId }) => directionId === row.id);
		return {
			id: row.id,
			kind: row.kind,
			text: orErased(row.text, ctx.locale),
			state: row.state,
			directedPost: named(row.directedPostId),
			owner: named(row.ownerPostId),
			issuer: named(row.issuerPostId),
			dueAt: row.dueAt,
			deadline: row.deadline,
			ownedSince: row.ownedSince,
			issuedAt: row.issuedAt,
			level: row.level,
			breached: row.breachedAt !== null,
			report: report
				? {
						text: orErased(report.text, ctx.locale),
						at: report.at,
						postName: named(report.postId).name,
						attachments: photos.filter(({ reportId }) => reportId === report.id),
					}
				: null,
		};
	});
}

export async function directionsOfHearing(
	ctx: Pick<Context, 'db' | 'locale' | 'actor' | 'clock'>,
	hearingId: string,
	states: readonly Row['state'][],
): Promise<DirectionView[]> {
	const rows = await ctx.db
		.select()
		.from(direction)
		.where(and(eq(direction.hearingId, hearingId), inArray(direction.state, [...states])))
		.orderBy(asc(direction.id));
	return viewDirections(ctx, rows);
}

/** All issued directions of a grievance, oldest first, for a reader who may see the grievance. */
export async function directionsOfGrievance(
	ctx: Context,
	grievanceId: string,
): Promise<DirectionView[]> {
	await requireReader(ctx, grievanceId);
	const rows = await ctx.db
		.select()
		.from(direction)
		.where(and(eq(direction.grievanceId, grievanceId), ne(direction.state, 'drafted')))
		.orderBy(asc(direction.id));
	return viewDirections(ctx, rows);
}

const place = alias(jurisdiction, 'direction_place');

/** Directions that the acting post holds: open ones by deadline, then the newest 50 answered ones. */
export async function directionsFor(ctx: Context): Promise<DirectionRow[]> {
	const actor = requireStaffActor(ctx);
	const name = ctx.locale === 'en' ? ('nameEn' as const) : ('nameHi' as const);
	const read = (state: 'open' | 'answered') =>
		ctx.db
			.select({
				direction,
				number: grievance.number,
				category: category[name],
				place: place[name],
			})
			.from(direction)
			.innerJoin(grievance, eq(grievance.id, direction.grievanceId))
			.innerJoin(category, eq(category.id, grievance.categoryId))
			.innerJoin(place, eq(place.id, grievance.jurisdictionId))
			.where(and(eq(direction.ownerPostId, actor.postId), eq(direction.state, state)));
	const open = await read('open').orderBy(asc(direction.deadline));
	const answered = await read('answered').orderBy(desc(direction.issuedAt)).limit(50);
	const rows = [...open, ...answered];
	const names = await namesOfPosts(
		ctx.db,
		rows.map((row) => row.direction.issuerPostId),
		ctx.locale,
	);
	return rows.map((row) => ({
		id: row.direction.id,
		grievanceId: row.direction.grievanceId,
		grievanceNumber: row.number,
		title: `${row.category}, ${row.place}`,
		kind: row.direction.kind,
		text: orErased(row.direction.text, ctx.locale),
		state: row.direction.state,
		ownedSince: row.direction.ownedSince,
		deadline: row.direction.deadline,
		dueAt: row.direction.dueAt,
		level: row.direction.level,
		breached: row.direction.breachedAt !== null,
		issuer: names.get(row.direction.issuerPostId) ?? '',
		issuedAt: row.direction.issuedAt,
	}));
}

/** One direction, for staff who may see its grievance or who hold or gave it. */
export async function directionDetail(ctx: Context, id: string): Promise<DirectionDetail> {
	const actor = requireStaffActor(ctx);
	const one = await directionRow(ctx.db, id);
	if (one.state === 'drafted') throw new Refusal('not_found');
	const grievanceRow = await grievanceFacts(ctx.db, one.grievanceId);
	const involved = [one.ownerPostId, one.directedPostId, one.issuerPostId].includes(actor.postId);
	if (!involved && !mayStaffSee(ctx, grievanceRow)) throw new Refusal('forbidden');
	const [view] = await viewDirections(ctx, [one]);
	const [of] = await ctx.db
		.select({ proceedingNo: hearing.proceedingNo })
		.from(hearing)
		.where(eq(hearing.id, one.hearingId));
	return {
		...found(view),
		grievanceId: one.grievanceId,
		grievanceNumber: grievanceRow.number,
		title: grievanceRow.title[ctx.locale],
		hearingId: one.hearingId,
		proceedingNo: found(of).proceedingNo,
		mayAnswer: one.state === 'open' && one.ownerPostId === actor.postId,
	};
}

/**
 * The action taken report of the post that holds the direction: once, final, with a photo when given.
 * @throws {Refusal} `already_answered`, `forbidden`, `direction_needed_text`, `upload_type`, `upload_too_large`
 */
export async function answerDirection(ctx: Context, input: AnswerDirection): Promise<void> {
	const actor = requireStaffActor(ctx);
	const text = maskAadhaarNumbers(cleanText(input.text)).text;
	if (text === '') throw new Refusal('direction_needed_text');
	if (!fitsIn(text, REPORT_TEXT_MAX)) throw new Refusal('text_too_long');
	requireMayAnswer(await directionRow(ctx.db, input.directionId), actor);
	const file = input.photo ? await storeFile(ctx, input.photo) : null;
	try {
		await inTransaction(ctx.db, (tx) => answerIn(tx, ctx, actor, { ...input, text, file }));
	} catch (error) {
		// A file that no report names would lie in the storage for ever.
		if (file) await ctx.storage.remove(file.storageKey);
		throw error;
	}
}

function requireMayAnswer(row: Row, actor: StaffActor): void {
	if (row.ownerPostId !== actor.postId) throw new Refusal('forbidden');
	if (row.state !== 'open') throw new Refusal('already_answered');
}

async function answerIn(
	tx: Tx,
	ctx: Context,
	actor: StaffActor,
	{ directionId, text, file }: { directionId: string; text: string; file: StoredFile | null },
): Promise<void> {
	const row = await lockDirection(tx, directionId);
	requireMayAnswer(row, actor);
	const [report] = await tx
		.insert(actionTakenReport)
		.values({
			directionId: row.id,
			postId: actor.postId,
			personId: actor.personId,
			text,
			at: ctx.clock.now(),
		})
		.returning({ id: actionTakenReport.id });
	const reportId = found(report).id;
	if (file) await attachToReport(tx, ctx, { grievanceId: row.grievanceId, reportId, file });
	await tx
		.update(direction)
		.set({ state: 'answered', nextScanAt: null, version: row.version + 1 })
		.where(eq(direction.id, row.id));
	await appendEvent(tx, ctx, row.grievanceId, {
		type: 'direction_answered',
		public: true,
		data: { directionId: row.id, reportId, postId: actor.postId },
		note: text,
	});
	const facts = await grievanceFacts(tx, row.grievanceId);
	const told = { number: facts.number, directedPostId: actor.postId };
	await notify(tx, {
		template: 'direction_answered_issuer',
		to: { kind: 'post', id: row.issuerPostId },
		grievanceId: row.grievanceId,
		facts: told,
		key: `direction_answered_issuer:${row.id}`,
	});
	await notify(tx, {
		template: 'direction_answered_citizen',
		to: { kind: 'citizen', id: facts.citizenId },
		grievanceId: row.grievanceId,
		facts: { ...told, linkPath: `/citizen/grievances/${facts.number}` },
		key: `direction_answered_citizen:${row.id}`,
	});
}

async function lockDirection(tx: Tx, id: string): Promise<Row> {
	await directionRow(tx, id);
	const [row] = await tx.select().from(direction).where(eq(direction.id, id)).for('update');
	return found(row);
}

/** One level up: another post holds it, with a clock that starts now. The caller holds the row. */
export async function moveDirection(
	tx: Tx,
	ctx: Context,
	id: string,
	move: { level: number; toPostId: string; deadline: Date; now?: Date },
): Promise<void> {
	const row = await lockDirection(tx, id);
	if (row.state !== 'open') throw new Refusal('bad_transition');
	written(
		await tx
			.update(direction)
			.set({
				level: move.level,
				ownerPostId: move.toPostId,
				ownedSince: move.now ?? ctx.clock.now(),
				deadline: move.deadline,
				nextScanAt: move.deadline,
				breachedAt: null,
				version: row.version + 1,
			})
			.where(and(eq(direction.id, id), eq(direction.version, row.version)))
			.returning({ id: direction.id }),
	);
	await lockGrievance(tx, row.grievanceId);
	await appendEvent(tx, ctx, row.grievanceId, {
		type: 'direction_escalated',
		public: true,
		data: {
			directionId: id,
			level: move.level,
			fromPostId: row.ownerPostId,
			toPostId: move.toPostId,
			deadlineAt: move.deadline.toISOString(),
		},
	});
}

/** The deadline passed and nobody is above: marked, and looked at again at `nextScanAt`. */
export async function noteDirectionBreach(
	tx: Tx,
	_ctx: Context,
	id: string,
	note: { nextScanAt: Date; now: Date },
): Promise<void> {
	const row = await lockDirection(tx, id);
	if (row.state !== 'open') throw new Refusal('bad_transition');
	await tx
		.update(direction)
		.set({
			breachedAt: row.breachedAt ?? note.now,
			nextScanAt: note.nextScanAt,
			version: row.version + 1,
		})
		.where(eq(direction.id, id));
}
