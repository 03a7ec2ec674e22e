import { launch } from '../../tests/support/browser.ts';
import type { Booked, SignedCitizen } from '../../tests/support/stack-product.ts';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import { draft } from '#lib/server/grievance/index.ts';
import { found } from '#lib/server/platform/db.ts';
import { coldVisit, scriptBytes, slowPaint } from '../lib/browser.ts';
import type { Measured, Suite } from '../lib/figures.ts';
import { Filing } from '../lib/filing.ts';
import { measureLoad, type ClientRequest } from '../lib/load.ts';
import { inParallel, moveToAfternoon, settle, withProduct, type Product } from '../lib/product.ts';
import { median } from '../lib/statistics.ts';

const CONCURRENT = 20;
const WARM_UP = 200;

type Cookie = SignedCitizen['cookie'];
type Case = { citizen: SignedCitizen; booked: Booked };

export const pages: Suite = {
	metrics: {
		'pages.home.p95': { unit: 'ms', below: 300 },
		'pages.track.p95': { unit: 'ms', below: 300 },
		'pages.submit.p95': { unit: 'ms', below: 300 },
		'pages.desk.p95': { unit: 'ms', below: 300 },
		'pages.home.lcp': { unit: 'ms', below: 2000 },
		'pages.citizen-js-gz': { unit: 'kB', atMost: 60 },
	},
	run: (figures, scale) =>
		withProduct('pages', async (_stack, product) => {
			const times = (count: number, atLeast: number) =>
				Math.max(Math.round((count * scale) / CONCURRENT) * CONCURRENT, atLeast);
			await moveToAfternoon(product);
			const filing = new Filing(product);
			const cases = await bookedCases(product, filing);
			const waiting = times(300, CONCURRENT);
			await filing.filed(waiting);
			const clerk = await product.staff('clerk');

			await figures.measure('pages.home.p95', () =>
				measureReading(product, [read('/')], times(2000, 2 * CONCURRENT)),
			);
			await figures.measure('pages.track.p95', () => {
				const requests = cases.map(({ citizen, booked }) =>
					read(`/citizen/grievances/${booked.number}`, citizen.cookie),
				);
				return measureReading(product, requests, times(1000, 2 * CONCURRENT));
			});
			await figures.measure('pages.desk.p95', async () => {
				const requests = [read('/desk', clerk.cookie)];
				const figure = await measureReading(product, requests, times(600, 2 * CONCURRENT));
				return { ...figure, work: `${figure.work}; ${waiting} grievances wait for a hearing` };
			});
			await figures.measure('pages.submit.p95', () =>
				measureFiling(product, filing, times(600, 2 * CONCURRENT)),
			);
			await figures.measure('pages.home.lcp', () => measurePaint(product, scale < 1 ? 3 : 9));
			await figures.measure('pages.citizen-js-gz', async () =>
				measureScripts(product, found(cases[0]), found((await filing.drafts(1))[0])),
			);
		}),
};

/** Citizens with a grievance and a date each: the tracking page with most on it before a hearing. */
async function bookedCases(product: Product, filing: Filing): Promise<Case[]> {
	const clerk = await product.staff('clerk');
	const { id } = await product.sitting(clerk, 'dc', { slots: CONCURRENT });
	const cases: Case[] = [];
	for (const { citizen, number } of await filing.filed(CONCURRENT)) {
		cases.push({ citizen, booked: await product.book(clerk, number, id) });
	}
	return cases;
}

const read = (path: string, cookie?: Cookie): ClientRequest => ({
	method: 'GET',
	path,
	headers: cookie ? { cookie: `${cookie.name}=${cookie.value}` } : {},
});

/** Each client reads its own page again and again; with fewer pages than clients they share. */
async function measureReading(
	product: Product,
	requests: readonly ClientRequest[],
	amount: number,
): Promise<Measured> {
	const clients = Array.from({ length: CONCURRENT }, (_, index) => [
		found(requests[index % requests.length]),
	]);
	const load = { origin: product.origin, clients, status: 200 };
	await settle(product);
	await measureLoad({ ...load, amount: Math.min(amount, WARM_UP) });
	return measureLoad({ ...load, amount });
}

/** The last step of the filing, each time by another citizen with a draft of their own. */
async function measureFiling(product: Product, filing: Filing, amount: number): Promise<Measured> {
	const { origin } = product;
	const requestsFor = async (count: number) => {
		const citizens = await filing.drafts(count);
		const requests = await inParallel(citizens, CONCURRENT, async ({ ctx, cookie }) => {
			const { submissionKey } = await draft(ctx);
			const form = new URLSearchParams({
				submissionKey,
				hearingWanted: 'on',
				noticeAgreed: 'on',
				noticeVersion: NOTICE_VERSION,
			});
			return {
				method: 'POST' as const,
				path: '/citizen/file/review',
				headers: {
					cookie: `${cookie.name}=${cookie.value}`,
					// As a browser without a script: the answer is the next page, not data.
					accept: 'text/html',
					'content-type': 'application/x-www-form-urlencoded',
					origin,
				},
				body: form.toString(),
			};
		});
		return Array.from({ length: CONCURRENT }, (_, client) =>
			requests.filter((_request, index) => index % CONCURRENT === client),
		);
	};
	const first = Math.min(amount, WARM_UP);
	const [warmUp, clients] = [await requestsFor(first), await requestsFor(amount)];
	await settle(product);
	const before = await grievances(product);
	await measureLoad({ origin, clients: warmUp, amount: first, status: 303 });
	const figure = await measureLoad({ origin, clients, amount, status: 303 });
	const filed = (await grievances(product)) - before;
	if (filed !== first + amount) {
		throw new Error(`${first + amount} forms were sent, ${filed} grievances were filed`);
	}
	return figure;
}

async function grievances({ platform }: Product): Promise<number> {
	const [row] = await platform.sql<{ count: number }[]>`
		select count(*)::int as count from grievance`;
	return found(row).count;
}

async function measurePaint(product: Product, times: number): Promise<Measured> {
	await settle(product);
	const browser = await launch();
	try {
		const samples: number[] = [];
		for (let visit = 0; visit < times; visit += 1) {
			samples.push(await coldVisit(browser, [], (page) => slowPaint(page, `${product.origin}/`)));
		}
		const all = samples.map((one) => one.toFixed(0)).join(', ');
		return { value: median(samples), work: `median of ${times} cold visits: ${all} ms` };
	} finally {
		await browser.close();
	}
}

/** Every page that a citizen can open, the hearing's own aside. */
async function citizenPages(product: Product, { citizen, booked }: Case): Promise<string[]> {
	const hearingId = await product.hearingId(citizen, booked);
	const dc = await product.staff('dc');
	await product.commands.openSitting(dc.ctx, booked.booking.sittingId);
	await product.commands.conclude(dc.ctx, {
		hearingId,
		disposition: 'officer_absent',
		order: null,
		reasons: null,
		nextSlotId: null,
	});
	const own = `/citizen/grievances/${booked.number}`;
	const steps = ['what', 'where', 'details', 'photos', 'identity', 'review'];
	return [
		...['/', '/track', '/h', '/help', '/privacy', '/accessibility', '/sitemap'],
		...['/citizen', '/citizen/data', '/citizen/data/views', '/citizen/data/erase'],
		'/citizen/sessions',
		...steps.map((step) => `/citizen/file/${step}`),
		...[own, `${own}/receipt`, `${own}/proceedings/${hearingId}`],
	];
}

async function measureScripts(
	product: Product,
	one: Case,
	filer: SignedCitizen,
): Promise<Measured> {
	const { origin } = product;
	const paths = await citizenPages(product, one);
	const browser = await launch();
	try {
		const weights: { path: string; bytes: number }[] = [];
		const weigh = async (path: string, cookies: readonly Cookie[]) =>
			coldVisit(browser, cookies, async (page) => {
				weights.push({ path, bytes: await scriptBytes(page, origin + path) });
			});
		for (const path of paths) {
			const { cookie } = path.startsWith('/citizen/file') ? filer : one.citizen;
			await weigh(path, [cookie]);
		}
		await weigh('/sign-in', []);
		await weigh(`/h/${one.booked.booking.linkCode}`, []);
		await weigh('/sign-in/code', await waitingForCode(origin));
		weights.sort((a, b) => b.bytes - a.bytes);
		const all = weights.map(({ path, bytes }) => `${path} ${(bytes / 1000).toFixed(1)}`);
		return {
			value: found(weights[0]).bytes / 1000,
			work: `scripts of a cold visit, the largest of ${weights.length} pages first: ${all.join(', ')}`,
		};
	} finally {
		await browser.close();
	}
}

/** The cookies of a browser that has asked for a code. */
async function waitingForCode(origin: string): Promise<Cookie[]> {
	const answer = await fetch(`${origin}/sign-in`, {
		method: 'POST',
		headers: { origin },
		body: new URLSearchParams({ mobile: '9000999999' }),
		redirect: 'manual',
	});
	return answer.headers.getSetCookie().map((line) => {
		const [pair = ''] = line.split(';');
		const end = pair.indexOf('=');
		return { name: pair.slice(0, end), value: pair.slice(end + 1), url: origin };
	});
}
