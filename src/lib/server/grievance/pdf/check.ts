import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as v from 'valibot';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { Refusal } from '#lib/domain/refusal.ts';

/** An office's scan of fifty pages takes one; the rest is for a busy machine. */
const SECONDS = 15;
/** The parser with a scan of 10 MB takes some 200 MB. */
const MEGABYTES = 512;
const LOOK_EVERY_MS = 50;
const PAGE_BYTES = 4096;

const findings = v.variant('kind', [
	v.object({ kind: v.picklist(['broken', 'locked', 'active']) }),
	v.object({ kind: v.literal('plain'), pages: v.number(), aadhaar: v.boolean() }),
]);

export interface PdfLimits {
	seconds: number;
	megabytes: number;
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Looks through a PDF whose beginning is known to be one: complete, readable without a password, without
 * scripts, programs and files in it, not too long.
 * @returns whether an Aadhaar number stands in its text. The number itself leaves the process that read it
 *   in no form. Pictures of pages are not read.
 * @throws {Refusal} `upload_unreadable` (broken, or too much work), `upload_pdf_locked`, `upload_pdf_active`,
 * `upload_pdf_pages` {pages}
 */
export async function checkPdf(
	bytes: Uint8Array,
	limits: PdfLimits = { seconds: SECONDS, megabytes: MEGABYTES },
): Promise<{ aadhaar: boolean }> {
	// Cut off by a lost connection: without its end no reader opens it.
	const tail = Buffer.from(bytes.subarray(-2048)).toString('latin1');
	if (!tail.includes('%%EOF')) throw new Refusal('upload_unreadable');
	// One at a time: each may take half a gigabyte.
	const mine = turn.then(() => inspectApart(bytes, limits));
	turn = mine.catch(() => undefined);
	const found = await mine;
	switch (found?.kind) {
		case 'locked':
			throw new Refusal('upload_pdf_locked');
		case 'active':
			throw new Refusal('upload_pdf_active');
		case 'plain':
			if (found.pages === 0) throw new Refusal('upload_unreadable');
			if (found.pages > UPLOAD_LIMITS.pages) {
				throw new Refusal('upload_pdf_pages', { pages: UPLOAD_LIMITS.pages });
			}
			return { aadhaar: found.aadhaar };
		default:
			throw new Refusal('upload_unreadable');
	}
}

// Resolved at run time: a built server has no file of its own for the process.
const require = createRequire(import.meta.url);

/** Null when the process was ended, or ended by itself without an answer. */
async function inspectApart(bytes: Uint8Array, { seconds, megabytes }: PdfLimits) {
	const child = fork(
		require.resolve('#lib/server/grievance/pdf/process.ts'),
		[String(UPLOAD_LIMITS.pages)],
		{
			// None of our secrets, and neither writing nor other processes, whatever the file does to the parser.
			env: {},
			execArgv: ['--permission', '--allow-fs-read=*', `--max-old-space-size=${megabytes}`],
			stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
		},
	);
	const kill = () => child.kill('SIGKILL');
	const timer = setTimeout(kill, seconds * 1000);
	const watch = setInterval(() => {
		void residentMegabytes(child.pid).then((taken) => taken > megabytes && kill());
	}, LOOK_EVERY_MS);
	try {
		return await new Promise<v.InferOutput<typeof findings> | null>((done) => {
			child.once('message', (message) => {
				const read = v.safeParse(findings, message);
				done(read.success ? read.output : null);
			});
			child.once('error', () => done(null));
			child.once('exit', () => done(null));
			// It may be gone before it has read all.
			child.stdin?.on('error', () => {});
			child.stdin?.end(bytes);
		});
	} finally {
		clearTimeout(timer);
		clearInterval(watch);
		kill();
	}
}

/** Memory that a process holds; V8's own limit does not count what lies outside its heap. 0 where no `/proc` tells. */
async function residentMegabytes(pid: number | undefined): Promise<number> {
	const line = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
	return (Number(line.split(' ')[1] ?? 0) * PAGE_BYTES) / 1e6;
}
