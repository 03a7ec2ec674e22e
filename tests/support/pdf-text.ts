import { inflateSync } from 'node:zlib';

/**
 * What a PDF says, page by page, to a reader that honours `/ActualText`, as screen readers and copying
 * from Acrobat or poppler do. pdf.js, which the product has, knows glyphs alone: in Hindi several make
 * one letter, and their order is not that of the text. Reads what typst writes, not every PDF.
 */
export function pdfTexts(bytes: Uint8Array): string[] {
	const file = Buffer.from(bytes).toString('latin1');
	const objects = new Map<string, string>();
	for (const [, id = '', body = ''] of file.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
		objects.set(id, body);
	}
	const get = (id: string | undefined) => objects.get(id ?? '') ?? '';
	const pages = [...objects.values()].filter((body) => /\/Type \/Page\b/.test(body));
	return pages.map((page) => {
		const content = streamOf(get(/\/Contents (\d+) 0 R/.exec(page)?.[1]));
		const resources = /\/Resources (\d+) 0 R/.exec(page)?.[1];
		const fonts = /\/Font <<([\s\S]*?)>>/.exec(resources ? get(resources) : page)?.[1] ?? '';
		const letters = new Map<string, Map<string, string>>();
		for (const [, name = '', id] of fonts.matchAll(/\/(f\d+) (\d+) 0 R/g)) {
			letters.set(name, lettersOf(streamOf(get(/\/ToUnicode (\d+) 0 R/.exec(get(id))?.[1]))));
		}
		return said(content, letters);
	});
}

function streamOf(body: string): string {
	const data = /stream\n([\s\S]*)\nendstream/.exec(body)?.[1] ?? '';
	const bytes = Buffer.from(data, 'latin1');
	return (body.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1');
}

const utf16 = (hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le');

/** Glyph (four hex digits) to text. */
function lettersOf(cmap: string): Map<string, string> {
	const pairs = cmap.matchAll(/^<([0-9A-F]{4})> <([0-9A-F]+)>$/gm);
	return new Map(Array.from(pairs, ([, glyph = '', text = '']) => [glyph, utf16(text)]));
}

const TOKEN =
	/\/ActualText <FEFF([0-9A-F]*)>|\/ActualText \(((?:\\[\s\S]|[^\\)])*)\)|\/[A-Z]\w* \((?:\\[\s\S]|[^\\)])*\)|\b(BDC|EMC|ET)\b|\/(f\d+) [\d.]+ Tf|\(((?:\\[\s\S]|[^\\)])*)\)/g;

function said(content: string, letters: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
	let text = '';
	let font: ReadonlyMap<string, string> | undefined;
	let actual: string | null = null;
	/** For each marked part that is open, whether its text was given. */
	const open: boolean[] = [];
	for (const [, hex, plain, word, name, glyphs] of content.matchAll(TOKEN)) {
		if (hex !== undefined) actual = utf16(hex);
		else if (plain !== undefined) actual = unescaped(plain);
		else if (word === 'BDC') {
			open.push(actual !== null);
			text += actual ?? '';
			actual = null;
		} else if (word === 'EMC') open.pop();
		else if (word === 'ET') text += '\n';
		else if (name) font = letters.get(name);
		else if (glyphs !== undefined && !open.includes(true)) {
			const codes = Buffer.from(unescaped(glyphs), 'latin1').toString('hex').toUpperCase();
			for (const code of codes.match(/.{4}/g) ?? []) text += font?.get(code) ?? '\ufffd';
		}
	}
	return text;
}

const ESCAPES: Readonly<Record<string, string>> = {
	n: '\n',
	r: '\r',
	t: '\t',
	b: '\b',
	f: '\f',
};

function unescaped(text: string): string {
	return text.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, what: string) =>
		/^[0-7]/.test(what) ? String.fromCharCode(Number.parseInt(what, 8)) : (ESCAPES[what] ?? what),
	);
}
