import {
	AccessToken,
	RoomServiceClient,
	TrackSource,
	WebhookReceiver,
	type WebhookEvent,
} from 'livekit-server-sdk';

export interface RoomGrant {
	room: string;
	/** Stable per party of a hearing. */
	identity: string;
	/** What others in the room read: a post or "citizen", never a name with a number. */
	name: string;
	role: 'citizen' | 'officer';
}

/** The video server. Rooms are made by us only (`auto_create` is off). */
export interface LiveKitPort {
	url: string;
	/** Idempotent. Rejects within 3 seconds when the server does not answer. */
	createRoom(room: string): Promise<void>;
	closeRoom(room: string): Promise<void>;
	listParticipants(room: string): Promise<{ sid: string; identity: string; joinedAt: Date }[]>;
	removeParticipant(room: string, identity: string): Promise<void>;
	/** A token of five minutes with the least rights that the role needs. */
	token(grant: RoomGrant): Promise<string>;
	/** The event, or an error when the signature does not match the raw body. */
	webhook(body: string, authorization: string | null): Promise<WebhookEvent>;
	check(): Promise<void>;
}

const TOKEN_SECONDS = 300;
const ANSWER_MS = 3_000;

async function within<T>(work: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error('LiveKit did not answer in time')), ANSWER_MS);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

export function openLiveKit(options: { url: string; key: string; secret: string }): LiveKitPort {
	const rooms = new RoomServiceClient(
		options.url.replace(/^ws/, 'http'),
		options.key,
		options.secret,
		{ requestTimeout: ANSWER_MS / 1000 },
	);
	const receiver = new WebhookReceiver(options.key, options.secret);
	return {
		url: options.url,
		async createRoom(name) {
			await within(
				rooms.createRoom({ name, emptyTimeout: 600, departureTimeout: 120, maxParticipants: 8 }),
			);
		},
		closeRoom: (name) => within(rooms.deleteRoom(name)),
		async listParticipants(name) {
			const list = await within(rooms.listParticipants(name));
			return list.map((one) => ({
				sid: one.sid,
				identity: one.identity,
				joinedAt: new Date(Number(one.joinedAt) * 1000),
			}));
		},
		removeParticipant: (room, identity) => within(rooms.removeParticipant(room, identity)),
		token({ room, identity, name, role }) {
			const token = new AccessToken(options.key, options.secret, {
				identity,
				name,
				ttl: TOKEN_SECONDS,
			});
			token.addGrant({
				room,
				roomJoin: true,
				canSubscribe: true,
				canPublish: true,
				canPublishData: true,
				canPublishSources: [
					TrackSource.CAMERA,
					TrackSource.MICROPHONE,
					...(role === 'officer' ? [TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO] : []),
				],
			});
			return token.toJwt();
		},
		webhook: (body, authorization) => receiver.receive(body, authorization ?? undefined),
		async check() {
			await within(rooms.listRooms([]));
		},
	};
}
