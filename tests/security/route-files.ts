/** Every way into the product, read from the routes themselves. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROUTES = 'src/routes';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** "/desk/sittings/[id]"; folders in round brackets are no part of the address. */
const addressOf = (folder: string) =>
	`/${folder
		.split('/')
		.filter((part) => part !== '' && part !== '.' && !/^\(.*\)$/.test(part))
		.join('/')}`;

async function exportsOf(file: string): Promise<Record<string, unknown>> {
	const module: unknown = await import(pathToFileURL(resolve(join(ROUTES, file))).href);
	return Object.fromEntries(Object.entries(module ?? {}));
}

/** `GET /desk` for each page, `POST /desk?/book` for each form action, `METHOD /api/..` for the rest. */
export async function routesOfProduct(): Promise<string[]> {
	const all: string[] = [];
	for (const file of readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })) {
		const address = addressOf(dirname(file));
		const name = basename(file);
		if (name === '+page.svelte') all.push(`GET ${address}`);
		if (name === '+server.ts') {
			const known = await exportsOf(file);
			all.push(...METHODS.filter((one) => one in known).map((one) => `${one} ${address}`));
		}
		if (name !== '+page.server.ts') continue;
		// A page that only leads on has no face of its own.
		all.push(`GET ${address}`);
		const { actions = {} } = await exportsOf(file);
		for (const action of Object.keys(actions ?? {})) {
			all.push(`POST ${address}${action === 'default' ? '' : `?/${action}`}`);
		}
	}
	return [...new Set(all)].toSorted();
}
