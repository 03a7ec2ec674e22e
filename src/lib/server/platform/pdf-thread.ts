import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { PdfAnswer, PdfQuestion } from './pdf.ts';

/** The thread of `makePdf`: one question after the other, one answer each. */
const require = createRequire(import.meta.url);

/** typst reads no WOFF, which is all that the site's own font packages have. */
const FONTS = [
	'@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf',
	'@expo-google-fonts/noto-sans-devanagari/600SemiBold/NotoSansDevanagari_600SemiBold.ttf',
].map((path) => readFileSync(require.resolve(path)));

/** Results of templates stay for so many documents: fonts and layout code are not read each time. */
const KEPT_DOCUMENTS = 10;

const compilers = new Map<string, NodeCompiler>();

function compilerOf(workspace: string): NodeCompiler {
	const known = compilers.get(workspace);
	if (known) return known;
	const made = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: FONTS }] });
	compilers.set(workspace, made);
	return made;
}

function compiled({ id, template, data, at }: PdfQuestion): PdfAnswer {
	const compiler = compilerOf(dirname(template));
	const document = compiler.compile({ mainFilePath: template, inputs: { data } });
	const { result } = document;
	if (!result) {
		const problem = JSON.stringify(document.takeError()?.shortDiagnostics ?? []);
		return { id, ok: false, problem };
	}
	const options = { creationTimestamp: at };
	const written = (bytes: Buffer) => ({ id, ok: true as const, bytes: new Uint8Array(bytes) });
	try {
		return written(compiler.pdf(result, { ...options, pdfStandard: 'a-2a' }));
	} catch {
		// A letter without a glyph forbids the standard; the paper is needed all the same.
		return written(compiler.pdf(result, options));
	} finally {
		compiler.evictCache(KEPT_DOCUMENTS);
	}
}

parentPort?.on('message', (question: PdfQuestion) => {
	let found: PdfAnswer;
	try {
		found = compiled(question);
	} catch (problem) {
		found = { id: question.id, ok: false, problem: String(problem) };
	}
	parentPort?.postMessage(found);
});
