/**
 * The hash chain of a grievance's timeline. Each row's hash covers the row and the hash before it,
 * so nobody can change, drop or reorder a row unseen. Personal text stays outside the chain, which
 * holds only a salted commitment to it: erasing text and salt later breaks nothing.
 */

/** A cryptographic hash of UTF-8 text as lower-case hex (the server passes SHA-256). */
export type Hash = (text: string) => string;

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

export type ChainedEvent = TimelineEvent & { hash: string };
export type ChainHead = { count: number; hash: string };

export type ChainFault = 'changed' | 'missing' | 'reordered' | 'tail_cut';
export type ChainVerdict = { ok: true } | { ok: false; seq: number; reason: ChainFault };

/** What the first row of every chain is linked to. */
export const GENESIS_HASH = '0'.repeat(64);

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

/**
 * Checks a whole chain against its head, which is kept apart from the rows. `events` in the order
 * read (by seq). The fault named is the first one found; `seq` is the place where it shows.
 */
export function verifyChain(
	events: readonly ChainedEvent[],
	head: ChainHead,
	hash: Hash,
): ChainVerdict {
	const present = new Set(events.map((event) => event.seq));
	let prevHash = GENESIS_HASH;
	for (const [index, event] of events.entries()) {
		const seq = index + 1;
		if (event.seq !== seq) {
			return { ok: false, seq, reason: present.has(seq) ? 'reordered' : 'missing' };
		}
		if (chainLink(prevHash, event, hash) !== event.hash) {
			return { ok: false, seq, reason: faultAt(events, index, prevHash, head, hash) };
		}
		prevHash = event.hash;
	}
	if (events.length < head.count) return { ok: false, seq: events.length + 1, reason: 'tail_cut' };
	if (events.length > head.count) return { ok: false, seq: head.count + 1, reason: 'changed' };
	if (prevHash !== head.hash) return { ok: false, seq: events.length, reason: 'changed' };
	return { ok: true };
}

/** Tells a row that was edited from rows that were renumbered to hide a swap or a removal. */
function faultAt(
	events: readonly ChainedEvent[],
	index: number,
	prevHash: string,
	head: ChainHead,
	hash: Hash,
): ChainFault {
	const seq = index + 1;
	const belongsHere = (event: ChainedEvent) =>
		chainLink(prevHash, { ...event, seq }, hash) === event.hash;
	if (events.some((event, at) => at !== index && belongsHere(event))) return 'reordered';

	const current = events[index];
	const next = events[index + 1];
	const restIsIntact = current && next && chainLink(current.hash, next, hash) === next.hash;
	return events.length < head.count && next && !restIsIntact ? 'missing' : 'changed';
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
