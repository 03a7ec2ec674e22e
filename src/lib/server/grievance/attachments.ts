import { and, asc, eq, inArray } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { logAccess } from '#lib/server/audit/index.ts';
import { attachment } from '#lib/server/db/schema/grievance.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { attachmentAddress, openingOf, requireAddress, type AddressProof } from './address.ts';
import { findGrievance, mayRead } from './facts.ts';
import { checkFile, type GivenFile } from './files.ts';
import { mayCitizenSee } from './policy.ts';
import type { AttachmentView } from './types.ts';

type Row = typeof attachment.$inferSelect;

/** With an address for who asks: make it only for somebody who may see the file. */
export function attachmentView(ctx: Pick<Context, 'actor' | 'clock'>, row: Row): AttachmentView {
	const { id, purpose, name, mime, bytes, width, height, place, aadhaarSeen, reportId } = row;
	const href = attachmentAddress(ctx, id);
	return { id, purpose, name, mime, bytes, width, height, place, aadhaarSeen, reportId, href };
}

/** Files of a grievance, complaint and reports, in the order they came. */
export async function attachmentsOf(ctx: Context, grievanceId: string): Promise<AttachmentView[]> {
	const rows = await ctx.db
		.select()
		.from(attachment)
		.where(eq(attachment.grievanceId, grievanceId))
		.orderBy(asc(attachment.createdAt), asc(attachment.id));
	return rows.map((row) => attachmentView(ctx, row));
}

/** Files of action taken reports. */
export async function attachmentsOfReports(
	ctx: Pick<Context, 'db' | 'actor' | 'clock'>,
	reportIds: readonly string[],
): Promise<AttachmentView[]> {
	if (reportIds.length === 0) return [];
	const rows = await ctx.db
		.select()
		.from(attachment)
		.where(inArray(attachment.reportId, [...reportIds]))
		.orderBy(asc(attachment.createdAt), asc(attachment.id));
	return rows.map((row) => attachmentView(ctx, row));
}

export interface OpenedAttachment extends AttachmentView {
	sha256: string;
	/** Content of `bytes` length. */
	stream: ReadableStream<Uint8Array>;
}

/**
 * A file for whoever may read its grievance: the citizen, or staff (logged once an address). A draft's
 * file is for its citizen alone. Others learn nothing of it, whatever address they have.
 * @throws {Refusal} `not_found`, `address_ended`
 */
export async function openAttachment(
	ctx: Context,
	id: string,
	address: AddressProof,
): Promise<OpenedAttachment> {
	requireAddress(ctx, id, address);
	const [row] = isUuid(id)
		? await ctx.db.select().from(attachment).where(eq(attachment.id, id))
		: [];
	const file = found(row);
	if (!(await mayOpen(ctx, file))) throw new Refusal('not_found');
	if (file.grievanceId) {
		await logAccess(ctx, [file.grievanceId], 'attachment', openingOf(ctx, id, address));
	}
	return {
		...attachmentView(ctx, file),
		sha256: file.sha256,
		stream: ctx.storage.read(file.storageKey),
	};
}

async function mayOpen(ctx: Context, file: Row): Promise<boolean> {
	if (file.draftOf) return mayCitizenSee(ctx, { citizenId: file.draftOf });
	const row = found(file.grievanceId ? await findGrievance(ctx.db, file.grievanceId) : null);
	return mayRead(ctx, row);
}

/** A checked file that lies in the storage but belongs to nothing yet. */
export type StoredFile = Pick<
	Row,
	'name' | 'mime' | 'bytes' | 'sha256' | 'width' | 'height' | 'place' | 'aadhaarSeen' | 'storageKey'
> & { nameMasked: boolean };

/**
 * Checks and stores a file. Do it before the transaction that names it, so that no lock waits for
 * a photo to be drawn; remove it again when that transaction fails.
 * @throws {Refusal} as `checkFile`
 */
export async function storeFile(ctx: Context, input: GivenFile): Promise<StoredFile> {
	const { bytes, ...checked } = await checkFile(ctx, input);
	const storageKey = await ctx.storage.put(bytes);
	return { ...checked, bytes: bytes.length, storageKey };
}

/** Ties a stored file to the action taken report that it proves. */
export async function attachToReport(
	tx: Tx | Db,
	ctx: Context,
	{ grievanceId, reportId, file }: { grievanceId: string; reportId: string; file: StoredFile },
): Promise<string> {
	const { nameMasked: _, ...kept } = file;
	const [row] = await tx
		.insert(attachment)
		.values({
			...kept,
			purpose: 'action_taken',
			grievanceId,
			reportId,
			createdAt: ctx.clock.now(),
		})
		.returning({ id: attachment.id });
	return found(row).id;
}

/** Both in one step, for a report that is already written. @throws {Refusal} as `checkFile` */
export async function addReportAttachment(
	ctx: Context,
	input: { grievanceId: string; reportId: string; name: string; bytes: Uint8Array },
	tx: Tx | Db = ctx.db,
): Promise<string> {
	const { grievanceId, reportId } = input;
	const file = await storeFile(ctx, input);
	try {
		return await attachToReport(tx, ctx, { grievanceId, reportId, file });
	} catch (error) {
		await ctx.storage.remove(file.storageKey);
		throw error;
	}
}

/** Files of an unfinished filing. */
export async function draftFiles(db: Db | Tx, citizenId: string): Promise<Row[]> {
	return db
		.select()
		.from(attachment)
		.where(and(eq(attachment.draftOf, citizenId), eq(attachment.purpose, 'complaint')))
		.orderBy(asc(attachment.createdAt), asc(attachment.id));
}
