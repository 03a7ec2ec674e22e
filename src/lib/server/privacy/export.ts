import { configure, TextReader, ZipWriter } from '@zip.js/zip.js';
import { asc, desc, eq, inArray, or } from 'drizzle-orm';
import { myHearings } from '#lib/server/appointment/index.ts';
import { attachment } from '#lib/server/db/schema/grievance.ts';
import { erasureRequest, session } from '#lib/server/db/schema/identity.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { myGrievances, openDraft, tracking } from '#lib/server/grievance/index.ts';
import { directionsOfGrievance, proceedingOf, proceedingsOf } from '#lib/server/hearing/index.ts';
import {
	consentsOf,
	ownData,
	proofsOf,
	requireCitizen,
	type CitizenRow,
} from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { whoLooked } from './access.ts';
import { EXPORT_VERSION, type ExportedData } from './export-shape.ts';

/** Everything is opened and packed: dear for the server, and nobody needs it more often. */
const EXPORTS = { limit: 5, windowSeconds: 3600 } as const;
/** Looks at all cases of one person; beyond it the oldest are left out. */
const MOST_LOOKS = 100_000;

configure({ useWebWorkers: false });

export interface Exported {
	/** Name for the saved file; nothing personal in it. */
	name: string;
	/** ZIP of `data.json` and the files, made as it is read: nothing lies in memory but `data.json`. */
	stream: ReadableStream<Uint8Array>;
}

/**
 * A copy of everything that is held about the signed-in citizen (DPDP Act 2023, s.11): what they may
 * see, and nothing of anybody else.
 * @throws {Refusal} `forbidden`, `not_found` for an erased one, `too_many_requests` {minutes}
 */
export async function exportData(ctx: Context): Promise<Exported> {
	const { citizenId } = requireCitizen(ctx);
	const row = await ownData(ctx);
	await takeHit(ctx.db, `export:${citizenId}`, { ...EXPORTS, now: ctx.clock.now() });
	const files = await filesOf(ctx, citizenId);
	const data = await dataOf(ctx, row, files);
	const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
	pack(ctx, writable, data, files).catch((problem: unknown) => {
		// The reader went away, or a file did: the download breaks off, and no ZIP looks whole.
		ctx.log.warn({ err: problem }, 'an export was not finished');
		void writable.abort(problem).catch(() => {});
	});
	return { name: `jansunwai-${data.madeAt.slice(0, 10)}.zip`, stream: readable };
}

async function pack(
	ctx: Context,
	writable: WritableStream<Uint8Array>,
	data: ExportedData,
	files: readonly OwnFile[],
): Promise<void> {
	const zip = new ZipWriter(writable);
	await zip.add('data.json', new TextReader(JSON.stringify(data, null, '\t')));
	for (const file of files) {
		// Photos and PDF are packed as they are: there is nothing left to squeeze.
		await zip.add(file.path, ctx.storage.read(file.storageKey), { level: 0 });
	}
	await zip.close();
}

type OwnFile = ExportedData['grievances'][number]['files'][number] & {
	grievanceId: string | null;
	storageKey: string;
};

const ENDINGS: Readonly<Record<string, string>> = {
	'image/jpeg': 'jpg',
	'image/webp': 'webp',
	'application/pdf': 'pdf',
};

/** Paths are ours: a name that somebody typed must not steer where a ZIP unpacks to. */
async function filesOf(ctx: Context, citizenId: string): Promise<OwnFile[]> {
	const mine = await myGrievances(ctx);
	const numbers = new Map(mine.map((one) => [one.id, one.number]));
	const rows = await ctx.db
		.select()
		.from(attachment)
		.where(
			or(eq(attachment.draftOf, citizenId), inArray(attachment.grievanceId, [...numbers.keys()])),
		)
		.orderBy(asc(attachment.createdAt), asc(attachment.id));
	return rows.map((row, index) => ({
		path: `files/${numbers.get(row.grievanceId ?? '') ?? 'draft'}/${index + 1}.${ENDINGS[row.mime] ?? 'bin'}`,
		name: row.name,
		type: row.mime,
		bytes: row.bytes,
		sha256: row.sha256,
		purpose: row.purpose,
		grievanceId: row.grievanceId,
		storageKey: row.storageKey,
	}));
}

const iso = (at: Date) => at.toISOString();
const isoOrNull = (at: Date | null) => at?.toISOString() ?? null;

async function dataOf(
	ctx: Context,
	row: CitizenRow,
	files: readonly OwnFile[],
): Promise<ExportedData> {
	const shownFiles = (grievanceId: string | null) =>
		files
			.filter((one) => one.grievanceId === grievanceId)
			.map(({ grievanceId: _, storageKey: __, ...file }) => file);
	const mine = await myGrievances(ctx);
	const grievances: ExportedData['grievances'] = [];
	// One after the other: a person with hundreds of cases must not take every connection.
	for (const { id, number } of mine) {
		grievances.push({ ...(await grievanceData(ctx, id, number)), files: shownFiles(id) });
	}
	const unfinished = await openDraft(ctx);
	const requests = await ctx.db
		.select()
		.from(erasureRequest)
		.where(eq(erasureRequest.citizenId, row.id))
		.orderBy(asc(erasureRequest.requestedAt));
	const signIns = await ctx.db.select().from(session).where(eq(session.citizenId, row.id));
	return {
		format: 'jansunwai-my-data',
		version: EXPORT_VERSION,
		madeAt: iso(ctx.clock.now()),
		language: ctx.locale,
		person: {
			id: row.id,
			name: row.name,
			mobile: row.mobile,
			email: row.email,
			address: row.address,
			dateOfBirth: row.dateOfBirth,
			language: row.locale,
			since: iso(row.createdAt),
		},
		signIns: signIns.map((one) => ({ since: iso(one.createdAt), until: iso(one.expiresAt) })),
		proofs: (await proofsOf(ctx.db, row.id)).map((proof) => ({
			kind: proof.kind,
			strength: proof.strength,
			fields: proof.fields,
			lastFour: proof.lastFour,
			verifiedAt: iso(proof.verifiedAt),
		})),
		consents: (await consentsOf(ctx.db, row.id)).map(({ locale, at, ...one }) => ({
			...one,
			language: locale,
			at: iso(at),
		})),
		draft: unfinished && {
			updatedAt: iso(unfinished.updatedAt),
			answers: { ...unfinished.answers },
			files: shownFiles(null),
		},
		grievances,
		bookings: (await myHearings(ctx)).map((one) => ({
			number: one.grievanceNumber,
			startsAt: iso(one.startsAt),
			post: one.postName,
			token: one.tokenNo,
		})),
		messages: await messagesTo(ctx, row),
		looks: (await whoLooked(ctx, { limit: MOST_LOOKS })).map((one) => ({
			...one,
			at: iso(one.at),
		})),
		erasureRequests: requests.map((one) => ({
			requestedAt: iso(one.requestedAt),
			dueOn: one.dueOn,
			doneAt: isoOrNull(one.doneAt),
			cancelledAt: isoOrNull(one.cancelledAt),
		})),
	};
}

type GrievanceData = Omit<ExportedData['grievances'][number], 'files'>;

async function grievanceData(ctx: Context, id: string, number: string): Promise<GrievanceData> {
	const one = await tracking(ctx, number);
	const directions = await directionsOfGrievance(ctx, id);
	const held = await proceedingsOf(ctx, id);
	const sheets = await Promise.all(held.map(({ hearingId }) => proceedingOf(ctx, hearingId)));
	return {
		number,
		title: one.title,
		category: one.categoryName,
		place: one.placePath,
		placeNote: one.placeNote,
		details: one.details,
		relief: one.relief,
		against: one.against?.name ?? null,
		state: one.state,
		filedAt: iso(one.filedAt),
		owner: one.owner?.name ?? null,
		deadline: isoOrNull(one.deadline),
		erasedAt: isoOrNull(one.erasedAt),
		timeline: one.timeline.map(({ at, type, title, text }) => ({ at: iso(at), type, title, text })),
		directions: directions.map((given) => ({
			kind: given.kind,
			to: given.directedPost.name,
			from: given.issuer.name,
			text: given.text,
			state: given.state,
			dueAt: iso(given.dueAt),
			report: given.report && {
				text: given.report.text,
				at: iso(given.report.at),
				post: given.report.postName,
			},
		})),
		hearings: sheets.map((sheet) => ({
			proceedingNo: sheet.proceedingNo,
			officer: sheet.officer.post,
			startedAt: isoOrNull(sheet.startedAt),
			concludedAt: iso(sheet.concludedAt),
			disposition: sheet.disposition,
			order: sheet.order,
			reasons: sheet.reasons,
			nextAt: isoOrNull(sheet.nextAt),
		})),
	};
}

/** SMS to the citizen's mobile; codes for signing in are told of, not told. */
async function messagesTo(ctx: Context, row: CitizenRow): Promise<ExportedData['messages']> {
	if (!row.mobileIndex) return [];
	const sent = await ctx.db
		.select()
		.from(smsOutbox)
		.where(eq(smsOutbox.toIndex, row.mobileIndex))
		.orderBy(desc(smsOutbox.createdAt));
	return sent.map((one) => ({
		at: iso(one.createdAt),
		template: one.template,
		text: one.template === 'otp' ? null : one.text,
		state: one.state,
	}));
}
