/** `npm run keys:rotate`: re-wraps every sealed value under the first key of DATA_KEYS (docs/operations.md). */
import { bootstrap } from './lib/bootstrap.mjs';
import { productEnvironment } from './lib/product-environment.mjs';
import { say } from './lib/say.mjs';

await bootstrap(async () => {
	const { rotateCommand } = await import('../src/lib/server/platform/rotate-command.ts');
	process.exitCode = await rotateCommand(productEnvironment(), say);
});
