import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import { answerDirection, directionsFor } from '#lib/server/hearing/index.ts';
import { createPost, createStaff, postChoices } from '#lib/server/masters/index.ts';
import { found } from '#lib/server/platform/db.ts';
import { CASE_A, type StoryCase } from '../support/pages-cases.ts';
import { expect, freshMobile, test, type Product } from '../support/stack.ts';

test.use({ stackName: 'stored_text' });

/** Would run in any of the places where a page puts text: element, attribute, script, address. */
const evil = (mark: string) =>
	`${mark}</script><script>stolen()</script><img src=x onerror=stolen()>" onfocus="stolen()" autofocus x='{{stolen()}}\${stolen()}`;
const FIELDS = ['Details', 'Relief', 'Landmark', 'Name', 'Order', 'Reasons', 'Report', 'Post'];

/** A case in which every text that somebody can type is hostile, heard and answered. */
async function hostileCase(product: Product) {
	const { commands } = product;
	const [clerk, dc, ddpo, administrator] = [
		await product.staff('clerk'),
		await product.staff('dc'),
		await product.staff('ddpo'),
		await product.staff('hr-administrator'),
	];
	const one: StoryCase = {
		...CASE_A,
		details: evil('Details'),
		relief: evil('Relief'),
		placeNote: evil('Landmark').slice(0, 120),
		against: null,
	};
	const citizen = await product.citizen(freshMobile(), { name: evil('Name').slice(0, 80) });
	const number = await product.file(citizen, one);
	const sitting = await product.sitting(clerk, 'dc', { inMinutes: 5 });
	const booked = await product.book(clerk, number, sitting.id);
	const hearingId = await product.hearingId(citizen, booked);
	await commands.openSitting(dc.ctx, sitting.id);
	await commands.callNext(dc.ctx, sitting.id);
	await commands.joinGrant(citizen.ctx, hearingId);
	await commands.draftDirection(dc.ctx, {
		hearingId,
		kind: 'action',
		postId: ddpo.actor.postId,
		dueDate: addDays(istDate(dc.ctx.clock.now()), 3),
		text: evil('Order'),
	});
	await commands.conclude(dc.ctx, {
		hearingId,
		disposition: 'heard',
		order: 'partly_granted',
		reasons: evil('Reasons'),
		nextSlotId: null,
	});
	const directionId = found((await directionsFor(ddpo.ctx))[0]).id;
	await answerDirection(ddpo.ctx, { directionId, text: evil('Report') });

	const { areas } = await postChoices(administrator.ctx);
	const names = { Hi: evil('Post').slice(0, 90), En: evil('Post').slice(0, 90) };
	await createPost(administrator.ctx, {
		designationHi: names.Hi,
		designationEn: names.En,
		departmentId: null,
		jurisdictionId: found(areas.find(({ kind }) => kind === 'district')).id,
		superiorId: null,
		functions: ['officer'],
		isDistrictHead: false,
		isNodal: false,
	});
	await createStaff(administrator.ctx, {
		nameHi: names.Hi,
		nameEn: names.En,
		userName: 'hostile.name',
		mobile: '',
	});
	return {
		citizen: [
			citizen,
			'/citizen',
			'/citizen/file/details',
			`/citizen/grievances/${number}`,
			`/citizen/grievances/${number}/receipt`,
			`/citizen/grievances/${number}/proceedings/${hearingId}`,
			`/citizen/hearings/${hearingId}`,
			'/h',
		],
		clerk: [
			clerk,
			`/desk?case=${number}`,
			`/desk?q=${encodeURIComponent('Name</script>')}`,
			`/desk/sittings/${sitting.id}`,
			`/desk/tokens/${booked.booking.id}`,
			'/desk/sittings/new',
		],
		dc: [dc, `/officer/sittings/${sitting.id}?case=${number}`, `/department/grievances/${number}`],
		ddpo: [ddpo, '/department', '/department/directions', `/department/directions/${directionId}`],
		administrator: [
			administrator,
			'/admin',
			'/admin/posts',
			'/admin/posts/new',
			`/admin?q=${encodeURIComponent(evil('Post'))}`,
		],
	} as const;
}

test('what people type is shown as text, wherever it is shown, in both languages', async ({
	stack,
	product,
	desktop,
}) => {
	const reader = await desktop.newPage();
	/** Elements and attributes that the text made, as a browser reads the page. */
	const made = (html: string) =>
		reader.evaluate((text) => {
			const page = new DOMParser().parseFromString(text, 'text/html');
			const elements = [...page.querySelectorAll('[onfocus], [onerror], img[src="x"], script')];
			return elements
				.filter((one) => one.tagName !== 'SCRIPT' || one.textContent?.startsWith('stolen'))
				.map((one) => one.outerHTML.slice(0, 200));
		}, html);
	const pages = await hostileCase(product);
	const shown = new Set<string>();
	for (const [who, ...paths] of Object.values(pages)) {
		for (const path of paths.flatMap((one) => [one, `/en${one}`])) {
			const { name, value } = who.cookie;
			const answer = await fetch(stack.origin + path, {
				headers: { accept: 'text/html', cookie: `${name}=${value}` },
			});
			expect(answer.status, path).toBe(200);
			const html = await answer.text();
			expect.soft(await made(html), path).toEqual([]);
			for (const field of FIELDS) if (html.includes(`${field}&lt;/script`)) shown.add(field);
		}
	}
	const outbox = await (await fetch(`${stack.origin}/demo/outbox`)).text();
	expect(await made(outbox)).toEqual([]);
	// The reader would see it.
	expect(await made(evil('Seen'))).toHaveLength(2);
	await reader.close();
	// Otherwise nothing was tried.
	expect(FIELDS.filter((field) => !shown.has(field))).toEqual([]);
});
