import { inflateSync } from 'node:zlib';
import { getDocumentProxy } from 'unpdf';
import { findAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';

/** What was found in a PDF. Nothing of its text: only whether an Aadhaar number stands in it. */
export type PdfFindings =
	| { readonly kind: 'broken' | 'locked' | 'active' }
	| { readonly kind: 'plain'; readonly pages: number; readonly aadhaar: boolean };

/** All packed objects of a PDF together, unpacked. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * Names that make a PDF do something or carry something (ISO 32000-2, 12.6.4 and 7.11.4): scripts, starting
 * programs, files inside it, media, XFA forms.
 */
const ACTIVE =
	/\/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|GoToE|XFA)(?![A-Za-z0-9])|\/EF\s*(?:<<|\d+\s+\d+\s+R\b)/;

/** Names may be spelled with `#4a` for `J`. */
const spelledOut = (text: string) =>
	text.replace(/#([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/**
 * Objects that lie packed in streams, where a look at the file's bytes does not find them; null when they
 * are packed in a way that no usual program writes, or hold too much.
 */
function packedObjects(file: string, bytes: Uint8Array): string | null {
	const texts: string[] = [];
	let unpacked = 0;
	for (const match of file.matchAll(/>>\s*stream\r?\n/g)) {
		const head = spelledOut(file.slice(file.lastIndexOf(' obj', match.index), match.index + 2));
		// A stream of objects is known by these two; its type may be left out.
		if (!/\/First\b/.test(head) || !/\/N\b/.test(head)) continue;
		const start = match.index + match[0].length;
		const end = file.indexOf('endstream', start);
		const body = bytes.subarray(start, end === -1 ? undefined : end);
		if (!head.includes('/Filter')) {
			texts.push(Buffer.from(body).toString('latin1'));
			continue;
		}
		if (!/\/Filter\s*\[?\s*\/FlateDecode\s*(?:\]|\/|>>)/.test(head)) return null;
		try {
			const plain = inflateSync(body, { maxOutputLength: MAX_UNPACKED - unpacked });
			unpacked += plain.length;
			texts.push(plain.toString('latin1'));
		} catch {
			return null;
		}
	}
	return texts.join('\n');
}

function looksActive(bytes: Uint8Array): boolean {
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
	const packed = packedObjects(file, bytes);
	return packed === null || ACTIVE.test(spelledOut(file)) || ACTIVE.test(spelledOut(packed));
}

/**
 * Looks through a PDF. Runs in a process of its own: the parser may take any time and memory.
 * @param maxPages with more of them only the number is told
 */
export async function inspectPdf(bytes: Uint8Array, maxPages: number): Promise<PdfFindings> {
	// The parser takes the bytes over.
	const active = looksActive(bytes);
	let file: Awaited<ReturnType<typeof getDocumentProxy>>;
	try {
		file = await getDocumentProxy(bytes, { verbosity: 0, stopAtErrors: false });
	} catch (problem) {
		const locked = problem instanceof Error && problem.name === 'PasswordException';
		return { kind: locked ? 'locked' : 'broken' };
	}
	try {
		const { info } = await file.getMetadata();
		if ('EncryptFilterName' in info && info.EncryptFilterName !== null) return { kind: 'locked' };
		if (active || (await file.getJSActions()) || (await file.getAttachments())) {
			return { kind: 'active' };
		}
		const pages = file.numPages;
		if (pages > maxPages) return { kind: 'plain', pages, aadhaar: false };
		let aadhaar = false;
		for (let number = 1; number <= pages; number += 1) {
			const page = await file.getPage(number);
			if (await page.getJSActions()) return { kind: 'active' };
			const { items } = await page.getTextContent();
			const text = items
				.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''))
				.join('');
			aadhaar ||= findAadhaarNumbers(text).length > 0;
			page.cleanup();
		}
		return { kind: 'plain', pages, aadhaar };
	} catch {
		return { kind: 'broken' };
	}
}
