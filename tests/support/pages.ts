/** The pages as people use them: found by role and words, so that tests follow the words. */
import {
	expect,
	type Browser,
	type BrowserContext,
	type Locator,
	type Page,
} from '@playwright/test';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/server/platform/context.ts';
import type { StoryCase } from './pages-cases.ts';
import { PHONE } from './browser.ts';
import { AuthenticatorApp } from './authenticator.ts';
import { freshAppCode, passwordOf, type Stack } from './stack.ts';
import { categoryWords, placeWords, postWords } from './stack-product.ts';

type FilePayload = { name: string; mimeType: string; buffer: Buffer };

/** One person in front of one page, in one language. */
export class Site {
	readonly page: Page;
	readonly stack: Stack;
	readonly locale: Locale;
	/** What the page's own content security policy stopped. */
	readonly stopped: string[] = [];

	constructor(page: Page, stack: Stack, locale: Locale = 'hi') {
		this.page = page;
		this.stack = stack;
		this.locale = locale;
		page.on('console', (message) => {
			const text = message.text();
			if (text.includes('Content Security Policy')) this.stopped.push(text);
		});
	}

	/** For messages: `m.home_title({}, site.words)`. */
	get words() {
		return { locale: this.locale };
	}

	path(path: string): string {
		if (this.locale === 'hi') return path;
		return path === '/' ? '/en' : `/en${path}`;
	}

	async open(path: string) {
		return this.page.goto(`${this.stack.origin}${this.path(path)}`);
	}

	/** The path of the page, without the language. */
	here(): string {
		const { pathname } = new URL(this.page.url());
		return this.locale === 'hi' ? pathname : pathname.replace(/^\/en(?=\/|$)/, '') || '/';
	}

	button(name: string): Locator {
		return this.page.getByRole('button', { name, exact: true });
	}

	link(name: string): Locator {
		return this.page.getByRole('link', { name, exact: true });
	}

	text(words: string): Locator {
		return this.page.getByText(words).first();
	}

	async expectTitle(title: string): Promise<void> {
		await expect(this.page.getByRole('heading', { level: 1, name: title })).toBeVisible();
	}

	/** Waits until nothing fades or moves any more; what moves for ever is left alone. */
	async atRest(): Promise<void> {
		await this.page.evaluate(() =>
			Promise.all(
				document
					.getAnimations()
					.filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
					.map(({ finished }) => finished.catch(() => {})),
			),
		);
	}

	/** The page of an error, with the reader's words for it. */
	async expectError(words: string): Promise<void> {
		await expect(this.page.getByRole('main')).toContainText(words);
	}

	/** The list of what is wrong, at the top of a form. */
	get errors(): Locator {
		return this.page.getByRole('alert');
	}
}

export class CitizenSite extends Site {
	/** A phone of its own (cookies, storage) in the browser. */
	static async onPhone(
		browser: Browser,
		stack: Stack,
		{
			locale = 'hi',
			script = true,
			cookie,
		}: {
			locale?: Locale;
			script?: boolean;
			cookie?: { name: string; value: string; url: string };
		} = {},
	): Promise<CitizenSite> {
		const context = await browser.newContext({ ...PHONE, javaScriptEnabled: script });
		if (cookie) await context.addCookies([cookie]);
		const site = new CitizenSite(await context.newPage(), stack, locale);
		site.script = script;
		return site;
	}

	/** The browser runs scripts. */
	script = true;

	get context(): BrowserContext {
		return this.page.context();
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}

	/** The sign-in page is open: gives the number, reads the SMS, gives the code. */
	async signIn(mobile: string): Promise<void> {
		const before = await this.askForCode(mobile);
		await this.giveCode(await this.stack.sms.nextCode(mobile, before));
		await expect(this.page.getByRole('heading', { level: 1 })).not.toHaveText(
			m.code_title({}, this.words),
		);
	}

	/** @returns the codes that were sent before */
	async askForCode(mobile: string): Promise<string[]> {
		await this.expectTitle(m.signin_title({}, this.words));
		const before = await this.stack.sms.codes(mobile);
		await this.page.getByLabel(m.signin_mobile({}, this.words)).fill(mobile);
		await this.button(m.signin_send({}, this.words)).click();
		await this.expectTitle(m.code_title({}, this.words));
		return before;
	}

	async giveCode(code: string): Promise<void> {
		await this.page.getByLabel(m.code_label({}, this.words), { exact: true }).fill(code);
		await this.button(m.code_go({}, this.words)).click();
	}

	/** From the home page to the first step of filing, signing in on the way. */
	async startFiling(mobile: string): Promise<void> {
		await this.open('/');
		await this.page
			.getByRole('main')
			.getByRole('link', { name: m.home_file({}, this.words) })
			.click();
		await this.signIn(mobile);
		await this.expectTitle(m.file_what_title({}, this.words));
	}

	async next(): Promise<void> {
		await this.button(m.file_next({}, this.words)).click();
	}

	async fileWhat({ category }: Pick<StoryCase, 'category'>): Promise<void> {
		await this.page
			.getByRole('radio', { name: categoryWords(category, this.locale), exact: true })
			.check();
		await this.next();
		await this.expectTitle(m.file_where_title({}, this.words));
	}

	async findPlace({ area, district, search }: StoryCase): Promise<void> {
		const area_ = area === 'urban' ? m.file_where_urban : m.file_where_rural;
		await this.page.getByRole('radio', { name: area_({}, this.words) }).check();
		const list = this.page.getByLabel(m.file_where_district({}, this.words));
		const wanted = list
			.getByRole('option')
			.filter({ hasText: placeWords(district, this.locale) })
			.first();
		await list.selectOption((await wanted.getAttribute('value')) ?? '');
		await this.page.getByRole('searchbox').fill(search);
		await this.button(m.file_where_find({}, this.words)).click();
	}

	async fileWhere(one: StoryCase): Promise<void> {
		await this.findPlace(one);
		await this.page
			.getByRole('radio', { name: placeWords(one.place, this.locale) })
			.first()
			.check();
		await this.page.getByLabel(m.file_where_note({}, this.words)).fill(one.placeNote);
		await this.next();
		await this.expectTitle(m.file_details_title({}, this.words));
	}

	async fileDetails(one: Pick<StoryCase, 'details' | 'relief' | 'against'>): Promise<void> {
		await this.page.getByLabel(m.file_details_details({}, this.words)).fill(one.details);
		await this.page.getByLabel(m.file_details_relief({}, this.words)).fill(one.relief);
		if (one.against) {
			await this.page
				.getByLabel(m.file_details_against({}, this.words))
				.selectOption({ label: postWords(one.against, this.locale) });
		}
		await this.next();
		await this.expectTitle(m.file_photos_title({}, this.words));
	}

	/** With a script the chosen file goes at once, without one by a button. */
	async addPhoto(file: FilePayload | string): Promise<void> {
		await this.page.getByLabel(m.file_photos_choose({}, this.words)).setInputFiles(file);
		if (!this.script) await this.button(m.file_photos_add({}, this.words)).click();
	}

	/** The photo is kept and shown. */
	photo(number: number): Locator {
		return this.page.getByRole('img', { name: m.attachment_photo({ number }, this.words) });
	}

	/** On to the identity, with or without photos. */
	async afterPhotos(): Promise<void> {
		const next = m.file_next({}, this.words);
		const skip = m.file_photos_skip({}, this.words);
		await this.button(next).or(this.button(skip)).click();
		await this.expectTitle(m.file_id_title({}, this.words));
	}

	async chooseProof(
		name: string,
		kind: 'aadhaar_qr' | 'aadhaar_ekyc' | 'ppp' | 'mobile_only',
	): Promise<void> {
		const labels = {
			aadhaar_qr: m.file_id_qr,
			aadhaar_ekyc: m.file_id_ekyc,
			ppp: m.file_id_ppp,
			mobile_only: m.file_id_mobile,
		};
		await this.page.getByLabel(m.file_id_name({}, this.words), { exact: true }).fill(name);
		await this.page.getByRole('radio', { name: labels[kind]({}, this.words) }).check();
	}

	/** Pastes the text of a Secure QR, or lets the browser read it from a picture. */
	async showQr(qr: string | FilePayload): Promise<void> {
		if (typeof qr === 'string') {
			await this.page.getByLabel(m.file_id_qr_text({}, this.words)).fill(qr);
		} else {
			await this.page.getByLabel(m.file_id_picture({}, this.words)).setInputFiles(qr);
			await expect(this.text(m.file_id_picture_done({}, this.words))).toBeVisible();
		}
	}

	/** Adds the ZIP of an e-KYC with its share code. */
	async showEkyc(zip: FilePayload, shareCode: string) {
		await this.page.getByLabel(m.file_id_ekyc_zip({}, this.words)).setInputFiles(zip);
		await this.page.getByLabel(m.file_id_share_code({}, this.words)).fill(shareCode);
	}

	/** Sends the card, looks at what was read of it, and ticks what may be kept. */
	async agreeTo(labels: readonly string[] = []): Promise<void> {
		await this.next();
		await this.expectTitle(m.file_id_seen_title({}, this.words));
		for (const label of labels) {
			await this.page.getByRole('checkbox', { name: label }).check();
		}
	}

	async toReview(): Promise<void> {
		await this.next();
		await this.expectTitle(m.file_review_title({}, this.words));
	}

	/** Agrees and submits the review; @returns the grievance's number */
	async submit({ hearing = true }: { hearing?: boolean } = {}): Promise<string> {
		await this.page.getByLabel(m.file_review_hearing({}, this.words)).setChecked(hearing);
		await this.page.getByLabel(m.file_notice_agree({}, this.words)).check();
		await this.button(m.file_review_submit({}, this.words)).click();
		await this.expectTitle(m.receipt_title({}, this.words));
		return this.numberOnReceipt();
	}

	numberOnReceipt(): string {
		const number = /grievances\/([^/]+)\/receipt/.exec(this.page.url())?.[1];
		if (!number) throw new Error(`${this.page.url()} is no receipt`);
		return number;
	}

	/** From anywhere: the number, then the code, then the grievance's page. */
	async track(number: string, mobile?: string): Promise<void> {
		await this.open('/track');
		await this.page.getByLabel(m.track_find_number({}, this.words)).fill(number);
		await this.button(m.track_find_go({}, this.words)).click();
		if (mobile) await this.signIn(mobile);
		await expect(this.page.getByText(m.case_over({ number }, this.words))).toBeVisible();
	}

	async openCase(number: string): Promise<void> {
		await this.open(`/citizen/grievances/${number}`);
		await expect(this.page.getByText(m.case_over({ number }, this.words))).toBeVisible();
	}

	/** What the page says about where the case stands. */
	get standing(): Locator {
		return this.page.getByRole('region', { name: m.track_now({}, this.words) });
	}

	/** The link of an SMS, as the phone opens it. */
	async openLink(link: string): Promise<void> {
		await this.page.goto(link);
	}

	/** The link of an SMS is open on a phone that is not signed in: asks for the code and gives it. */
	async signInByLink(mobile: string): Promise<void> {
		await this.expectTitle(m.link_title({}, this.words));
		const before = await this.stack.sms.codes(mobile);
		await this.button(m.signin_send({}, this.words)).click();
		await this.expectTitle(m.code_title({}, this.words));
		await this.giveCode(await this.stack.sms.nextCode(mobile, before));
	}

	/** Camera and microphone are open: by themselves, for this browser has been allowed them. */
	async expectDevices(): Promise<void> {
		await expect(this.button(m.hearing_check_again({}, this.words))).toBeVisible();
	}

	async expectWaiting(tokenNo: number): Promise<void> {
		await this.expectTitle(m.hearing_title({}, this.words));
		await expect(this.page.getByRole('main')).toContainText(m.hearing_token({}, this.words));
		await expect(this.page.getByRole('main')).toContainText(String(tokenNo));
		await expect(this.text(m.hearing_keep_open({}, this.words))).toBeVisible();
	}

	/** The call has come: goes in. */
	async answerCall(): Promise<void> {
		await this.button(m.hearing_join({}, this.words)).click();
		await this.expectInRoom();
	}

	async expectInRoom(): Promise<void> {
		const leave = this.page
			.getByRole('main')
			.getByRole('button', { name: m.hearing_room_leave({}, this.words) });
		await expect(leave).toBeVisible();
	}

	/** The hearing officer of the story, as the room names him. */
	get officerName(): string {
		return postWords('dc', this.locale);
	}

	async leaveRoom(): Promise<void> {
		const main = this.page.getByRole('main');
		await main.getByRole('button', { name: m.hearing_room_leave({}, this.words) }).click();
		await this.page
			.getByRole('dialog')
			.getByRole('button', { name: m.hearing_leave_go({}, this.words) })
			.click();
		await expect(this.text(m.hearing_left_title({}, this.words))).toBeVisible();
	}

	/** The other side's picture in the room. */
	remoteVideo(officer: string): Locator {
		return this.page.locator(`video[aria-label="${officer}"]`);
	}
}

/** Staff on a desktop. */
export class StaffSite extends Site {
	async signIn(user: string): Promise<void> {
		await this.givePassword(user, passwordOf(user));
		await this.expectTitle(m.staff_code_title({}, this.words));
		await this.giveAppCode(await freshAppCode(this.stack, user));
		await this.expectSignedIn();
	}

	async givePassword(user: string, password: string): Promise<void> {
		await this.open('/staff/sign-in');
		await this.page.getByLabel(m.staff_user_name({}, this.words)).fill(user);
		await this.page.getByLabel(m.staff_password({}, this.words), { exact: true }).fill(password);
		await this.button(m.staff_sign_in({}, this.words)).click();
	}

	/** The page of the second step is open. */
	async giveAppCode(code: string): Promise<void> {
		await this.page.getByLabel(m.staff_app_code({}, this.words), { exact: true }).fill(code);
		await this.button(m.staff_sign_in({}, this.words)).click();
	}

	/** From the page of the app's code to that of a recovery code, which is given there. */
	async giveRecoveryCode(code: string): Promise<void> {
		await this.link(m.staff_code_no_phone({}, this.words)).click();
		await this.expectTitle(m.staff_recovery_title({}, this.words));
		await this.page.getByLabel(m.staff_recovery_code({}, this.words), { exact: true }).fill(code);
		await this.button(m.staff_sign_in({}, this.words)).click();
	}

	async expectSignedIn(): Promise<void> {
		await expect(this.button(m.ui_sign_out({}, this.words))).toBeVisible();
	}

	async signOut(): Promise<void> {
		await this.button(m.ui_sign_out({}, this.words)).click();
		await this.expectTitle(m.staff_sign_in_title({}, this.words));
	}

	/** A first password is given: sets an own one. */
	async replacePassword(before: string, after: string): Promise<void> {
		const { words } = this;
		await this.expectTitle(m.staff_password_title({}, words));
		const fields = [
			[m.staff_password_current, before],
			[m.staff_password_new, after],
			[m.staff_password_repeat, after],
		] as const;
		for (const [label, text] of fields) {
			await this.page.getByLabel(label({}, words), { exact: true }).fill(text);
		}
		await this.button(m.staff_password_save({}, words)).click();
	}

	/** The page that sets up the app is open: reads the key as a person would type it. @returns its app */
	async readAppKey(): Promise<AuthenticatorApp> {
		await this.expectTitle(m.staff_set_up_title({}, this.words));
		await this.page.getByText(m.staff_set_up_key_instead({}, this.words)).click();
		const groups = /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/;
		return new AuthenticatorApp(await this.page.getByText(groups).innerText());
	}

	/** @returns the recovery codes that are shown this one time */
	async finishSetUp(code: string): Promise<string[]> {
		await this.page.getByLabel(m.staff_app_code({}, this.words), { exact: true }).fill(code);
		await this.button(m.staff_set_up_save({}, this.words)).click();
		await this.expectTitle(m.staff_recovery_codes_title({}, this.words));
		return this.recoveryCodes();
	}

	async recoveryCodes(): Promise<string[]> {
		const codes = this.page.getByRole('listitem').filter({ hasText: /^[0-9a-z]{5}-[0-9a-z]{5}$/ });
		await expect(codes).toHaveCount(10);
		return codes.allInnerTexts();
	}
}

export class DeskSite extends StaffSite {
	/** Adds the sitting that starts in five minutes; the cause list opens. @returns its id */
	async addSittingSoon(postKey: string): Promise<string> {
		await this.open('/desk/sittings/new');
		const soon = this.page.getByRole('form', { name: m.desk_new_soon_title({}, this.words) });
		await soon
			.getByLabel(m.desk_officer({}, this.words))
			.selectOption({ label: postWords(postKey, this.locale) });
		await soon.getByRole('button', { name: m.desk_new_soon({}, this.words) }).click();
		await expect(this.text(m.desk_new_done({}, this.words))).toBeVisible();
		const id = /sittings\/([0-9a-f-]{36})/.exec(this.page.url())?.[1];
		if (!id) throw new Error(`${this.page.url()} is no sitting`);
		return id;
	}

	/** Chooses a case on the desk, with a sitting on show. */
	async choose(number: string, sittingId: string): Promise<void> {
		await this.open(`/desk?sitting=${sittingId}`);
		await this.page.getByRole('link', { name: number, exact: true }).click();
		await expect(this.button(m.desk_confirm({}, this.words))).toBeVisible();
	}

	/** Gives a case the first free time of a sitting. */
	async book(number: string, sittingId: string): Promise<void> {
		await this.choose(number, sittingId);
		await this.button(m.desk_confirm({}, this.words)).click();
		await expect(this.text(m.desk_done({ number }, this.words))).toBeVisible();
	}
}

/** The hearing officer's screen. */
export class OfficerSite extends StaffSite {
	async openSitting(sittingId: string): Promise<void> {
		await this.open(`/officer/sittings/${sittingId}`);
		await this.button(m.officer_open({}, this.words)).click();
		await expect(
			this.page.getByRole('navigation').filter({ has: this.page.locator('ol') }),
		).toBeVisible();
	}

	/** "Call", with the token of whoever comes next. */
	callButton(token: number, { first = true }: { first?: boolean } = {}): Locator {
		const label = first ? m.officer_call_first : m.officer_call_next;
		return this.button(label({ token }, this.words));
	}

	/** The line of the cause list. */
	row(token: number): Locator {
		const beginning = new RegExp(`^${m.officer_token({}, this.words)} ${token} `);
		return this.page.getByRole('navigation').getByRole('link', { name: beginning });
	}

	get remoteVideo(): Locator {
		return this.page.locator(`video.other`);
	}

	async direct({
		kind,
		to,
		text,
		inDays,
	}: {
		kind: 'report' | 'action';
		/** Key of the post. */
		to: string;
		text: string;
		inDays: 3 | 7 | 15;
	}): Promise<void> {
		await this.button(m.officer_direction_new({}, this.words)).click();
		const kinds = { report: m.direction_kind_report, action: m.direction_kind_action };
		await this.page.getByRole('radio', { name: kinds[kind]({}, this.words), exact: true }).check();
		const list = this.page.getByLabel(m.officer_direction_to({}, this.words));
		const wanted = list.getByRole('option').filter({ hasText: postWords(to, this.locale) });
		await list.selectOption((await wanted.first().getAttribute('value')) ?? '');
		await this.page.getByLabel(m.officer_direction_text({}, this.words)).fill(text);
		await this.button(m.officer_in_days({ days: inDays }, this.words)).click();
		await this.button(m.officer_direction_add({}, this.words)).click();
		await expect(this.button(m.officer_direction_new({}, this.words))).toBeVisible();
		await expect(this.page.getByText(text, { exact: true }).first()).toBeVisible();
	}

	async chooseDisposition(words: string): Promise<void> {
		await this.page.getByRole('radio', { name: words, exact: true }).check();
	}

	/** Chooses the first date on offer. @returns its words */
	async chooseNextDate(): Promise<string> {
		const list = this.page.getByLabel(m.officer_next_date({}, this.words));
		const option = list.getByRole('option').nth(1);
		await list.selectOption({ index: 1 });
		return (await option.textContent())?.trim() ?? '';
	}

	async conclude({ callNext }: { callNext?: number } = {}): Promise<void> {
		const label =
			callNext === undefined
				? m.officer_conclude({}, this.words)
				: m.officer_conclude_and_call({ token: callNext }, this.words);
		await this.button(label).click();
	}
}

export class DepartmentSite extends StaffSite {
	caseLink(number: string): Locator {
		return this.page.getByRole('row').filter({ hasText: number }).getByRole('link');
	}

	/** Opens the open direction of a grievance from the list of directions. */
	async openDirection(number: string): Promise<void> {
		await this.open('/department/directions');
		await this.caseLink(number).click();
		await expect(this.text(m.direction_answer_title({}, this.words))).toBeVisible();
	}

	async answer(text: string, photo?: FilePayload): Promise<void> {
		await this.page.getByLabel(m.direction_answer_text({}, this.words)).fill(text);
		if (photo) {
			await this.page.getByLabel(m.direction_answer_photo({}, this.words)).setInputFiles(photo);
		}
		await this.button(m.direction_answer_send({}, this.words)).click();
		await expect(this.text(m.direction_answered_title({}, this.words))).toBeVisible();
	}
}
