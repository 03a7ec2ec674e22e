/**
 * Migrates a database and, when asked, fills it with the demonstration. A process of its own, so that
 * the product's code reads its settings from a clean environment and leaves nothing behind in ours.
 *
 * DATABASE_URL=... node scripts/lib/prepare.mjs [--seed]
 * The last line printed is JSON: { created, signIns }.
 */
const url = process.env.DATABASE_URL ?? '';
const { migrate } = await import('../../src/lib/server/platform/migrate.ts');
await migrate(url);
let result = { created: false, signIns: /** @type {unknown[]} */ ([]) };
if (process.argv.includes('--seed')) {
	const { demonstrationSignIns, seedDemonstration } = await import('../../src/demo/index.ts');
	const { created } = await seedDemonstration(url);
	result = { created, signIns: demonstrationSignIns() };
}
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
