import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import {
	createSitting,
	invite,
	invitees,
	setSittingState,
	uninvite,
} from '#lib/server/appointment/index.ts';
import { sittingInvitee } from '#lib/server/db/schema/appointment.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { sendNotice } from '#lib/server/notification/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { runRetention } from '#lib/server/privacy/index.ts';
import { asClerk } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, testMobile, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let world: World;
let clerk: Context;
let hour = 9;

beforeAll(async () => {
	base = await testDatabase();
	world = await makeWorld(base.db);
	clerk = asClerk(base.db, world);
});
afterAll(() => base.close());

const input = () => ({
	...{ postId: world.posts.dc.id, startsAt: istInstant('2026-11-20', `${(hour += 1)}:00`) },
	...{ slotMinutes: 10, slots: 3, capacity: 2, mode: 'in_person' as const, kind: 'camp' as const },
	place: 'पंचायत भवन, खुर्शीदनगर',
	mapUrl: 'https://maps.example.org/khurshidnagar',
});
const guest = (sittingId: string) => ({
	...{ sittingId, role: 'sarpanch' as const, name: 'सुमन यादव' },
	...{ mobile: testMobile(), key: randomUUID() },
});
const told = async (template: string) =>
	(await queuedJobs(base.sql, 'notify')).filter((job) => job.payload['template'] === template);

test('a sitting among the people has a place; its map is a safe address', async () => {
	const made = await createSitting(clerk, input());
	expect(made).toMatchObject({ kind: 'camp', place: 'पंचायत भवन, खुर्शीदनगर' });
	expect(await refusalCode(createSitting(clerk, { ...input(), place: null }))).toBe(
		'invalid_input',
	);
	for (const mapUrl of [
		'http://maps.example.org',
		'javascript:alert(1)',
		'https://a:b@x.org',
		'x',
	]) {
		expect(await refusalCode(createSitting(clerk, { ...input(), mapUrl })), mapUrl).toBe(
			'invalid_input',
		);
	}
});

test('who is invited, taken off or called off is told by SMS, once', async () => {
	const { id } = await createSitting(clerk, input());
	const [first, second] = [guest(id), guest(id)];
	await Promise.all([invite(clerk, first), invite(clerk, first)]);
	await invite(clerk, second);
	expect(await refusalCode(invite(clerk, { ...first, key: randomUUID() }))).toBe('invitee_there');
	const shown = await invitees(clerk, id);
	expect(shown.map(({ name }) => name)).toEqual(['सुमन यादव', 'सुमन यादव']);
	expect(JSON.stringify(shown)).not.toContain(first.mobile.slice(3));
	const invited = await told('camp_invited');
	expect(invited).toHaveLength(2);
	expect(JSON.stringify(invited)).not.toContain('सुमन');
	await sendNotice(testContext(base.db, { actor: { kind: 'system' } }), null, invited[0]?.payload);
	const [sms] = await base.db.select().from(smsOutbox);
	expect(sms).toMatchObject({ to: first.mobile });
	expect(sms?.text).toContain('पंचायत भवन, खुर्शीदनगर');
	await uninvite(clerk, shown[0]?.id ?? '');
	expect(await refusalCode(uninvite(clerk, shown[0]?.id ?? ''))).toBe('stale');
	expect(await told('camp_withdrawn')).toHaveLength(1);
	await base.db.transaction((tx) => setSittingState(tx, clerk, id, 'cancel'));
	expect(await told('camp_cancelled')).toHaveLength(1);
	expect(await refusalCode(invite(clerk, guest(id)))).toBe('bad_transition');
});

test('only the clerk of the district invites, to a sitting among the people', async () => {
	const { id } = await createSitting(clerk, input());
	const other = testContext(base.db, { actor: staffOf(world.posts.otherClerk) });
	expect(await refusalCode(invite(other, guest(id)))).toBe('forbidden');
	expect(await refusalCode(invitees(other, id))).toBe('forbidden');
	expect(await refusalCode(invite(clerk, { ...guest(id), mobile: '12' }))).toBe('mobile_invalid');
	const office = await createSitting(clerk, { ...input(), kind: 'office' });
	expect(await refusalCode(invite(clerk, guest(office.id)))).toBe('bad_transition');
});

test('names and mobiles go thirty days after the sitting', async () => {
	const { id } = await createSitting(clerk, input());
	await invite(clerk, guest(id));
	const run = (now: string) =>
		runRetention(testContext(base.db, { actor: { kind: 'system' }, now: new Date(now) }));
	expect((await run('2026-12-19T00:00:00Z')).camp_invitees).toBe(0);
	expect((await run('2026-12-21T12:00:00Z')).camp_invitees).toBeGreaterThan(0);
	expect(await base.db.select().from(sittingInvitee)).toEqual([]);
});
