import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
	demoKycXml,
	makeDemoKyc,
	signKycXml,
	zipKyc,
	type DemoKycSigning,
} from '../../../../demo/identity/sign-kyc.ts';
import { certificateRegistry, givenCertificates, type SigningCertificate } from './certificates.ts';
import { contactHash } from './contact-hash.ts';
import { readOfflineKyc, type OfflineKycResult } from './offline-kyc.ts';

const SHARE_CODE = '7a2F';
const NOW = new Date('2026-06-01T00:00:00Z');
const JPEG = Buffer.from('ffd8ffe000104a46494600', 'hex');
const CARD = {
	fields: {
		name: 'Ramesh "Bhai" <Kumar> & Söhne',
		dob: '02-01-1979',
		gender: 'M',
		careOf: 'S/O Hari',
		house: '12',
		district: 'Rewari',
		state: 'Haryana',
		pin: '123501',
		vtc: 'Bawal',
	},
	last4: '9017',
	signedAt: new Date('2026-05-05T09:00:00Z'),
	mobile: '9812345654',
	email: 'ramesh@example.in',
};
const DEMO = certificateRegistry({ demo: true });
const XML = demoKycXml(CARD, SHARE_CODE, JPEG);
const SIGNED = signKycXml(XML);
const FILE = 'offlineaadhaar20260505.xml';

const read = (zip: Uint8Array, shareCode = SHARE_CODE, registry = DEMO) =>
	readOfflineKyc(zip, shareCode, registry, { now: NOW, mobile: CARD.mobile, email: CARD.email });
/** What is said of an XML in a proper ZIP. */
const readXml = async (xml: string | Uint8Array, registry = DEMO) =>
	read(await zipKyc({ [FILE]: xml }, SHARE_CODE), SHARE_CODE, registry);
const problem = async (result: Promise<OfflineKycResult>) => {
	const read = await result;
	return read.ok ? null : read.problem;
};
const signed = (xml: string, options?: DemoKycSigning) => signKycXml(xml, options);
const withoutDeclaration = (xml: string) => xml.replace(/^<\?xml[^>]*\?>/, '');

function ownKey(from: string, to: string): { key: KeyObject; certificate: SigningCertificate } {
	const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const [validFrom, validTo] = [new Date(from), new Date(to)];
	const certificate = { name: 'test', fingerprint: from, validFrom, validTo, publicKey };
	return { key: privateKey, certificate };
}

describe('an e-KYC as UIDAI makes it', () => {
	it('gives what was signed, whatever protects the ZIP', async () => {
		for (const protection of ['zipcrypto', 'aes'] as const) {
			const result = await read(await zipKyc({ [FILE]: SIGNED }, SHARE_CODE, protection));
			if (!result.ok) throw new Error(result.problem);
			expect(result.kyc).toMatchObject({
				referenceId: '901720260505143000000',
				signedAt: CARD.signedAt,
				mobileMatch: true,
				emailMatch: true,
				certificateFingerprint: DEMO.certificates.at(-1)?.fingerprint,
			});
			expect(result.kyc.fields).toEqual({
				...CARD.fields,
				street: '',
				landmark: '',
				location: '',
				postOffice: '',
				subDistrict: '',
			});
			expect(Buffer.from(result.kyc.photo ?? []).equals(JPEG)).toBe(true);
		}
	});

	it('may be signed by SHA-256, spaced out, and carry a certificate that nobody reads', async () => {
		const method = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
		expect((await readXml(signed(XML, { method }))).ok).toBe(true);
		expect((await readXml(signed(XML.replaceAll('><', '>\r\n  <')))).ok).toBe(true);
		const keyInfo =
			'<KeyInfo><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo>';
		expect((await readXml(SIGNED.replace('</Signature>', `${keyInfo}</Signature>`))).ok).toBe(true);
		const lines = SIGNED.replace(
			/<SignatureValue>(.{76})(.{76})/,
			'<SignatureValue>$1&#13;\n$2&#13;\n',
		);
		expect(lines).not.toBe(SIGNED);
		expect((await readXml(lines)).ok).toBe(true);
		expect((await readXml(`\ufeff${SIGNED}\n`)).ok).toBe(true);
	});

	it('may hold no photo, no hash and no address', async () => {
		const { fields, last4, signedAt } = CARD;
		const bare = demoKycXml({ fields: { name: fields.name }, last4, signedAt }, SHARE_CODE);
		const result = await readXml(signed(bare.replace(/<Poa [^>]*>/, '<Poa/>')));
		expect(result).toMatchObject({
			ok: true,
			kyc: { photo: null, mobileMatch: null, emailMatch: null, fields: { pin: '' } },
		});
	});

	it('tells the holder from somebody else, by the hash that the share code salts', async () => {
		const zip = await makeDemoKyc(CARD, SHARE_CODE);
		const match = async (options: { mobile?: string; email?: string }) => {
			const result = await readOfflineKyc(zip, SHARE_CODE, DEMO, { now: NOW, ...options });
			return result.ok && [result.kyc.mobileMatch, result.kyc.emailMatch];
		};
		expect(await match({ mobile: '+91 98123-45654' })).toEqual([true, null]);
		expect(await match({ mobile: '9812345655' })).toEqual([false, null]);
		expect(await match({ mobile: 'none', email: 'other@example.in' })).toEqual([null, false]);
	});

	it("counts the rounds of the hash as UIDAI's examples do", () => {
		expect(contactHash('1234567890Lock@487', 2)).toBe(
			'f7250dc9e61759253bb741efbae306311632049154da7286e20b047bf3421a8f',
		);
		expect(contactHash('9800000002Abc@123', 4)).toBe(
			'735c04aebc33a05af444ed41f6352b083c5a28d75ff1a26f0fe2c72bba94d7dc',
		);
	});

	it("takes the plain hash of an e-mail address, as UIDAI's FAQ has it", async () => {
		const plain = XML.replace(/ e="[0-9a-f]{64}"/, ` e="${contactHash(CARD.email, 1)}"`);
		expect(await readXml(signed(plain))).toMatchObject({ ok: true, kyc: { emailMatch: true } });
	});
});

describe('certificates', () => {
	const current = ownKey('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
	const expired = ownKey('2020-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
	const registry = {
		certificates: [expired.certificate, current.certificate],
		windows: 'enforced' as const,
	};

	it('count only for what was signed in their window', async () => {
		const by = (key: KeyObject, xml = XML) => readXml(signed(xml, { key }), registry);
		expect((await by(current.key)).ok).toBe(true);
		expect(await problem(by(expired.key))).toBe('invalid_signature');
		const old = XML.replace('20260505', '20240505');
		expect((await by(expired.key, old)).ok).toBe(true);
		expect(await problem(by(current.key, old))).toBe('invalid_signature');
		const between = XML.replace('20260505', '20250505');
		expect(await problem(by(current.key, between))).toBe('unknown_certificate');
	});

	it('that were named count at any time', async () => {
		const named = givenCertificates([expired.certificate]);
		expect((await readXml(signed(XML, { key: expired.key }), named)).ok).toBe(true);
	});

	it('of a demonstration count nowhere else', async () => {
		const production = certificateRegistry({ demo: false });
		expect(await problem(readXml(SIGNED, production))).toBe('unknown_certificate');
		const inTime = signed(XML.replace('20260505', '20220505'));
		expect(await problem(readXml(inTime, production))).toBe('invalid_signature');
	});

	it('that come with the file count for nothing', async () => {
		const mine = signed(XML, { key: current.key });
		const pem = DEMO.certificates.at(-1)?.publicKey.export({ type: 'spki', format: 'pem' });
		const keyInfo = `<KeyInfo><X509Data><X509Certificate>${String(pem)}</X509Certificate></X509Data></KeyInfo>`;
		const forged = mine.replace('</Signature>', `${keyInfo}</Signature>`);
		expect(await problem(readXml(forged))).toBe('invalid_signature');
	});

	it('do not make a file from the future a proof', async () => {
		const later = signed(XML.replace('20260505', '20260603'));
		expect(await problem(readXml(later))).toBe('in_future');
	});
});

describe('attacks on the signature', () => {
	const signature = /<Signature .*<\/Signature>/s.exec(SIGNED)?.[0] ?? '';
	const evil = XML.replace('Ramesh', 'Mallory');
	const whole = withoutDeclaration(SIGNED);
	const inside = (xml: string, extra: string) =>
		xml.replace('</OfflinePaperlessKyc>', `${extra}</OfflinePaperlessKyc>`);

	it.each([
		['a changed name', SIGNED.replace('Ramesh', 'Mallory'), 'invalid_signature'],
		['a changed photo', SIGNED.replace('/9j/', '/9k/'), 'invalid_signature'],
		['a changed reference id', SIGNED.replace('"9017', '"9018'), 'invalid_signature'],
		['another digest', SIGNED.replace(/<DigestValue>./, '<DigestValue>A'), 'invalid_signature'],
		['no signature', XML, 'unknown_layout'],
		['an empty signature', inside(XML, '<Signature/>'), 'unknown_layout'],
		['two signatures', inside(SIGNED, signature), 'unknown_layout'],
		['an unsigned element beside', inside(SIGNED, '<UidData/>'), 'unknown_layout'],
		[
			'an unsigned element before',
			SIGNED.replace('<UidData>', '<Extra/><UidData>'),
			'invalid_signature',
		],
		['an unsigned attribute', SIGNED.replace('<Poi ', '<Poi x="1" '), 'invalid_signature'],
		[
			'the signed document wrapped into another',
			inside(evil, `<Old>${whole}</Old>`),
			'unknown_layout',
		],
		[
			'the signed document in an Object of the signature',
			inside(evil, signature.replace('</Signature>', `<Object>${XML}</Object></Signature>`)),
			'unknown_layout',
		],
		[
			'the signed document in the KeyInfo',
			inside(evil, signature.replace('</Signature>', `<KeyInfo>${whole}</KeyInfo></Signature>`)),
			'unknown_layout',
		],
		['a second root behind', SIGNED + evil, 'not_xml'],
		['a second root before', evil + whole, 'not_xml'],
		['words behind the root', `${SIGNED}words`, 'not_xml'],
		[
			'the signature moved into UidData',
			SIGNED.replace(signature, '').replace('</UidData>', `${signature}</UidData>`),
			'unknown_layout',
		],
		[
			'another namespace',
			SIGNED.replace('<OfflinePaperlessKyc', '<OfflinePaperlessKyc xmlns="urn:x"'),
			'invalid_signature',
		],
		['a reference to nothing', SIGNED.replace('URI=""', ''), 'unknown_layout'],
		['a reference to an element', SIGNED.replace('URI=""', 'URI="#a"'), 'unknown_layout'],
		['two references', SIGNED.replace(/(<Reference .*<\/Reference>)/s, '$1$1'), 'unknown_layout'],
		[
			'two digests',
			SIGNED.replace(/(<DigestValue>.*<\/DigestValue>)/, '$1<DigestValue>AAAA</DigestValue>'),
			'unknown_layout',
		],
		[
			'a comment in the digest',
			SIGNED.replace('<DigestValue>', '<DigestValue>AAAA<!---->'),
			'not_xml',
		],
		['a comment in the photo', SIGNED.replace('<Pht>', '<Pht><!-- -->'), 'not_xml'],
		['CDATA', SIGNED.replace(/<Pht>([^<]*)/, '<Pht><![CDATA[$1]]>'), 'not_xml'],
		['a processing instruction', SIGNED.replace('<UidData>', '<?x y?><UidData>'), 'not_xml'],
		[
			'an algorithm without a key',
			SIGNED.replace('xmldsig#rsa-sha1', 'xmldsig#hmac-sha1'),
			'unknown_layout',
		],
		[
			'another canonical form',
			SIGNED.replace('xml-c14n-20010315', 'xml-c14n-20010315#WithComments'),
			'unknown_layout',
		],
	])('%s is refused', async (_what, xml, expected) => {
		expect(xml).not.toBe(SIGNED);
		expect(await problem(readXml(xml))).toBe(expected);
	});

	it('a name split by a comment is no shorter name: no comment is taken at all', async () => {
		const split = signed(XML.replace('<Pht>', '<Pht>AA<!-- x -->'));
		expect(await problem(readXml(split))).toBe('not_xml');
	});

	it.each<[string, DemoKycSigning]>([
		['over another element', { xpath: '//*[local-name(.)="UidData"]' }],
		['with SHA-1 over the document', { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
		['with SHA-512', { method: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512' }],
		[
			'with no transform but the canonical form',
			{ transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'] },
		],
		[
			'with another canonical form behind',
			{
				transforms: [
					'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
					'http://www.w3.org/2001/10/xml-exc-c14n#',
				],
			},
		],
	])('a true signature %s is not taken', async (_what, options) => {
		expect(await problem(readXml(signed(XML, options)))).toBe('unknown_layout');
	});

	it.each([
		['another root', XML.replaceAll('OfflinePaperlessKyc', 'OfflineKyc')],
		[
			'a root with a namespace',
			XML.replace('<OfflinePaperlessKyc', '<OfflinePaperlessKyc xmlns="urn:x"'),
		],
		['two Poi', XML.replace('<UidData>', '<UidData><Poi name="x"/>')],
		['no name', XML.replace(/ name="[^"]*"/, '')],
		['an endless name', XML.replace('Ramesh', 'R'.repeat(600))],
		['something else in UidData', XML.replace('</UidData>', '<More/></UidData>')],
		['no reference id', XML.replace(/ referenceId="\d+"/, '')],
		['a reference id that names no time', XML.replace('20260505', '20261505')],
	])('a true signature over %s is of no known form', async (_what, xml) => {
		expect(xml).not.toBe(XML);
		expect(await problem(readXml(signed(xml)))).toBe('unknown_layout');
	});
});

describe('attacks on the parser', () => {
	const dtd = (declaration: string, use = '') =>
		withoutDeclaration(SIGNED.replace('Ramesh', `Ramesh${use}`)).replace(/^/, declaration);

	it.each([
		['a DTD', dtd('<!DOCTYPE OfflinePaperlessKyc>')],
		['an entity', dtd('<!DOCTYPE a [<!ENTITY x "y">]>', '&x;')],
		['a file as entity', dtd('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;')],
		[
			'a billion laughs',
			dtd('<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;"><!ENTITY d "&c;&c;">]>', '&d;'),
		],
		['an entity of nobody', SIGNED.replace('Ramesh', '&nobody;')],
		['what is not closed', SIGNED.slice(0, -5)],
		['an attribute twice', SIGNED.replace('<Poi ', '<Poi dob="1" ')],
		['an attribute without quotes', SIGNED.replace('<Poi ', '<Poi x=1 ')],
		['nothing', ''],
		['words', 'hello'],
		['a bracket', '<'],
		['the deepest nest', '<a>'.repeat(300_000)],
		['a nest that is closed', '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
		[
			'countless attributes',
			`<a ${Array.from({ length: 60_000 }, (_, at) => `a${at}=""`).join(' ')}/>`,
		],
		['bytes that are no UTF-8', Uint8Array.of(0x3c, 0xff, 0xfe, 0x3e)],
		['UTF-16', Buffer.from(`\ufeff${SIGNED}`, 'utf16le')],
	])('%s is refused', async (_what, xml) => {
		expect(await problem(readXml(xml))).toBe('not_xml');
	});
});

describe('attacks on the ZIP', () => {
	let zip: Uint8Array = new Uint8Array();
	beforeAll(async () => {
		zip = await zipKyc({ [FILE]: SIGNED }, SHARE_CODE);
	});
	const named = (files: Record<string, string | Uint8Array>) =>
		zipKyc(files, SHARE_CODE).then((made) => problem(read(made)));

	it('a wrong share code opens nothing', async () => {
		const aes = await zipKyc({ [FILE]: SIGNED }, SHARE_CODE, 'aes');
		for (const shareCode of ['7a2G', '', ' ', 'x'.repeat(65), '7A2F', '\0']) {
			expect(await problem(read(zip, shareCode))).toBe('wrong_share_code');
			expect(await problem(read(aes, shareCode))).toBe('wrong_share_code');
		}
	});

	it('no share code passes by chance, though one in 256 passes the check of ZipCrypto', async () => {
		const seen = new Set<string | null>();
		for (let code = 0; code < 1000; code += 1) {
			seen.add(await problem(read(zip, String(code).padStart(4, '0'))));
		}
		// Noise that is taken for stored text or a larger file is refused as what it looks like.
		seen.delete('too_large');
		expect([...seen]).toEqual(['wrong_share_code']);
	});

	it('a ZIP without protection is none of UIDAI', async () => {
		const open = await zipKyc({ [FILE]: SIGNED }, '', 'none');
		expect(await problem(read(open))).toBe('not_one_xml');
	});

	it.each([
		'../evil.xml',
		'/etc/evil.xml',
		'..\\evil.xml',
		'C:evil.xml',
		'folder/evil.xml',
		'evil.txt',
		'.xml',
		'evil.xml\0.txt',
		'evil\n.xml',
	])('the name %j is refused', async (name) => {
		expect(await named({ [name]: SIGNED })).toBe('not_one_xml');
	});

	it('more than one file is refused, and none', async () => {
		expect(await named({ 'a.xml': SIGNED, 'b.xml': SIGNED })).toBe('not_one_xml');
		expect(await named({ 'a.xml': SIGNED, 'b.txt': 'b' })).toBe('not_one_xml');
		expect(await named({ 'folder/': '', 'a.xml': SIGNED })).toBe('not_one_xml');
		expect(await named({})).toBe('not_one_xml');
		const many = Object.fromEntries(
			Array.from({ length: 1000 }, (_, at) => [`${at}.xml`, Buffer.alloc(0)]),
		);
		expect(await named(many)).toBe('not_one_xml');
	});

	it('a bomb is refused, also one that lies about its size', async () => {
		const bomb = await zipKyc({ [FILE]: Buffer.alloc(64 * 1024 * 1024) }, SHARE_CODE);
		expect(bomb.length).toBeLessThan(1024 * 1024);
		expect(await problem(read(bomb))).toBe('too_large');
		// The size in the central directory says 100 bytes, then also the one in the local header.
		const lying = Buffer.from(bomb);
		lying.writeUInt32LE(100, lying.lastIndexOf('PK\u0001\u0002', undefined, 'latin1') + 24);
		expect(await problem(read(lying))).toMatch(/^(too_large|not_zip|wrong_share_code)$/);
		lying.writeUInt32LE(100, 22);
		expect(await problem(read(lying))).toMatch(/^(too_large|not_zip|wrong_share_code)$/);
	});

	it('more than a megabyte is not even opened', async () => {
		const noise = Buffer.from(
			Array.from({ length: 1024 * 1024 + 1 }, (_, at) => (at * 7919) % 251),
		);
		expect(await problem(read(noise))).toBe('too_large');
		const large = `${SIGNED}${' '.repeat(1024 * 1024)}`;
		expect(await problem(readXml(large))).toBe('too_large');
	});

	it('a ZIP cut anywhere, or no ZIP, is refused', async () => {
		for (let length = 0; length < zip.length; length += 97) {
			expect(await problem(read(zip.subarray(0, length)))).toBe('not_zip');
		}
		for (const other of [SIGNED, 'hello', '', 'PK\u0003\u0004', 'PK\u0005\u0006']) {
			expect(await problem(read(Buffer.from(other)))).toBe('not_zip');
		}
		const raw = deflateRawSync(Buffer.from(SIGNED));
		expect(await problem(read(raw))).toBe('not_zip');
	});

	it('never throws and never passes, whichever bytes were changed', async () => {
		const changes = fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 255 })), {
			minLength: 1,
			maxLength: 4,
		});
		await fc.assert(
			fc.asyncProperty(changes, async (all) => {
				const bytes = Buffer.from(zip);
				for (const [at, by] of all) {
					const place = at % bytes.length;
					bytes[place] = (bytes[place] ?? 0) ^ by;
				}
				const result = await read(bytes);
				// Bytes that mean nothing (a date, a system) may change; what was signed may not.
				if (result.ok) expect(result.kyc.fields).toMatchObject(CARD.fields);
			}),
			{ numRuns: 300 },
		);
	});
});
