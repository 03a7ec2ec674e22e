/**
 * One tab a browser is in a hearing. The newest that insists wins; the one that loses is told.
 * A browser without Web Locks is let through: the video server allows one device anyway.
 */
export class SingleTab {
	readonly #name: string;
	readonly #lost: () => void;
	#release: (() => void) | null = null;

	constructor(name: string, lost: () => void) {
		this.#name = name;
		this.#lost = lost;
	}

	/** @param steal take it from another tab @returns whether this tab has it now */
	take(steal = false): Promise<boolean> {
		if (this.#release) return Promise.resolve(true);
		if (!navigator.locks) return Promise.resolve(true);
		return new Promise((answer) => {
			navigator.locks
				.request(this.#name, steal ? { steal } : { ifAvailable: true }, (lock) => {
					answer(lock !== null);
					if (!lock) return;
					return new Promise<void>((release) => {
						this.#release = release;
					});
				})
				.catch(() => {
					// Another tab took it.
					this.#release = null;
					answer(false);
					this.#lost();
				});
		});
	}

	release(): void {
		this.#release?.();
		this.#release = null;
	}
}
