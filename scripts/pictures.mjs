/** `npm run pictures`: pictures of every page and state, into the ignored folder pictures/. */
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap(async () => {
	const { handOver } = await import('./lib/hand-over.mjs');
	await handOver('tests/pictures/run.ts', process.argv.slice(2));
});
