/**
 * A hash chain: each row's hash covers the row and the hash before it, so nobody can change, drop or
 * reorder a row unseen. Count and last hash are kept apart from the rows: so a cut tail is found too.
 */

/** A cryptographic hash of UTF-8 text as lower-case hex (the server passes SHA-256). */
export type Hash = (text: string) => string;

export type Chained = {
	/** 1, 2, 3.. without a gap. */
	seq: number;
	/** Hash of the row before. */
	prevHash: string;
	hash: string;
};
export type ChainHead = { count: number; hash: string };

export type ChainFault = 'changed' | 'missing' | 'reordered' | 'tail_cut';
export type ChainVerdict = { ok: true } | { ok: false; seq: number; reason: ChainFault };

/** What the first row of every chain is linked to. */
export const GENESIS_HASH = '0'.repeat(64);

/** The hash that a row must have after the row with the hash `prevHash`. */
type Link<Row> = (prevHash: string, row: Row) => string;

/**
 * Checks a whole chain against its head. `rows` in the order read (by seq). The fault named is the
 * first one found; `seq` is the place where it shows.
 */
export function verifyLinks<Row extends Chained>(
	rows: readonly Row[],
	head: ChainHead,
	link: Link<Row>,
): ChainVerdict {
	const present = new Set(rows.map((row) => row.seq));
	let prevHash = GENESIS_HASH;
	for (const [index, row] of rows.entries()) {
		const seq = index + 1;
		if (row.seq !== seq) {
			return { ok: false, seq, reason: present.has(seq) ? 'reordered' : 'missing' };
		}
		if (row.prevHash !== prevHash || link(prevHash, row) !== row.hash) {
			return { ok: false, seq, reason: faultAt(rows, index, prevHash, head, link) };
		}
		prevHash = row.hash;
	}
	if (rows.length < head.count) return { ok: false, seq: rows.length + 1, reason: 'tail_cut' };
	if (rows.length > head.count) return { ok: false, seq: head.count + 1, reason: 'changed' };
	// Of an empty chain the head's hash says nothing.
	if (rows.length > 0 && prevHash !== head.hash) {
		return { ok: false, seq: rows.length, reason: 'changed' };
	}
	return { ok: true };
}

/** Tells a row that was edited from rows that were renumbered to hide a swap or a removal. */
function faultAt<Row extends Chained>(
	rows: readonly Row[],
	index: number,
	prevHash: string,
	head: ChainHead,
	link: Link<Row>,
): ChainFault {
	const seq = index + 1;
	const belongsHere = (row: Row) => link(prevHash, { ...row, seq }) === row.hash;
	if (rows.some((row, at) => at !== index && belongsHere(row))) return 'reordered';

	const current = rows[index];
	const next = rows[index + 1];
	const restIsIntact = current && next && link(current.hash, next) === next.hash;
	return rows.length < head.count && next && !restIsIntact ? 'missing' : 'changed';
}
