import { defineConfig } from 'vitest/config';

// Apart from vite.config.ts: the plugins of the site would keep the runner from ending, and no test
// here needs them. `#lib/` is resolved by Node's own `imports` in package.json.
export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					environment: 'node',
					include: ['src/**/*.test.ts'],
					// Thousands of random cases on two cores that others use too.
					testTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'integration',
					environment: 'node',
					include: ['tests/integration/**/*.test.ts'],
					// Two cores, shared: a limit that only a test that hangs can reach.
					testTimeout: 120_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: 'deep',
					environment: 'node',
					include: ['tests/deep/**/*.test.ts'],
					testTimeout: 900_000,
					hookTimeout: 120_000,
				},
			},
		],
	},
});
