import {
	chromium,
	type Browser,
	type BrowserContextOptions,
	type Locator,
	type Page,
} from '@playwright/test';

const ARGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** What stands before the camera of a launched browser. */
export interface Devices {
	/** Whether the browser's question is answered yes. */
	camera?: boolean;
	/** There is a camera at all, and a microphone. */
	devices?: boolean;
	/** A film (`.y4m`) that the camera shows instead of the usual test picture. */
	film?: string;
}

/** A Chromium process of its own with a made-up camera and microphone. */
export function launch({ camera = true, devices = true, film }: Devices = {}): Promise<Browser> {
	// Without a value the browser's question is answered yes, with `deny` no.
	const question = `--use-fake-ui-for-media-stream${camera ? '' : '=deny'}`;
	return chromium.launch({
		executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
		args: [
			...ARGS,
			question,
			...(devices ? ['--use-fake-device-for-media-stream'] : []),
			...(film ? [`--use-file-for-fake-video-capture=${film}`] : []),
		],
	});
}

/** A small Android, upright. */
export const PHONE: BrowserContextOptions = {
	viewport: { width: 360, height: 740 },
	hasTouch: true,
	isMobile: true,
	locale: 'hi-IN',
};

/** An office's screen. */
export const DESKTOP: BrowserContextOptions = {
	viewport: { width: 1366, height: 768 },
	locale: 'hi-IN',
};

/**
 * Waits until the browser has drawn `count` more decoded frames of a video.
 * @returns how many frames were presented in between, and the picture's size
 */
export async function watchFrames(video: Locator, count = 10) {
	return video.evaluate(
		(element, wanted) =>
			new Promise<{ frames: number; width: number; height: number }>((done, failed) => {
				if (!(element instanceof HTMLVideoElement)) return failed(new Error('not a video'));
				let first: number | undefined;
				const look: VideoFrameRequestCallback = (_, { presentedFrames, width, height }) => {
					first ??= presentedFrames;
					const frames = presentedFrames - first;
					if (frames >= wanted) done({ frames, width, height });
					else element.requestVideoFrameCallback(look);
				};
				element.requestVideoFrameCallback(look);
			}),
		count,
	);
}

/**
 * Listens to what the page plays of the other side until it is loud enough to be heard.
 * @returns the loudest level, 0..1 (root mean square)
 */
export async function listen(page: Page, loudEnough = 0.005): Promise<number> {
	return page.evaluate(async (wanted) => {
		const playing = [...document.querySelectorAll('audio, video')].filter(
			(one): one is HTMLMediaElement =>
				one instanceof HTMLMediaElement &&
				!one.muted &&
				!one.paused &&
				one.srcObject instanceof MediaStream &&
				one.srcObject.getAudioTracks().length > 0,
		);
		const [element] = playing;
		if (!element || !(element.srcObject instanceof MediaStream)) return -1;
		const sound = new AudioContext();
		await sound.resume();
		const analyser = sound.createAnalyser();
		sound.createMediaStreamSource(element.srcObject).connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		const level = await new Promise<number>((done) => {
			const look = () => {
				analyser.getFloatTimeDomainData(samples);
				const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
				const rms = Math.sqrt(power);
				if (rms >= wanted) done(rms);
				else requestAnimationFrame(look);
			};
			look();
		});
		await sound.close();
		return level;
	}, loudEnough);
}
