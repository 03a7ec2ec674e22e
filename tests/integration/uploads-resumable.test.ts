import { randomUUID } from 'node:crypto';
import {
	existsSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { answerUpload } from '#lib/http/resumable.ts';
import {
	addDraftAttachment,
	draft,
	finishIncoming,
	removeDraftAttachment,
	saveDraft,
	submitDraft,
	sweepFiles,
} from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { ScannerDown, type Scanner } from '#lib/server/platform/scanner.ts';
import { openFileStorage, type Storage } from '#lib/server/platform/storage.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { caseB, makeCitizen, makeWorld, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let folder: string;
let storage: Storage;
let photo: Buffer;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	photo = await picture('#a52a2a');
});
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'jansunwai-resumable-'));
	storage = openFileStorage(folder);
	return () => rmSync(folder, { recursive: true, force: true });
});
afterAll(() => database.close());

const picture = (background: string) =>
	sharp({ create: { width: 320, height: 240, channels: 3, background } })
		.jpeg()
		.toBuffer();
const files = () =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((one) => one.isFile())
		.map((one) => join(one.parentPath, one.name));

async function citizen(over: Partial<Context> = {}): Promise<Context> {
	const actor = await makeCitizen(database.db);
	const ctx = testContext(database.db, { actor, storage, ...over });
	await draft(ctx);
	return ctx;
}

const TUS = { 'tus-resumable': '1.0.0' };
const encoded = (metadata: Record<string, string>) =>
	Object.entries(metadata)
		.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
		.join(',');

function ask(ctx: Context, method: string, path: string, headers = {}, body?: Uint8Array) {
	const content = body ? new Uint8Array(body) : null;
	return answerUpload(
		ctx,
		new Request(`http://localhost:3000${path}`, {
			method,
			headers: { ...TUS, ...headers },
			body: content,
		}),
	);
}
const create = (
	ctx: Context,
	size: number,
	metadata: Record<string, string> = { filename: 'a.jpg' },
) =>
	ask(ctx, 'POST', '/api/uploads', {
		'upload-length': String(size),
		'upload-metadata': encoded(metadata),
	});
const patch = (ctx: Context, path: string, offset: number, bytes: Uint8Array) =>
	ask(
		ctx,
		'PATCH',
		path,
		{ 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
		bytes,
	);
const head = (ctx: Context, path: string) => ask(ctx, 'HEAD', path);
const offsetOf = async (ctx: Context, path: string) =>
	(await head(ctx, path)).headers.get('upload-offset');
const idIn = (path: string) => path.split('/').at(-1) ?? '';

async function begun(ctx: Context, size = photo.length, metadata?: Record<string, string>) {
	const answer = await create(ctx, size, metadata);
	expect(answer.status).toBe(201);
	return answer.headers.get('location') ?? '';
}
async function sent(ctx: Context, bytes: Uint8Array = photo, metadata?: Record<string, string>) {
	const path = await begun(ctx, bytes.length, metadata);
	expect((await patch(ctx, path, 0, bytes)).status).toBe(204);
	return path;
}

describe('a resumable upload is refused', () => {
	it('to who is not signed in as a citizen, and to one without an unfinished filing', async () => {
		const nobody = testContext(database.db, { storage });
		expect((await create(nobody, 10)).status).toBe(403);
		const fresh = testContext(database.db, { actor: await makeCitizen(database.db), storage });
		expect((await create(fresh, 10)).status).toBe(404);
		expect(files()).toEqual([]);
	});

	it('to another citizen at every turn', async () => {
		const ctx = await citizen();
		const path = await begun(ctx);
		await patch(ctx, path, 0, photo.subarray(0, 100));
		const other = await citizen();
		for (const asking of [other, testContext(database.db, { storage })]) {
			expect((await head(asking, path)).status).toBeGreaterThanOrEqual(403);
			expect((await patch(asking, path, 100, photo.subarray(100))).status).toBeGreaterThanOrEqual(
				403,
			);
			expect((await ask(asking, 'DELETE', path)).status).toBeGreaterThanOrEqual(403);
		}
		expect(await refusalCode(finishIncoming(other, idIn(path)))).toBe('not_found');
		expect(await offsetOf(ctx, path)).toBe('100');
	});

	it('when it is too large, before a byte is stored', async () => {
		const ctx = await citizen();
		const answer = await create(ctx, 10_000_001);
		expect(answer.status).toBe(413);
		expect(await answer.text()).toContain('10 MB');
		const unknown = await ask(ctx, 'POST', '/api/uploads', { 'upload-defer-length': '1' });
		expect(unknown.status).toBe(501);
		expect(files()).toEqual([]);
	});

	it('beyond the size that was told', async () => {
		const ctx = await citizen();
		const path = await begun(ctx, 100);
		expect((await patch(ctx, path, 0, photo)).status).toBeGreaterThanOrEqual(400);
		expect(Number((await offsetOf(ctx, path)) ?? 0)).toBeLessThanOrEqual(100);
	});

	it('for names and paths that are no id of ours', async () => {
		const ctx = await citizen();
		for (const path of [
			'/api/uploads/..%2F..%2Fetc',
			'/api/uploads/x',
			`/api/uploads/${randomUUID()}`,
		]) {
			expect((await head(ctx, path)).status).toBe(404);
			expect((await patch(ctx, path, 0, photo)).status).toBe(404);
			expect((await ask(ctx, 'DELETE', path)).status).toBe(404);
		}
	});

	it('after a hundred in an hour, and when five files are there', async () => {
		const ctx = await citizen();
		for (let count = 0; count < 100; count += 1) await begun(ctx, 1);
		const answer = await create(ctx, 1);
		expect(answer.status).toBe(429);
		expect(await answer.text()).toMatch(/\d/);
		// Those that were begun and left take no more room than ten.
		expect(files()).toHaveLength(10);
		const full = await citizen();
		for (const shade of ['1', '3', '5', '7', '9']) {
			await addDraftAttachment(full, { name: 'p.jpg', bytes: await picture(`#0000${shade}0`) });
		}
		expect((await create(full, 10)).status).toBe(400);
	});
});

describe('a resumable upload', () => {
	it('goes on where it was and arrives whole, once', async () => {
		const ctx = await citizen();
		const path = await begun(ctx);
		expect(path).toMatch(/^\/api\/uploads\/[0-9a-f-]{36}$/);
		expect((await patch(ctx, path, 0, photo.subarray(0, 300))).headers.get('upload-offset')).toBe(
			'300',
		);
		expect(await refusalCode(finishIncoming(ctx, idIn(path)))).toBe('invalid_input');
		expect((await patch(ctx, path, 0, photo)).status).toBe(409);
		expect(await offsetOf(ctx, path)).toBe('300');
		expect((await patch(ctx, path, 300, photo.subarray(300))).status).toBe(204);
		const [one, ...more] = (await draft(ctx)).attachments;
		expect(more).toEqual([]);
		expect(one).toMatchObject({ name: 'a.jpg', width: 320, height: 240, place: null });
		// The browser that lost the last answer learns that all is there, and asks as often as it likes.
		expect(await offsetOf(ctx, path)).toBe(String(photo.length));
		const twice = await Promise.all([
			finishIncoming(ctx, idIn(path)),
			finishIncoming(ctx, idIn(path)),
		]);
		expect(twice.map(({ id }) => id)).toEqual([one?.id, one?.id]);
		expect((await draft(ctx)).attachments).toHaveLength(1);
		expect(existsSync(join(storage.incoming, idIn(path)))).toBe(false);
		expect(files()).toHaveLength(1);
	});

	it('is refused for the same reasons as any other file, and says so again', async () => {
		const ctx = await citizen();
		const path = await sent(ctx, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
		for (let times = 0; times < 2; times += 1) {
			expect(await refusalCode(finishIncoming(ctx, idIn(path)))).toBe('upload_type');
		}
		expect(files()).toEqual([]);
	});

	it('waits for a scanner that is down, and is taken when that is back', async () => {
		let down = true;
		const scanner: Scanner = {
			scan: () => (down ? Promise.reject(new ScannerDown()) : Promise.resolve('clean')),
			check: () => Promise.resolve(),
		};
		const ctx = await citizen({ scanner });
		const path = await sent(ctx);
		expect(await refusalCode(finishIncoming(ctx, idIn(path)))).toBe('upload_not_checked');
		expect((await draft(ctx)).attachments).toEqual([]);
		down = false;
		expect((await finishIncoming(ctx, idIn(path))).name).toBe('a.jpg');
	});

	it('leaves neither name nor number where its bytes wait', async () => {
		const ctx = await citizen();
		const path = await begun(ctx, photo.length, { filename: 'आधार 2341 2341 2346.jpg' });
		await patch(ctx, path, 0, photo.subarray(0, 300));
		expect(readdirSync(storage.incoming)).toEqual([idIn(path)]);
		const rows =
			await database.sql`select incoming_upload::text as all from incoming_upload where id = ${idIn(path)}`;
		expect(JSON.stringify(rows)).not.toContain('2341');
		expect((await head(ctx, path)).headers.get('upload-metadata') ?? '').toBe('');
		await patch(ctx, path, 300, photo.subarray(300));
		expect((await draft(ctx)).attachments[0]?.name).toBe('आधार XXXX XXXX 2346.jpg');
	});

	it('can be stopped', async () => {
		const ctx = await citizen();
		const path = await begun(ctx);
		expect((await ask(ctx, 'DELETE', path)).status).toBe(204);
		expect((await head(ctx, path)).status).toBe(404);
		expect(files()).toEqual([]);
	});

	it('is forgotten when its file is taken out again', async () => {
		const ctx = await citizen();
		const path = await sent(ctx);
		await removeDraftAttachment(ctx, (await draft(ctx)).attachments[0]?.id ?? '');
		expect((await head(ctx, path)).status).toBe(404);
		expect(files()).toEqual([]);
	});

	it('never falls into the filing after the one it was begun for', async () => {
		const ctx = await citizen();
		const path = await begun(ctx);
		const { submissionKey } = await saveDraft(ctx, caseB(world));
		await submitDraft(ctx, { submissionKey });
		await draft(ctx);
		await patch(ctx, path, 0, photo);
		expect(await refusalCode(finishIncoming(ctx, idIn(path)))).toBe('stale');
		expect((await draft(ctx)).attachments).toEqual([]);
		expect(files()).toEqual([]);
	});

	it('keeps the place that the browser read, only when that is wanted and can be true', async () => {
		const place = '28.0833, 76.5833';
		const placed = async (metadata: Record<string, string>) => {
			const ctx = await citizen();
			await sent(ctx, photo, { filename: 'a.jpg', ...metadata });
			return (await draft(ctx)).attachments[0]?.place;
		};
		expect(await placed({ place })).toBeNull();
		expect(await placed({ keepplace: '1', place })).toBe(place);
		expect(await placed({ keepplace: '1', place: '<script>' })).toBeNull();
	});
});

describe('the sweep', () => {
	it('removes uploads that stopped a day ago and leaves the others', async () => {
		const ctx = await citizen();
		const old = await begun(ctx);
		await patch(ctx, old, 0, photo.subarray(0, 100));
		const later = { ...ctx, clock: fixedClock(new Date(TEST_NOW.getTime() + 20 * 3600_000)) };
		const young = await begun(later);
		await patch(later, young, 0, photo.subarray(0, 100));
		const dayAfter = { ...ctx, clock: fixedClock(new Date(TEST_NOW.getTime() + 25 * 3600_000)) };
		await sweepFiles(dayAfter);
		expect((await head(ctx, old)).status).toBe(404);
		expect(await offsetOf(ctx, young)).toBe('100');
		expect(readdirSync(storage.incoming)).toEqual([idIn(young)]);
	});

	it('removes what a crash left: files without a row, and halves', async () => {
		const ctx = await citizen();
		await sent(ctx);
		const [named = ''] = files();
		const orphan = await storage.put(photo);
		const fresh = await storage.put(photo);
		const half = join(folder, orphan.slice(0, 2), `${'z'.repeat(26)}.part`);
		writeFileSync(half, 'half');
		writeFileSync(join(storage.incoming, 'stray'), 'x');
		const twoHoursAgo = Date.now() / 1000 - 7200;
		for (const path of [named, half, files().find((one) => one.endsWith(orphan)) ?? '']) {
			utimesSync(path, twoHoursAgo, twoHoursAgo);
		}
		utimesSync(join(storage.incoming, 'stray'), twoHoursAgo - 86_400, twoHoursAgo - 86_400);
		expect(await sweepFiles(ctx)).toMatchObject({ files: 1 });
		expect(files().sort()).toEqual([named, files().find((one) => one.endsWith(fresh))].sort());
		expect(readFileSync(named).length).toBeGreaterThan(0);
	});
});
