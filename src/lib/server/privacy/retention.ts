import { and, eq, exists, inArray, isNotNull, isNull, lt, ne, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { DAY_MS } from '#lib/domain/calendar/ist.ts';
import { RETENTION, type Sweep } from '#lib/domain/privacy/retention.ts';
import { FINAL_STATES } from '#lib/domain/grievance/states.ts';
import { filingDraft, grievance } from '#lib/server/db/schema/grievance.ts';
import { livekitEvent } from '#lib/server/db/schema/hearing.ts';
import {
	actingGrant,
	idempotency,
	identityProof,
	otpChallenge,
	rateLimit,
	session,
} from '#lib/server/db/schema/identity.ts';
import { staffSignIn } from '#lib/server/db/schema/masters.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { dropDraft } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction } from '#lib/server/platform/db.ts';
import { dueToday, erasePending, waitingRequests } from './erasure.ts';
import { removeFilesLater } from './files.ts';

const BATCH = 500;

interface Swept {
	table: PgTable;
	where: SQL | undefined;
}

/** Drafts have files, photos are a part of a row; of the others whole rows go. */
type RowSweep = Exclude<Sweep, 'drafts' | 'card_photos'>;

/** Which rows each sweep takes. */
function sweeps(now: Date): Record<RowSweep, Swept> {
	const before = (sweep: Sweep) => new Date(now.getTime() - RETENTION[sweep].days * DAY_MS);
	return {
		otp_codes: { table: otpChallenge, where: lt(otpChallenge.createdAt, before('otp_codes')) },
		rate_limits: { table: rateLimit, where: lt(rateLimit.resetsAt, before('rate_limits')) },
		sessions: {
			table: session,
			// Their library lives by the real clock, whatever a demonstration's shows.
			where: sql`${session.expiresAt} < now() - make_interval(days => ${RETENTION.sessions.days})`,
		},
		staff_sign_ins: {
			table: staffSignIn,
			where: lt(staffSignIn.expiresAt, before('staff_sign_ins')),
		},
		rights_to_file: {
			table: actingGrant,
			where: and(isNull(actingGrant.usedAt), lt(actingGrant.expiresAt, before('rights_to_file'))),
		},
		answered_requests: {
			table: idempotency,
			where: lt(idempotency.createdAt, before('answered_requests')),
		},
		otp_messages: {
			table: smsOutbox,
			where: and(eq(smsOutbox.template, 'otp'), lt(smsOutbox.createdAt, before('otp_messages'))),
		},
		messages: {
			table: smsOutbox,
			where: and(ne(smsOutbox.template, 'otp'), lt(smsOutbox.createdAt, before('messages'))),
		},
		video_events: {
			table: livekitEvent,
			where: lt(livekitEvent.receivedAt, before('video_events')),
		},
	};
}

const staleDrafts = (now: Date) =>
	lt(filingDraft.updatedAt, new Date(now.getTime() - RETENTION.drafts.days * DAY_MS));

/** Of grievances that ended, also without a hearing: a hearing's conclusion takes its own at once. */
const photosOfEnded = (ctx: Context) =>
	and(
		isNotNull(identityProof.photo),
		exists(
			ctx.db
				.select({ id: grievance.id })
				.from(grievance)
				.where(
					and(eq(grievance.proofId, identityProof.id), inArray(grievance.state, [...FINAL_STATES])),
				),
		),
	);

/** How many rows each sweep took or would take, and citizens of whom something was or would be erased. */
export type RetentionResult = Record<Sweep | 'erasures', number>;

const ROW_SWEEPS = Object.keys(RETENTION).filter(
	(name): name is RowSweep => name !== 'drafts' && name !== 'card_photos',
);

/** What today's run would take. Changes nothing. */
export async function retentionPreview(ctx: Context): Promise<RetentionResult> {
	const now = ctx.clock.now();
	const found = noneYet();
	const all = sweeps(now);
	for (const name of ROW_SWEEPS) {
		found[name] = await ctx.db.$count(all[name].table, all[name].where);
	}
	found.card_photos = await ctx.db.$count(identityProof, photosOfEnded(ctx));
	found.drafts = await ctx.db.$count(filingDraft, staleDrafts(now));
	for (const { citizenId } of await waitingRequests(ctx.db)) {
		if (await dueToday(ctx, citizenId)) found.erasures += 1;
	}
	return found;
}

/**
 * Job `retention.run`, daily: deletes what has lain long enough (`RETENTION`) in batches, and does the
 * erasures that are due. Twice, or on two workers at once, takes the same rows once.
 * @throws after everything else was done, when an erasure failed, so that the job is tried again
 */
export async function runRetention(ctx: Context): Promise<RetentionResult> {
	const now = ctx.clock.now();
	const done = noneYet();
	const all = sweeps(now);
	for (const name of ROW_SWEEPS) done[name] = await sweep(ctx, all[name]);
	const photos = await ctx.db.update(identityProof).set({ photo: null }).where(photosOfEnded(ctx));
	done.card_photos = photos.count;
	done.drafts = await sweepDrafts(ctx, now);
	let failed = 0;
	for (const { citizenId } of await waitingRequests(ctx.db)) {
		try {
			if (await erasePending(ctx, citizenId)) done.erasures += 1;
		} catch (problem) {
			// One that cannot be done must not keep the others waiting.
			failed += 1;
			ctx.log.error({ err: problem }, 'an erasure failed');
		}
	}
	if (failed > 0) throw new Error(`${failed} erasures failed`);
	return done;
}

function noneYet(): RetentionResult {
	return {
		otp_codes: 0,
		rate_limits: 0,
		sessions: 0,
		staff_sign_ins: 0,
		rights_to_file: 0,
		answered_requests: 0,
		drafts: 0,
		card_photos: 0,
		otp_messages: 0,
		messages: 0,
		video_events: 0,
		erasures: 0,
	};
}

async function sweep(ctx: Context, { table, where }: Swept): Promise<number> {
	let total = 0;
	for (;;) {
		const gone = await ctx.db.execute(sql`
			delete from ${table} where ctid = any(array(
				select ctid from ${table} where ${where} limit ${BATCH} for update skip locked))`);
		total += gone.count;
		if (gone.count < BATCH) return total;
	}
}

/** One at a time: each has files, and somebody may open it again at this very moment. */
async function sweepDrafts(ctx: Context, now: Date): Promise<number> {
	let total = 0;
	for (;;) {
		const dropped = await inTransaction(ctx.db, async (tx) => {
			const [stale] = await tx
				.select({ citizenId: filingDraft.citizenId })
				.from(filingDraft)
				.where(staleDrafts(now))
				.limit(1)
				.for('update', { skipLocked: true });
			if (!stale) return false;
			await removeFilesLater(tx, await dropDraft(tx, stale.citizenId));
			return true;
		});
		if (!dropped) return total;
		total += 1;
	}
}
