import { invalidateAll } from '$app/navigation';
import { localizeHref } from '#lib/paraglide/runtime.js';

/** Fields of the views that are instants; JSON carries them as text. */
const INSTANTS = new Set([
	'at',
	'callUntil',
	'deadline',
	'dueAt',
	'endsAt',
	'expectedEnd',
	'issuedAt',
	'nextAt',
	'now',
	'opensAt',
	'ownedSince',
	'startedAt',
	'startsAt',
]);

/**
 * A view that is read again while the page stays open. Not by SvelteKit's `invalidate`: that leaves
 * the page when the server cannot be reached, and with it the hearing, which needs no web server.
 */
export class LiveView<View extends { now: Date }> {
	readonly #path: string;
	/** The newest view that was read; null until then. */
	current = $state.raw<View | null>(null);
	/** Whether our server answered the last time. */
	reachable = $state(true);
	#running: Promise<void> | null = null;
	#again = false;

	constructor(path: string) {
		this.#path = path;
	}

	/** Reads it now; calls that come meanwhile are answered by one more reading. Never rejects. */
	refresh = (): Promise<void> => {
		if (this.#running) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#loop().finally(() => (this.#running = null));
		return this.#running;
	};

	async #loop(): Promise<void> {
		do {
			this.#again = false;
			await this.#read();
		} while (this.#again);
	}

	async #read(): Promise<void> {
		let response: Response;
		try {
			response = await fetch(localizeHref(this.#path), { signal: AbortSignal.timeout(10_000) });
		} catch {
			this.reachable = false;
			return;
		}
		this.reachable = response.status < 500;
		if (response.ok) {
			const view: unknown = JSON.parse(await response.text(), revive);
			if (this.#isView(view)) this.current = view;
		} else if (this.reachable) {
			// Signed out, or no longer ours: the page's own load says so in words.
			await invalidateAll();
		}
	}

	/** Both sides are of one build; only something that is no view at all is kept out. */
	#isView(value: unknown): value is View {
		return (
			typeof value === 'object' && value !== null && 'now' in value && value.now instanceof Date
		);
	}
}

function revive(key: string, value: unknown): unknown {
	return INSTANTS.has(key) && typeof value === 'string' ? new Date(value) : value;
}
