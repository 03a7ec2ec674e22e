import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreedCard, readCard } from '#lib/server/identity/index.ts';
import { seal } from '#lib/server/platform/crypto.ts';
import { makeDemoQr, type DemoCard } from '../../src/demo/identity/sign-demo.ts';
import { makeDemoKyc } from '../../src/demo/identity/sign-kyc.ts';
import { testContext, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import { makeCitizen } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
beforeAll(async () => {
	database = await testDatabase();
});
afterAll(() => database.close());

const card: DemoCard = {
	fields: { name: 'Kamla Devi', dob: '01-01-1960', gender: 'F', house: '12', vtc: 'Bawal' },
	last4: '2346',
	signedAt: new Date('2026-06-01T06:00:00Z'),
};
const citizenContext = async (now = TEST_NOW) =>
	testContext(database.db, { actor: await makeCitizen(database.db), now });
const agreed = async (...input: Parameters<typeof agreedCard>) => agreedCard(...input);
const later = (minutes: number) => new Date(TEST_NOW.getTime() + minutes * 60_000);

describe('a card that was read', () => {
	it('is shown whole, with its photo, and stored nowhere', async () => {
		const ctx = await citizenContext();
		const counted = async () =>
			database.sql`select (select count(*) from identity_proof) + (select count(*) from filing_draft) as n`;
		const before = await counted();
		const seen = await readCard(ctx, { kind: 'aadhaar_qr', qr: makeDemoQr(card) });
		expect(seen).toMatchObject({
			kind: 'aadhaar_qr',
			strength: 'signature_only',
			fields: { name: 'Kamla Devi', dob: '01-01-1960', gender: 'F', address: '12, Bawal' },
		});
		const photo = Buffer.from(seen.photo ?? '', 'base64');
		expect(await sharp(photo).metadata()).toMatchObject({ format: 'png', width: 60, height: 60 });
		expect(await counted()).toEqual(before);
	});

	it('gives a token that says nothing of the card', async () => {
		const { token } = await readCard(await citizenContext(), {
			kind: 'aadhaar_qr',
			qr: makeDemoQr(card),
		});
		expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/Kamla|Bawal|2346/);
	});

	it('leaves what was ticked and nothing else', async () => {
		const ctx = await citizenContext();
		const { token, photo } = await readCard(ctx, { kind: 'aadhaar_qr', qr: makeDemoQr(card) });
		const none = agreedCard(ctx, token, []);
		expect(none).toMatchObject({ fields: {}, lastFour: '2346' });
		expect(none.photo).toBeUndefined();
		expect(agreedCard(ctx, token, ['gender', 'photo'])).toMatchObject({
			fields: { gender: 'F' },
			photo,
		});
		const names = agreedCard(ctx, token, ['name', 'dob', 'address']);
		expect(Object.keys(names.fields).toSorted()).toEqual(['address', 'dob', 'name']);
		expect(names.photo).toBeUndefined();
	});

	it('of an e-KYC is the same, without ZIP and share code in the token', async () => {
		const ctx = await citizenContext();
		const zip = await makeDemoKyc(card, '7a2F');
		const seen = await readCard(ctx, { kind: 'aadhaar_ekyc', zip, shareCode: '7a2F' });
		expect(seen.fields).toMatchObject({ name: 'Kamla Devi', address: '12, Bawal' });
		expect(agreedCard(ctx, seen.token, ['name'])).toMatchObject({
			kind: 'aadhaar_ekyc',
			fields: { name: 'Kamla Devi' },
			lastFour: '2346',
		});
	});
});

describe('the token of a card', () => {
	it('is of no use to another citizen, nor half an hour later, nor changed, nor made up', async () => {
		const ctx = await citizenContext();
		const { token } = await readCard(ctx, { kind: 'aadhaar_qr', qr: makeDemoQr(card) });
		const expired = 'proof_seen_expired';
		expect(await refusalCode(agreed(await citizenContext(), token, []))).toBe(expired);
		const { actor } = ctx;
		const at = (now: Date) => testContext(database.db, { actor, now });
		expect(await refusalCode(agreed(at(later(29)), token, []))).toBeNull();
		expect(await refusalCode(agreed(at(later(30)), token, []))).toBe(expired);
		const middle = Math.floor(token.length / 2);
		const other = token[middle] === 'A' ? 'B' : 'A';
		const changed = token.slice(0, middle) + other + token.slice(middle + 1);
		const moved = seal('{}', 'seen_card').toString('base64url');
		const foreign = seal(JSON.stringify({ name: 'x' }), 'draft_answers').toString('base64url');
		for (const bad of ['', 'x', changed, token.slice(0, -2), moved, foreign]) {
			expect(await refusalCode(agreed(ctx, bad, []))).toBe(expired);
		}
	});

	it('is only for a signed-in citizen', async () => {
		const anonymous = testContext(database.db);
		expect(await refusalCode(agreed(anonymous, 'x', []))).toBe('forbidden');
		const qr = makeDemoQr(card);
		expect(await refusalCode(readCard(anonymous, { kind: 'aadhaar_qr', qr }))).toBe('forbidden');
	});
});

const SAMPLE = '../shared/data/aadhaar/uidai-published-secure-qr.txt';
describe.skipIf(!existsSync(SAMPLE))("UIDAI's published sample", () => {
	it('is refused outside demonstrations and tests, as what it is', async () => {
		const actor = await makeCitizen(database.db);
		const qr = readFileSync(SAMPLE, 'latin1').trim();
		const read = (demo: boolean) =>
			refusalCode(readCard(testContext(database.db, { actor, demo }), { kind: 'aadhaar_qr', qr }));
		expect(await read(false)).toBe('proof_sample');
		expect(await read(true)).toBeNull();
	});
});
