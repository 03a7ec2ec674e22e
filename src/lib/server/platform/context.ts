import type { Logger } from 'pino';
import type { PostFunction } from '#lib/domain/masters/kinds.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db.ts';
import type { FamilyIdRegistry } from './family-registry.ts';
import type { LiveKitPort } from './livekit.ts';
import type { Scanner } from './scanner.ts';
import type { Storage } from './storage.ts';

export type Locale = 'hi' | 'en';

export interface StaffActor {
	kind: 'staff';
	personId: string;
	/** The post in which the person acts now; every action records it. */
	postId: string;
	functions: readonly PostFunction[];
	jurisdictionId: string;
	/** The district that the post lies in; null for posts above districts. */
	districtId: string | null;
}

export interface CitizenActor {
	kind: 'citizen';
	citizenId: string;
}

export type Actor = { kind: 'anonymous' } | { kind: 'system' } | CitizenActor | StaffActor;

/** Everything a command or query may touch, and who asks. */
export interface Context {
	db: Db;
	clock: Clock;
	actor: Actor;
	locale: Locale;
	requestId: string;
	log: Logger;
	storage: Storage;
	/** Null where none is configured: nothing is scanned then. */
	scanner: Scanner | null;
	livekit: LiveKitPort;
	familyRegistry: FamilyIdRegistry;
	/** Public address of the site, without a trailing slash. */
	origin: string;
	/** True only in a demonstration that made its own parts. */
	demo: boolean;
}
