import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStack } from '../../scripts/lib/stack.mjs';
import { race } from '../support/race.ts';
import { openProduct, type Product } from '../support/stack-product.ts';

const ROUNDS = 20;

let stack: Awaited<ReturnType<typeof startStack>>;
let product: Product;

beforeAll(async () => {
	stack = await startStack({ name: 'deep_race', parts: ['web'] });
	product = await openProduct(stack);
}, 120_000);
afterAll(async () => {
	await product?.close();
	await stack?.stop();
});

test.each([50, 200])(
	`${ROUNDS} times, %i clients over HTTP for the 15 seats of 5 slots: 15 bookings, none twice`,
	async (clients) => {
		for (let round = 0; round < ROUNDS; round += 1) {
			expect(await race(product, { clients, slots: 5, capacity: 3 })).toEqual({
				booked: 15,
				full: clients - 15,
				bookings: 15,
				grievances: 15,
				seats: 15,
				tokens: 15,
				ofSlots: [3, 3, 3, 3, 3],
			});
		}
	},
	600_000,
);
