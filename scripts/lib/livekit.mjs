/** The LiveKit server (SFU): where its program comes from, and how it is configured here. */
import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, tail } from './command.mjs';
import { ROOT } from './root.mjs';
import { note, Trouble } from './say.mjs';

const VERSION = '1.13.5'; // the same as in deploy/livekit/go.mod
const LEAST_GO = [1, 26];

const cacheFolder = () =>
	join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jansunwai');

/**
 * The path of a LiveKit server that runs here: from PATH, from the user's cache folder, or built
 * with Go into that folder (about four minutes, once per machine).
 * @returns {Promise<{ program: string, from: string }>}
 * @throws {Trouble} naming every way to get one, when there is none
 */
export async function ensureLivekit() {
	if (suits(await versionOf('livekit-server'))) return { program: 'livekit-server', from: 'PATH' };

	const program = join(cacheFolder(), `livekit-server-v${VERSION}`);
	if ((await versionOf(program)) === VERSION) return { program, from: 'cache' };

	const trouble = await buildWithGo(program);
	if (trouble === null) return { program, from: 'built with Go' };

	throw new Trouble(
		[
			`There is no LiveKit server, and none could be made: ${trouble}`,
			'Do one of these, then start again:',
			`  - install Go ${LEAST_GO.join('.')} or newer (https://go.dev/dl), and it is built by itself;`,
			`  - put livekit-server ${VERSION} on the PATH, or at ${program};`,
			'  - run one elsewhere and set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.',
			'A finished release is not downloaded by itself.',
		].join('\n'),
	);
}

/** @param {string} program @returns {Promise<string | null>} */
async function versionOf(program) {
	const { code, output } = await run(program, ['--version']);
	return code === 0 ? (/(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? null) : null;
}

/** Older ones refuse settings we use. @param {string | null} version */
function suits(version) {
	const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
	return major === 1 && minor >= 13;
}

/** @param {string} target @returns {Promise<string | null>} null when built, else why not */
async function buildWithGo(target) {
	const { code, output } = await run('go', ['version']);
	const [, major, minor] = /go(\d+)\.(\d+)/.exec(output) ?? [];
	if (code !== 0) return 'Go is not installed.';
	if (Number(major) !== LEAST_GO[0] || Number(minor) < (LEAST_GO[1] ?? 0)) {
		return `Go is too old (${output.trim()}).`;
	}
	note('LiveKit server: building it with Go, about four minutes the first time');
	await mkdir(cacheFolder(), { recursive: true });
	const unfinished = `${target}.${process.pid}`;
	const build = await run(
		'go',
		[
			'build',
			'-trimpath',
			'-ldflags=-s -w',
			'-o',
			unfinished,
			'github.com/livekit/livekit-server/cmd/server',
		],
		{ cwd: join(ROOT, 'deploy', 'livekit'), env: { ...process.env, CGO_ENABLED: '0' } },
	);
	if (build.code !== 0) {
		await rm(unfinished, { force: true });
		return `its build with Go failed.\n${tail(build.output, 15)}`;
	}
	await chmod(unfinished, 0o755);
	await rename(unfinished, target);
	return null;
}

/**
 * Writes the SFU's configuration for one machine (loopback only) and gives its path.
 * @param {{ folder: string, ports: { http: number, tcp: number, udp: number }, key: string, secret: string, webhook: string }} options
 * @returns {Promise<string>}
 */
export async function writeLivekitConfig({ folder, ports, key, secret, webhook }) {
	// JSON is YAML; unknown keys are fatal to the server, so add none lightly.
	const config = {
		port: ports.http,
		bind_addresses: ['127.0.0.1'],
		keys: { [key]: secret },
		rtc: {
			tcp_port: ports.tcp,
			udp_port: ports.udp,
			use_external_ip: false,
			node_ip: '127.0.0.1',
			interfaces: { includes: [await loopback()] },
			enable_loopback_candidate: true,
			use_ice_lite: true,
			stun_servers: ['127.0.0.1:3478'], // without one, clients are handed public STUN servers
		},
		room: { auto_create: false, empty_timeout: 300, departure_timeout: 60, max_participants: 12 },
		webhook: { api_key: key, urls: [webhook] },
	};
	const path = join(folder, 'livekit.yaml');
	await writeFile(path, JSON.stringify(config, null, '\t'), { mode: 0o600 });
	return path;
}

const loopback = async () => ((await stat('/sys/class/net/lo').catch(() => null)) ? 'lo' : 'lo0');
