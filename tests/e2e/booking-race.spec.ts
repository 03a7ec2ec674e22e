import { randomUUID } from 'node:crypto';
import { CASE_B } from '../support/pages-cases.ts';
import { expect, freshMobile, test } from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

const RIVALS = 50;
const SEATS = 5;

test('of 50 sessions that book 50 grievances into one slot of 5 at once, 5 get a seat and 45 a clear no', async ({
	stack,
	product,
}) => {
	const numbers: string[] = [];
	for (let index = 0; index < RIVALS; index++) {
		const citizen = await product.citizen(freshMobile(), { name: CASE_B.name });
		numbers.push(await product.file(citizen, CASE_B));
	}
	const clerks = await Promise.all(numbers.map(() => product.staff('clerk')));
	const [clerk] = clerks;
	if (!clerk) throw new Error('no clerk');
	const sitting = await product.sitting(clerk, 'sdm-bawal', {
		inMinutes: 180,
		slots: 1,
		capacity: SEATS,
	});
	const slotId = sitting.slotList[0]?.id ?? '';

	const answers = await Promise.all(
		numbers.map(async (number, index) => {
			const cookie = clerks[index]?.cookie;
			const response = await fetch(`${stack.origin}/desk?/book`, {
				method: 'POST',
				redirect: 'manual',
				headers: {
					// As a browser sends a form without a script.
					accept: 'text/html',
					'content-type': 'application/x-www-form-urlencoded',
					cookie: `${cookie?.name}=${cookie?.value}`,
					origin: stack.origin,
				},
				body: new URLSearchParams({ case: number, slot: slotId, key: randomUUID() }),
			});
			return { status: response.status, text: await response.text() };
		}),
	);

	const words = m.refusal_slot_full({}, { locale: 'hi' });
	const booked = answers.filter(({ status }) => status === 303);
	const refused = answers.filter(({ status, text }) => status === 409 && text.includes(words));
	expect({ booked: booked.length, refused: refused.length }).toEqual({
		booked: SEATS,
		refused: RIVALS - SEATS,
	});
	const bookings = await product.bookingsOfSlot(slotId);
	expect(bookings.map(({ status }) => status)).toEqual(Array(SEATS).fill('confirmed'));
	expect(new Set(bookings.map(({ tokenNo }) => tokenNo)).size).toBe(SEATS);
	expect(new Set(bookings.map(({ grievanceId }) => grievanceId)).size).toBe(SEATS);
});
