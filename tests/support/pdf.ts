import { deflateSync } from 'node:zlib';

const HINDI_DIGITS = '०१२३४५६७८९';

/** What stands in a test's PDF. */
export interface PdfContent {
	/** Lines of the one page, in Latin letters; Devanagari digits in a line of their own. */
	lines?: readonly string[];
	pages?: number;
	/** Added to the catalogue, for instance an action. */
	catalogue?: string;
	/** Further objects, numbered from 10 on. */
	objects?: readonly string[];
	/** Content of the page in place of the lines, as it lies in the file. */
	content?: { dictionary: string; bytes: Buffer };
	trailer?: string;
}

const stream = (dictionary: string, body: string) =>
	`<< ${dictionary} /Length ${Buffer.byteLength(body, 'latin1')} >>\nstream\n${body}\nendstream`;

/** Devanagari digits have no place in the standard fonts: a font that says what each byte means. */
const TO_UNICODE = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfrange <30> <39> <0966> endbfrange
endcmap end end`;

function shown(line: string, index: number): string {
	const hindi = [...line].some((letter) => HINDI_DIGITS.includes(letter));
	const text = [...line]
		.map((letter) => (HINDI_DIGITS.includes(letter) ? HINDI_DIGITS.indexOf(letter) : letter))
		.join('')
		.replace(/[()\\]/g, '\\$&');
	return `BT /${hindi ? 'F2' : 'F1'} 12 Tf 20 ${700 - index * 20} Td (${text}) Tj ET`;
}

/** A PDF as an office's program writes it, with a right table of its objects. */
export function makePdf({
	lines = ['A paper of the village council'],
	pages = 1,
	catalogue = '',
	objects = [],
	content,
	trailer = '',
}: PdfContent = {}): Buffer {
	const body = lines.map(shown).join('\n');
	const kids = Array.from({ length: pages }, () => '3 0 R').join(' ');
	const all = [
		`<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`,
		`<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> /Contents 4 0 R >>',
		content ? stream(content.dictionary, content.bytes.toString('latin1')) : stream('', body),
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>',
		stream('', TO_UNICODE),
		'null',
		'null',
		...objects,
	];
	let file = '%PDF-1.7\n';
	const places = all.map((object, index) => {
		const at = file.length;
		file += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return at;
	});
	const table = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
	const start = file.length;
	file += `xref\n0 ${all.length + 1}\n0000000000 65535 f \n${table}`;
	file += `trailer\n<< /Size ${all.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
	return Buffer.from(file, 'latin1');
}

/** An object that is packed into a stream, as newer programs do with most of them. */
export function packedObject(object: string): string {
	const packed = deflateSync(Buffer.from(`90 0 ${object}`, 'latin1')).toString('latin1');
	return stream('/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode', packed);
}

/** A page of a few kilobytes that unfolds into gigabytes. */
export function bombPdf(): Buffer {
	let bytes = Buffer.alloc(256 * 1024 * 1024, ' ');
	let filters = '';
	for (let layer = 0; layer < 2; layer += 1) {
		bytes = deflateSync(bytes);
		filters += '/FlateDecode ';
	}
	return makePdf({ content: { dictionary: `/Filter [${filters}]`, bytes } });
}
