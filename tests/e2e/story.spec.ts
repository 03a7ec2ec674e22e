import ICAL from 'ical.js';
import { listen, watchFrames } from '../support/browser.ts';
import { CASE_A, CASE_B, ORDERS } from '../support/pages-cases.ts';
import { photo, qrPicture } from '../support/pages-files.ts';
import { CitizenSite, DepartmentSite, DeskSite, OfficerSite } from '../support/pages.ts';
import { postWords, qrOf } from '../support/stack-product.ts';
import { ANY, expect, freshMobile, like, test } from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

test.use({ stackName: 'story' });

const hi = { locale: 'hi' } as const;

test('a grievance goes from a phone to a decided video hearing, and the decision binds', async ({
	stack,
	product,
	phone,
	desktop,
}) => {
	test.setTimeout(420_000);
	const [mobileA, mobileB] = [freshMobile(), freshMobile()];
	const a = await CitizenSite.onPhone(phone, stack);
	const b = await CitizenSite.onPhone(phone, stack);
	const office = async <Desk>(
		kind: new (...given: ConstructorParameters<typeof DeskSite>) => Desk,
	) =>
		new kind(
			await (await desktop.newContext({ viewport: { width: 1366, height: 768 } })).newPage(),
			stack,
		);
	const [dc, ddpo, adc, secretary] = [
		await product.post('dc'),
		await product.post('ddpo'),
		await product.post('adc'),
		await product.post('secretary-bawal'),
	];
	let [numberA, numberB, sittingId, linkA, linkB, hearingA] = ['', '', '', '', '', ''];

	await test.step('the first citizen files case A, with a photo and the QR of an Aadhaar', async () => {
		await a.startFiling(mobileA);
		await a.fileWhat(CASE_A);
		await a.fileWhere(CASE_A);
		await a.fileDetails(CASE_A);
		await a.addPhoto(await photo());
		await expect(a.photo(1)).toBeVisible();
		await a.afterPhotos();
		await a.chooseProof(CASE_A.name, 'aadhaar_qr');
		await a.showQr(await qrPicture(qrOf({ mobile: mobileA })));
		await a.agreeTo([m.file_id_keep_name({}, hi)]);
		await a.toReview();
		await expect(a.page.getByRole('main')).toContainText(
			m.proof_strength_signature_and_mobile_match({}, hi),
		);
		numberA = await a.submit();
		await expect(a.text(numberA)).toBeVisible();
	});

	await test.step('the second citizen files case B with a family ID', async () => {
		await b.startFiling(mobileB);
		await b.fileWhat(CASE_B);
		await b.fileWhere(CASE_B);
		await b.fileDetails(CASE_B);
		await b.afterPhotos();
		await b.chooseProof(CASE_B.name, 'ppp');
		await b.page.getByLabel(m.file_id_ppp_number({}, hi)).fill('4KLM8X2P');
		await b.toReview();
		numberB = await b.submit();
		expect(numberB).not.toBe(numberA);
	});

	await test.step('each grievance is with the post of its rule, never with the accused', async () => {
		const registered = (number: string) =>
			like(m.sms_grievance_registered({ number, owner: ANY, deadline: ANY, link: ANY }, hi));
		const [, ownerA, , tracking] = await stack.sms.wait(mobileA, registered(numberA));
		expect(ownerA).toBe(postWords('dmc', 'hi'));
		expect(tracking).toContain(stack.origin);
		const [, ownerB] = await stack.sms.wait(mobileB, registered(numberB));
		expect(ownerB).toBe(postWords('bdpo-bawal', 'hi'));

		const officer = await office(DepartmentSite);
		await officer.signIn('dmc.rewari');
		await officer.open('/department');
		await expect(officer.caseLink(numberA)).toBeVisible();
		await expect(officer.page.getByRole('row').filter({ hasText: numberA })).toContainText(
			m.ui_time_left({ days: 15 }, hi),
		);
		await officer.caseLink(numberA).click();
		await expect(officer.text(CASE_A.details)).toBeVisible();

		const accused = await office(DepartmentSite);
		await accused.signIn('secretary.bawal');
		await accused.open('/department');
		await accused.expectTitle(m.inbox_title({}, hi));
		await expect(accused.page.getByText(numberA)).toHaveCount(0);
		await officer.page.context().close();
		await accused.page.context().close();
	});

	await test.step('the clerk books both into one sitting that starts in five minutes', async () => {
		const clerk = await office(DeskSite);
		await clerk.signIn('clerk.rewari');
		await clerk.open('/desk');
		for (const number of [numberA, numberB]) {
			await expect(clerk.page.getByRole('link', { name: number, exact: true })).toBeVisible();
		}
		sittingId = await clerk.addSittingSoon('dc');
		await clerk.book(numberA, sittingId);
		await clerk.book(numberB, sittingId);

		const booked = (number: string, token: number) =>
			like(m.sms_hearing_booked({ number, starts: ANY, officer: dc.name, token, link: ANY }, hi));
		linkA = (await stack.sms.wait(mobileA, booked(numberA, 1)))[2] ?? '';
		linkB = (await stack.sms.wait(mobileB, booked(numberB, 2)))[2] ?? '';
		expect(linkA).toMatch(new RegExp(`^${stack.origin}/h/[0-9a-z]+$`, 'i'));
		await clerk.page.context().close();
	});

	await test.step('the calendar file can be read by a calendar program', async () => {
		await a.openCase(numberA);
		const [download] = await Promise.all([
			a.page.waitForEvent('download'),
			a.link(m.track_calendar({}, hi)).click(),
		]);
		const stream = await download.createReadStream();
		const calendar = new ICAL.Component(ICAL.parse(await text(stream)));
		const [entry] = calendar.getAllSubcomponents('vevent');
		if (!entry) throw new Error('no event in the calendar file');
		const event = new ICAL.Event(entry);
		expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
		expect(event.summary).toContain(numberA);
		expect(event.uid).toMatch(/^[0-9a-f-]{36}@/);
		expect(event.duration.toSeconds()).toBe(600);
		expect(entry.getAllSubcomponents('valarm').length).toBeGreaterThan(0);
		const { startsAt } = await product.sittingFacts(sittingId);
		expect(event.startDate.toJSDate()).toEqual(startsAt);
	});

	const officer = await office(OfficerSite);
	await test.step('the citizens wait with their token and the number of people ahead', async () => {
		await a.openLink(linkA);
		await a.expectDevices();
		await a.expectWaiting(1);
		await expect(a.text(m.hearing_ahead_none({}, hi))).toBeVisible();
		hearingA = a.page.url().split('/').at(-1) ?? '';
		await b.openLink(linkB);
		await b.expectDevices();
		await b.expectWaiting(2);
		await expect(b.text(m.hearing_ahead_one({}, hi))).toBeVisible();
	});

	await test.step('the DC opens the sitting, sees list and case file, and calls the first', async () => {
		await officer.signIn('dc.rewari');
		await officer.openSitting(sittingId);
		await expect(officer.row(1)).toContainText(m.officer_status_waiting({}, hi));
		await expect(officer.row(2)).toContainText(m.officer_status_waiting({}, hi));
		await expect(officer.text(CASE_A.details)).toBeVisible();
		await officer.callButton(1).click();
		await a.answerCall();
		await stack.sms.wait(mobileA, like(m.sms_hearing_called({ number: numberA, link: ANY }, hi)));
	});

	const seeAndHearEachOther = async (citizen: CitizenSite) => {
		const views = [citizen.remoteVideo(dc.name), officer.remoteVideo];
		for (const { frames, width, height } of await Promise.all(
			views.map((one) => watchFrames(one)),
		)) {
			expect(frames).toBeGreaterThanOrEqual(10);
			expect(width).toBeGreaterThan(0);
			expect(height).toBeGreaterThan(0);
		}
		const levels = await Promise.all([citizen.page, officer.page].map((page) => listen(page)));
		for (const level of levels) expect(level).toBeGreaterThan(0);
	};

	await test.step('both decode each other and hear each other', () => seeAndHearEachOther(a));

	await test.step('case A: the secretary has to report; adjourned with the next date', async () => {
		await officer.direct({ kind: 'report', to: 'secretary-bawal', text: ORDERS.report, inDays: 3 });
		await officer.chooseDisposition(m.hearing_disposition_adjourned({}, hi));
		const next = await officer.chooseNextDate();
		await officer.conclude({ callNext: 2 });
		await expect(a.text(m.hearing_disposition_adjourned({}, hi))).toBeVisible();
		const day = next.split(', ').slice(0, -1).join(', ');
		await expect(a.page.getByRole('main')).toContainText(day);

		await stack.sms.wait(
			mobileA,
			like(
				m.sms_hearing_adjourned(
					{ number: numberA, starts: ANY, officer: dc.name, token: ANY, link: ANY },
					hi,
				),
			),
		);
		const [, , due] = await stack.sms.wait(
			secretary.mobile,
			like(m.sms_direction_issued({ issuer: dc.name, kind: ANY, number: numberA, due: ANY }, hi)),
		);
		expect(due).toBeTruthy();
	});

	await test.step('case B: the DDPO has to act; heard', async () => {
		await b.answerCall();
		await seeAndHearEachOther(b);
		await officer.direct({ kind: 'action', to: 'ddpo', text: ORDERS.action, inDays: 3 });
		await officer.chooseDisposition(m.hearing_disposition_heard({}, hi));
		await officer.chooseDisposition(m.hearing_order_none_yet({}, hi));
		await officer.conclude();
		await expect(b.text(m.hearing_disposition_heard({}, hi))).toBeVisible();
		await stack.sms.wait(
			mobileB,
			like(m.sms_hearing_outcome({ number: numberB, result: ANY, link: ANY }, hi)),
		);
		await stack.sms.wait(
			ddpo.mobile,
			like(m.sms_direction_issued({ issuer: dc.name, kind: ANY, number: numberB, due: ANY }, hi)),
		);
	});

	await test.step('the citizen reads the outcome and the proceeding, fit for printing', async () => {
		await a.openCase(numberA);
		await expect(a.text(m.event_hearing_concluded_adjourned({}, hi))).toBeVisible();
		await expect(a.text(ORDERS.report)).toBeVisible();
		await a.link(m.track_proceeding({}, hi)).first().click();
		await a.expectTitle(m.sheet_title({ number: `${numberA}/1` }, hi));
		expect(a.here()).toBe(`/citizen/grievances/${numberA}/proceedings/${hearingA}`);
		await expect(a.page.getByRole('main')).toContainText(ORDERS.report);
		await a.page.emulateMedia({ media: 'print' });
		// The letterhead stays; what can only be pressed does not.
		await expect(a.page.getByRole('navigation')).toHaveCount(0);
		await expect(a.page.getByRole('button')).toHaveCount(0);
		await expect(a.page.getByRole('main')).toContainText(CASE_A.details);
		await a.page.emulateMedia({ media: null });
	});

	await test.step('the secretary answers with a report and a photo', async () => {
		const site = await office(DepartmentSite);
		await site.signIn('secretary.bawal');
		await site.openDirection(numberA);
		await site.answer(ORDERS.answer, await photo('niriksan.jpg'));
		await stack.sms.wait(
			mobileA,
			like(
				m.sms_direction_answered_citizen(
					{ directed: secretary.name, number: numberA, link: ANY },
					hi,
				),
			),
		);
		await stack.sms.wait(
			dc.mobile,
			like(m.sms_direction_answered_issuer({ directed: secretary.name, number: numberA }, hi)),
		);
		await a.openCase(numberA);
		await expect(a.text(ORDERS.answer)).toBeVisible();
		await expect(
			a.page.getByRole('article').filter({ hasText: ORDERS.answer }).getByRole('img'),
		).toBeVisible();
		await site.page.context().close();
	});

	await test.step('the DDPO does not answer: at the deadline the direction moves up by itself', async () => {
		await stack.advanceClock('+5d');
		const facts = { from: ddpo.name, number: numberB, to: adc.name, deadline: ANY };
		await stack.sms.wait(ddpo.mobile, like(m.sms_direction_escalated_officer(facts, hi)));
		await stack.sms.wait(adc.mobile, like(m.sms_direction_escalated_superior(facts, hi)));
		await stack.sms.wait(dc.mobile, like(m.sms_direction_escalated_issuer(facts, hi)));
		await stack.sms.wait(mobileB, like(m.sms_direction_escalated_citizen(facts, hi)));

		// From another phone: the number of the grievance and a code are enough.
		const elsewhere = await CitizenSite.onPhone(phone, stack);
		await elsewhere.track(numberB, mobileB);
		await expect(elsewhere.text(m.event_direction_escalated({}, hi))).toBeVisible();
		await expect(
			elsewhere.page.getByText(like(m.direction_now_with({ post: adc.name, date: ANY }, hi))),
		).toBeVisible();
		await elsewhere.close();
	});

	await test.step('a grievance past its own deadline climbs too, and tracking tells the whole', async () => {
		await stack.advanceClock('+11d');
		const bdpo = await product.post('bdpo-bawal');
		const facts = { from: bdpo.name, number: numberB, to: ddpo.name, deadline: ANY };
		await stack.sms.wait(bdpo.mobile, like(m.sms_grievance_escalated_officer(facts, hi)));
		await stack.sms.wait(ddpo.mobile, like(m.sms_grievance_escalated_superior(facts, hi)));
		await stack.sms.wait(mobileB, like(m.sms_grievance_escalated_citizen(facts, hi)));

		const elsewhere = await CitizenSite.onPhone(phone, stack);
		await elsewhere.track(numberB, mobileB);
		await expect(elsewhere.standing).toContainText(m.case_now_with({ post: ddpo.name }, hi));
		await expect(elsewhere.standing).toContainText(m.track_next({}, hi));
		for (const happened of [
			m.event_registered,
			m.event_hearing_requested,
			m.event_hearing_booked,
			m.event_hearing_concluded_heard,
			m.event_direction_escalated,
			m.event_escalated,
		]) {
			await expect(elsewhere.text(happened({}, hi))).toBeVisible();
		}
		await elsewhere.close();
	});

	await test.step('the database holds none of the mobile numbers in clear', async () => {
		const mobiles = [mobileA, mobileB, dc.mobile.slice(-10), secretary.mobile.slice(-10)];
		expect(await product.rowsWith(mobiles)).toEqual([]);
	});
});

async function text(stream: AsyncIterable<Buffer | string>): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of stream) parts.push(Buffer.from(part));
	return Buffer.concat(parts).toString('utf8');
}
