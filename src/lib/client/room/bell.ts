const EVERY_MS = 2_500;

/** Rings and shakes until it is told to stop: the turn has come. */
export class Bell {
	#timer: ReturnType<typeof setInterval> | null = null;
	#sound: AudioContext | null = null;

	/** Browsers let a page ring only after a touch: call it from one, days of silence before. */
	unlock(): void {
		this.#sound ??= new AudioContext();
		void this.#sound.resume().catch(() => {});
	}

	start(): void {
		if (this.#timer) return;
		this.unlock();
		this.#ring();
		this.#timer = setInterval(() => this.#ring(), EVERY_MS);
	}

	stop(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
		navigator.vibrate?.(0);
	}

	close(): void {
		this.stop();
		void this.#sound?.close().catch(() => {});
		this.#sound = null;
	}

	#ring(): void {
		navigator.vibrate?.([400, 150, 400]);
		const sound = this.#sound;
		if (!sound || sound.state !== 'running') return;
		for (const [index, frequency] of [784, 988, 784, 988].entries()) {
			const at = sound.currentTime + index * 0.22;
			const tone = sound.createOscillator();
			const volume = sound.createGain();
			tone.frequency.value = frequency;
			volume.gain.setValueAtTime(0.0001, at);
			volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
			volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
			tone.connect(volume).connect(sound.destination);
			tone.start(at);
			tone.stop(at + 0.21);
		}
	}
}
