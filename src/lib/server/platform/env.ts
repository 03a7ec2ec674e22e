import * as v from 'valibot';

const port = v.pipe(
	v.string(),
	v.regex(/^\d{1,5}$/, 'must be a port number'),
	v.transform(Number),
	v.maxValue(65_535, 'must be a port number'),
);
const url = (...protocols: string[]) =>
	v.pipe(
		v.string(),
		v.url('must be a URL'),
		v.check(
			(text) => protocols.some((protocol) => text.startsWith(`${protocol}://`)),
			`must begin with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
		),
	);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** People's family ids travel encrypted; only a test's or a demonstration's registry is on this machine. */
function isRegistryUrl(text: string, loopback: boolean): boolean {
	const url = URL.parse(text);
	if (!url || url.username || url.password || url.hash) return false;
	return (
		url.protocol === 'https:' ||
		(loopback && url.protocol === 'http:' && LOOPBACK.has(url.hostname))
	);
}

const key32 = (text: string) => Buffer.from(text, 'base64').length === 32;

const schema = v.object({
	NODE_ENV: v.optional(v.string(), 'development'),
	PORT: v.optional(port, '3000'),
	ORIGIN: url('http', 'https'),
	DATA_DIR: v.pipe(v.string(), v.minLength(1, 'must name a folder')),
	DATABASE_URL: url('postgres', 'postgresql'),
	LIVEKIT_URL: url('ws', 'wss'),
	LIVEKIT_API_KEY: v.pipe(v.string(), v.minLength(3, 'is too short')),
	LIVEKIT_API_SECRET: v.pipe(v.string(), v.minLength(32, 'must have at least 32 characters')),
	DATA_KEYS: v.pipe(
		v.string(),
		v.check(
			(text) =>
				text.split(',').every((pair) => {
					const [id, key, ...rest] = pair.split(':');
					return /^[a-z0-9-]{1,16}$/.test(id ?? '') && key32(key ?? '') && rest.length === 0;
				}),
			'must be id:base64 of 32 bytes, more of them behind commas; the first seals',
		),
		v.check((text) => {
			const ids = text.split(',').map((pair) => pair.split(':')[0]);
			return new Set(ids).size === ids.length;
		}, 'has an id twice'),
		v.transform((text) =>
			text.split(',').map((pair) => {
				const [id = '', key = ''] = pair.split(':');
				return { id, key: Buffer.from(key, 'base64') };
			}),
		),
	),
	INDEX_KEY: v.pipe(
		v.string(),
		v.check(key32, 'must be the base64 of 32 bytes'),
		v.transform((text) => Buffer.from(text, 'base64')),
	),
	DEMO: v.optional(
		v.pipe(
			v.picklist(['0', '1'], 'must be 0 or 1'),
			v.transform((text) => text === '1'),
		),
		'0',
	),
	/** Set by `npm start` when it made database, keys and SFU by itself. */
	DEMO_PARTS: v.optional(v.string(), ''),
	/**
	 * Read by adapter-node, judged here: the header in which the proxy in front says who asks, and how
	 * many proxies of ours stand in it. Without it the connection's own address counts.
	 */
	ADDRESS_HEADER: v.optional(
		v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/i, 'must name a header')),
	),
	XFF_DEPTH: v.optional(v.pipe(v.string(), v.regex(/^[1-9]$/, 'must be a number from 1 to 9'))),
	/** A state's registry of family ids; without one, clerks look at the cards. */
	FAMILY_REGISTRY_URL: v.optional(v.string(), ''),
	FAMILY_REGISTRY_TOKEN: v.optional(v.string(), ''),
	/** Scanner of uploads; without it nothing is scanned. */
	CLAMD_URL: v.optional(
		v.pipe(
			v.string(),
			v.regex(
				/^(tcp:\/\/[^\s/:]+:\d{1,5}|tcp:\/\/\[[0-9a-f:]+\]:\d{1,5}|unix:\/\S+)$/i,
				'must be tcp://host:port or unix:/path/of/socket',
			),
		),
	),
	LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'silent']), 'info'),
});

export type Env = v.InferOutput<typeof schema>;

/** The environment cannot be used; `message` lists everything that is wrong with it. */
export class EnvError extends Error {}

/**
 * Reads the whole configuration once.
 * @throws {EnvError} naming every variable that is missing or wrong, and a demonstration that
 * would run on parts it did not make itself.
 */
export function readEnv(source: Record<string, string | undefined>): Env {
	const result = v.safeParse(schema, source);
	const wrong = result.success
		? []
		: result.issues.map((issue) => {
				const name = v.getDotPath(issue) ?? '?';
				return issue.kind === 'schema' && source[name] === undefined
					? `${name} is missing`
					: `${name} ${issue.message}`;
			});
	const { FAMILY_REGISTRY_URL: registry = '', FAMILY_REGISTRY_TOKEN: token = '' } = source;
	const loopback = source['DEMO'] === '1' || source['NODE_ENV'] === 'test';
	if (registry && !isRegistryUrl(registry, loopback)) {
		wrong.push(
			'FAMILY_REGISTRY_URL must begin with https:// and carry no password (http:// only on this machine, in a demonstration or test)',
		);
	}
	if (Boolean(registry) !== Boolean(token)) {
		wrong.push('FAMILY_REGISTRY_URL and FAMILY_REGISTRY_TOKEN belong together');
	} else if (token && !/^[\x21-\x7e]{16,}$/.test(token)) {
		wrong.push('FAMILY_REGISTRY_TOKEN must have at least 16 characters, without spaces');
	}
	if (source['DEMO'] === '1' && source['DEMO_PARTS'] !== 'own') {
		wrong.push(
			'DEMO=1 is refused: demonstration sign-ins and the SMS page exist only where `npm start` made database, keys and video server itself',
		);
	}
	if (!result.success || wrong.length > 0) {
		throw new EnvError(`The environment is not complete:\n  - ${wrong.join('\n  - ')}`);
	}
	return result.output;
}
