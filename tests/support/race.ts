import { randomUUID } from 'node:crypto';
import { addDays, istDate, istInstant, MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { CASE_B } from './pages-cases.ts';
import type { Product, SignedStaff } from './stack-product.ts';

export interface Race {
	clients: number;
	slots: number;
	/** Citizens a slot. */
	capacity: number;
}

let serial = 0;
let evenings = 0;

/**
 * So many clients, each with a session and a grievance of its own, come at once over HTTP for the
 * slots of one sitting: each keeps a seat and confirms it. Answers what they were told and what the
 * database says afterwards.
 */
export async function race(product: Product, { clients, slots, capacity }: Race) {
	const riders = await Promise.all(Array.from({ length: clients }, () => product.staff('clerk')));
	const numbers = await grievances(product, clients);
	const [clerk] = riders;
	if (!clerk) throw new Error('no clients');
	// An evening of its own, after every usual sitting: the slots of one post never overlap.
	const now = clerk.ctx.clock.now();
	const evening = istInstant(addDays(istDate(now), (evenings += 1)), '18:00');
	const inMinutes = Math.ceil((evening.getTime() - now.getTime()) / MINUTE_MS);
	const sitting = await product.sitting(clerk, 'sdm-bawal', {
		inMinutes,
		slots,
		capacity,
		slotMinutes: 5,
	});
	const ids = sitting.slotList.map((slot) => slot.id);
	const answers = await Promise.all(
		riders.map((one, index) =>
			ride(product, one, { number: numbers[index] ?? '', slotId: ids[index % ids.length] ?? '' }),
		),
	);
	const rows = await product.platform.sql<{ slot_id: string; booking_id: string; token: number }[]>`
		select seat.slot_id, seat.booking_id, booking.token_no as token
		from seat join booking on booking.id = seat.booking_id and booking.status = 'confirmed'
		where seat.sitting_id = ${sitting.id}`;
	const [all] = await product.platform.sql<{ bookings: number; grievances: number }[]>`
		select count(*)::int as bookings, count(distinct grievance_id)::int as grievances
		from booking where sitting_id = ${sitting.id}`;
	return {
		booked: answers.filter((one) => one === 'booked').length,
		full: answers.filter((one) => one === 'slot_full').length,
		bookings: all?.bookings,
		grievances: all?.grievances,
		seats: new Set(rows.map((row) => row.booking_id)).size,
		tokens: new Set(rows.map((row) => row.token)).size,
		ofSlots: ids.map((id) => rows.filter((row) => row.slot_id === id).length),
	};
}

async function ride(
	{ origin }: Product,
	{ cookie }: SignedStaff,
	{ number, slotId }: { number: string; slotId: string },
): Promise<string> {
	const send = async (path: string, form: Record<string, string>) => {
		const response = await fetch(origin + path, {
			method: 'POST',
			headers: { origin, cookie: `${cookie.name}=${cookie.value}` },
			body: new URLSearchParams(form),
		});
		return { status: response.status, body: await response.json() };
	};
	const held = await send('/api/holds', { case: number, slot: slotId, key: randomUUID() });
	if (held.status !== 200) return String(held.body.code ?? held.status);
	const confirmed = await send(`/api/holds/${held.body.holdId}/confirm`, { key: randomUUID() });
	return confirmed.status === 200 ? 'booked' : String(confirmed.body.code ?? confirmed.status);
}

/** Numbers of as many grievances: one is filed, the others are like it but for citizen and number. */
async function grievances(product: Product, count: number): Promise<string[]> {
	const mobile = () => `8${String((serial += 1)).padStart(9, '0')}`;
	const first = await product.citizen(mobile(), { name: CASE_B.name });
	const number = await product.file(first, CASE_B);
	const citizens = await Promise.all(
		Array.from({ length: count }, () => product.citizen(mobile(), { name: CASE_B.name })),
	);
	const rows = await product.platform.sql<{ number: string }[]>`
		insert into grievance
		select (jsonb_populate_record(g, jsonb_build_object('id', uuidv7(), 'citizen_id', c.id,
			'number', left(g.number, 7) || lpad((${800_000 + serial}::int + c.place)::text, 6, '0'),
			'submission_key', gen_random_uuid(), 'event_count', 0, 'event_head', '',
			'proof_id', null))).*
		from grievance g, unnest(${citizens.map((one) => one.actor.citizenId)}::uuid[])
			with ordinality as c (id, place)
		where g.number = ${number}
		returning number`;
	return rows.map((row) => row.number);
}
