import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import {
	bookingsTouched,
	bookSlot,
	materialiseSchedules,
	previewHoliday,
	saveHoliday,
	type HolidayChange,
} from '#lib/server/appointment/index.ts';
import { booking, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { holiday } from '#lib/server/db/schema/masters.ts';
import { availabilityRule, schedule } from '#lib/server/db/schema/schedule.ts';
import { holidayPage } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, written } from '#lib/server/platform/db.ts';
import { asClerk, makeCase } from '../support/appointment.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let world: World;
let administrator: Context;

const DAY = '2026-11-17';

beforeAll(async () => {
	base = await testDatabase();
	world = await makeWorld(base.db);
	administrator = testContext(base.db, { actor: staffOf(world.posts.administrator) });
});
beforeEach(async () => {
	await base.sql`truncate sitting, schedule, absence, idempotency cascade`;
	await base.sql`delete from holiday where date <> '2026-12-25'`;
	const { id } = written(
		await base.db
			.insert(schedule)
			.values({ postId: world.posts.dc.id, mode: 'video', horizonDays: 7 })
			.returning(),
	);
	await base.db.insert(availabilityRule).values({
		...{ scheduleId: id, weekdays: [1, 2, 3, 4, 5], from: '11:00', to: '12:00' },
		...{ slotMinutes: 30, capacity: 1, validFrom: '2026-11-01' },
	});
	await materialiseSchedules(testContext(base.db, { actor: { kind: 'system' } }));
});
afterAll(() => base.close());

const add = (): HolidayChange => ({
	...{ kind: 'add', areaId: world.districtId, date: DAY },
	...{ nameHi: 'मेला', nameEn: 'Fair' },
});
const remove = (): HolidayChange => ({ kind: 'remove', areaId: world.districtId, date: DAY });

async function save(change: HolidayChange) {
	const { fingerprint } = await previewHoliday(administrator, change);
	await saveHoliday(administrator, { key: randomUUID(), fingerprint, change });
}

const states = async () =>
	(
		await base.db
			.select({ state: slot.state })
			.from(slot)
			.innerJoin(sitting, eq(sitting.id, slot.sittingId))
			.where(eq(sitting.date, DAY))
			.orderBy(slot.startsAt)
	).map(({ state }) => state);

async function book() {
	const one = await makeCase(base.db, world);
	const at = eq(slot.startsAt, istInstant(DAY, '11:00'));
	const [first] = await base.db.select().from(slot).where(at);
	return bookSlot(asClerk(base.db, world), {
		grievanceNumber: one.number,
		slotId: found(first).id,
		key: randomUUID(),
	});
}

describe('a holiday', () => {
	test('shuts the day for all officers of its area; taken away, the day is as before', async () => {
		expect((await previewHoliday(administrator, add())).taken).toMatchObject([
			{ date: DAY, slots: 2 },
		]);
		expect(await base.db.select().from(holiday)).toHaveLength(1);
		await save(add());
		expect(await states()).toEqual(['closed', 'closed']);
		const { rows } = await holidayPage(administrator, 2026);
		expect(rows.map(({ date, name }) => [date, name])).toEqual([
			[DAY, 'मेला'],
			['2026-12-25', 'क्रिसमस'],
		]);
		await save(remove());
		expect(await states()).toEqual(['open', 'open']);
	});

	test('declared on a day with bookings names them and drops none', async () => {
		const booked = await book();
		const shown = await previewHoliday(administrator, add());
		expect(shown.touched.map((one) => one.bookingId)).toEqual([booked.id]);
		await save(add());
		expect(await states()).toEqual(['closing', 'closed']);
		const [row] = await base.db.select().from(booking);
		expect(row?.status).toBe('confirmed');
		const clerk = asClerk(base.db, world);
		expect(await bookingsTouched(clerk, world.posts.dc.id)).toHaveLength(1);
	});

	test('is not saved over a booking that came after the preview', async () => {
		const change = add();
		const { fingerprint } = await previewHoliday(administrator, change);
		await book();
		const late = saveHoliday(administrator, { key: randomUUID(), fingerprint, change });
		expect(await refusalCode(late)).toBe('preview_stale');
		expect(await states()).toEqual(['open', 'open']);
	});

	test('leaves deadlines that stand as they are, entered or taken away', async () => {
		const one = await makeCase(base.db, world);
		const deadline = async () =>
			found((await base.db.select().from(grievance).where(eq(grievance.id, one.id)))[0]).deadline;
		const before = await deadline();
		await save(add());
		await save(remove());
		expect(await deadline()).toEqual(before);
	});

	test('is for administrators, in their area, on a day to come', async () => {
		const as = (actor: Context['actor']) => previewHoliday(testContext(base.db, { actor }), add());
		expect(await refusalCode(as(staffOf(world.posts.clerk)))).toBe('forbidden');
		const local = { ...staffOf(world.posts.administrator), jurisdictionId: world.otherDistrictId };
		expect(await refusalCode(as(local))).toBe('forbidden');
		const on = (date: string) => refusalCode(previewHoliday(administrator, { ...add(), date }));
		expect(await on('2026-11-15')).toBe('date_past');
		expect(await on('2031-01-01')).toBe('date_too_far');
		expect(await on('2026-02-30')).toBe('invalid_input');
		expect(await on('2026-12-25')).toBe('exception_there');
		expect(await refusalCode(previewHoliday(administrator, remove()))).toBe('not_found');
	});
});
