import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { and, desc, eq, inArray, isNull, lt } from 'drizzle-orm';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { readPlaceText } from '#lib/domain/grievance/photo-place.ts';
import { isRefusalCode, Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { attachment, filingDraft, incomingUpload } from '#lib/server/db/schema/grievance.ts';
import { requireCitizen } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { attachmentView, draftFiles } from './attachments.ts';
import { countUpload, keepInDraft, tooMany } from './drafts.ts';
import type { AttachmentView } from './types.ts';

/** Longer than any honest sending over a poor line, with a night in it. */
const KEPT_MS = 24 * 3600_000;
/** Refusals that say nothing of the file: the same one may be taken later. */
const PASSING: readonly RefusalCode[] = ['upload_not_checked', 'upload_too_many'];

type Row = typeof incomingUpload.$inferSelect;

/** Of one resumable upload that the asking citizen began. */
export interface Incoming {
	/** Bytes that it will have. */
	size: number;
	/** Bytes that have come; all of them once it was taken or refused. */
	offset: number;
	ended: boolean;
}

const fileOf = (ctx: Pick<Context, 'storage'>, id: string) => join(ctx.storage.incoming, id);

async function rowOf(ctx: Context, id: string): Promise<Row | null> {
	if (ctx.actor.kind !== 'citizen' || !isUuid(id)) return null;
	const [row] = await ctx.db
		.select()
		.from(incomingUpload)
		.where(and(eq(incomingUpload.id, id), eq(incomingUpload.citizenId, ctx.actor.citizenId)));
	return row ?? null;
}

/** Null for one that is not there, and for one of somebody else. */
export async function incoming(ctx: Context, id: string): Promise<Incoming | null> {
	const row = await rowOf(ctx, id);
	if (!row) return null;
	const size = row.bytes;
	if (row.attachmentId !== null || row.refusal !== null) return { size, offset: size, ended: true };
	const seen = await stat(fileOf(ctx, id)).catch(() => null);
	return seen && { size, offset: seen.size, ended: false };
}

/**
 * Begins a resumable upload for the citizen's unfinished filing. Too many begun ones end the oldest.
 * @throws {Refusal} `not_found` without a filing, `upload_too_large`, `upload_too_many`, `too_many_requests`
 */
export async function beginIncoming(
	ctx: Context,
	input: { id: string; name: string; size: number; keepPlace: boolean; place: string | null },
): Promise<void> {
	const { citizenId } = requireCitizen(ctx);
	const { id, name, size, keepPlace } = input;
	if (size > UPLOAD_LIMITS.bytes) {
		throw new Refusal('upload_too_large', { megabytes: UPLOAD_LIMITS.bytes / 1e6 });
	}
	const [draft] = await ctx.db
		.select({ submissionKey: filingDraft.submissionKey })
		.from(filingDraft)
		.where(eq(filingDraft.citizenId, citizenId));
	const { submissionKey } = found(draft);
	if ((await draftFiles(ctx.db, citizenId)).length >= UPLOAD_LIMITS.files) throw tooMany();
	await countUpload(ctx);
	const begun = await ctx.db
		.select({ id: incomingUpload.id })
		.from(incomingUpload)
		.where(
			and(
				eq(incomingUpload.citizenId, citizenId),
				isNull(incomingUpload.attachmentId),
				isNull(incomingUpload.refusal),
			),
		)
		.orderBy(desc(incomingUpload.createdAt))
		.offset(UPLOAD_LIMITS.begun - 1);
	for (const old of begun) await dropIncoming(ctx, old.id);
	const place = keepPlace && input.place && readPlaceText(input.place) ? input.place : null;
	await ctx.db.insert(incomingUpload).values({
		...{ id, citizenId, submissionKey, name, keepPlace, place },
		bytes: size,
		createdAt: ctx.clock.now(),
	});
}

/** Ends one without taking it. Twice is no error. */
export async function dropIncoming(
	ctx: Pick<Context, 'db' | 'storage'>,
	id: string,
): Promise<void> {
	await ctx.db.delete(incomingUpload).where(eq(incomingUpload.id, id));
	await rm(fileOf(ctx, id), { force: true });
}

/**
 * Takes an upload that has come whole into the filing it was begun for, checked as any other file. Asked
 * again, the answer is the same: one attachment, or the same refusal.
 * @throws {Refusal} `not_found`; `invalid_input` before all of it has come; as `addDraftAttachment`
 */
export async function finishIncoming(ctx: Context, id: string): Promise<AttachmentView> {
	const row = found(await rowOf(ctx, id));
	if (row.attachmentId) return existing(ctx, row.attachmentId);
	if (row.refusal) {
		const code = isRefusalCode(row.refusal) ? row.refusal : 'upload_unreadable';
		throw new Refusal(code, row.refusalFacts ?? {});
	}
	const bytes = await wholeFile(ctx, row);
	// Its other request was faster and the bytes are gone.
	if (!bytes) return again(ctx, id);
	const { name, keepPlace, place, submissionKey } = row;
	try {
		const taken = await keepInDraft(ctx, { name, bytes, keepPlace, place }, submissionKey);
		await endIncoming(ctx, id, { attachmentId: taken.id });
		return taken;
	} catch (problem) {
		if (problem instanceof Refusal && !PASSING.includes(problem.code)) {
			await endIncoming(ctx, id, { refusal: problem.code, refusalFacts: problem.facts });
		}
		throw problem;
	}
}

async function wholeFile(ctx: Context, row: Row): Promise<Buffer | null> {
	const path = fileOf(ctx, row.id);
	const seen = await stat(path).catch(() => null);
	if (!seen) return null;
	if (seen.size !== row.bytes) throw new Refusal('invalid_input');
	return readFile(path).catch(() => null);
}

async function again(ctx: Context, id: string): Promise<AttachmentView> {
	const now = await incoming(ctx, id);
	if (!now?.ended) throw new Refusal('not_found');
	return finishIncoming(ctx, id);
}

async function existing(ctx: Context, attachmentId: string): Promise<AttachmentView> {
	const [row] = await ctx.db.select().from(attachment).where(eq(attachment.id, attachmentId));
	return attachmentView(ctx, found(row));
}

async function endIncoming(
	ctx: Context,
	id: string,
	end: Partial<Pick<Row, 'attachmentId' | 'refusal'>> & {
		refusalFacts?: Readonly<Record<string, string | number>>;
	},
): Promise<void> {
	await ctx.db
		.update(incomingUpload)
		.set(end)
		.where(
			and(
				eq(incomingUpload.id, id),
				isNull(incomingUpload.attachmentId),
				isNull(incomingUpload.refusal),
			),
		);
	await rm(fileOf(ctx, id), { force: true });
}

/** Writes one empty file for the bytes to come. @throws when there is one already */
export async function makeIncomingFile(ctx: Pick<Context, 'storage'>, id: string): Promise<void> {
	await mkdir(ctx.storage.incoming, { recursive: true });
	await (await open(fileOf(ctx, id), 'wx', 0o600)).close();
}

/** Uploads that were begun a day ago, ended or not, and files of uploads that are not known. */
export async function sweepIncoming(ctx: Context): Promise<number> {
	const before = new Date(ctx.clock.now().getTime() - KEPT_MS);
	const old = await ctx.db
		.select({ id: incomingUpload.id })
		.from(incomingUpload)
		.where(lt(incomingUpload.createdAt, before));
	for (const { id } of old) await dropIncoming(ctx, id);
	const names = await ctx.storage.incomingOlderThan(KEPT_MS);
	const known = await knownIncoming(ctx.db, names);
	const unknown = names.filter((name) => !known.has(name));
	for (const name of unknown) await rm(fileOf(ctx, name), { force: true });
	return old.length + unknown.length;
}

async function knownIncoming(db: Db, names: readonly string[]): Promise<Set<string>> {
	const ids = names.filter(isUuid);
	if (ids.length === 0) return new Set();
	const rows = await db
		.select({ id: incomingUpload.id })
		.from(incomingUpload)
		.where(inArray(incomingUpload.id, ids));
	return new Set(rows.map((row) => row.id));
}
