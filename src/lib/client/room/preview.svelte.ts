import { askForDevices, type MediaProblem, type Role } from './media.ts';

const METER_MS = 100;

/** Camera and microphone before the hearing: picture, level meter, and what is wrong in plain words. */
export class Preview {
	readonly #role: Role;
	status = $state<'idle' | 'asking' | 'ready'>('idle');
	camera = $state.raw<MediaStreamTrack | null>(null);
	microphone = $state.raw<MediaStreamTrack | null>(null);
	cameraProblem = $state<MediaProblem | null>(null);
	microphoneProblem = $state<MediaProblem | null>(null);
	/** Loudness of the microphone, 0..1. */
	level = $state(0);
	/** Something was heard from the microphone since it was opened. */
	heard = $state(false);
	#sound: AudioContext | null = null;
	#timer: ReturnType<typeof setInterval> | null = null;
	#asking: Promise<void> | null = null;
	/** Counts the stops, so that devices that come after one are given back. */
	#life = 0;

	constructor(role: Role) {
		this.#role = role;
	}

	/** Devices to go in with: those at hand, or asked for anew when there are none or they have ended. */
	async ready(): Promise<void> {
		const ended = [this.camera, this.microphone].some((one) => one?.readyState === 'ended');
		if (this.status !== 'ready' || ended) await this.start();
	}

	/**
	 * Asks for the devices; a question that stands already is waited for. Never rejects: what failed
	 * stands in the problems.
	 */
	start(): Promise<void> {
		this.#asking ??= this.#ask();
		return this.#asking;
	}

	async #ask(): Promise<void> {
		this.stop();
		const life = this.#life;
		this.status = 'asking';
		const devices = await askForDevices(this.#role);
		if (life !== this.#life) {
			// Stopped meanwhile: nobody would ever give these back.
			devices.camera?.stop();
			devices.microphone?.stop();
			return;
		}
		this.#asking = null;
		this.camera = devices.camera;
		this.microphone = devices.microphone;
		this.cameraProblem = devices.cameraProblem;
		this.microphoneProblem = devices.microphoneProblem;
		this.status = 'ready';
		this.#measure();
	}

	/** Draws the own picture. Use as `{@attach preview.show}`. */
	show = (video: HTMLVideoElement): (() => void) | undefined => {
		const track = this.camera;
		if (!track) return;
		video.muted = true;
		video.srcObject = new MediaStream([track]);
		void video.play().catch(() => {});
		return () => {
			video.srcObject = null;
		};
	};

	#measure(): void {
		if (!this.microphone) return;
		const sound = new AudioContext();
		const analyser = sound.createAnalyser();
		analyser.fftSize = 512;
		sound.createMediaStreamSource(new MediaStream([this.microphone])).connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		this.#sound = sound;
		this.#timer = setInterval(() => {
			analyser.getFloatTimeDomainData(samples);
			const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
			// -60 dB is silence, -10 dB loud speech close to the phone.
			const decibel = 10 * Math.log10(power + 1e-9);
			this.level = Math.min(1, Math.max(0, (decibel + 60) / 50));
			if (this.level > 0.3) this.heard = true;
		}, METER_MS);
	}

	/** Ends the level meter only: the tracks go on into the room. */
	stopMeter(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
		void this.#sound?.close().catch(() => {});
		this.#sound = null;
		this.level = 0;
	}

	/** Gives the devices back: the light goes out. */
	stop(): void {
		this.#life += 1;
		this.#asking = null;
		this.stopMeter();
		this.camera?.stop();
		this.microphone?.stop();
		this.camera = null;
		this.microphone = null;
		this.status = 'idle';
	}
}
