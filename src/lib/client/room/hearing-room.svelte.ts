import type {
	DisconnectReason,
	LocalAudioTrack,
	LocalVideoTrack,
	RemoteTrack,
	Room,
	RoomOptions,
} from 'livekit-client';
import { ApiError, fetchGrant, postLeave } from './api.ts';
import { askForDevices, AUDIO, VIDEO, type Role } from './media.ts';
import { ScreenLock } from './wake-lock.ts';

type LiveKit = typeof import('livekit-client');

/**
 * - `joining`: first way in. `in_room`. `reconnecting`: the line broke, it comes back by itself.
 * - `elsewhere`: another tab or device took the place. `removed`, `ended`: the server says no for good.
 * - `left`: the Leave button. `refused`: the first way in was refused; `problem` says why.
 */
export type RoomPhase =
	| 'idle'
	| 'joining'
	| 'in_room'
	| 'reconnecting'
	| 'elsewhere'
	| 'removed'
	| 'ended'
	| 'left'
	| 'refused';

/** Refusals after which another try is useless. */
const FINAL: Readonly<Record<string, RoomPhase>> = {
	hearing_ended: 'ended',
	hearing_not_yours: 'ended',
	removed_from_room: 'removed',
	forbidden: 'ended',
	not_found: 'ended',
};

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 3_000;
const PUBLISH_TRIES = 4;

/**
 * How long the library may mend a broken line by itself. It does so without a flicker after a short
 * gap; after a longer one, or when the video server forgot the room, only a fresh token helps.
 */
const MEND_MS = 8_000;

let library: Promise<LiveKit> | null = null;
/** Loads the media library once; called early, so that the tap on Join finds it there. */
export function loadLiveKit(): Promise<LiveKit> {
	library ??= import('livekit-client').catch((error: unknown) => {
		library = null;
		throw error;
	});
	return library;
}

function roomOptions(kit: LiveKit, role: Role): RoomOptions {
	const common = {
		videoCodec: 'vp8',
		audioPreset: kit.AudioPresets.speech,
		dtx: true,
		red: true,
	} as const;
	return {
		adaptiveStream: true,
		dynacast: true,
		reconnectPolicy: {
			nextRetryDelayInMs: ({ retryCount, elapsedMs }) =>
				elapsedMs > MEND_MS ? null : Math.min(300 * retryCount, 1_500),
		},
		// Our own tracks outlive a broken room and go into the next one.
		stopLocalTrackOnUnpublish: false,
		publishDefaults:
			role === 'citizen'
				? { ...common, simulcast: false, videoEncoding: { maxBitrate: 90_000, maxFramerate: 12 } }
				: {
						...common,
						simulcast: true,
						videoEncoding: kit.VideoPresets.h540.encoding,
						videoSimulcastLayers: [kit.VideoPresets.h180],
					},
	};
}

/** One party's place in the room of one hearing, for the whole life of the page. */
export class HearingRoom {
	readonly #hearingId: string;
	readonly #role: Role;
	readonly #screen = new ScreenLock();
	phase = $state<RoomPhase>('idle');
	/** Our server's words for the last refusal. */
	problem = $state<string | null>(null);
	micOn = $state(false);
	cameraOn = $state(false);
	hasMic = $state(false);
	hasCamera = $state(false);
	/** False when the browser waits for a touch before it plays sound. */
	canHear = $state(true);
	remoteHere = $state(false);
	remoteCameraOn = $state(false);
	remoteMicOn = $state(false);
	/** The media server's opinion of the other side's line. */
	remoteLine = $state<'good' | 'poor' | 'lost'>('good');
	ownLine = $state<'good' | 'poor' | 'lost'>('good');
	#remoteVideo = $state.raw<RemoteTrack | null>(null);
	#remoteAudio = $state.raw<RemoteTrack | null>(null);
	#ownVideo = $state.raw<LocalVideoTrack | null>(null);
	#ownAudio: LocalAudioTrack | null = null;
	#room: Room | null = null;
	/** Of the present life; a later one makes what an earlier one still does void. */
	#life = 0;
	#wake: (() => void) | null = null;

	constructor(hearingId: string, role: Role) {
		this.#hearingId = hearingId;
		this.#role = role;
		document.addEventListener('visibilitychange', this.#shown);
		window.addEventListener('online', this.#hurry);
	}

	/**
	 * Goes in, with the tracks of the preview when there are any. Must be called from a tap, so that
	 * sound may play. Never rejects.
	 */
	async join(camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null): Promise<void> {
		if (this.phase === 'joining' || this.phase === 'in_room') return;
		performance.mark('hearing:join');
		const life = ++this.#life;
		this.phase = 'joining';
		this.problem = null;
		try {
			const kit = await loadLiveKit();
			await this.#takeTracks(kit, camera, microphone);
			await this.#connect(kit, life);
		} catch (error) {
			if (life !== this.#life) return;
			const code = error instanceof ApiError ? error.code : null;
			this.problem = error instanceof ApiError && error.message ? error.message : null;
			if (code !== null && code !== 'livekit_down') this.phase = FINAL[code] ?? 'refused';
			else await this.#again(life);
		}
	}

	/** The Leave button: tells our server, which is the only thing that means "left". */
	async leave(): Promise<void> {
		this.#end('left');
		await postLeave(this.#hearingId).catch(() => {});
	}

	/** The page learned that the hearing is over. */
	finish(): void {
		if (this.phase !== 'idle' && this.phase !== 'left') this.#end('ended');
	}

	/** Another tab of this browser took the place. */
	async yieldPlace(): Promise<void> {
		this.#end('elsewhere');
	}

	destroy(): void {
		this.#end('idle');
		this.#screen.destroy();
		document.removeEventListener('visibilitychange', this.#shown);
		window.removeEventListener('online', this.#hurry);
	}

	#end(phase: RoomPhase): void {
		this.#life += 1;
		this.#wake?.();
		this.phase = phase;
		this.#screen.release();
		const room = this.#room;
		this.#forget();
		this.#ownVideo?.stop();
		this.#ownAudio?.stop();
		this.#ownVideo = null;
		this.#ownAudio = null;
		void room?.disconnect().catch(() => {});
	}

	async toggleMic(): Promise<void> {
		if (this.#ownAudio) {
			await (this.micOn ? this.#ownAudio.mute() : this.#ownAudio.unmute());
			this.micOn = !this.#ownAudio.isMuted;
		} else await this.#addMissing();
	}

	async toggleCamera(): Promise<void> {
		if (this.#ownVideo) {
			await (this.cameraOn ? this.#ownVideo.mute() : this.#ownVideo.unmute());
			this.cameraOn = !this.#ownVideo.isMuted;
		} else await this.#addMissing();
	}

	/** The tap that some browsers want before they play sound. */
	async startSound(): Promise<void> {
		await this.#room?.startAudio().catch(() => {});
		this.canHear = this.#room?.canPlaybackAudio ?? true;
	}

	/** Draws the other side. Use as `{@attach room.showRemote}`. */
	showRemote = (video: HTMLVideoElement): (() => void) | undefined => {
		const track = this.#remoteVideo;
		if (!track) return;
		track.attach(video);
		video.requestVideoFrameCallback?.(() => performance.mark('hearing:first-frame'));
		return () => void track.detach(video);
	};

	/** Plays the other side. Use on an `<audio>`. */
	playRemote = (audio: HTMLAudioElement): (() => void) | undefined => {
		const track = this.#remoteAudio;
		if (!track) return;
		track.attach(audio);
		return () => void track.detach(audio);
	};

	/** Draws the own picture. */
	showOwn = (video: HTMLVideoElement): (() => void) | undefined => {
		const track = this.#ownVideo;
		if (!track || !this.cameraOn) return;
		track.attach(video);
		return () => void track.detach(video);
	};

	async #takeTracks(
		kit: LiveKit,
		camera: MediaStreamTrack | null,
		microphone: MediaStreamTrack | null,
	): Promise<void> {
		if (!this.#ownVideo && camera?.readyState === 'live') {
			this.#ownVideo = new kit.LocalVideoTrack(camera, VIDEO[this.#role], false);
			this.cameraOn = true;
		}
		if (!this.#ownAudio && microphone?.readyState === 'live') {
			this.#ownAudio = new kit.LocalAudioTrack(microphone, AUDIO, false);
			this.micOn = true;
		}
		this.hasCamera = this.#ownVideo !== null;
		this.hasMic = this.#ownAudio !== null;
	}

	/** A device that was refused before: asked for again, by the button that wants it. */
	async #addMissing(): Promise<void> {
		const devices = await askForDevices(this.#role);
		const kit = await loadLiveKit();
		const [hadVideo, hadAudio] = [this.#ownVideo, this.#ownAudio];
		await this.#takeTracks(kit, devices.camera, devices.microphone);
		if (!this.#ownVideo || hadVideo) devices.camera?.stop();
		if (!this.#ownAudio || hadAudio) devices.microphone?.stop();
		if (this.#room) await this.#publish(kit, this.#room);
	}

	async #connect(kit: LiveKit, life: number): Promise<void> {
		const room = new kit.Room(roomOptions(kit, this.#role));
		// Inside the tap that led here: some browsers let sound play only then.
		void room.startAudio().catch(() => {});
		const grant = await fetchGrant(this.#hearingId);
		if (life !== this.#life) return;
		this.#listen(kit, room, life);
		await room.connect(grant.url, grant.token, {
			maxRetries: 2,
			peerConnectionTimeout: 60_000,
			websocketTimeout: 6_000,
			subscriberAllowPause: true,
		});
		if (life !== this.#life) {
			void room.disconnect();
			return;
		}
		this.#room = room;
		this.phase = 'in_room';
		this.problem = null;
		void this.#screen.take();
		this.#rebuild(kit, room);
		this.canHear = room.canPlaybackAudio;
		await this.#publish(kit, room);
	}

	async #publish(kit: LiveKit, room: Room): Promise<void> {
		// Speech first: on a thin line it is the hearing.
		if (this.#ownAudio && !(await this.#publishOne(kit, room, this.#ownAudio))) {
			this.#ownAudio = null;
			this.micOn = this.hasMic = false;
		}
		if (this.#ownVideo && !(await this.#publishOne(kit, room, this.#ownVideo))) {
			this.#ownVideo = null;
			this.cameraOn = this.hasCamera = false;
		}
	}

	/**
	 * Publishes a track, again when the server did not answer in time: one who is not heard does not
	 * know it. False when it cannot be had: the device is given back and its button asks for it anew.
	 */
	async #publishOne(
		kit: LiveKit,
		room: Room,
		track: LocalAudioTrack | LocalVideoTrack,
	): Promise<boolean> {
		const { Camera, Microphone } = kit.Track.Source;
		const source = track.kind === kit.Track.Kind.Video ? Camera : Microphone;
		for (let attempt = 1; attempt <= PUBLISH_TRIES && this.#room === room; attempt += 1) {
			try {
				// The library stops a track that it could not publish in time.
				if (track.mediaStreamTrack.readyState === 'ended') await track.restartTrack();
				await room.localParticipant.publishTrack(track, { source });
				return true;
			} catch {
				await this.#rest(FIRST_PAUSE_MS * attempt);
			}
		}
		// Of a room that was left meanwhile: the next one publishes the track.
		if (this.#room !== room) return true;
		track.stop();
		return false;
	}

	#listen(kit: LiveKit, room: Room, life: number): void {
		const { RoomEvent } = kit;
		const alive = (work: () => void) => () => {
			if (life === this.#life) work();
		};
		const rebuild = alive(() => this.#rebuild(kit, room));
		for (const event of [
			RoomEvent.ParticipantConnected,
			RoomEvent.ParticipantDisconnected,
			RoomEvent.TrackSubscribed,
			RoomEvent.TrackUnsubscribed,
			RoomEvent.TrackMuted,
			RoomEvent.TrackUnmuted,
		] as const) {
			room.on(event, rebuild);
		}
		room.on(
			RoomEvent.AudioPlaybackStatusChanged,
			alive(() => (this.canHear = room.canPlaybackAudio)),
		);
		room.on(
			RoomEvent.ConnectionQualityChanged,
			alive(() => this.#readLines(kit, room)),
		);
		for (const event of [RoomEvent.Reconnecting, RoomEvent.SignalReconnecting] as const) {
			room.on(
				event,
				alive(() => (this.phase = 'reconnecting')),
			);
		}
		room.on(
			RoomEvent.Reconnected,
			alive(() => {
				this.phase = 'in_room';
				this.#rebuild(kit, room);
			}),
		);
		room.on(RoomEvent.Disconnected, (reason) => {
			// A try to connect that fails is told to whoever tried.
			if (life === this.#life && this.#room === room) this.#lost(kit, reason, life);
		});
	}

	/** The line is gone for good and not by our doing. */
	#lost(kit: LiveKit, reason: DisconnectReason | undefined, life: number): void {
		this.#forget();
		const { DisconnectReason: Reason } = kit;
		if (reason === Reason.DUPLICATE_IDENTITY) {
			// The newest device wins; coming back by itself would make the two push each other out.
			this.#end('elsewhere');
		} else {
			// Removed, closed or broken: our server knows whether there is a way back.
			void this.#again(life);
		}
	}

	/** Joins again with a fresh token, pausing longer each time, until our server says that it is over. */
	async #again(life: number): Promise<void> {
		this.phase = 'reconnecting';
		for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.7, LONGEST_PAUSE_MS)) {
			await this.#rest(pause);
			if (life !== this.#life) return;
			try {
				await this.#connect(await loadLiveKit(), life);
				return;
			} catch (error) {
				if (life !== this.#life) return;
				const final = error instanceof ApiError && error.code ? FINAL[error.code] : undefined;
				if (error instanceof ApiError && error.message) this.problem = error.message;
				if (final) {
					this.#end(final);
					return;
				}
				if (error instanceof ApiError && error.code === 'not_called') {
					this.#end('refused');
					return;
				}
			}
		}
	}

	#rest(ms: number): Promise<void> {
		return new Promise((done) => {
			const timer = setTimeout(finish, ms);
			const wake = () => finish();
			this.#wake = wake;
			function finish() {
				clearTimeout(timer);
				done();
			}
		});
	}

	#hurry = () => this.#wake?.();

	/** Back from the SMS, a phone call or a locked screen. */
	#shown = () => {
		if (document.visibilityState !== 'visible') return;
		this.#hurry();
		void this.#revive();
	};

	/** A phone call ends the microphone's track: take it again. */
	async #revive(): Promise<void> {
		if (this.phase !== 'in_room') return;
		if (this.micOn && this.#ownAudio?.mediaStreamTrack.readyState === 'ended') {
			await this.#ownAudio.restartTrack().catch(() => {});
		}
		if (this.cameraOn && this.#ownVideo?.mediaStreamTrack.readyState === 'ended') {
			await this.#ownVideo.restartTrack().catch(() => {});
		}
		await this.startSound();
	}

	#forget(): void {
		this.#room = null;
		this.#remoteVideo = null;
		this.#remoteAudio = null;
		this.remoteHere = false;
		this.remoteCameraOn = false;
		this.remoteMicOn = false;
	}

	/** What is seen and heard, read anew from the room: events come late and twice. */
	#rebuild(kit: LiveKit, room: Room): void {
		const others = [...room.remoteParticipants.values()];
		const pick = (source: 'camera' | 'microphone') =>
			others
				.map((one) =>
					one.getTrackPublication(kit.Track.Source[source === 'camera' ? 'Camera' : 'Microphone']),
				)
				.find((publication) => publication?.track);
		const [camera, microphone] = [pick('camera'), pick('microphone')];
		this.#remoteVideo = camera?.track ?? null;
		this.#remoteAudio = microphone?.track ?? null;
		this.remoteCameraOn = camera?.track != null && !camera.isMuted;
		this.remoteMicOn = microphone?.track != null && !microphone.isMuted;
		this.remoteHere = others.length > 0;
		this.#readLines(kit, room);
	}

	#readLines(kit: LiveKit, room: Room): void {
		const word = (quality: string | undefined) =>
			quality === kit.ConnectionQuality.Lost
				? 'lost'
				: quality === kit.ConnectionQuality.Poor
					? 'poor'
					: 'good';
		const [other] = room.remoteParticipants.values();
		this.remoteLine = word(other?.connectionQuality);
		this.ownLine = word(room.localParticipant.connectionQuality);
	}
}
