import { expect, test, type Product } from '../support/stack.ts';
import type { SignedCitizen, SignedStaff } from '../support/stack-product.ts';
import { cookieOf } from './requests.ts';
import { routesOfProduct } from './route-files.ts';
import { makeRouteWorld, type RouteWorld } from './route-world.ts';

test.use({ stackName: 'origin' });

const EVIL = 'https://evil.example';
/** Came by another way than a browser with a cookie: its own signature is looked at. */
const SIGNED = 'POST /api/livekit/webhook';

/** Who may use a way into the product. */
function permitted(path: string, { citizens, staff }: RouteWorld): SignedCitizen | SignedStaff {
	if (path.startsWith('/desk')) return staff.clerk;
	if (path.startsWith('/officer')) return staff.dc;
	if (path.startsWith('/department')) return staff.ddpo;
	if (path.startsWith('/admin')) return staff.administrator;
	if (path.startsWith('/staff')) return staff.dmc;
	return citizens.a;
}

/** The address with ids that the person may name. */
function addressOf(pattern: string, world: RouteWorld): string {
	const { hearings, sittings, directions, numbers } = world;
	const ids: readonly (readonly [string, string])[] = [
		['/desk/register/', world.grantId],
		['/officer/sittings/', sittings.now],
		['/department/directions/', directions.open],
		['/admin/posts/', world.postId],
		['/admin/staff/', world.personId],
		['/api/uploads/', '00000000-0000-4000-8000-000000000000'],
		['/api/hearings/', hearings.a],
	];
	const id = ids.find(([start]) => pattern.startsWith(start))?.[1] ?? hearings.a;
	return pattern
		.replace('[number]', numbers.a)
		.replace('[code]', world.bookings.a.booking.linkCode)
		.replace(/\[(?:\.\.\.)?id\]/, id);
}

/** A sum of the rows of each table: nothing that is stored changes unseen. */
async function stateOf({ platform: { sql } }: Product): Promise<string> {
	const tables = await sql<{ name: string }[]>`
		select format('%I.%I', schemaname, tablename) as name from pg_tables
		where schemaname = 'public' and tablename not like '%heartbeat%'
		order by 1`;
	const seen: string[] = [];
	for (const { name } of tables) {
		const [row] = await sql.unsafe(
			`select md5(coalesce(string_agg(t::text, '' order by t::text), '')) as sum from ${name} as t`,
		);
		seen.push(`${name} ${String(row?.['sum'])}`);
	}
	return seen.join('\n');
}

test('nothing that another site makes a browser send is done, with whatever body it comes', async ({
	stack,
	product,
}) => {
	const world = await makeRouteWorld(product);
	// Messages of the world that was just made are on their way.
	await stack.kill('worker');
	const before = await stateOf(product);
	const ways = (await routesOfProduct()).filter(
		(one) => !/^(?:GET|HEAD|OPTIONS) /.test(one) && one !== SIGNED,
	);
	expect(ways.length).toBeGreaterThan(40);
	for (const way of ways) {
		const [method = '', pattern = ''] = way.split(' ');
		const url = stack.origin + addressOf(pattern, world);
		const who = permitted(pattern, world);
		// A request that a script makes without a body carries no content type at all.
		const bodies = [new URLSearchParams({ understood: 'on', id: world.photoId }), undefined];
		for (const body of bodies) {
			for (const origin of [EVIL, 'null', `${stack.origin}.evil.example`]) {
				const answer = await fetch(url, {
					method,
					redirect: 'manual',
					headers: { accept: 'text/html', origin, ...cookieOf(who) },
					...(body && { body }),
				});
				await answer.body?.cancel();
				expect.soft(answer.status, `${way} from ${origin}, ${body ? 'form' : 'empty'}`).toBe(403);
				// A form of another site is turned away by SvelteKit itself, before any hook of ours.
				if (!body) expect.soft(answer.headers.get('x-content-type-options'), way).toBe('nosniff');
			}
		}
		const form = await fetch(url, {
			method,
			redirect: 'manual',
			headers: { accept: 'text/html', ...cookieOf(who) },
			body: new URLSearchParams({ understood: 'on' }),
		});
		await form.body?.cancel();
		expect.soft(form.status, `${way} from nowhere`).toBe(403);
	}
	expect(await stateOf(product)).toBe(before);
	await stack.restart('worker');
});
