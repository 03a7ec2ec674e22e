/** The built app: made again when anything it is made from has changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './command.mjs';
import { ROOT } from './root.mjs';
import { note } from './say.mjs';

const SOURCES = [
	'src',
	'messages',
	'project.inlang/settings.json',
	'static',
	'svelte.config.js',
	'vite.config.ts',
	'package.json',
	'package-lock.json',
];
const STAMP = join(ROOT, 'build', '.sources');
const COMPILED_MESSAGES = join(ROOT, 'src', 'lib', 'paraglide');
const MESSAGES_STAMP = join(COMPILED_MESSAGES, '.sources');

/**
 * Builds when there is no build of exactly these sources.
 * @returns {Promise<string>} what was done
 */
export async function ensureBuild() {
	const wanted = digest(SOURCES);
	if (
		existsSync(STAMP) &&
		readFileSync(STAMP, 'utf8') === wanted &&
		existsSync(COMPILED_MESSAGES)
	) {
		return 'is of these sources';
	}
	note('web build: making it from the sources');
	await ensureMessages();
	await mustRun('vite', ['build'], { cwd: ROOT });
	writeFileSync(STAMP, wanted);
	return 'made';
}

/** The messages as code, when they have changed: worker and tests read them without the build's help. */
export async function ensureMessages() {
	const wanted = digest(['messages', 'project.inlang/settings.json', 'package-lock.json']);
	if (existsSync(MESSAGES_STAMP) && readFileSync(MESSAGES_STAMP, 'utf8') === wanted) return;
	const strategy = ['--strategy', 'url', 'cookie', 'baseLocale'];
	const paths = ['--project', './project.inlang', '--outdir', './src/lib/paraglide'];
	await mustRun('paraglide-js', ['compile', ...paths, ...strategy], { cwd: ROOT });
	writeFileSync(MESSAGES_STAMP, wanted);
}

/**
 * Contents count, not times: a checkout that changes nothing builds nothing.
 * @param {readonly string[]} names  files and folders
 */
function digest(names) {
	const hash = createHash('sha256');
	for (const path of names.flatMap((name) => filesUnder(join(ROOT, name)))) {
		hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
	}
	return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
	if (path === COMPILED_MESSAGES || path.endsWith('.test.ts') || !existsSync(path)) return [];
	if (statSync(path).isFile()) return [path];
	return readdirSync(path)
		.sort()
		.flatMap((name) => filesUnder(join(path, name)));
}
