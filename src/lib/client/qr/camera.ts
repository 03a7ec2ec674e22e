import { mediaProblem, type MediaProblem } from '../room/media.ts';
import { prepareReader, readPixels } from './reader.ts';

/** The camera at the back, sharp enough for a QR of 130 modules a side. */
const VIDEO: MediaTrackConstraints = {
	facingMode: { ideal: 'environment' },
	width: { ideal: 1920 },
	height: { ideal: 1080 },
};
/** Between two looks: a small phone must stay cool. */
const PAUSE_MS = 150;

export type CameraProblem = MediaProblem | 'no_reader';

export interface Scan {
	/** Comes when the code is read, or null when the scan was stopped before. */
	readonly found: Promise<string | null>;
	/** Switches the camera off. Twice is no error. */
	stop(): void;
}

export type ScanStart = { ok: true; scan: Scan } | { ok: false; problem: CameraProblem };

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/**
 * Opens the phone's camera and looks for a QR in what it shows, on this phone alone: no picture is kept or
 * sent. The camera is off again as soon as the code is read.
 */
export async function startScan(video: HTMLVideoElement): Promise<ScanStart> {
	if (!navigator.mediaDevices?.getUserMedia) return { ok: false, problem: 'insecure' };
	const loading = prepareReader();
	// Is waited for below; a refusal of the camera comes first.
	loading.catch(() => {});
	let stream: MediaStream;
	try {
		stream = await navigator.mediaDevices.getUserMedia({ video: VIDEO, audio: false });
	} catch (error) {
		return { ok: false, problem: mediaProblem(error) };
	}
	let running = true;
	const stop = () => {
		running = false;
		for (const track of stream.getTracks()) track.stop();
		video.srcObject = null;
	};
	try {
		await loading;
	} catch {
		stop();
		return { ok: false, problem: 'no_reader' };
	}
	video.srcObject = stream;
	await video.play().catch(() => {});
	const canvas = document.createElement('canvas');
	const look = async () => {
		while (running) {
			const pixels = frameOf(video, canvas);
			const text = pixels && (await readPixels(pixels).catch(() => null));
			if (text && running) {
				stop();
				return text;
			}
			await pause(PAUSE_MS);
		}
		return null;
	};
	return { ok: true, scan: { found: look(), stop } };
}

/** What the camera shows now; null before its first picture. */
function frameOf(video: HTMLVideoElement, canvas: HTMLCanvasElement): ImageData | null {
	const { videoWidth: width, videoHeight: height } = video;
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context || width === 0 || height === 0) return null;
	canvas.width = width;
	canvas.height = height;
	context.drawImage(video, 0, 0);
	return context.getImageData(0, 0, width, height);
}
