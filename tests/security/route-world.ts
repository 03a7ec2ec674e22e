import { found } from '#lib/server/platform/db.ts';
import { sittingDetail } from '#lib/server/appointment/index.ts';
import { listPosts, listStaff } from '#lib/server/masters/index.ts';
import { makeStackWorld } from '../support/stack-world.ts';
import type { Product } from '../support/stack-product.ts';

export type RouteWorld = Awaited<ReturnType<typeof makeRouteWorld>>;

/** The district in the afternoon, and what forms name that nobody of it uses. */
export async function makeRouteWorld(product: Product) {
	const world = await makeStackWorld(product);
	const { administrator, clerk } = world.staff;
	const spare = await product.staff('sdm-bawal');
	const { slotList } = await sittingDetail(clerk.ctx, world.sittings.later);
	const employees = await listStaff(administrator.ctx);
	const employee = found(employees.find(({ id }) => id === spare.actor.personId));
	const posts = await listPosts(administrator.ctx);
	return {
		...world,
		personId: employee.id,
		chargeId: found(employee.charges[0]).id,
		vacantPostId: found(posts.find(({ holder }) => holder === null)).id,
		freeSlotId: found(slotList.find(({ refusal }) => refusal === null)).id,
	};
}
