import type { SendingState } from './send.ts';

/** A file on its way, as the page shows it. */
export interface Sending {
	readonly name: string;
	state: SendingState | { at: 'checking' };
	stop(): void;
}

export interface QueueOptions {
	endpoint: string;
	draftKey: () => string;
	/** Asks the server how an upload ended; rejects without a line. */
	finish: (uploadId: string) => Promise<void>;
	/** The server's words for a file it does not take; empty when it has none. */
	onRefused: (words: string) => Promise<void>;
}

/** Files are sent one after the other: on a slow line two at once only end later. */
export class UploadQueue {
	readonly #options: QueueOptions;
	#turn: Promise<unknown> = Promise.resolve();
	list = $state<Sending[]>([]);

	constructor(options: QueueOptions) {
		this.#options = options;
	}

	/**
	 * Takes files over.
	 * @throws when the code that sends cannot be loaded: the form must go the plain way then
	 */
	async add(files: readonly File[], { keepPlace }: { keepPlace: boolean }): Promise<void> {
		// Only who chooses a file pays for it.
		await import('./send.ts');
		for (const file of files) {
			const ended = new AbortController();
			const entry = $state<Sending>({
				name: file.name,
				state: { at: 'preparing' },
				stop: () => ended.abort(),
			});
			this.list.push(entry);
			this.#turn = this.#turn.then(() =>
				this.#send(file, entry, ended.signal, keepPlace).finally(() => {
					this.list = this.list.filter((one) => one !== entry);
				}),
			);
		}
	}

	async #send(file: File, entry: Sending, signal: AbortSignal, keepPlace: boolean): Promise<void> {
		const { sendFile, untilWorthTrying, UploadRefused } = await import('./send.ts');
		const { endpoint, draftKey, finish, onRefused } = this.#options;
		try {
			const onState = (state: SendingState) => (entry.state = state);
			const id = await sendFile(file, {
				...{ endpoint, draftKey: draftKey(), keepPlace, signal, onState },
			});
			for (;;) {
				try {
					entry.state = { at: 'checking' };
					await finish(id);
					return;
				} catch {
					entry.state = { at: 'waiting' };
					await untilWorthTrying(5_000, signal);
				}
			}
		} catch (problem) {
			if (!signal.aborted) await onRefused(problem instanceof UploadRefused ? problem.message : '');
		}
	}
}
