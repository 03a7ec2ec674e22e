import { describe, expect, it } from 'vitest';
import { checkPdf } from '../../src/lib/server/grievance/pdf/check.ts';
import { bombPdf, makePdf, packedObject } from '../support/pdf.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

const code = (bytes: Uint8Array) => refusalCode(checkPdf(bytes));

describe('PDFs that are not taken', () => {
	it('are cut off, or only called one', async () => {
		const whole = makePdf();
		expect(await code(whole.subarray(0, whole.length - 40))).toBe('upload_unreadable');
		expect(await code(Buffer.from('%PDF-1.7\n<<>>\n%%EOF\n'))).toBe('upload_unreadable');
		expect(await code(Buffer.from('%PDF-1.7\ntrailer << /Root 1 0 R >>\n%%EOF\n'))).toBe(
			'upload_unreadable',
		);
	});

	it('need a password, or are encrypted without one', async () => {
		const key = '<'.concat('ab'.repeat(32), '>');
		const encrypt = `<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O ${key} /U ${key} >>`;
		const trailer = `/Encrypt 10 0 R /ID [<ab><ab>]`;
		expect(await code(makePdf({ objects: [encrypt], trailer }))).toBe('upload_pdf_locked');
	});

	it.each([
		[
			'a script at opening',
			{ catalogue: '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>' },
		],
		[
			'a script with its name in disguise',
			{ catalogue: '/OpenAction << /S /J#61vaScript /JS (1) >>' },
		],
		[
			'a named script',
			{
				catalogue: '/Names << /JavaScript 10 0 R >>',
				objects: ['<< /Names [(a) 11 0 R] >>', '<< /S /JavaScript /JS (1) >>'],
			},
		],
		['a program that starts', { catalogue: '/OpenAction << /S /Launch /F (cmd.exe) >>' }],
		[
			'a file inside',
			{
				catalogue: '/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>',
				objects: ['<< /Type /Filespec /F (a.exe) /EF << /F 11 0 R >> >>'],
			},
		],
		[
			'a file that only a note carries',
			{ objects: ['<< /Type /Filespec /F (a.exe) /EF 11 0 R >>'] },
		],
		['a form of scripts', { catalogue: '/AcroForm << /XFA 10 0 R >>' }],
		[
			'a script packed with other objects',
			{ objects: [packedObject('<< /S /JavaScript /JS (1) >>')] },
		],
		[
			'objects packed in an odd way',
			{
				objects: [
					'<< /N 1 /First 5 /Filter [/ASCIIHexDecode /FlateDecode] /Length 2 >>\nstream\nab\nendstream',
				],
			},
		],
	])('hold %s', async (_, content) => {
		expect(await code(makePdf(content))).toBe('upload_pdf_active');
	});

	it('have more than fifty pages', async () => {
		expect(await code(makePdf({ pages: 50 }))).toBeNull();
		expect(await refusalOf(checkPdf(makePdf({ pages: 51 })))).toEqual({
			code: 'upload_pdf_pages',
			facts: { pages: 50 },
		});
	});

	it('unfold into gigabytes, or take longer than they may', async () => {
		const bomb = bombPdf();
		expect(bomb.length).toBeLessThan(100_000);
		const small = { seconds: 60, megabytes: 200 };
		expect(await refusalCode(checkPdf(bomb, small))).toBe('upload_unreadable');
		const hasty = { seconds: 0.001, megabytes: 512 };
		expect(await refusalCode(checkPdf(makePdf(), hasty))).toBe('upload_unreadable');
	});
});

describe('PDFs that are taken', () => {
	it('say nothing when no Aadhaar number stands in them', async () => {
		const lines = ['Mobile 98765 43210, bill 1234 5678 9012, year 2026', '०१२३ ४५६७'];
		expect(await checkPdf(makePdf({ lines }))).toEqual({ aadhaar: false });
		expect(await checkPdf(makePdf({ objects: [packedObject('<< /S /GoTo >>')] }))).toEqual({
			aadhaar: false,
		});
	});

	it.each([
		'234123412346',
		'No. 2341 2341 2346.',
		'2341-2341-2346',
		'२३४१ २३४१ २३४६',
		'२३४१२३४१२३४६',
	])('are flagged for %s', async (line) => {
		expect(await checkPdf(makePdf({ lines: ['To the Deputy Commissioner', line] }))).toEqual({
			aadhaar: true,
		});
	});
});
