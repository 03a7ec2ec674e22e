import { randomUUID } from 'node:crypto';
import { FileStore } from '@tus/file-store';
import { ERRORS, MemoryLocker, Server, Upload } from '@tus/server';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	beginIncoming,
	dropIncoming,
	finishIncoming,
	incoming,
	makeIncomingFile,
} from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { refusalWords, statusOf } from './problem.ts';

const PATH = '/api/uploads';
const NAME_LENGTH = 300;
/** One web process: two requests for one upload meet here. */
const locker = new MemoryLocker();

/** Bytes lie in the storage, what is known of an upload in the database: nothing personal in the folder. */
class IncomingStore extends FileStore {
	readonly #ctx: Context;

	constructor(ctx: Context) {
		super({ directory: ctx.storage.incoming });
		this.#ctx = ctx;
		// No length that is told later: the size is judged before a byte is stored.
		this.extensions = ['creation', 'termination'];
	}

	override async create(upload: Upload): Promise<Upload> {
		await makeIncomingFile(this.#ctx, upload.id);
		return upload;
	}

	override async getUpload(id: string): Promise<Upload> {
		const known = await incoming(this.#ctx, id);
		if (!known) throw ERRORS.FILE_NOT_FOUND;
		const { size, offset } = known;
		return new Upload({ id, size, offset });
	}

	override remove(id: string): Promise<void> {
		return dropIncoming(this.#ctx, id);
	}
}

// The library makes its folder in a callback that would end the process when it cannot; `create` makes it.
Object.defineProperty(IncomingStore.prototype, 'checkOrCreateDirectory', { value: () => {} });

/**
 * Resumable uploads of the signed-in citizen (tus 1.0: creation, termination). An upload whose last byte has
 * come is at once looked at and taken into the filing; how that ended is asked by `finishIncoming`.
 */
export async function answerUpload(ctx: Context, request: Request): Promise<Response> {
	const server = new Server({
		path: PATH,
		datastore: new IncomingStore(ctx),
		locker,
		maxSize: UPLOAD_LIMITS.bytes,
		allowedOrigins: [ctx.origin],
		namingFunction: () => randomUUID(),
		generateUrl: (_, { id }) => `${PATH}/${id}`,
		async onIncomingRequest({ method }, id) {
			if (ctx.actor.kind !== 'citizen') throw new Refusal('forbidden');
			if (method !== 'POST' && !(await incoming(ctx, id))) throw new Refusal('not_found');
		},
		async onUploadCreate(_, { id, size = 0, metadata = {} }) {
			await beginIncoming(ctx, {
				id,
				size,
				name: (metadata['filename'] ?? '').slice(0, NAME_LENGTH),
				keepPlace: metadata['keepplace'] === '1',
				place: metadata['place'] ?? null,
			});
			return { metadata: {} };
		},
		async onUploadFinish(_, { id }) {
			await finishIncoming(ctx, id).catch((problem: unknown) => {
				// Told to whoever asks for the outcome: the protocol has no words for it.
				if (!(problem instanceof Refusal)) throw problem;
			});
			return {};
		},
		onResponseError(_, problem) {
			if (problem instanceof Refusal) {
				return { status_code: statusOf(problem.code), body: refusalWords(problem, ctx.locale) };
			}
			if (!('status_code' in problem)) {
				ctx.log.error({ err: problem }, 'upload');
				return { status_code: 500, body: '' };
			}
			if (problem.status_code === ERRORS.ERR_MAX_SIZE_EXCEEDED.status_code) {
				const megabytes = UPLOAD_LIMITS.bytes / 1e6;
				const large = new Refusal('upload_too_large', { megabytes });
				return { status_code: problem.status_code, body: refusalWords(large, ctx.locale) };
			}
		},
	});
	return server.handleWeb(request);
}
