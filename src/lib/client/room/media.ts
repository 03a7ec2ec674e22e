/** Why a camera or microphone cannot be had, told apart because each has its own remedy. */
export type MediaProblem = 'blocked' | 'in_use' | 'not_found' | 'insecure' | 'unknown';

export function mediaProblem(error: unknown): MediaProblem {
	if (typeof window !== 'undefined' && !window.isSecureContext) return 'insecure';
	switch (error instanceof DOMException ? error.name : '') {
		case 'NotAllowedError':
		case 'SecurityError':
			return 'blocked';
		case 'NotReadableError':
		case 'AbortError':
			return 'in_use';
		case 'NotFoundError':
		case 'OverconstrainedError':
			return 'not_found';
		default:
			return 'unknown';
	}
}

export type Role = 'citizen' | 'officer';

export const AUDIO: MediaTrackConstraints = {
	echoCancellation: true,
	noiseSuppression: true,
	autoGainControl: true,
	channelCount: 1,
};

/** A phone starts low: measured, 320x180 at 12 frames is what 150 kbit/s carries without freezing. */
export const VIDEO: Readonly<Record<Role, MediaTrackConstraints>> = {
	citizen: {
		facingMode: 'user',
		width: { ideal: 320 },
		height: { ideal: 180 },
		frameRate: { ideal: 12, max: 15 },
	},
	officer: { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 } },
};

/** Camera and microphone; a device that cannot be had is `null` beside its problem. */
export interface Devices {
	camera: MediaStreamTrack | null;
	microphone: MediaStreamTrack | null;
	cameraProblem: MediaProblem | null;
	microphoneProblem: MediaProblem | null;
}

/** Asks for both at once (one question), then for each alone, so that one refusal does not cost both. */
export async function askForDevices(role: Role): Promise<Devices> {
	if (!navigator.mediaDevices?.getUserMedia) {
		return {
			camera: null,
			microphone: null,
			cameraProblem: 'insecure',
			microphoneProblem: 'insecure',
		};
	}
	try {
		const both = await navigator.mediaDevices.getUserMedia({ audio: AUDIO, video: VIDEO[role] });
		return {
			camera: both.getVideoTracks()[0] ?? null,
			microphone: both.getAudioTracks()[0] ?? null,
			cameraProblem: null,
			microphoneProblem: null,
		};
	} catch {
		const [microphone, camera] = [await one({ audio: AUDIO }), await one({ video: VIDEO[role] })];
		return {
			camera: camera.track,
			microphone: microphone.track,
			cameraProblem: camera.problem,
			microphoneProblem: microphone.problem,
		};
	}
}

async function one(
	constraints: MediaStreamConstraints,
): Promise<{ track: MediaStreamTrack | null; problem: MediaProblem | null }> {
	try {
		const stream = await navigator.mediaDevices.getUserMedia(constraints);
		return { track: stream.getTracks()[0] ?? null, problem: null };
	} catch (error) {
		return { track: null, problem: mediaProblem(error) };
	}
}
