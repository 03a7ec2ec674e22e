import { defineConfig } from '@playwright/test';
import tests from '../../playwright.config.ts';

/** The camera goes where the tests go, but is none of them. */
export default defineConfig({
	...tests,
	testDir: '.',
	testMatch: 'pictures.ts',
	outputDir: '../../test-results/pictures',
	timeout: 600_000,
});
