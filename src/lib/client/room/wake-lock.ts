/** Keeps the screen on while people speak; taken again when the page comes back. */
export class ScreenLock {
	#lock: WakeLockSentinel | null = null;
	#wanted = false;

	constructor() {
		document.addEventListener('visibilitychange', this.#again);
	}

	#again = () => {
		if (this.#wanted && document.visibilityState === 'visible') void this.take();
	};

	async take(): Promise<void> {
		this.#wanted = true;
		this.#lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
	}

	release(): void {
		this.#wanted = false;
		void this.#lock?.release().catch(() => {});
		this.#lock = null;
	}

	destroy(): void {
		this.release();
		document.removeEventListener('visibilitychange', this.#again);
	}
}
