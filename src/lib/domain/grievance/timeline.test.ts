import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, type ChainHead } from '../chain.ts';
import {
	canonicalJson,
	chainLink,
	eventCommitment,
	verifyChain,
	type ChainedEvent,
} from './timeline.ts';

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

function chain(count: number): { events: ChainedEvent[]; head: ChainHead } {
	const events: ChainedEvent[] = [];
	let hash = GENESIS_HASH;
	for (let seq = 1; seq <= count; seq += 1) {
		const event = {
			grievanceId: 'g1',
			seq,
			type: seq === 1 ? 'registered' : 'document_added',
			at: new Date(Date.UTC(2026, 10, seq, 6)).toISOString(),
			actor: { postId: `p${seq % 3}`, personId: null },
			data: { n: seq, place: 'बावल' },
			commitment: seq % 2 ? eventCommitment(`salt-${seq}`, `निजी बात ${seq}`, sha256) : null,
		};
		const prevHash = hash;
		hash = chainLink(prevHash, event, sha256);
		events.push({ ...event, prevHash, hash });
	}
	return { events, head: { count, hash } };
}

/** What somebody with write access, but without the knowledge of links, could do to the rows. */
const renumbered = (events: readonly ChainedEvent[]) =>
	events.map((event, index) => ({ ...event, seq: index + 1 }));

const anyPlace = fc
	.integer({ min: 2, max: 12 })
	.chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1), fc.nat(count - 1)));

describe('verifyChain', () => {
	test('an untouched chain is whole, also an empty one', () => {
		for (const count of [0, 1, 7]) {
			const { events, head } = chain(count);
			expect(verifyChain(events, head, sha256)).toEqual({ ok: true });
		}
	});

	test('a trip through jsonb, which sorts keys, changes nothing', () => {
		const { events, head } = chain(3);
		const back = events.map((event) => ({
			...event,
			data: { place: 'बावल', n: event.seq },
			actor: { personId: null, postId: `p${event.seq % 3}` },
		}));
		expect(verifyChain(back, head, sha256)).toEqual({ ok: true });
	});

	test('finds any field of any row that was changed, and says where', () => {
		fc.assert(
			fc.property(
				anyPlace,
				fc.constantFrom<Partial<ChainedEvent>>(
					{ type: 'escalated' },
					{ at: '2026-01-01T00:00:00.000Z' },
					{ actor: 'nobody' },
					{ data: { n: 99 } },
					{ commitment: 'f'.repeat(64) },
					{ grievanceId: 'g2' },
					{ prevHash: 'd'.repeat(64) },
					{ hash: 'e'.repeat(64) },
				),
				([count, at], change) => {
					const { events, head } = chain(count);
					const forged = events.map((event, i) => (i === at ? { ...event, ...change } : event));
					expect(verifyChain(forged, head, sha256)).toEqual({
						ok: false,
						seq: at + 1,
						reason: 'changed',
					});
				},
			),
		);
	});

	test('finds a row that was dropped', () => {
		fc.assert(
			fc.property(anyPlace, ([count, at]) => {
				fc.pre(at < count - 1);
				const { events, head } = chain(count);
				const rest = events.filter((_, index) => index !== at);
				const verdict = { ok: false, seq: at + 1, reason: 'missing' };
				expect(verifyChain(rest, head, sha256)).toEqual(verdict);
			}),
		);
	});

	test('finds a row that was dropped also when the others were renumbered to hide it', () => {
		fc.assert(
			fc.property(anyPlace, ([count, at]) => {
				fc.pre(at < count - 1);
				const { events, head } = chain(count);
				const rest = renumbered(events.filter((_, index) => index !== at));
				expect(verifyChain(rest, head, sha256)).toMatchObject({ ok: false, seq: at + 1 });
				expect(verifyChain(rest, { ...head, count: head.count - 1 }, sha256)).toMatchObject({
					ok: false,
					seq: at + 1,
				});
			}),
		);
	});

	test('finds two rows that changed places, with their numbers or without', () => {
		fc.assert(
			fc.property(anyPlace, ([count, a, b]) => {
				fc.pre(a < b);
				const { events, head } = chain(count);
				const swapped = events.map((event, i) => events[i === a ? b : i === b ? a : i] ?? event);
				const verdict = { ok: false, seq: a + 1, reason: 'reordered' };
				expect(verifyChain(swapped, head, sha256)).toEqual(verdict);
				expect(verifyChain(renumbered(swapped), head, sha256)).toEqual(verdict);
			}),
		);
	});

	test('finds a tail that was cut, all of it included', () => {
		fc.assert(
			fc.property(anyPlace, ([count, kept]) => {
				const { events, head } = chain(count);
				expect(verifyChain(events.slice(0, kept), head, sha256)).toEqual({
					ok: false,
					seq: kept + 1,
					reason: 'tail_cut',
				});
			}),
		);
	});

	test('finds a chain written anew after the cut, and rows added past the head', () => {
		const { events, head } = chain(4);
		const longer = chain(5);
		expect(verifyChain(longer.events, head, sha256)).toEqual({
			ok: false,
			seq: 5,
			reason: 'changed',
		});
		expect(verifyChain(events, { ...head, hash: longer.head.hash }, sha256)).toEqual({
			ok: false,
			seq: 4,
			reason: 'changed',
		});
	});
});

describe('commitments', () => {
	test('hide the text behind the salt and are the same for the same two', () => {
		const one = eventCommitment(new Uint8Array([1, 255]), 'नाली', sha256);
		expect(one).toBe(eventCommitment('01ff', 'नाली', sha256));
		expect(one).not.toBe(eventCommitment('01fe', 'नाली', sha256));
		expect(one).not.toBe(eventCommitment('01ff', 'नाला', sha256));
	});

	test('salt and text cannot be shifted into each other', () => {
		expect(eventCommitment('ab', 'c', sha256)).not.toBe(eventCommitment('a', 'bc', sha256));
	});
});

describe('canonicalJson', () => {
	test('is valid JSON of the same value, whatever the order of keys', () => {
		fc.assert(
			fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
				const text = canonicalJson(value);
				expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
				expect(canonicalJson(JSON.parse(text))).toBe(text);
			}),
		);
		expect(canonicalJson({ b: 1, a: [2, { d: undefined, c: null }] })).toBe(
			'{"a":[2,{"c":null}],"b":1}',
		);
	});

	test('refuses what would be lost on the way', () => {
		for (const value of [new Date(0), NaN, 1n, undefined, () => 1, new Map(), [undefined]]) {
			expect(() => canonicalJson(value)).toThrow(TypeError);
		}
	});
});
