import { expect, test } from '../support/stack.ts';
import { ACTORS, actorsOf, answerOf, expected, ROUTES } from './route-table.ts';
import { routesOfProduct } from './route-files.ts';
import { makeRouteWorld } from './route-world.ts';

test.use({ stackName: 'routes' });

test('every route and every form action stands in the table, and nothing else', async () => {
	expect(Object.keys(ROUTES).toSorted()).toEqual(await routesOfProduct());
});

test('each route answers each kind of person as the table says', async ({ stack, product }) => {
	test.setTimeout(300_000);
	const world = await makeRouteWorld(product);
	const actors = await actorsOf(product, world);
	for (const [route, row] of Object.entries(ROUTES)) {
		const seen: Record<string, string> = {};
		const wanted: Record<string, string> = {};
		for (const name of ACTORS) {
			wanted[name] = expected(row, name);
			seen[name] = await answerOf(stack.origin, route, row, { cookie: actors[name], world });
		}
		expect.soft(seen, route).toEqual(wanted);
	}
});
