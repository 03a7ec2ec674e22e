/**
 * What the hash chain of a grievance's timeline covers. Personal text stays outside the chain, which
 * holds only a salted commitment to it: erasing text and salt later breaks nothing.
 */
import {
	verifyLinks,
	type Chained,
	type ChainHead,
	type ChainVerdict,
	type Hash,
} from '../chain.ts';

export type Json =
	null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type TimelineEvent = {
	grievanceId: string;
	/** 1, 2, 3.. without a gap. */
	seq: number;
	type: string;
	/** ISO 8601 with milliseconds, UTC. */
	at: string;
	/** Who acted, in which post; ids only. */
	actor: Json;
	/** Ids, states, dates; no personal data. */
	data: Json;
	/** `eventCommitment` of the personal text, or null when there is none. */
	commitment: string | null;
};

export type ChainedEvent = TimelineEvent & Chained;

/** The commitment to a text. Without the random `salt` (16 bytes or more) short texts could be guessed. */
export function eventCommitment(salt: Uint8Array | string, text: string, hash: Hash): string {
	const key = typeof salt === 'string' ? salt : toHex(salt);
	return hash(canonicalJson(['jansunwai commitment 1', key, text]));
}

/** The hash of a row, given the hash of the row before it (`GENESIS_HASH` for the first). */
export function chainLink(prevHash: string, event: TimelineEvent, hash: Hash): string {
	const { grievanceId, seq, type, at, actor, data, commitment } = event;
	const row = { grievanceId, seq, type, at, actor, data, commitment };
	return hash(canonicalJson(['jansunwai timeline 1', prevHash, row]));
}

/** Checks a whole timeline against its head, which is kept apart from the rows (see `verifyLinks`). */
export function verifyChain(
	events: readonly ChainedEvent[],
	head: ChainHead,
	hash: Hash,
): ChainVerdict {
	return verifyLinks(events, head, (prevHash, event) => chainLink(prevHash, event, hash));
}

/**
 * One spelling for equal JSON: keys sorted by code unit, no spaces, absent for undefined; so a value
 * reads the same after a trip through jsonb. Throws TypeError for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
	if (value === null || typeof value === 'boolean' || typeof value === 'string') {
		return JSON.stringify(value);
	}
	if (typeof value === 'number') {
		if (!Number.isFinite(value)) throw new TypeError('a number that JSON cannot hold');
		return JSON.stringify(value);
	}
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	if (typeof value === 'object') {
		const prototype: unknown = Object.getPrototypeOf(value);
		if (prototype === Object.prototype || prototype === null) {
			const members = Object.entries(value)
				.filter(([, member]) => member !== undefined)
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
			return `{${members.join(',')}}`;
		}
	}
	throw new TypeError('a value that JSON cannot hold');
}

function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
