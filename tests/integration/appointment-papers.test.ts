import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import { bookSlot, causeListPaper, tokenPaper } from '#lib/server/appointment/index.ts';
import { accessCount } from '#lib/server/audit/index.ts';
import { makePdf } from '#lib/server/platform/pdf.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { pdfTexts } from '../support/pdf-text.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;

beforeAll(async () => {
	base = await testDatabase();
	db = base.db;
	world = await makeWorld(db);
});
afterAll(() => base.close());

/** As the eye reads it: without places for breaks, a space for each white space. */
const plain = (texts: readonly string[]) =>
	texts.join('\n').replaceAll('\u200b', '').replace(/\s+/g, ' ');

/** A sitting whose tokens 1, 2, .. go to the cases in order. */
async function booked(day: string, cases: readonly Parameters<typeof makeCase>[2][]) {
	const sitting = await makeSitting(db, world, {
		startsAt: istInstant(day, '11:00'),
		slots: Math.max(1, cases.length),
	});
	const made = [];
	for (const [index, one] of cases.entries()) {
		const { number, id } = await makeCase(db, world, one);
		const booking = await bookSlot(asClerk(db, world), {
			grievanceNumber: number,
			slotId: sitting.slotList[index]?.id ?? '',
			key: randomUUID(),
		});
		made.push({ ...booking, grievanceId: id });
	}
	return { sitting, bookings: made };
}

describe('the printed cause list', () => {
	test('says in Hindi, letter for letter, who comes when and why', async () => {
		const { sitting } = await booked('2026-11-17', [
			{ name: 'ज्ञानेन्द्र प्रताप सिंह' },
			{ name: 'कृष्णा कुमारी' },
		]);
		const { bytes, fileName } = await causeListPaper(asClerk(db, world), sitting.id);
		const text = plain(pdfTexts(bytes));
		for (const words of [
			'सुनवाई सूची (कॉज़ लिस्ट)',
			'उपायुक्त, रेवाड़ी',
			'मंगलवार, 17 नवंबर, 11:00 से 11:20 बजे',
			'टोकन समय संख्या नाम, मोबाइल विषय स्थिति टिप्पणी',
			'ज्ञानेन्द्र प्रताप सिंह',
			'कृष्णा कुमारी',
			'पानी की निकासी',
			'छापा गया: 16 नवंबर 2026, 12:00 बजे',
			'पृष्ठ 1 / 1',
		]) {
			expect(text.normalize('NFC')).toContain(words.normalize('NFC'));
		}
		expect(text).not.toContain('\ufffd');
		expect(text).not.toMatch(/[6-9]\d{9}/);
		expect(fileName).toBe('cause-list-2026-11-17.pdf');
	});

	test('is in English for who reads English', async () => {
		const { sitting } = await booked('2026-11-18', [{ name: 'Rampal' }]);
		const { bytes } = await causeListPaper(asClerk(db, world, { locale: 'en' }), sitting.id);
		// By another reader of PDFs: English letters are one glyph each.
		const pdf = await getDocumentProxy(new Uint8Array(bytes));
		const { text } = await extractText(pdf, { mergePages: true });
		expect(text).toContain('Cause list');
		expect(text).toContain('Deputy Commissioner, Rewari');
		expect(text).toContain('Page 1 / 1');
		expect(text).not.toMatch(/\p{Script=Devanagari}/u);
	});

	test('names nobody in a restricted case, not even to the officer who hears it', async () => {
		const { sitting } = await booked('2026-11-19', [
			{ name: 'बिमला रानी', categoryId: world.restrictedId },
		]);
		const officer = testContext(db, { actor: staffOf(world.posts.dc) });
		for (const ctx of [asClerk(db, world), officer]) {
			const text = plain(pdfTexts((await causeListPaper(ctx, sitting.id)).bytes));
			expect(text).toContain('नाम गोपनीय');
			expect(text).toContain('गोपनीय विषय');
			expect(text).not.toContain('बिमला');
			expect(text).not.toContain('रिश्वत');
			expect(text).not.toMatch(/x\d{4}/);
		}
	});

	test('is for its officer and clerks of the district, and each look is logged', async () => {
		const { sitting, bookings } = await booked('2026-11-20', [{ name: 'रामफल' }]);
		const asks = (post: (typeof world.posts)['dc']) =>
			causeListPaper(testContext(db, { actor: staffOf(post) }), sitting.id);
		expect(await refusalCode(asks(world.posts.otherClerk))).toBe('forbidden');
		expect(await refusalCode(asks(world.posts.ddpo))).toBe('forbidden');
		const grievanceId = bookings[0]?.grievanceId ?? '';
		expect(await accessCount(db, grievanceId)).toBe(0);
		await asks(world.posts.clerk);
		await asks(world.posts.dc);
		expect(await accessCount(db, grievanceId)).toBe(2);
	});

	test('of 200 citizens repeats its heading and counts its pages', async () => {
		const sitting = await makeSitting(db, world, {
			startsAt: istInstant('2026-11-23', '09:00'),
			slots: 20,
			capacity: 10,
		});
		const cases = await Promise.all(Array.from({ length: 200 }, () => makeCase(db, world)));
		await db.transaction(async (tx) => {
			await tx.execute(sql`
				insert into booking (grievance_id, sitting_id, slot_id, during, token_no, status, link_code, ics_uid)
				select g.id, s.sitting_id, s.slot_id, tstzrange(slot.starts_at, slot.ends_at), s.token_no,
					'confirmed', 'paper-' || s.token_no, 'paper-' || s.token_no
				from unnest(${sql.param(`{${cases.map(({ id }) => id).join(',')}}`)}::uuid[]) with ordinality g(id, nth)
				join seat s on s.token_no = g.nth and s.sitting_id = ${sitting.id}
				join slot on slot.id = s.slot_id`);
			await tx.execute(sql`
				update seat set booking_id = booking.id from booking
				where booking.slot_id = seat.slot_id and booking.token_no = seat.token_no`);
		});
		const { bytes } = await causeListPaper(asClerk(db, world), sitting.id);
		const pages = pdfTexts(bytes);
		expect(pages.length).toBeGreaterThan(5);
		expect((await getDocumentProxy(new Uint8Array(bytes))).numPages).toBe(pages.length);
		for (const [index, page] of pages.entries()) {
			const text = plain([page]);
			expect(text).toContain('टोकन समय संख्या नाम, मोबाइल');
			expect(text).toContain(`पृष्ठ ${index + 1} / ${pages.length}`);
		}
		const all = plain(pages);
		for (const { number } of cases) expect(all.split(number)).toHaveLength(2);
	});
});

describe('the token slip', () => {
	test('fits one A6 page and says number, time, officer and link', async () => {
		const { bookings } = await booked('2026-11-24', [{ name: 'रामफल' }]);
		const [one] = bookings;
		const { bytes, fileName } = await tokenPaper(asClerk(db, world), one?.id ?? '');
		const pages = pdfTexts(bytes);
		expect(pages).toHaveLength(1);
		const text = plain(pages);
		expect(text).toContain('मंगलवार, 24 नवंबर 2026, 11:00 बजे');
		expect(text).toContain('उपायुक्त, रेवाड़ी');
		expect(text).toContain(one?.grievanceNumber);
		expect(text.replaceAll(' ', '')).toContain(one?.link);
		expect(text).not.toContain('रामफल');
		const page = await (await getDocumentProxy(new Uint8Array(bytes))).getPage(1);
		const [, , width = 0, height = 0] = page.view;
		expect([Math.round(width / 2.8346), Math.round(height / 2.8346)]).toEqual([105, 148]);
		expect(fileName).toBe(`token-${one?.grievanceNumber}-1.pdf`);
		expect(
			await refusalCode(
				tokenPaper(testContext(db, { actor: staffOf(world.posts.otherClerk) }), one?.id ?? ''),
			),
		).toBe('forbidden');
	});
});

describe('a text that means harm', () => {
	const list = (citizen: string) => ({
		lang: 'hi',
		...{ product: 'p', title: 't', officer: 'o', when: 'w', facts: 'f', none: '-', sign: 's' },
		...{ printed: 'p', page: 'पृष्ठ', columns: ['1', '2', '3', '4', '5', '6', '7'] },
		rows: [
			{
				...{ token: '1', time: '11:00', number: 'n', citizen, mobile: null, matter: 'm' },
				...{ place: 'p', state: 's' },
			},
		],
	});
	const printed = async (text: string) => {
		const template = '#lib/server/appointment/paper/cause-list.typ';
		const bytes = await makePdf(template, list(text), new Date('2026-11-16T06:30:00Z'));
		return { said: plain(pdfTexts(bytes)), pdf: Buffer.from(bytes).toString('latin1') };
	};

	test.each([
		['#panic("x") #read("/etc/passwd") #sys.inputs'],
		['[ ] ] } $ x^2 $ * _ ` @ref <label> \\ // /* "quoted" = heading'],
		['<script>alert(1)</script> %s {{x}} \\u{1F600} \\n'],
	])('is printed as it stands: %s', async (text) => {
		const { said, pdf } = await printed(text);
		expect(said.replaceAll(' ', '')).toContain(text.replaceAll(' ', ''));
		expect(pdf).toContain('<pdfaid:part>2</pdfaid:part>');
		expect(pdf).not.toContain('root:');
	});

	test('with every letter of the product’s words needs no font but Noto Sans Devanagari', async () => {
		const messages = ['hi', 'en'].map((locale) => readFileSync(`messages/${locale}.json`, 'utf8'));
		const letters = new Set(messages.join(''));
		const { pdf } = await printed([...letters].join(' '));
		expect(pdf).toContain('NotoSansDevanagari');
		expect(pdf).not.toContain('DejaVu');
		expect(pdf).toContain('<pdfaid:part>2</pdfaid:part>');
	});

	test('in Urdu is printed in its own letters', async () => {
		const { said, pdf } = await printed('محمد علی');
		// The glyphs stand from left to right.
		expect(said).toContain([...'محمد'].reverse().join(''));
		expect(pdf).toContain('<pdfaid:part>2</pdfaid:part>');
	});

	test('with a letter that no font has still gives a paper, with a box for it', async () => {
		const { said, pdf } = await printed('राम 😀 फल');
		expect(said).toContain('राम');
		expect(said).toContain('फल');
		expect(pdf).not.toContain('<pdfaid:part>');
	});

	test('of 5,000 letters stays on the paper', async () => {
		const ctx = asClerk(db, world);
		const { sitting } = await booked('2026-11-25', [{ name: 'क'.repeat(5000) }]);
		const { bytes } = await causeListPaper(ctx, sitting.id);
		const pages = pdfTexts(bytes);
		expect(plain(pages).replaceAll(' ', '').split('क'.repeat(10)).length).toBeGreaterThan(400);
		expect(pages.length).toBeGreaterThan(2);
	});
});

test('a wrong template fails the paper, not the process; the next one is made', async () => {
	const template = '#lib/server/appointment/paper/cause-list.typ';
	await expect(makePdf(template, { lang: 'hi' }, new Date())).rejects.toThrow('does not compile');
	await expect(makePdf('#lib/none.typ', {}, new Date())).rejects.toThrow();
	const ctx = asClerk(db, world);
	const { sitting } = await booked('2026-11-26', []);
	expect(plain(pdfTexts((await causeListPaper(ctx, sitting.id)).bytes))).toContain(
		'अभी किसी को समय नहीं दिया गया',
	);
});
