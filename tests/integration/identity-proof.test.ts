import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentGroup } from '#lib/domain/identity/consent.ts';
import { checkProof, keepProof, proofView, type ProofInput } from '#lib/server/identity/index.ts';
import { makeDemoQr, type DemoCard } from '../../src/demo/identity/sign-demo.ts';
import { demoKycXml, makeDemoKyc, signKycXml, zipKyc } from '../../src/demo/identity/sign-kyc.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeCitizen } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
beforeAll(async () => {
	database = await testDatabase();
});
afterAll(() => database.close());

const AADHAAR = '234123412346';
const card = (mobile?: string): DemoCard => ({
	fields: { name: 'Kamla Devi', dob: '01-01-1960', gender: 'F', house: '12', vtc: 'Bawal' },
	last4: '2346',
	signedAt: new Date('2026-06-01T06:00:00Z'),
	...(mobile && { mobile }),
});

async function check(
	input: ProofInput,
	{ demo = true, mobile = undefined as string | undefined } = {},
) {
	const actor = await makeCitizen(database.db, mobile ? { mobile } : {});
	return checkProof(testContext(database.db, { actor, demo }), input);
}

describe('an Aadhaar Secure QR', () => {
	it.each([
		['nothing', '', 'proof_unsupported'],
		['words', 'hello', 'proof_unsupported'],
		['digits that say nothing', '1'.repeat(300), 'proof_unsupported'],
		['an Aadhaar number', AADHAAR, 'aadhaar_not_kept'],
		['an Aadhaar number with spaces', '2341 2341 2346', 'aadhaar_not_kept'],
		['far too much', '9'.repeat(1_000_000), 'proof_unsupported'],
	])('is refused when it is %s', async (_, qr, code) => {
		expect(await refusalCode(check({ kind: 'aadhaar_qr', qr }))).toBe(code);
	});

	it('is refused when one digit was changed', async () => {
		const qr = makeDemoQr(card());
		const at = Math.floor(qr.length / 2);
		const changed = qr.slice(0, at) + String((Number(qr[at]) + 1) % 10) + qr.slice(at + 1);
		expect(await refusalCode(check({ kind: 'aadhaar_qr', qr: changed }))).toMatch(
			/^proof_(invalid|unsupported)$/,
		);
	});

	it('of a demonstration is no proof outside one', async () => {
		const qr = makeDemoQr(card());
		expect(await refusalCode(check({ kind: 'aadhaar_qr', qr }, { demo: false }))).toMatch(
			/^proof_(invalid|unsupported)$/,
		);
	});

	it('with the mobile of the account inside is the strongest proof', async () => {
		const mobile = '+919876543210';
		const proof = await check({ kind: 'aadhaar_qr', qr: makeDemoQr(card(mobile)) }, { mobile });
		expect(proof.strength).toBe('signature_and_mobile_match');
	});

	it('of somebody else only says that the card is genuine', async () => {
		const proof = await check({ kind: 'aadhaar_qr', qr: makeDemoQr(card('+919876500000')) });
		expect(proof.strength).toBe('signature_only');
	});

	it('leaves only the fields agreed to, and neither payload nor reference', async () => {
		const qr = makeDemoQr(card());
		const proof = await check({ kind: 'aadhaar_qr', qr, consent: ['name', 'address'] });
		expect(proof.fields).toEqual({ name: 'Kamla Devi', address: '12, Bawal' });
		expect(proof.lastFour).toBe('2346');
		expect(proof.referenceHash).toMatch(/^[0-9a-f]{64}$/);
		expect(JSON.stringify(proof)).not.toContain('20260601');
		expect(JSON.stringify(proof).length).toBeLessThan(600);
		expect((await check({ kind: 'aadhaar_qr', qr })).fields).toEqual({});
	});
});

describe('an offline e-KYC', () => {
	const shareCode = '7a2F';
	const ekyc = async (
		input: { mobile?: string; code?: string; consent?: readonly ConsentGroup[] } = {},
	): Promise<ProofInput> => ({
		kind: 'aadhaar_ekyc',
		zip: await makeDemoKyc(card(input.mobile), shareCode),
		shareCode: input.code ?? shareCode,
		consent: input.consent,
	});

	it('with the mobile of the account inside is the strongest proof', async () => {
		const mobile = '+919876543211';
		const proof = await check(await ekyc({ mobile }), { mobile });
		expect(proof).toMatchObject({ kind: 'aadhaar_ekyc', strength: 'signature_and_mobile_match' });
		expect((await check(await ekyc({ mobile }))).strength).toBe('signature_only');
	});

	it('leaves only the fields agreed to: no photo, no share code, no reference', async () => {
		const proof = await check(await ekyc({ consent: ['name', 'address'] }));
		expect(proof.fields).toEqual({ name: 'Kamla Devi', address: '12, Bawal' });
		expect(proof.lastFour).toBe('2346');
		expect(JSON.stringify(proof)).not.toMatch(/20260601|7a2F/);
		expect((await check(await ekyc())).fields).toEqual({});
	});

	it('is stored like every other proof', async () => {
		const actor = await makeCitizen(database.db);
		const ctx = testContext(database.db, { actor, demo: true });
		const checked = await checkProof(ctx, await ekyc({ consent: ['name'] }));
		const id = await database.db.transaction((tx) => keepProof(tx, ctx, actor.citizenId, checked));
		expect(await proofView(database.db, id)).toMatchObject({
			kind: 'aadhaar_ekyc',
			fields: { name: 'Kamla Devi' },
			lastFour: '2346',
			alsoUsedBy: 0,
		});
	});

	it('is refused with another share code, as another file, and outside a demonstration', async () => {
		expect(await refusalCode(check(await ekyc({ code: '7a2G' })))).toBe('share_code_wrong');
		const zip = Buffer.from('%PDF-1.7');
		expect(await refusalCode(check({ kind: 'aadhaar_ekyc', zip, shareCode }))).toBe(
			'kyc_unsupported',
		);
		expect(await refusalCode(check(await ekyc(), { demo: false }))).toBe('kyc_unsupported');
	});

	it('is refused when something in it was changed', async () => {
		const xml = signKycXml(demoKycXml(card(), shareCode)).replace('Kamla', 'Vimla');
		const zip = await zipKyc({ 'a.xml': xml }, shareCode);
		expect(await refusalCode(check({ kind: 'aadhaar_ekyc', zip, shareCode }))).toBe('kyc_invalid');
	});
});

describe('other proofs', () => {
	it.each([
		['ppp', '12', 'family_id_invalid'],
		['ppp', '', 'family_id_invalid'],
		['ppp', AADHAAR, 'aadhaar_not_kept'],
		['jan_aadhaar', '2341-2341-2346', 'aadhaar_not_kept'],
		['jan_aadhaar', '12345', 'family_id_invalid'],
	] as const)('refuse a %s of "%s"', async (kind, familyId, code) => {
		expect(await refusalCode(check({ kind, familyId }))).toBe(code);
	});

	it('keep of a family id its last four and a keyed hash, however it was typed', async () => {
		const one = await check({ kind: 'ppp', familyId: '4abc-12x9' });
		const two = await check({ kind: 'ppp', familyId: '4ABC12X9' });
		expect(one).toEqual(two);
		expect(one.lastFour).toBe('12X9');
		expect(JSON.stringify(one)).not.toContain('4ABC12X9');
	});

	it('hide an Aadhaar number written as the name of a document', async () => {
		const proof = await check({ kind: 'other_document', documentName: `आधार ${AADHAAR}` });
		expect(proof.fields).toEqual({ documentName: 'आधार XXXX XXXX 2346' });
	});

	it('are only for a signed-in citizen', async () => {
		const ctx = testContext(database.db);
		expect(await refusalCode(checkProof(ctx, { kind: 'mobile_only' }))).toBe('forbidden');
	});

	it('tell when another account showed the same one', async () => {
		const [one, two] = [await makeCitizen(database.db), await makeCitizen(database.db)];
		const keep = async (actor: typeof one) => {
			const ctx = testContext(database.db, { actor });
			const checked = await checkProof(ctx, { kind: 'ppp', familyId: '9XYZ12AB' });
			return database.db.transaction((tx) => keepProof(tx, ctx, actor.citizenId, checked));
		};
		const first = await keep(one);
		expect(await proofView(database.db, first)).toMatchObject({ lastFour: '12AB', alsoUsedBy: 0 });
		await keep(one);
		await keep(two);
		expect((await proofView(database.db, first)).alsoUsedBy).toBe(1);
	});
});
