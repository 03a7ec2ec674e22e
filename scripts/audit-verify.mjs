/** `npm run audit:verify`: checks every timeline and every access log for rows that were changed or taken away. */
import { bootstrap } from './lib/bootstrap.mjs';
import { productEnvironment } from './lib/product-environment.mjs';
import { say } from './lib/say.mjs';

await bootstrap(async () => {
	const { verifyCommand } = await import('../src/lib/server/audit/verify-command.ts');
	process.exitCode = await verifyCommand(productEnvironment(), say);
});
