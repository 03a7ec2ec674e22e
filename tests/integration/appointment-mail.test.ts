import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { asc, eq } from 'drizzle-orm';
import ICAL from 'ical.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, istInstant } from '#lib/domain/calendar/ist.ts';
import {
	bookSlot,
	cancelBooking,
	moveBooking,
	releasePost,
	summonPost,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { person, post } from '#lib/server/db/schema/masters.ts';
import { mailOutbox } from '#lib/server/db/schema/notification.ts';
import { mailHearing, sendMail } from '#lib/server/notification/index.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { openLog } from '#lib/server/platform/log.ts';
import { openMail, type MailPort } from '#lib/server/platform/mail.ts';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type TestPost, type World } from '../support/factories.ts';
import { parseMime, partOf, startMailServer, type MailServer } from '../support/mail-server.ts';

const FROM = 'जनसुनवाई <hearings@office.example>';
const OFFICER = 'dc@district.example';
const SUMMONED = 'ddpo@panchayat.example';

let base: TestDatabase;
let db: Db;
let world: World;
let server: MailServer;
let mail: MailPort;
let day = '2026-11-17';
const nextDay = () => (day = addDays(day, 1));

beforeAll(async () => {
	base = await testDatabase();
	db = base.db;
	world = await makeWorld(db);
	server = await startMailServer();
	mail = openMail({ url: server.url, from: FROM, patienceMs: 500 });
	await address(world.posts.dc, OFFICER);
	await address(world.posts.ddpo, SUMMONED);
});
afterAll(async () => {
	await server.close();
	await base.close();
});
beforeEach(async () => {
	await base.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker._private_jobs))`;
});
afterEach(() => {
	server.received.length = 0;
	server.script.length = 0;
});

async function address(held: TestPost, email: string | null, locale = 'hi') {
	await db.update(person).set({ email, locale }).where(eq(person.id, held.personId));
}

const system = (rest = {}) => testContext(db, { actor: { kind: 'system' }, ...rest });

/** What the worker does with the jobs that wait, without the tries after a failure. */
async function work(port: MailPort | null = mail, ctx = system()): Promise<unknown[]> {
	const problems: unknown[] = [];
	for (const { payload } of await queuedJobs(base.sql, 'mail.hearing')) {
		await mailHearing(ctx, port, payload);
	}
	for (const { payload } of await queuedJobs(base.sql, 'mail.send')) {
		await sendMail(ctx, port, payload).catch((problem: unknown) => problems.push(problem));
	}
	return problems;
}

async function booked(postIds: string[] = []): Promise<BookingView> {
	const { number } = await makeCase(db, world, { name: 'सुनीता देवी' });
	const sitting = await makeSitting(db, world, {
		startsAt: istInstant(nextDay(), '11:00'),
	});
	return bookSlot(asClerk(db, world), {
		grievanceNumber: number,
		slotId: sitting.slotList[0]?.id ?? '',
		key: randomUUID(),
		postIds,
	});
}

const moved = async (one: BookingView, postId = world.posts.dc.id) => {
	const sitting = await makeSitting(db, world, {
		postId,
		startsAt: istInstant(nextDay(), '15:00'),
	});
	return moveBooking(asClerk(db, world), {
		bookingId: one.id,
		slotId: sitting.slotList[0]?.id ?? '',
		version: one.version,
		reason: 'अधिकारी बाहर हैं',
		key: randomUUID(),
	});
};
const cancelled = (one: BookingView) =>
	cancelBooking(asClerk(db, world), {
		bookingId: one.id,
		version: one.version,
		reason: 'कार्यालय बंद है',
		key: randomUUID(),
	});

/** Mails to an address, taken apart; the calendar read by a program that did not write it. */
function mailsTo(to: string) {
	return server.received
		.filter((one) => one.to.includes(to))
		.map(({ raw }) => {
			const whole = parseMime(raw);
			const part = partOf(whole, 'text/calendar');
			if (!part) throw new Error('no calendar in the mail');
			const calendar = new ICAL.Component(ICAL.parse(part.body));
			const component = calendar.getFirstSubcomponent('vevent');
			if (!component) throw new Error('no event');
			return {
				raw,
				headers: whole.headers,
				text: partOf(whole, 'text/plain')?.body ?? '',
				type: part.headers.get('content-type') ?? '',
				attached: partOf(whole, 'application/ics'),
				method: calendar.getFirstPropertyValue('method'),
				status: component.getFirstPropertyValue('status'),
				event: new ICAL.Event(component),
			};
		});
}

describe('a mail about a hearing', () => {
	test('asks the officer and who is summoned, each once and under the own address', async () => {
		const one = await booked([world.posts.ddpo.id]);
		await work();
		await work();
		expect(server.received).toHaveLength(2);
		for (const to of [OFFICER, SUMMONED]) {
			const [got] = mailsTo(to);
			expect(got?.method).toBe('REQUEST');
			expect(got?.type).toMatch(/^text\/calendar; charset=utf-8; method=REQUEST/i);
			expect(got?.attached).toBeDefined();
			expect(got?.status).toBe('CONFIRMED');
			expect(got?.event.uid).toBe(one.icsUid);
			expect(got?.event.sequence).toBe(0);
			expect(got?.event.startDate.toJSDate()).toEqual(one.startsAt);
			expect(got?.event.organizer.toLowerCase()).toBe('mailto:hearings@office.example');
			expect(got?.event.attendees.map((who) => String(who.getFirstValue()).toLowerCase())).toEqual([
				`mailto:${to}`,
			]);
			expect(got?.headers.get('from')).toBe(FROM);
			expect(got?.headers.get('subject')).toContain(one.grievanceNumber);
			expect(got?.text).toContain('11:00 बजे (भारतीय समय)');
			expect(got?.text).toContain(one.grievanceNumber);
		}
	});

	test('names neither the citizen nor the code of the citizen’s link', async () => {
		const one = await booked();
		await work();
		const [got] = mailsTo(OFFICER);
		const all = [got?.text, got?.headers.get('subject'), got?.event.description].join('\n');
		expect(all).not.toContain('सुनीता');
		expect(got?.raw).not.toContain(one.linkCode);
		expect(all).not.toMatch(/[6-9]\d{9}/);
	});

	test('is in the reader’s language', async () => {
		await address(world.posts.dc, OFFICER, 'en');
		await booked();
		await work();
		await address(world.posts.dc, OFFICER, 'hi');
		const [got] = mailsTo(OFFICER);
		expect(got?.headers.get('subject')).toMatch(/^Hearing: grievance /);
		expect(got?.text).toContain('(Indian time)');
		expect(got?.text).not.toMatch(/\p{Script=Devanagari}{4}/u);
	});

	test('follows a move with the next sequence, and the end with CANCEL', async () => {
		const one = await booked();
		await work();
		const after = await moved(one);
		await work();
		await cancelled(after);
		await work();
		const got = mailsTo(OFFICER);
		expect(got.map(({ method }) => method)).toEqual(['REQUEST', 'REQUEST', 'CANCEL']);
		expect(got.map(({ status }) => status)).toEqual(['CONFIRMED', 'CONFIRMED', 'CANCELLED']);
		expect(got.map(({ event }) => event.sequence)).toEqual([0, 1, 2]);
		expect(new Set(got.map(({ event }) => event.uid))).toEqual(new Set([one.icsUid]));
		expect(got[1]?.event.startDate.toJSDate()).toEqual(after.startsAt);
		expect(got[2]?.type).toMatch(/method=CANCEL/i);
	});

	test('tells an officer from whom the hearing was moved away that it does not take place', async () => {
		await db
			.update(post)
			.set({ functions: ['officer', 'hearing'] })
			.where(eq(post.id, world.posts.nodal.id));
		await address(world.posts.nodal, 'nodal@district.example');
		const one = await booked();
		await work();
		await moved(one, world.posts.nodal.id);
		await work();
		const got = mailsTo(OFFICER);
		expect(got.map(({ method }) => method)).toEqual(['REQUEST', 'CANCEL']);
		expect(got[1]?.event.sequence).toBe(1);
		expect(got[1]?.event.startDate.toJSDate()).toEqual(one.startsAt);
		expect(mailsTo('nodal@district.example').map(({ method }) => method)).toEqual(['REQUEST']);
	});

	test('reaches a post that is called later, takes the call back, and asks again', async () => {
		const { id: bookingId, sittingId } = await booked();
		const officer = testContext(db, { actor: staffOf(world.posts.dc) });
		const call = { bookingId, postId: world.posts.ddpo.id };
		for (const change of [summonPost, releasePost, summonPost]) {
			await change(officer, call);
			await work();
		}
		const got = mailsTo(SUMMONED);
		expect(got.map(({ method }) => method)).toEqual(['REQUEST', 'CANCEL', 'REQUEST']);
		expect(mailsTo(OFFICER)).toHaveLength(1);
		expect(got[0]?.text).not.toContain(sittingId);
	});

	test('that was written down and then overtaken is dropped', async () => {
		const one = await booked();
		await mailHearing(system(), mail, { bookingId: one.id });
		await moved(one);
		await work();
		const got = mailsTo(OFFICER);
		expect(got.map(({ method, event }) => [method, event.sequence])).toEqual([['REQUEST', 1]]);
	});

	test('that something newer overtook is not sent', async () => {
		const one = await booked();
		await moved(one);
		await work();
		const got = mailsTo(OFFICER);
		expect(got.map(({ event }) => event.sequence)).toEqual([1]);
	});

	test('is not sent without a server, and nothing waits for one', async () => {
		const before = await db.$count(mailOutbox);
		await booked();
		expect(await work(null)).toEqual([]);
		expect(await db.$count(mailOutbox)).toBe(before);
		expect(server.received).toEqual([]);
	});
});

describe('a mail server', () => {
	const newest = async () => {
		const rows = await db.select().from(mailOutbox).orderBy(asc(mailOutbox.id));
		return rows.at(-1);
	};

	test('that says "later" is asked again and gets the same mail once', async () => {
		server.script.push('greylist');
		const one = await booked();
		const problems = await work();
		expect(String(problems[0])).toBe('Error: mail not taken: EENVELOPE 450');
		expect((await newest())?.state).toBe('queued');
		server.script.length = 0;
		expect(await work()).toEqual([]);
		expect(await work()).toEqual([]);
		const got = mailsTo(OFFICER);
		expect(got.map(({ event }) => event.uid)).toEqual([one.icsUid]);
		expect(got[0]?.headers.get('message-id')).toBe(`<${(await newest())?.id}@localhost>`);
		expect((await newest())?.state).toBe('sent');
	});

	test.each(['refuse', 'refuse_content'] as const)(
		'that says "never" is left alone: %s',
		async (answer) => {
			server.script.push(answer);
			await booked();
			const lines: string[] = [];
			const sink = new Writable({
				write(line, _, done) {
					lines.push(String(line));
					done();
				},
			});
			const ctx = system({ log: openLog('worker', 'info', sink) });
			expect(await work(mail, ctx)).toEqual([]);
			expect((await newest())?.state).toBe('failed');
			server.script.length = 0;
			await work();
			expect(server.received).toEqual([]);
			expect(lines.join('')).toContain('mail refused');
			expect(lines.join('')).not.toContain(OFFICER);
		},
	);

	test('that is slow is given up for now, and tried again', async () => {
		server.script.push('late');
		await booked();
		const problems = await work();
		expect(String(problems[0])).toMatch(/^Error: mail not taken: /);
		expect((await newest())?.state).toBe('queued');
		expect(await work()).toEqual([]);
		// It had taken the first in truth: the message id tells that they are one.
		expect(new Set(mailsTo(OFFICER).map(({ headers }) => headers.get('message-id'))).size).toBe(1);
	});

	test('that is gone holds up nothing but the mail', async () => {
		await booked();
		const gone = openMail({ url: 'smtp://127.0.0.1:1', from: FROM });
		const problems = await work(gone);
		expect(String(problems[0])).toBe('Error: mail not taken: ESOCKET');
		expect((await newest())?.state).toBe('queued');
	});

	test('beyond this machine gets nothing in the clear', async () => {
		const open = await startMailServer({ host: '127.0.0.2' });
		await booked();
		const problems = await work(openMail({ url: open.url, from: FROM, patienceMs: 500 }));
		expect(problems).toHaveLength(1);
		expect(open.received).toEqual([]);
		await open.close();
	});
});
