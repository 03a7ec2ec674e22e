import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** Every page needs all of it: one file packs tighter than three and costs fewer requests. */
const framework = {
	name: 'framework',
	test: /node_modules\/(svelte|@sveltejs\/kit|esm-env|devalue|clsx)\/|paraglide\/runtime/,
};

export default defineConfig(({ isSsrBuild }) => ({
	plugins: [
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['url', 'cookie', 'baseLocale'],
		}),
		sveltekit(),
	],
	build: {
		chunkSizeWarningLimit: 700,
		// The list of what every page imports would stand in every first visit; styles must be in it.
		modulePreload: {
			resolveDependencies: (_file: string, needed: string[]) =>
				needed.filter((name) => name.endsWith('.css')),
		},
		rolldownOptions: isSsrBuild ? {} : { output: { codeSplitting: { groups: [framework] } } },
	},
	server: { fs: { allow: ['.'] } },
}));
