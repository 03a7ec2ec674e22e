import { defineConfig } from '@playwright/test';

/** Run by `npm run test:e2e`, which brings the build, the test cluster and Chromium. */
export default defineConfig({
	testDir: 'tests',
	testMatch: ['e2e/**/*.spec.ts', 'security/**/*.spec.ts'],
	// One stack runs at a time: two cores carry two browsers, an SFU, web, worker and PostgreSQL.
	workers: 1,
	fullyParallel: false,
	retries: 0,
	timeout: 120_000,
	expect: { timeout: 15_000 },
	forbidOnly: true,
	reporter: 'list',
	outputDir: 'test-results/e2e',
	use: {
		actionTimeout: 15_000,
		navigationTimeout: 20_000,
	},
});
