import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { REGISTRY_ANSWERS } from '#lib/domain/identity/registry.ts';
import {
	attestationRegistry,
	RegistryDown,
	type FamilyIdRegistry,
	type RegistryReply,
} from './family-registry.ts';

/** From the first byte of the question to the last of the answer. */
const TIMEOUT_MS = 3000;
const MAX_ANSWER_BYTES = 16 * 1024;
const TRIES = 3;
const FIRST_PAUSE_MS = 300;
/** Questions that fail one after the other until the registry is left alone for a while. */
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 60_000;

const replySchema = v.object({
	answer: v.picklist(REGISTRY_ANSWERS),
	headName: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200))), null),
});

/** Worth another try at once; every other fault is not mended by asking again. */
class Passing extends RegistryDown {}

export interface HttpRegistryOptions {
	/** Exactly this address is asked, and no other: redirects are not followed. */
	url: string;
	token: string;
	timeoutMs?: number;
	/** Milliseconds to wait before the next try. */
	wait?: (ms: number) => Promise<unknown>;
	now?: () => number;
}

/**
 * A state's registry behind HTTP; the contract is docs/family-id-registry.md. Three tries of at most three
 * seconds with growing, random pauses; after three questions without an answer it is not asked for a minute.
 */
export function httpRegistry({
	url,
	token,
	timeoutMs = TIMEOUT_MS,
	wait = pause,
	now = Date.now,
}: HttpRegistryOptions): FamilyIdRegistry {
	let failures = 0;
	let closedUntil = 0;

	async function once(body: string): Promise<RegistryReply> {
		const signal = AbortSignal.timeout(timeoutMs);
		try {
			const response = await fetch(url, {
				method: 'POST',
				body,
				redirect: 'manual',
				signal,
				headers: {
					authorization: `Bearer ${token}`,
					'content-type': 'application/json',
					accept: 'application/json',
					// A packed answer is refused below, so that none can unfold into gigabytes.
					'accept-encoding': 'identity',
				},
			});
			return await replyOf(response);
		} catch (problem) {
			if (problem instanceof RegistryDown) throw problem;
			throw new Passing(signal.aborted ? 'no answer in time' : 'no connection');
		}
	}

	async function tries(body: string): Promise<RegistryReply> {
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await once(body);
			} catch (problem) {
				if (!(problem instanceof Passing) || attempt === TRIES) throw problem;
				await wait(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
			}
		}
	}

	return {
		kind: 'http',
		async ask({ kind, familyId, mobileLastFour }) {
			if (now() < closedUntil) throw new RegistryDown('left alone for a while');
			try {
				const reply = await tries(JSON.stringify({ kind, familyId, mobileLastFour }));
				failures = 0;
				return reply;
			} catch (problem) {
				failures += 1;
				if (failures >= FAILURES_TO_OPEN) closedUntil = now() + OPEN_MS;
				throw problem;
			}
		},
	};
}

/** The state's registry at the URL, or without one the clerks who look at the cards. */
export function openFamilyRegistry(where: { url: string; token: string }): FamilyIdRegistry {
	return where.url === '' ? attestationRegistry : httpRegistry(where);
}

async function replyOf(response: Response): Promise<RegistryReply> {
	const { status, headers } = response;
	const refuse = async (problem: RegistryDown): Promise<never> => {
		// Frees the connection without reading what is left.
		await response.body?.cancel().catch(() => {});
		throw problem;
	};
	if (status === 429 || status >= 500) return refuse(new Passing(`status ${status}`));
	if (status !== 200) return refuse(new RegistryDown(`status ${status}`));
	if (headers.has('content-encoding')) return refuse(new RegistryDown('a packed answer'));
	if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) {
		return refuse(new RegistryDown('no JSON'));
	}
	const reply = v.safeParse(v.pipe(v.string(), v.parseJson(), replySchema), await text(response));
	if (!reply.success) throw new RegistryDown('another answer than agreed');
	return reply.output;
}

/** The body as text, given up as soon as it is larger than an answer can be. */
async function text(response: Response): Promise<string> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body ?? []) {
		size += chunk.length;
		if (size > MAX_ANSWER_BYTES) throw new RegistryDown('an answer without an end');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}
