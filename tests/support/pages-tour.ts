/** All pages and states that there are, for whoever looks at each: axe, and the camera. */
import { expect } from '@playwright/test';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/server/platform/context.ts';
import { CASE_A } from './pages-cases.ts';
import { photo, qrPicture } from './pages-files.ts';
import type { CitizenSite, OfficerSite, Site, StaffSite } from './pages.ts';
import { makePdf } from './pdf.ts';
import { qrOf, type Product } from './stack-product.ts';
import type { StackWorld } from './stack-world.ts';
import { freshMobile } from './stack.ts';

/** Is called in each state; `name` is unique among all of them. */
export type Look = (site: Site, name: string) => Promise<void>;

/** Who opens a page: somebody who is signed out, or one of the world's people. */
export type Actor = 'visitor' | keyof StackWorld['citizens'] | keyof StackWorld['staff'];

export interface Shown {
	name: string;
	as: Actor;
	path: string | ((world: StackWorld) => string);
	/** Meant for paper too. */
	print?: boolean;
	/** Words that are there when the page has come to rest. */
	ready?: (inputs: object, options: { locale: Locale }) => string;
}

/** Opens a page and waits until it is what it will be. */
export async function show(site: Site, { path, ready }: Shown, world: StackWorld): Promise<void> {
	await site.open(typeof path === 'string' ? path : path(world));
	await expect(site.page.getByRole('heading', { level: 1 })).toHaveCount(1);
	if (ready) await expect(site.text(ready({}, site.words))).toBeVisible();
}

const page = (name: string, as: Actor, path: Shown['path']): Shown => ({ name, as, path });

/** Every page of the product, by its folder in src/routes. Those without entries are on a walk below. */
export const PAGES: Readonly<Record<string, readonly Shown[]>> = {
	'(public)': [page('home', 'visitor', '/')],
	'(public)/accessibility': [page('accessibility', 'visitor', '/accessibility')],
	'(public)/erased': [page('erased', 'visitor', '/erased')],
	'(public)/h': [page('hearings', 'a', '/h'), page('hearings-none', 'nobody', '/h')],
	'(public)/h/[code]': [
		page('hearing-link', 'visitor', ({ bookings }) => `/h/${bookings.waiting.booking.linkCode}`),
		page('hearing-link-unknown', 'visitor', '/h/zzzzzzzz'),
	],
	'(public)/help': [page('help', 'visitor', '/help')],
	'(public)/privacy': [page('privacy', 'visitor', '/privacy')],
	'(public)/sign-in': [
		page('sign-in', 'visitor', '/sign-in'),
		page('sign-in-hearing', 'visitor', '/sign-in?next=%2Fh'),
	],
	'(public)/sign-in/code': [],
	'(public)/sitemap': [page('sitemap', 'visitor', '/sitemap')],
	'(public)/track': [page('track', 'visitor', '/track')],
	admin: [page('admin-staff', 'administrator', '/admin')],
	'admin/posts': [
		page('admin-posts', 'administrator', '/admin/posts'),
		page('admin-posts-none', 'administrator', '/admin/posts?q=zzzz'),
	],
	'admin/posts/[id]': [
		page('admin-post', 'administrator', ({ postId }) => `/admin/posts/${postId}`),
	],
	'admin/posts/new': [page('admin-post-new', 'administrator', '/admin/posts/new')],
	'admin/staff/[id]': [
		page('admin-person', 'administrator', ({ personId }) => `/admin/staff/${personId}`),
	],
	'admin/staff/new': [page('admin-person-new', 'administrator', '/admin/staff/new')],
	citizen: [page('mine', 'a', '/citizen'), page('mine-none', 'nobody', '/citizen')],
	'citizen/data': [
		page('my-data', 'a', '/citizen/data'),
		page('my-data-empty', 'nobody', '/citizen/data'),
		page('my-data-requested', 'leaving', '/citizen/data?requested'),
	],
	'citizen/data/erase': [
		page('erase', 'a', '/citizen/data/erase'),
		page('erase-account', 'nobody', '/citizen/data/erase'),
	],
	'citizen/data/views': [
		page('views', 'a', '/citizen/data/views'),
		page('views-one', 'a', ({ numbers }) => `/citizen/data/views?number=${numbers.a}`),
		page('views-none', 'nobody', '/citizen/data/views'),
	],
	'citizen/file/details': [],
	'citizen/file/identity': [],
	'citizen/file/photos': [],
	'citizen/file/review': [],
	'citizen/file/what': [],
	'citizen/file/where': [],
	'citizen/grievances/[number]': [
		page('case-adjourned', 'a', ({ numbers }) => `/citizen/grievances/${numbers.a}`),
		page('case-heard', 'b', ({ numbers }) => `/citizen/grievances/${numbers.b}`),
		page('case-asked', 'asked', ({ numbers }) => `/citizen/grievances/${numbers.asked}`),
		page('case-booked', 'early', ({ numbers }) => `/citizen/grievances/${numbers.early}`),
		page('case-not-yours', 'b', ({ numbers }) => `/citizen/grievances/${numbers.a}`),
	],
	'citizen/grievances/[number]/proceedings/[id]': [
		{
			...page(
				'proceeding',
				'a',
				({ numbers, hearings }) => `/citizen/grievances/${numbers.a}/proceedings/${hearings.a}`,
			),
			print: true,
		},
	],
	'citizen/grievances/[number]/receipt': [
		{
			...page('receipt', 'a', ({ numbers }) => `/citizen/grievances/${numbers.a}/receipt`),
			print: true,
		},
	],
	'citizen/hearings/[id]': [
		page('hearing-outcome', 'a', ({ hearings }) => `/citizen/hearings/${hearings.a}`),
		page('hearing-outcome-heard', 'b', ({ hearings }) => `/citizen/hearings/${hearings.b}`),
		page('hearing-too-early', 'early', ({ hearings }) => `/citizen/hearings/${hearings.early}`),
		{
			...page(
				'hearing-waiting',
				'waiting',
				({ hearings }) => `/citizen/hearings/${hearings.waiting}`,
			),
			ready: m.hearing_check_again,
		},
		page('hearing-not-yours', 'b', ({ hearings }) => `/citizen/hearings/${hearings.waiting}`),
	],
	'citizen/sessions': [page('citizen-sessions', 'a', '/citizen/sessions')],
	demo: [page('demo', 'visitor', '/demo')],
	'demo/outbox': [page('demo-outbox', 'visitor', '/demo/outbox')],
	department: [page('inbox', 'dmc', '/department'), page('inbox-none', 'secretary', '/department')],
	'department/directions': [
		page('directions', 'ddpo', '/department/directions'),
		page('directions-answered', 'secretary', '/department/directions'),
		page('directions-none', 'dmc', '/department/directions'),
	],
	'department/directions/[id]': [
		page('direction', 'ddpo', ({ directions }) => `/department/directions/${directions.open}`),
		page(
			'direction-answered',
			'secretary',
			({ directions }) => `/department/directions/${directions.answered}`,
		),
	],
	'department/grievances/[number]': [
		page('case-file', 'dmc', ({ numbers }) => `/department/grievances/${numbers.a}`),
		page('case-file-erased', 'dc', ({ numbers }) => `/department/grievances/${numbers.erased}`),
		page('desk-forbidden', 'ddpo', '/desk'),
	],
	desk: [
		page('desk', 'clerk', '/desk'),
		page('desk-found-none', 'clerk', '/desk?q=zzzz'),
		page('desk-chosen', 'clerk', ({ numbers }) => `/desk?case=${numbers.asked}`),
		page('desk-has-date', 'clerk', ({ numbers }) => `/desk?case=${numbers.waiting}`),
		page('desk-booked', 'clerk', ({ bookings }) => `/desk?booked=${bookings.waiting.booking.id}`),
	],
	'desk/filed': [
		page('counter-filed', 'agent', '/desk/filed'),
		page('counter-filed-none', 'clerk', '/desk/filed'),
	],
	'desk/filed/[number]': [
		{
			...page('counter-receipt', 'agent', ({ numbers }) => `/desk/filed/${numbers.counter}`),
			print: true,
		},
	],
	'desk/register': [
		page('counter', 'agent', '/desk/register'),
		page('counter-desk', 'clerk', '/desk/register'),
	],
	'desk/register/[id]': [
		page('counter-place', 'clerk', ({ grantId }) => `/desk/register/${grantId}`),
		page(
			'counter-form',
			'clerk',
			({ grantId }) =>
				`/desk/register/${grantId}?${new URLSearchParams({ area: CASE_A.area, text: CASE_A.search })}`,
		),
	],
	'desk/register/code': [],
	'desk/sittings': [page('desk-sittings', 'clerk', '/desk/sittings')],
	'desk/sittings/[id]': [
		{
			...page('cause-list', 'clerk', ({ sittings }) => `/desk/sittings/${sittings.now}`),
			print: true,
		},
		page('desk-sitting-added', 'clerk', ({ sittings }) => `/desk/sittings/${sittings.later}?new=1`),
	],
	'desk/sittings/new': [page('desk-sitting-new', 'clerk', '/desk/sittings/new')],
	'desk/tokens/[id]': [
		{
			...page('token', 'clerk', ({ bookings }) => `/desk/tokens/${bookings.waiting.booking.id}`),
			print: true,
		},
	],
	'officer/sittings': [page('officer-sittings', 'dc', '/officer/sittings')],
	'officer/sittings/[id]': [
		{
			...page('officer-desk-open', 'dc', ({ sittings }) => `/officer/sittings/${sittings.now}`),
			ready: m.officer_devices_ready,
		},
		page('officer-desk-planned', 'dc', ({ sittings }) => `/officer/sittings/${sittings.later}`),
	],
	'staff/password': [page('staff-password', 'dmc', '/staff/password')],
	'staff/post': [page('staff-post', 'dmc', '/staff/post')],
	'staff/security': [page('staff-security', 'dmc', '/staff/security')],
	'staff/sign-in': [page('staff-sign-in', 'visitor', '/staff/sign-in')],
	'staff/sign-in/code': [],
	'staff/sign-in/recovery': [],
	'staff/sign-in/set-up': [],
};

/** Citizens carry phones, staff sit at desks. */
export function isCitizen(actor: Actor, world: StackWorld): boolean {
	return actor === 'visitor' || actor in world.citizens;
}

/** The session of an actor; none for a visitor. */
export function cookieOf(actor: Actor, { citizens, staff }: StackWorld) {
	const people: Partial<Record<Actor, { cookie: { name: string; value: string; url: string } }>> = {
		...citizens,
		...staff,
	};
	return people[actor]?.cookie;
}

/** From the number to the code, each wrong once; and a page that is not there. */
export async function walkSignIn(site: CitizenSite, look: Look): Promise<void> {
	const { words } = site;
	await site.open('/sign-in');
	await site.button(m.signin_send({}, words)).click();
	await expect(site.errors).toBeVisible();
	await look(site, 'sign-in-refused');
	await site.askForCode(freshMobile());
	await look(site, 'code');
	await site.giveCode('12');
	await expect(site.errors).toBeVisible();
	await look(site, 'code-refused');
	await site.open('/track');
	await site.button(m.track_find_go({}, words)).click();
	await expect(site.errors).toBeVisible();
	await look(site, 'track-refused');
	await site.open('/nowhere');
	await look(site, 'not-found');
}

/** Every step of filing: fresh, and sent with nothing in it. */
export async function walkFiling(site: CitizenSite, look: Look): Promise<void> {
	const { words } = site;
	const refused = async (name: string) => {
		await site.next();
		await expect(site.errors).toBeVisible();
		await look(site, name);
	};
	await site.startFiling(freshMobile());
	await look(site, 'file-1-what');
	await refused('file-1-what-refused');
	await site.fileWhat(CASE_A);
	await look(site, 'file-2-where');
	await site.button(m.file_where_find({}, words)).click();
	await expect(site.errors).toBeVisible();
	await look(site, 'file-2-where-search-refused');
	await site.findPlace({ ...CASE_A, search: 'zzzz' });
	await expect(site.text(m.file_where_none({ text: 'zzzz' }, words))).toBeVisible();
	await look(site, 'file-2-where-none');
	await site.findPlace(CASE_A);
	await expect(site.button(m.file_next({}, words))).toBeVisible();
	await look(site, 'file-2-where-found');
	await refused('file-2-where-refused');
	await site.fileWhere(CASE_A);
	await look(site, 'file-3-details');
	await refused('file-3-details-refused');
	await site.fileDetails({ ...CASE_A, details: `${CASE_A.details} आधार 9999 4105 7058।` });
	await look(site, 'file-4-photos');
	await site.addPhoto({ name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') });
	await expect(site.errors).toBeVisible();
	await look(site, 'file-4-photos-refused');
	await site.addPhoto(await qrPicture(qrOf({ mobile: freshMobile() })));
	await expect(site.link(m.upload_to_identity({}, words))).toBeVisible();
	await look(site, 'file-4-photos-aadhaar');
	await site.page.getByLabel(m.file_photos_place({}, words)).check();
	await site.page.context().setOffline(true);
	await site.addPhoto(await photo());
	await expect(site.page.getByText(m.upload_waiting({}, words)).last()).toBeVisible();
	await look(site, 'file-4-photos-waiting');
	await site.page.context().setOffline(false);
	await expect(site.photo(1)).toBeVisible();
	await site.addPhoto({
		name: 'राशन कार्ड.pdf',
		mimeType: 'application/pdf',
		buffer: makePdf({ lines: ['Ration card', '2341 2341 2346'] }),
	});
	await expect(site.page.getByText(m.file_photos_aadhaar_seen({}, words))).toBeVisible();
	await look(site, 'file-4-photos-kept');
	await site.afterPhotos();
	await look(site, 'file-5-identity');
	await refused('file-5-identity-refused');
	await site.chooseProof(CASE_A.name, 'aadhaar_qr');
	await look(site, 'file-5-identity-qr');
	await site.showQr(qrOf({ mobile: freshMobile() }));
	await site.agreeTo();
	await look(site, 'file-5-identity-seen');
	await site.link(m.file_id_seen_other({}, words)).click();
	await site.expectTitle(m.file_id_title({}, words));
	await site.chooseProof(CASE_A.name, 'ppp');
	await look(site, 'file-5-identity-family');
	await site.chooseProof(CASE_A.name, 'mobile_only');
	await site.toReview();
	await look(site, 'file-6-review');
	await site.button(m.file_review_submit({}, words)).click();
	await expect(site.errors).toBeVisible();
	await look(site, 'file-6-review-refused');
}

/** Forms of staff that were sent with nothing in them. */
export async function walkStaffForms(site: Site, world: StackWorld, look: Look): Promise<void> {
	const { words } = site;
	const context = site.page.context();
	const become = async (actor: keyof StackWorld['staff']) => {
		await context.clearCookies();
		await context.addCookies([world.staff[actor].cookie]);
	};
	const send = async (name: string, label: string) => {
		await site.button(label).click();
		await expect(site.errors).toBeVisible();
		await look(site, name);
	};
	await site.open('/staff/sign-in');
	await send('staff-sign-in-refused', m.staff_sign_in({}, words));
	await become('dmc');
	await site.open('/staff/password');
	await send('staff-password-refused', m.staff_password_save({}, words));
	await become('clerk');
	await site.open('/desk/sittings/new');
	await site.page.getByLabel(m.desk_new_slots({}, words)).fill('');
	await send('desk-sitting-new-refused', m.desk_new_save({}, words));
	await site.open('/desk/register');
	await send('counter-refused', m.file_next({}, words));
	await site.page.getByLabel(m.register_mobile({}, words)).fill(freshMobile());
	await site.button(m.file_next({}, words)).click();
	await site.expectTitle(m.register_code_title({}, words));
	await look(site, 'counter-code');
	const form = new URLSearchParams({ area: CASE_A.area, text: CASE_A.search });
	await site.open(`/desk/register/${world.grantId}?${form}`);
	await send('counter-form-refused', m.register_submit({}, words));
	await become('administrator');
	await site.open('/admin/staff/new');
	await send('admin-person-new-refused', m.admin_staff_add({}, words));
	await site.page.getByLabel(m.admin_name_hi({}, words)).fill('सरोज बाला');
	await site.page.getByLabel(m.admin_name_en({}, words)).fill('Saroj Bala');
	await site.page.getByLabel(m.staff_user_name({}, words)).fill(`saroj.${site.locale}`);
	await site.button(m.admin_staff_add({}, words)).click();
	await expect(site.text(m.admin_first_password_title({}, words))).toBeVisible();
	await look(site, 'admin-person-added');
	await site.open('/admin/posts/new');
	await send('admin-post-new-refused', m.admin_post_save({}, words));
	await become('ddpo');
	await site.open(`/department/directions/${world.directions.open}`);
	await send('direction-refused', m.direction_answer_send({}, words));
}

/** The second step of the sign-in of staff, from setting up the app to new recovery codes. */
export async function walkSecondStep(site: StaffSite, product: Product, look: Look): Promise<void> {
	const { words } = site;
	const userName = `second.step.${site.locale}`;
	const { firstPassword } = await product.newStaff(userName);
	await site.givePassword(userName, firstPassword);
	await site.replacePassword(firstPassword, 'long enough for all');
	const app = await site.readAppKey();
	await look(site, 'staff-set-up');
	await site.button(m.staff_set_up_save({}, words)).click();
	await expect(site.errors).toBeVisible();
	await look(site, 'staff-set-up-refused');
	await site.finishSetUp(app.code());
	await look(site, 'staff-recovery-codes');
	await site.link(m.staff_recovery_kept({}, words)).click();
	await site.signOut();

	await site.givePassword(userName, 'long enough for all');
	await site.expectTitle(m.staff_code_title({}, words));
	await look(site, 'staff-code');
	await site.giveAppCode('12');
	await expect(site.errors).toBeVisible();
	await look(site, 'staff-code-refused');
	await site.giveRecoveryCode('12');
	await expect(site.errors).toBeVisible();
	await look(site, 'staff-recovery-refused');
	await site.link(m.staff_recovery_back({}, words)).click();
	await site.giveAppCode(app.code(1));
	await site.expectSignedIn();

	await site.open('/staff/security');
	await site.button(m.staff_recovery_new({}, words)).click();
	await expect(site.errors).toBeVisible();
	await look(site, 'staff-security-refused');
}

/** The citizen's page while the phone gives neither microphone nor camera. */
export async function walkRefusedDevices(
	site: CitizenSite,
	{ hearings }: StackWorld,
	look: Look,
): Promise<void> {
	await site.open(`/citizen/hearings/${hearings.waiting}`);
	await site.button(m.hearing_check_start({}, site.words)).click();
	await expect(site.text(m.hearing_device_problem({}, site.words))).toBeVisible();
	await look(site, 'hearing-devices-refused');
}

/**
 * The hearing on both sides, from the call to a conclusion that lacks its date. In each state both
 * languages are looked at, because the hearing itself goes on only once.
 */
export async function walkHearing(
	pairs: readonly { desk: OfficerSite; citizen: CitizenSite }[],
	{ product, world }: { product: Product; world: StackWorld },
	look: Look,
): Promise<void> {
	const { citizens, staff, hearings, sittings } = world;
	const open = async ({ desk, citizen }: (typeof pairs)[number]) => {
		await desk.open(`/officer/sittings/${sittings.now}`);
		await citizen.open(`/citizen/hearings/${hearings.waiting}`);
	};
	await product.commands.callNext(staff.dc.ctx, sittings.now);
	for (const pair of pairs) {
		await open(pair);
		await expect(pair.citizen.button(m.hearing_join({}, pair.citizen.words))).toBeVisible();
		await pair.citizen.expectDevices();
		await look(pair.citizen, 'hearing-called');
		await look(pair.desk, 'officer-desk-calling');
	}
	await product.commands.joinGrant(citizens.waiting.ctx, hearings.waiting);
	for (const pair of pairs) {
		await open(pair);
		const { desk, citizen } = pair;
		await expect(citizen.button(m.hearing_rejoin({}, citizen.words))).toBeVisible();
		await look(citizen, 'hearing-rejoin');
		await citizen.button(m.hearing_rejoin({}, citizen.words)).click();
		await citizen.expectInRoom();
		await expect(citizen.remoteVideo(citizen.officerName)).toBeVisible();
		await expect(desk.text(m.officer_video_good({}, desk.words))).toBeVisible();
		await look(citizen, 'hearing-room');
		await look(desk, 'officer-desk-running');
		await desk.button(m.officer_direction_new({}, desk.words)).click();
		await look(desk, 'officer-desk-direction');
		await desk.chooseDisposition(m.hearing_disposition_adjourned({}, desk.words));
		await look(desk, 'officer-desk-concluding');
		await desk.conclude();
		await expect(desk.errors.first()).toBeVisible();
		await expect(desk.button(m.officer_conclude({}, desk.words))).toBeEnabled();
		await look(desk, 'officer-desk-refused');
		await citizen.leaveRoom();
		await look(citizen, 'hearing-left');
		await citizen.open('/citizen');
	}
}

/** After `walkHearing`: what both sides see once the demand was granted, and the sitting closed. */
export async function walkOutcome(
	pairs: readonly { desk: OfficerSite; citizen: CitizenSite }[],
	{ product, world }: { product: Product; world: StackWorld },
	look: Look,
): Promise<void> {
	const { staff, hearings, sittings, numbers } = world;
	await product.commands.conclude(staff.dc.ctx, {
		hearingId: hearings.waiting,
		disposition: 'heard',
		order: 'granted',
		reasons: null,
		nextSlotId: null,
	});
	for (const { desk, citizen } of pairs) {
		await desk.open(`/officer/sittings/${sittings.now}`);
		await expect(desk.text(m.officer_all_done({}, desk.words))).toBeVisible();
		await look(desk, 'officer-desk-all-done');
		await desk.button(m.officer_close({}, desk.words)).click();
		await look(desk, 'officer-desk-closing');
		await citizen.open(`/citizen/hearings/${hearings.waiting}`);
		await look(citizen, 'hearing-outcome-granted');
		await citizen.open(`/citizen/grievances/${numbers.waiting}`);
		await look(citizen, 'case-granted');
	}
	await product.commands.closeSitting(staff.dc.ctx, sittings.now);
	for (const { desk } of pairs) {
		await desk.open(`/officer/sittings/${sittings.now}`);
		await expect(desk.text(m.officer_closed_title({}, desk.words))).toBeVisible();
		await look(desk, 'officer-desk-closed');
	}
}
