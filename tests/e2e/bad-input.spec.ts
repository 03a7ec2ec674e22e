import { stat, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Browser } from '@playwright/test';
import { toDecimal } from '../../src/demo/identity/sign-demo.ts';
import { launch, watchFrames, PHONE } from '../support/browser.ts';
import { CASE_A, CASE_B } from '../support/pages-cases.ts';
import { hugePhoto, photo } from '../support/pages-files.ts';
import { CitizenSite, OfficerSite } from '../support/pages.ts';
import {
	postWords,
	qrOf,
	type Booked,
	type SignedCitizen,
	type SignedStaff,
} from '../support/stack-product.ts';
import { expect, freshMobile, test, type Product, type Stack } from '../support/stack.ts';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { m } from '#lib/paraglide/messages.js';

// Every test but the last two has a sitting of its own, one behind the other in the afternoon.
test.use({ stackName: 'bad_input' });

const hi = { locale: 'hi' } as const;

declare global {
	interface Window {
		/** Made by the test of a camera that opens late. */
		devicesOpen(): Promise<void>;
	}
}

interface Scene {
	clerk: SignedStaff;
	officer: SignedStaff;
	citizen: SignedCitizen;
	booked: Booked;
	sittingId: string;
	link: string;
	hearingId: string;
}

/** A citizen with a hearing in a sitting of the post that starts so many minutes from now. */
async function scene(
	product: Product,
	post: 'dc' | 'sdm-bawal',
	{ inMinutes, open = true }: { inMinutes: number; open?: boolean },
): Promise<Scene> {
	const [clerk, officer] = [await product.staff('clerk'), await product.staff(post)];
	const citizen = await product.citizen(freshMobile(), { name: CASE_B.name });
	const number = await product.file(citizen, CASE_B);
	const { id: sittingId } = await product.sitting(clerk, post, { inMinutes, slots: 1 });
	const booked = await product.book(clerk, number, sittingId);
	const hearingId = await product.hearingId(citizen, booked);
	if (open) await product.commands.openSitting(officer.ctx, sittingId);
	return { clerk, officer, citizen, booked, sittingId, link: booked.booking.link, hearingId };
}

test.describe('a hearing link', () => {
	test('opened by somebody else is refused in words, and tells a stranger only where a code would go', async ({
		product,
		stack,
		phone,
	}) => {
		const { link, citizen, booked } = await scene(product, 'dc', { inMinutes: 5 });
		const other = await product.citizen(freshMobile(), { name: 'कोई और' });
		const thief = await CitizenSite.onPhone(phone, stack, { cookie: other.cookie });
		const answer = await thief.page.goto(link);
		expect(answer?.status()).toBe(403);
		await thief.expectError(m.refusal_hearing_not_yours({}, hi));

		const stranger = await CitizenSite.onPhone(phone, stack);
		await stranger.openLink(link);
		await stranger.expectTitle(m.link_title({}, hi));
		const mobile = `${citizen.mobile.slice(0, 2)}xxx xx${citizen.mobile.slice(-3)}`;
		await expect(stranger.text(m.link_sends({ mobile }, hi))).toBeVisible();
		const shown = await stranger.page.content();
		for (const secret of [citizen.mobile, citizen.name, booked.number, CASE_B.details]) {
			expect(shown).not.toContain(secret);
		}
		await thief.close();
		await stranger.close();
	});

	test('opened too early says from when it is open', async ({ product, stack, phone }) => {
		const { link, citizen, booked } = await scene(product, 'dc', { inMinutes: 240, open: false });
		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
		await site.openLink(link);
		await expect(site.text(m.hearing_early_title({}, hi))).toBeVisible();
		const opens = new Date(booked.booking.startsAt.getTime() - 60 * 60_000);
		const time = opens.toLocaleTimeString('en-GB', {
			timeZone: 'Asia/Kolkata',
			hour: '2-digit',
			minute: '2-digit',
		});
		await expect(site.page.getByRole('main')).toContainText(time);
		await expect(site.button(m.hearing_join({}, hi))).toHaveCount(0);
		await site.close();
	});

	test('opened after the end shows the outcome and lets nobody in', async ({
		product,
		stack,
		phone,
	}) => {
		const { link, citizen, officer, sittingId, hearingId } = await scene(product, 'dc', {
			inMinutes: 20,
		});
		await product.commands.callNext(officer.ctx, sittingId);
		await product.commands.joinGrant(citizen.ctx, hearingId);
		await product.commands.conclude(officer.ctx, {
			hearingId,
			disposition: 'heard',
			order: 'none_yet',
			reasons: null,
			nextSlotId: null,
		});
		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
		await site.openLink(link);
		await expect(site.text(m.hearing_disposition_heard({}, hi))).toBeVisible();
		await expect(site.button(m.hearing_join({}, hi))).toHaveCount(0);
		const token = await site.page.request.post(`${stack.origin}/api/hearings/${hearingId}/token`, {
			headers: { origin: stack.origin },
		});
		expect(token.status()).toBe(409);
		expect(await token.json()).toMatchObject({ code: 'hearing_ended' });
		await site.close();
	});

	test('opened in two tabs: the second says so, and takes over when asked', async ({
		product,
		stack,
		phone,
		desktop,
	}) => {
		const { link, citizen, officer, sittingId } = await scene(product, 'dc', { inMinutes: 35 });
		const context = await desktop.newContext({ viewport: { width: 1366, height: 768 } });
		await context.addCookies([officer.cookie]);
		const desk = new OfficerSite(await context.newPage(), stack);
		const first = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
		await first.openLink(link);
		await first.expectDevices();
		await desk.open(`/officer/sittings/${sittingId}`);
		await desk.callButton(1).click();
		await first.answerCall();
		await watchFrames(desk.remoteVideo, 5);

		const second = new CitizenSite(await first.context.newPage(), stack);
		await second.openLink(link);
		await second.button(m.hearing_rejoin({}, hi)).click();
		await expect(second.text(m.hearing_elsewhere_title({}, hi))).toBeVisible();
		await first.expectInRoom();

		await second.button(m.hearing_elsewhere_use({}, hi)).click();
		await second.expectInRoom();
		await expect(first.text(m.hearing_elsewhere_title({}, hi))).toBeVisible();
		await watchFrames(desk.remoteVideo, 5);
		await first.close();
		await context.close();
	});
});

test('camera and microphone refused: why, what to do, and the way in stays open', async ({
	product,
	stack,
}) => {
	const { link, citizen, officer, sittingId } = await scene(product, 'dc', { inMinutes: 50 });
	const browser = await launch({ camera: false });
	const context = await browser.newContext(PHONE);
	await context.addCookies([citizen.cookie]);
	const site = new CitizenSite(await context.newPage(), stack);
	await site.openLink(link);
	await site.button(m.hearing_check_start({}, hi)).click();
	await expect(site.text(m.hearing_device_problem({}, hi))).toBeVisible();
	await expect(site.text(m.hearing_fix_blocked({}, hi))).toBeVisible();
	await product.commands.callNext(officer.ctx, sittingId);
	await site.answerCall();
	await browser.close();
});

/** A citizen who waits, and the browser of the officer who will call, before it has opened the desk. */
async function waitingForOfficer(
	parts: { product: Product; stack: Stack; phone: Browser; desktop: Browser },
	inMinutes: number,
) {
	const { product, stack, phone, desktop } = parts;
	const { link, citizen, officer, sittingId } = await scene(product, 'sdm-bawal', { inMinutes });
	const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	await site.openLink(link);
	await site.expectDevices();
	const context = await desktop.newContext({ viewport: { width: 1366, height: 768 } });
	await context.addCookies([officer.cookie]);
	const call = async () => {
		const desk = new OfficerSite(await context.newPage(), stack);
		await desk.open(`/officer/sittings/${sittingId}`);
		await desk.callButton(1).click();
	};
	return { site, context, call };
}

test('an officer who calls before the camera has opened is seen as soon as it has', async ({
	product,
	stack,
	phone,
	desktop,
}) => {
	const parts = { product, stack, phone, desktop };
	const { site, context, call } = await waitingForOfficer(parts, 20);
	const devices = Promise.withResolvers<void>();
	await context.exposeFunction('devicesOpen', () => devices.promise);
	await context.addInitScript(() => {
		const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = async (wanted) => {
			await window.devicesOpen();
			return open(wanted);
		};
	});
	await call();
	await expect(site.button(m.hearing_join({}, hi))).toBeVisible();
	devices.resolve();
	await site.answerCall();
	await watchFrames(site.remoteVideo(postWords('sdm-bawal', 'hi')), 5);
	await site.close();
	await context.close();
});

test('a camera that cannot be sent at the first try is sent at the next', async ({
	product,
	stack,
	phone,
	desktop,
}) => {
	const parts = { product, stack, phone, desktop };
	const { site, context, call } = await waitingForOfficer(parts, 35);
	await context.addInitScript(() => {
		const add = RTCPeerConnection.prototype.addTransceiver;
		let failed = false;
		RTCPeerConnection.prototype.addTransceiver = function (track, init) {
			const camera = track instanceof MediaStreamTrack && track.kind === 'video';
			if (camera && !failed) {
				failed = true;
				throw new DOMException('not now', 'OperationError');
			}
			return add.call(this, track, init);
		};
	});
	await call();
	await site.answerCall();
	await watchFrames(site.remoteVideo(postWords('sdm-bawal', 'hi')), 5);
	await site.close();
	await context.close();
});

test('SFU down when calling next: clear words, nobody loses the turn, and the next try works', async ({
	product,
	stack,
	phone,
	desktop,
}) => {
	const { link, citizen, officer, sittingId } = await scene(product, 'sdm-bawal', {
		inMinutes: 5,
	});
	const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	await site.openLink(link);
	await site.expectWaiting(1);
	const context = await desktop.newContext({ viewport: { width: 1366, height: 768 } });
	await context.addCookies([officer.cookie]);
	const desk = new OfficerSite(await context.newPage(), stack);
	await desk.open(`/officer/sittings/${sittingId}`);
	await expect(desk.callButton(1)).toBeVisible();

	await stack.kill('sfu');
	try {
		await desk.callButton(1).click();
		await expect(desk.errors.first()).toContainText(m.refusal_livekit_down({}, hi));
		await expect(desk.callButton(1)).toBeVisible();
		await site.expectWaiting(1);
	} finally {
		await stack.restart('sfu');
	}
	await desk.callButton(1).click();
	await site.answerCall();
	await watchFrames(desk.remoteVideo, 5);
	await site.close();
	await context.close();
});

test.describe('filing', () => {
	test('the last form sent twice makes one grievance', async ({ stack, phone }) => {
		const site = await CitizenSite.onPhone(phone, stack);
		await site.startFiling(freshMobile());
		await site.fileWhat(CASE_B);
		await site.fileWhere(CASE_B);
		await site.fileDetails(CASE_B);
		await site.afterPhotos();
		await site.chooseProof(CASE_B.name, 'mobile_only');
		await site.toReview();
		const again = new CitizenSite(await site.context.newPage(), stack);
		await again.open('/citizen/file/review');
		await again.expectTitle(m.file_review_title({}, hi));
		const numbers = [await site.submit(), await again.submit()];
		expect(new Set(numbers).size).toBe(1);
		await site.open('/citizen');
		await expect(site.page.getByRole('article')).toHaveCount(1);
		await site.close();
	});

	test('a photo of 30 MB is made small in the browser; without a script it is refused in words', async ({
		stack,
		phone,
		product,
	}) => {
		const huge = test.info().outputPath('badi-photo.jpg');
		await writeFile(huge, await hugePhoto());
		expect((await stat(huge)).size).toBeGreaterThan(29_000_000);
		const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
		const plain = await CitizenSite.onPhone(phone, stack, {
			cookie: citizen.cookie,
			script: false,
		});
		await plain.open('/citizen/file/photos');
		await plain.addPhoto(huge);
		const megabytes = Math.round(UPLOAD_LIMITS.bytes / 1_000_000);
		await expect(plain.errors).toContainText(m.refusal_upload_too_large({ megabytes }, hi));
		await expect(plain.photo(1)).toHaveCount(0);

		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
		await site.open('/citizen/file/photos');
		await site.addPhoto(huge);
		await expect(site.photo(1)).toBeVisible();
		await site.addPhoto(await photo());
		await expect(site.photo(2)).toBeVisible();
		await plain.close();
		await site.close();
	});

	test('an SVG with a script and a PDF called .jpg are refused, and what was there stays', async ({
		stack,
		phone,
		product,
	}) => {
		const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
		await site.open('/citizen/file/photos');
		await site.addPhoto(await photo());
		await expect(site.photo(1)).toBeVisible();
		await site.addPhoto({
			name: 'gali.svg',
			mimeType: 'image/svg+xml',
			buffer: Buffer.from(
				'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
			),
		});
		await expect(site.errors).toContainText(m.refusal_upload_type({}, hi));
		await site.addPhoto({
			name: 'gali.jpg',
			mimeType: 'image/jpeg',
			buffer: Buffer.from('%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n'),
		});
		await expect(site.errors).toContainText(m.refusal_upload_mismatch({}, hi));
		await expect(site.photo(1)).toBeVisible();
		await expect(site.photo(2)).toHaveCount(0);
		await site.close();
	});

	test('an Aadhaar number in the description is masked before it is stored, and said', async ({
		stack,
		phone,
		product,
	}) => {
		const site = await CitizenSite.onPhone(phone, stack);
		await site.startFiling(freshMobile());
		await site.fileWhat(CASE_B);
		await site.fileWhere(CASE_B);
		// Passes Verhoeff's check and belongs to nobody: UIDAI gives none that begins so.
		const number = '9999 4105 7058';
		await site.fileDetails({ ...CASE_B, details: `मेरा आधार ${number} है। ${CASE_B.details}` });
		await site.afterPhotos();
		await site.chooseProof(CASE_B.name, 'mobile_only');
		await site.toReview();
		await expect(site.text(m.file_review_masked_title({}, hi))).toBeVisible();
		await expect(site.page.getByRole('main')).toContainText('XXXX XXXX 7058');
		await expect(site.page.getByRole('main')).not.toContainText('9999');
		expect(await product.rowsWith([number, number.replaceAll(' ', '')])).toEqual([]);
		await site.close();
	});

	test('a changed QR is refused, and the name that was typed stays', async ({
		stack,
		phone,
		product,
	}) => {
		const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
		await site.open('/citizen/file/identity');
		await site.chooseProof(CASE_A.name, 'aadhaar_qr');
		await site.showQr(forged(qrOf(citizen)));
		await site.next();
		await expect(site.errors).toContainText(m.refusal_proof_invalid({}, hi));
		await expect(site.page.getByLabel(m.file_id_name({}, hi), { exact: true })).toHaveValue(
			CASE_A.name,
		);
		await site.close();
	});

	test('10,000 characters are refused with the text kept; emoji, ZWJ and RTL marks do no harm', async ({
		stack,
		phone,
	}) => {
		const site = await CitizenSite.onPhone(phone, stack);
		await site.startFiling(freshMobile());
		await site.fileWhat(CASE_B);
		await site.fileWhere(CASE_B);
		const long = 'पानी '.repeat(2000);
		const field = site.page.getByLabel(m.file_details_details({}, hi));
		await field.fill(long);
		await site.page.getByLabel(m.file_details_relief({}, hi)).fill(CASE_B.relief);
		await site.next();
		await expect(site.errors).toContainText(m.error_too_long({}, hi));
		await expect(field).toHaveValue(long);

		const odd = 'क्‍ष 👨‍👩‍👧 \u202Eउलटा\u202C नाली 💧';
		await site.fileDetails({ ...CASE_B, details: odd });
		await site.afterPhotos();
		await site.chooseProof(CASE_B.name, 'mobile_only');
		await site.toReview();
		await expect(site.page.getByRole('main')).toContainText('👨‍👩‍👧');
		await site.submit();
		await site.close();
	});
});

/** The card with another name under the old signature. */
function forged(qr: string): string {
	const hex = BigInt(qr).toString(16);
	const card = gunzipSync(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'));
	const at = card.indexOf('Ramkumari');
	if (at < 0) throw new Error('the name is not on the card');
	card.write('Rajkumari', at, 'latin1');
	return toDecimal(gzipSync(card));
}

test.describe('signing in', () => {
	test('a number that is no Indian mobile is refused, and stays in the field', async ({
		stack,
		phone,
	}) => {
		const site = await CitizenSite.onPhone(phone, stack);
		await site.open('/sign-in');
		const field = site.page.getByLabel(m.signin_mobile({}, hi));
		await field.fill('12345');
		await site.button(m.signin_send({}, hi)).click();
		await expect(site.errors).toContainText(m.error_mobile({}, hi));
		await expect(field).toHaveValue('12345');
		await site.close();
	});

	test('five wrong codes end the code: then the right one is too late', async ({
		stack,
		phone,
	}) => {
		const mobile = freshMobile();
		const site = await CitizenSite.onPhone(phone, stack);
		await site.open('/sign-in');
		const before = await site.askForCode(mobile);
		const right = await stack.sms.nextCode(mobile, before);
		const wrong = right === '000000' ? '000001' : '000000';
		const answer = async (code: string) => {
			const [response] = await Promise.all([
				site.page.waitForResponse((one) => one.request().method() === 'POST'),
				site.giveCode(code),
			]);
			await response.finished();
		};
		for (let tries = 0; tries < 4; tries++) {
			await answer(wrong);
			await expect(site.errors).toContainText(m.refusal_code_wrong({}, hi).slice(0, 20));
		}
		const tooMany = m.refusal_too_many_tries({ minutes: 5 }, hi);
		await answer(wrong);
		await expect(site.errors).toContainText(tooMany);
		await answer(right);
		await expect(site.errors).toContainText(tooMany);
		await site.open('/citizen');
		await site.expectTitle(m.signin_title({}, hi));
		await site.close();
	});
});
