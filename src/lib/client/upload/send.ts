import { DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import {
	exifOfJpeg,
	placeOfExif,
	placeText,
	type PhotoPlace,
} from '#lib/domain/grievance/photo-place.ts';
import { urlStorage } from './kept-urls.ts';
import { shrinkPhoto } from './shrink.ts';

/** Also where something on the way keeps requests until they are whole, little is lost. */
const CHUNK_BYTES = 256 * 1024;
/** A line that is this long silent is dead, though it was not hung up. */
const SILENCE_MS = 45_000;
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 20_000];
/** The EXIF of a JPEG is its first or second segment of at most 64 kB. */
const HEAD_BYTES = 256 * 1024;
/** The server knows the upload no more, or another request has it: begun again, but not for ever. */
const WORTH_ANOTHER_TRY = [404, 409, 410, 423];
const MOST_REFUSED_TRIES = 5;

/** What the server says to a file it will not take, in the reader's words; empty when it says nothing. */
export class UploadRefused extends Error {}

export type SendingState =
	{ at: 'preparing' } | { at: 'sending'; percent: number } | { at: 'waiting' };

export interface SendOptions {
	endpoint: string;
	/** Key of the unfinished filing: a file of another one is begun anew. */
	draftKey: string;
	/** Send the photo's place along, also when it is made smaller. */
	keepPlace: boolean;
	signal: AbortSignal;
	onState: (state: SendingState) => void;
}

/**
 * Sends a file so that it arrives whole: it goes on where it was after the line was lost, and also when the
 * same file is chosen again after the page was loaded anew. Waits for a line as long as it takes.
 * @returns the upload's id
 * @throws {UploadRefused} when the server will not take it; an abort as `AbortError`
 */
export async function sendFile(file: File, options: SendOptions): Promise<string> {
	const { endpoint, draftKey, keepPlace, signal, onState } = options;
	onState({ at: 'preparing' });
	const place = keepPlace ? await placeOf(file) : null;
	// Drawn anew it loses its EXIF, and only that of a JPEG is read here.
	const sent = keepPlace && file.type !== 'image/jpeg' ? file : await shrinkPhoto(file);
	const print = await fingerprint([draftKey, String(keepPlace)], sent);
	const upload = new Upload(new File([sent], 'file', { type: sent.type }), {
		endpoint,
		chunkSize: CHUNK_BYTES,
		// Waiting and trying again is done here, where the page can say so.
		retryDelays: null,
		metadata: {
			filename: named(file.name, sent),
			...(keepPlace ? { keepplace: '1' } : {}),
			...(place ? { place: placeText(place) } : {}),
		},
		fingerprint: () => Promise.resolve(print),
		urlStorage,
		removeFingerprintOnSuccess: true,
	});
	const [before] = await upload.findPreviousUploads();
	if (before) upload.resumeFromPreviousUpload(before);
	let pauses = 0;
	let refusedTries = 0;
	for (;;) {
		try {
			await attempt(upload, signal, (percent) => {
				pauses = 0;
				onState({ at: 'sending', percent });
			});
			return upload.url?.split('/').at(-1) ?? '';
		} catch (problem) {
			signal.throwIfAborted();
			const answer = problem instanceof DetailedError ? problem.originalResponse : null;
			const status = answer?.getStatus() ?? 0;
			if (status >= 400 && status < 500) {
				refusedTries += 1;
				if (!WORTH_ANOTHER_TRY.includes(status) || refusedTries > MOST_REFUSED_TRIES) {
					throw new UploadRefused(answer?.getBody() ?? '');
				}
			}
			onState({ at: 'waiting' });
			await untilWorthTrying(PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)] ?? 0, signal);
			pauses += 1;
		}
	}
}

/** One go at it, until it is done, fails, falls silent or is stopped. */
async function attempt(
	upload: Upload,
	signal: AbortSignal,
	onPercent: (percent: number) => void,
): Promise<void> {
	signal.throwIfAborted();
	const ended = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;
	try {
		await new Promise<void>((done, failed) => {
			const heard = () => {
				clearTimeout(timer);
				timer = setTimeout(() => failed(new Error('silence')), SILENCE_MS);
			};
			signal.addEventListener('abort', () => failed(signal.reason), { signal: ended.signal });
			const hooks: Partial<UploadOptions> = {
				onSuccess: () => done(),
				onError: failed,
				onProgress(bytes, all) {
					heard();
					onPercent(all > 0 ? Math.floor((bytes / all) * 100) : 0);
				},
			};
			Object.assign(upload.options, hooks);
			heard();
			upload.start();
		});
	} catch (problem) {
		await upload.abort();
		throw problem;
	} finally {
		clearTimeout(timer);
		ended.abort();
	}
}

/** When the line is back, or the time is over. */
export async function untilWorthTrying(ms: number, signal: AbortSignal): Promise<void> {
	const ended = new AbortController();
	await new Promise<void>((done) => {
		const timer = setTimeout(done, ms);
		const end = () => {
			clearTimeout(timer);
			done();
		};
		window.addEventListener('online', end, { signal: ended.signal });
		signal.addEventListener('abort', end, { signal: ended.signal });
	});
	ended.abort();
	signal.throwIfAborted();
}

async function placeOf(file: File): Promise<PhotoPlace | null> {
	const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
	const exif = exifOfJpeg(head);
	return exif && placeOfExif(exif);
}

/** The bytes themselves: drawn anew they may differ from those that were begun with. */
async function fingerprint(parts: readonly string[], sent: Blob): Promise<string> {
	const bytes = await new Blob([parts.join('\0'), '\0', sent]).arrayBuffer();
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The server compares a name's ending with what the file is. */
function named(name: string, sent: Blob): string {
	return sent.type === 'image/jpeg' ? `${name.replace(/\.\w+$/, '')}.jpg` : name;
}
