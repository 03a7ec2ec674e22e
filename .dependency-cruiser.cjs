/**
 * The dependency rule of docs/architecture.md. `$2` in `pathNot` is the module of the importer.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const MODULES =
	'masters|identity|audit|grievance|appointment|hearing|escalation|notification|privacy|reporting';

/** Modules may only reach down this list. */
const ABOVE = {
	masters: 'identity|audit|grievance|appointment|hearing|escalation|notification|privacy|reporting',
	identity: 'masters|audit|grievance|appointment|hearing|escalation|notification|privacy|reporting',
	audit: 'masters|identity|grievance|appointment|hearing|escalation|notification|privacy|reporting',
	grievance: 'appointment|hearing|escalation|notification|privacy|reporting',
	appointment: 'hearing|escalation|notification|privacy|reporting',
	hearing: 'escalation|notification|privacy|reporting',
	escalation: 'notification|privacy|reporting',
	notification: 'privacy|reporting',
};

module.exports = {
	forbidden: [
		{
			name: 'no-cycles',
			severity: 'error',
			from: {},
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
		},
		{
			name: 'domain-is-pure',
			comment: 'Rules know nothing of IO, framework or database.',
			severity: 'error',
			from: { path: '^src/lib/domain/', pathNot: '\\.test\\.ts$' },
			to: { pathNot: '^src/lib/domain/' },
		},
		{
			name: 'server-without-sveltekit',
			comment: 'The worker and the tests run it bare.',
			severity: 'error',
			from: { path: '^src/(lib/server|worker\\.ts|demo/)', pathNot: '\\.test\\.ts$' },
			to: { path: '@sveltejs/kit|^src/(routes|lib/(http|components|client))|\\.svelte' },
		},
		{
			name: 'one-door-a-module',
			comment: 'Outside a module only its index.ts is imported.',
			severity: 'error',
			// The demonstration signs what the proofs verify.
			from: { path: `^src/(?!lib/server/|demo/identity/)` },
			to: {
				path: `^src/lib/server/(${MODULES})/`,
				pathNot: `^src/lib/server/(${MODULES})/index\\.ts$`,
			},
		},
		{
			name: 'one-door-between-modules',
			severity: 'error',
			from: { path: `^src/lib/server/(${MODULES})/` },
			to: {
				path: `^src/lib/server/(${MODULES})/`,
				pathNot: `^src/lib/server/($1/|(${MODULES})/index\\.ts$)`,
			},
		},
		...Object.entries(ABOVE).map(([module, above]) => ({
			name: `${module}-looks-down-only`,
			severity: 'error',
			from: { path: `^src/lib/server/${module}/` },
			to: { path: `^src/lib/server/(${above})/` },
		})),
		{
			name: 'platform-knows-no-module',
			severity: 'error',
			from: { path: '^src/lib/server/(platform|db)/' },
			to: { path: `^src/lib/server/(${MODULES})/` },
		},
		{
			name: 'routes-are-thin',
			comment: 'Routes see forms, components, client, domain, http, words and module doors.',
			severity: 'error',
			from: { path: '^src/routes/' },
			to: { path: '^src/lib/server/(db|platform)/', dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'browser-code-without-server',
			severity: 'error',
			from: { path: '^src/lib/(components|client|forms)/' },
			to: { path: '^src/lib/server/', dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'no-orphans',
			severity: 'error',
			from: {
				orphan: true,
				pathNot:
					'\\.d\\.ts$|^src/(hooks|worker|service-worker)|^src/routes/|paraglide|\\.test\\.ts$',
			},
			to: {},
		},
	],
	options: {
		doNotFollow: { path: 'node_modules|src/lib/paraglide' },
		exclude: { path: '^(\\.svelte-kit|build)/' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'svelte', 'default', 'types'],
			extensions: ['.ts', '.js', '.mjs', '.svelte'],
		},
	},
};
