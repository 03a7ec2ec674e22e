import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDraftAttachment, draft } from '#lib/server/grievance/index.ts';
import { health } from '#lib/server/platform/health.ts';
import { openScanner, type Scanner } from '#lib/server/platform/scanner.ts';
import { openFileStorage } from '#lib/server/platform/storage.ts';
import { EICAR, startClamd, type Clamd } from '../support/clamd.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeCitizen } from '../support/factories.ts';
import { makePdf } from '../support/pdf.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let clamd: Clamd;
let folder: string;
let photo: Buffer;
let large: Buffer;
beforeAll(async () => {
	database = await testDatabase();
	const wall = { width: 64, height: 48, channels: 3, background: '#a52a2a' } as const;
	photo = await sharp({ create: wall }).jpeg().toBuffer();
	large = Buffer.concat([
		makePdf().subarray(0, -6),
		Buffer.alloc(3_000_000, '%\n'),
		Buffer.from('%%EOF\n'),
	]);
});
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'jansunwai-scanned-'));
	clamd = await startClamd();
});
afterEach(async () => {
	await clamd.stop();
	rmSync(folder, { recursive: true, force: true });
});
afterAll(() => database.close());

async function citizen(scanner: Scanner) {
	const actor = await makeCitizen(database.db);
	return testContext(database.db, { actor, scanner, storage: openFileStorage(folder) });
}
const stored = () =>
	readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());

/** Adds a file and tells the refusal; nothing may be left of a refused one. */
async function add(scanner: Scanner, bytes: Uint8Array, name = 'photo.jpg') {
	const ctx = await citizen(scanner);
	const code = await refusalCode(addDraftAttachment(ctx, { name, bytes }));
	const kept = (await draft(ctx)).attachments.length;
	expect({ kept, files: stored().length }).toEqual(
		code ? { kept: 0, files: 0 } : { kept: 1, files: 1 },
	);
	return code;
}

/** Passes on to clamd; `onBytes` is told how many have come so far. */
async function between(onBytes: (sofar: number) => void): Promise<{ url: string; server: Server }> {
	const { port, hostname } = new URL(clamd.tcp);
	const server = createServer((near) => {
		const far = connect(Number(port), hostname);
		let sofar = 0;
		near.on('data', (bytes) => {
			sofar += bytes.length;
			far.write(bytes);
			onBytes(sofar);
		});
		far.pipe(near);
		for (const [one, other] of [[near, far] as const, [far, near] as const]) {
			one.on('error', () => other.destroy());
			one.on('close', () => other.destroy());
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return { url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('the scanner', () => {
	it('refuses an infected file, whatever it pretends to be', async () => {
		const scanner = openScanner(clamd.tcp);
		expect(await add(scanner, Buffer.from(EICAR), 'virus.txt')).toBe('upload_infected');
		expect(await add(scanner, Buffer.concat([photo, Buffer.from(EICAR)]))).toBe('upload_infected');
		const paper = makePdf();
		const infected = Buffer.concat([paper.subarray(0, -6), Buffer.from(`%${EICAR}\n%%EOF\n`)]);
		expect(await add(scanner, infected, 'paper.pdf')).toBe('upload_infected');
	});

	it('lets a clean file through, by TCP and by socket, also one of several chunks', async () => {
		expect(await add(openScanner(clamd.tcp), photo)).toBeNull();
		rmSync(folder, { recursive: true, force: true });
		expect(await add(openScanner(clamd.unix), large, 'paper.pdf')).toBeNull();
	});

	it('that is not there refuses every file and stores nothing', async () => {
		await clamd.stop();
		for (const url of [clamd.tcp, clamd.unix]) {
			expect(await add(openScanner(url), photo)).toBe('upload_not_checked');
		}
	});

	it('that dies in the middle of a file refuses it', async () => {
		let cut = 0;
		const { url, server } = await between((sofar) => {
			if (cut > 0 || sofar < 100_000) return;
			cut = sofar;
			clamd.process.kill('SIGKILL');
		});
		expect(await add(openScanner(url), large, 'paper.pdf')).toBe('upload_not_checked');
		expect(cut).toBeGreaterThan(0);
		server.close();
	});

	it('that falls silent refuses after its time', async () => {
		clamd.process.kill('SIGSTOP');
		const scanner = openScanner(clamd.tcp, { patienceMs: 400 });
		expect(await add(scanner, photo)).toBe('upload_not_checked');
	});

	it('whose own limit is smaller than the file refuses it: a part looked at is none', async () => {
		await clamd.stop();
		clamd = await startClamd({ maxStream: '1M' });
		expect(await add(openScanner(clamd.tcp), large, 'paper.pdf')).toBe('upload_not_checked');
		expect(await add(openScanner(clamd.tcp), photo)).toBeNull();
	});

	it('is part of the health of an installation that has one', async () => {
		const { db, storage, livekit } = testContext(database.db);
		const scanner = openScanner(clamd.tcp);
		expect((await health({ db, storage, livekit, scanner })).checks.scanner).toBe('ok');
		clamd.process.kill('SIGSTOP');
		expect((await health({ db, storage, livekit, scanner })).checks.scanner).toBe('down');
		expect((await health({ db, storage, livekit, scanner: null })).checks).not.toHaveProperty(
			'scanner',
		);
	});
});
