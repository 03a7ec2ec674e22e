import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';

/** What the thread is asked; `PdfAnswer` comes back. */
export interface PdfQuestion {
	id: number;
	/** Absolute path of the template; it reads nothing outside its folder. */
	template: string;
	/** JSON text, which the template sees as data and never as source. */
	data: string;
	/** Seconds since 1970, written into the file. */
	at: number;
}

const answer = v.variant('ok', [
	v.object({ id: v.number(), ok: v.literal(true), bytes: v.instance(Uint8Array) }),
	v.object({ id: v.number(), ok: v.literal(false), problem: v.string() }),
]);
export type PdfAnswer = v.InferOutput<typeof answer>;

/** A list of a whole day takes a tenth of a second; what takes this long hangs. */
const PATIENCE_MS = 20_000;

// Resolved at run time: a built server has no file of its own for the thread.
const require = createRequire(import.meta.url);

interface Waiting {
	done: (bytes: Uint8Array) => void;
	failed: (problem: Error) => void;
}

let thread: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/**
 * Compiles a typst template (`#lib/.../name.typ`) with data that it reads as `json(bytes(sys.inputs.data))`.
 * Texts are data: whatever stands in them is printed as it is. The file is PDF/A-2a (tagged, text with its
 * letters); where a text has a letter that none of the fonts has, a box stands for it and the file is
 * tagged but not PDF/A.
 *
 * The compiler runs in a thread of its own, made at the first call, which does not keep a process alive.
 * @throws when the template is wrong, or the compiler takes longer than 20 s
 */
export async function makePdf(template: string, data: object, at: Date): Promise<Uint8Array> {
	const id = (lastId += 1);
	const question: PdfQuestion = {
		id,
		template: require.resolve(template),
		data: JSON.stringify(data),
		at: Math.floor(at.getTime() / 1000),
	};
	const current = (thread ??= startThread());
	const timer = setTimeout(() => void current.terminate(), PATIENCE_MS);
	// While somebody waits, the process must not end.
	current.ref();
	try {
		return await new Promise<Uint8Array>((done, failed) => {
			waiting.set(id, { done, failed });
			current.postMessage(question);
		});
	} finally {
		clearTimeout(timer);
		waiting.delete(id);
		if (waiting.size === 0) current.unref();
	}
}

function startThread(): Worker {
	const started = new Worker(require.resolve('#lib/server/platform/pdf-thread.ts'));
	started.on('message', (message: unknown) => {
		const read = v.parse(answer, message);
		const asked = waiting.get(read.id);
		if (read.ok) asked?.done(read.bytes);
		else asked?.failed(new Error(`the template does not compile: ${read.problem}`));
	});
	const gone = (problem: Error) => {
		if (thread === started) thread = null;
		for (const { failed } of waiting.values()) failed(problem);
		waiting.clear();
	};
	started.on('error', gone);
	void once(started, 'exit').then(() => gone(new Error('the compiler was ended')));
	return started;
}
