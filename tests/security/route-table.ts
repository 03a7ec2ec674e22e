/** Who gets what at every way into the product. */
import type { Product, SignedCitizen } from '../support/stack-product.ts';
import type { RouteWorld } from './route-world.ts';

/** Strangers come before those who may, so that what those change does not hide a hole. */
export const ACTORS = [
	'visitor',
	'otherCitizen',
	'clerkOfOtherDistrict',
	'collectorOfOtherDistrict',
	'officerOfOtherDistrict',
	'administratorOfOtherState',
	'secretary',
	'administrator',
	'agent',
	'clerk',
	'ownerPost',
	'directedPost',
	'dc',
	'citizen',
] as const;
export type Actor = (typeof ACTORS)[number];

const CITIZENS: readonly Actor[] = ['citizen', 'otherCitizen'];
type Group = 'citizens' | 'staff' | 'others';

/**
 * A status, or where a 303 leads: `sign in`, `staff sign in`, `done /page`. 400 and 409 say that who
 * asked was let in and the form was not right; 403 and 404 that they were not.
 */
type Answer = string;

type Cookie = SignedCitizen['cookie'];

export interface Row {
	/** Parameters of the address, and what follows it. */
	at?: (world: RouteWorld) => Record<string, string>;
	/** What the protocol asks for besides a browser's own. */
	headers?: Record<string, string>;
	/** Form that somebody who may would send. */
	form?: (world: RouteWorld) => Record<string, string>;
	answers: Partial<Record<Actor | Group, Answer>>;
}

export async function actorsOf(product: Product, world: RouteWorld) {
	const away = async (key: string) => (await product.staff(key)).cookie;
	return {
		visitor: null,
		citizen: world.citizens.a.cookie,
		otherCitizen: world.citizens.b.cookie,
		agent: world.staff.agent.cookie,
		clerk: world.staff.clerk.cookie,
		dc: world.staff.dc.cookie,
		ownerPost: world.staff.dmc.cookie,
		directedPost: world.staff.ddpo.cookie,
		secretary: world.staff.secretary.cookie,
		administrator: world.staff.administrator.cookie,
		clerkOfOtherDistrict: await away('clerk-jodhpur'),
		collectorOfOtherDistrict: await away('collector'),
		officerOfOtherDistrict: await away('commissioner-south'),
		administratorOfOtherState: await away('rj-administrator'),
	} satisfies Record<Actor, Cookie | null>;
}

export function expected({ answers }: Row, actor: Actor): Answer {
	const group: Group = CITIZENS.includes(actor)
		? 'citizens'
		: actor === 'visitor'
			? 'others'
			: 'staff';
	return answers[actor] ?? answers[group] ?? answers.others ?? 'nothing said';
}

/** Sends what a browser without a script would send, and names the answer. */
export async function answerOf(
	origin: string,
	route: string,
	{ at, form, headers }: Row,
	{ cookie, world }: { cookie: Cookie | null; world: RouteWorld },
): Promise<Answer> {
	const [method = '', pattern = ''] = route.split(' ');
	const values = at?.(world) ?? {};
	const address = pattern
		.replace(/\[([\w.]+)\]/g, (_, name: string) => values[name] ?? 'none')
		.replace(/(?<=.)\/$/, '');
	const stop = new AbortController();
	const response = await fetch(origin + address, {
		method,
		redirect: 'manual',
		signal: stop.signal,
		headers: {
			accept: 'text/html',
			...(cookie && { cookie: `${cookie.name}=${cookie.value}` }),
			...(method !== 'GET' && { origin }),
			...headers,
		},
		...(method === 'POST' && { body: new URLSearchParams(form?.(world) ?? {}) }),
	});
	// Streams of events never end by themselves.
	stop.abort();
	if (response.status === 303) {
		const to = new URL(response.headers.get('location') ?? '', origin).pathname;
		if (to === '/sign-in') return 'sign in';
		if (to === '/staff/sign-in') return 'staff sign in';
		// Ids and numbers differ each time.
		return `done ${to.replace(/[0-9a-f-]{36}/, '[id]').replace(/[A-Z]{3}-\d\d-\d{6}/, '[number]')}`;
	}
	return String(response.status);
}

const everybody = (answer: Answer): Row => ({ answers: { others: answer } });
/** A page or form of citizens: all of them, unless their case says otherwise. */
const citizens = (answer: Answer, more: Partial<Row> = {}): Row => ({
	...more,
	answers: { others: 'sign in', citizens: answer, ...more.answers },
});
const ofCitizen = (answer: Answer, stranger: Answer, more: Partial<Row>): Row =>
	citizens(answer, { ...more, answers: { otherCitizen: stranger, ...more.answers } });
/** A page or form of staff; who is not named may not. */
const staff = (answers: Row['answers'], more: Partial<Row> = {}): Row => ({
	...more,
	answers: {
		...{ others: 'staff sign in', citizens: 'staff sign in', staff: '403' },
		...answers,
		...more.answers,
	},
});
const administrators = (answer: Answer, elsewhere: Answer, more: Partial<Row> = {}): Row =>
	staff({ administrator: answer, administratorOfOtherState: elsewhere }, more);
const clerks = (answer: Answer, elsewhere: Answer, more: Partial<Row> = {}): Row =>
	staff({ clerk: answer, clerkOfOtherDistrict: elsewhere }, more);
/** The counter, where agents work too. */
const counter = (answer: Answer, elsewhere: Answer = answer, more: Partial<Row> = {}): Row =>
	staff({ clerk: answer, clerkOfOtherDistrict: elsewhere, agent: answer }, more);
const officers = (answer: Answer): Row =>
	staff({
		...{ ownerPost: answer, directedPost: answer, secretary: answer, dc: answer },
		...{ officerOfOtherDistrict: answer, collectorOfOtherDistrict: answer },
	});
/** Asked by scripts: no page to sign in on. */
const endpoint = (answers: Row['answers'], more: Partial<Row> = {}): Row => ({
	...more,
	answers: { others: '403', ...answers },
});
/** Each to the page where their work lies. */
const homes: Row['answers'] = {
	staff: 'done /department',
	clerk: 'done /desk',
	agent: 'done /desk/register',
	clerkOfOtherDistrict: 'done /desk',
	dc: 'done /officer/sittings',
	collectorOfOtherDistrict: 'done /officer/sittings',
	administrator: 'done /admin',
	administratorOfOtherState: 'done /admin',
};

const caseA: Row['at'] = ({ numbers }) => ({ number: numbers.a });
const heard: Row['at'] = ({ hearings }) => ({ id: hearings.a });
const direction: Row['at'] = ({ directions }) => ({ id: directions.open });
const sitting: Row['at'] = ({ sittings }) => ({ id: sittings.now });
const post: Row['at'] = ({ postId }) => ({ id: postId });
const person: Row['at'] = ({ personId }) => ({ id: personId });
const waiting: Row['form'] = ({ hearings }) => ({ hearing: hearings.waiting });
/** One that was never begun. */
const upload: Partial<Row> = {
	at: () => ({ '...id': NOBODY }),
	headers: {
		'tus-resumable': '1.0.0',
		'upload-length': '10',
		'upload-offset': '0',
		'content-type': 'application/offset+octet-stream',
	},
};
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** In this order they are asked: what ends sessions comes last. */
export const ROUTES: Readonly<Record<string, Row>> = {
	'GET /': everybody('200'),
	'GET /accessibility': everybody('200'),
	'GET /help': everybody('200'),
	'GET /privacy': everybody('200'),
	'GET /sitemap': everybody('200'),
	'GET /track': everybody('200'),
	'POST /track': everybody('400'),
	'GET /demo': everybody('200'),
	'GET /demo/cards/[card].png': everybody('404'),
	'GET /demo/outbox': everybody('200'),
	'GET /demo/outbox.json': everybody('200'),
	'GET /api/health': everybody('200'),
	'POST /api/livekit/webhook': everybody('403'),

	'GET /sign-in': { answers: { others: '200', citizens: 'done /citizen' } },
	'POST /sign-in': { answers: { others: '400', citizens: 'done /citizen' } },
	'GET /sign-in/code': everybody('sign in'),
	'POST /sign-in/code': everybody('sign in'),

	'GET /h': citizens('200'),
	// Who holds the link may ask for a code to the phone that it was sent to.
	'GET /h/[code]': {
		at: ({ bookings }) => ({ code: bookings.a.booking.linkCode }),
		answers: { others: '200', citizen: 'done /citizen/hearings/[id]', otherCitizen: '403' },
	},
	'POST /h/[code]': {
		at: () => ({ code: '000000000000' }),
		answers: { others: '404' },
	},
	'GET /erased': everybody('200'),
	'GET /citizen/sessions': citizens('200'),
	'POST /citizen/sessions?/end': citizens('400'),
	'GET /citizen/data': citizens('200'),
	'POST /citizen/data?/correct': citizens('400'),
	'POST /citizen/data?/withdraw': citizens('400'),
	'POST /citizen/data?/cancel': citizens('done /citizen/data'),
	'GET /citizen/data/views': citizens('200'),
	'GET /citizen/data/erase': citizens('200'),
	'POST /citizen/data/erase': citizens('400'),
	'POST /citizen/data/export': citizens('200'),
	'GET /citizen': citizens('200'),
	'GET /citizen/file': citizens('done /citizen/file/what'),
	'GET /citizen/file/what': citizens('200'),
	'POST /citizen/file/what': citizens('400'),
	'GET /citizen/file/where': citizens('200'),
	'POST /citizen/file/where': citizens('400'),
	'GET /citizen/file/details': citizens('200'),
	'POST /citizen/file/details': citizens('400'),
	'GET /citizen/file/photos': citizens('200'),
	'POST /citizen/file/photos?/add': citizens('done /citizen/file/photos'),
	'POST /citizen/file/photos?/next': citizens('done /citizen/file/identity'),
	'POST /citizen/file/photos?/finish': citizens('400'),
	'POST /citizen/file/photos?/remove': citizens('400'),
	'GET /citizen/file/identity': citizens('200'),
	'POST /citizen/file/identity': citizens('400'),
	'GET /citizen/file/review': citizens('done /citizen/file/what'),
	'POST /citizen/file/review': citizens('400'),
	'GET /citizen/grievances/[number]': ofCitizen('200', '404', { at: caseA }),
	'POST /citizen/grievances/[number]?/hearing': ofCitizen(
		'done /citizen/grievances/[number]',
		'404',
		{ at: caseA },
	),
	'GET /citizen/grievances/[number]/receipt': ofCitizen('200', '404', { at: caseA }),
	'GET /citizen/grievances/[number]/proceedings/[id]': ofCitizen('200', '403', {
		at: ({ numbers, hearings }) => ({ number: numbers.a, id: hearings.a }),
	}),
	'GET /citizen/hearings/[id]': ofCitizen('200', '403', { at: heard }),
	'GET /api/hearings/[id]': endpoint({ citizen: '200' }, { at: heard }),
	'GET /api/hearings/[id]/live': endpoint({ citizen: '200', dc: '200' }, { at: heard }),
	// Its hearing is over: who may is told so.
	'POST /api/hearings/[id]/token': endpoint({ citizen: '409', dc: '409' }, { at: heard }),
	'POST /api/hearings/[id]/check-in': endpoint({ citizen: '409' }, { at: heard }),
	'POST /api/hearings/[id]/leave': endpoint({ citizen: '204', dc: '204' }, { at: heard }),
	'GET /api/bookings/[id]/calendar.ics': endpoint(
		{ citizen: '200', clerk: '200', dc: '200' },
		{ at: ({ bookings }) => ({ id: bookings.a.booking.id }) },
	),
	// Without an address made for who asks: see policy.test.ts and uploads.spec.ts.
	'GET /api/attachments/[id]': {
		at: ({ photoId }) => ({ id: photoId }),
		answers: { others: '404' },
	},
	'POST /api/uploads/[...id]': endpoint(
		{ citizens: '201' },
		{ ...upload, at: () => ({ '...id': '' }) },
	),
	'HEAD /api/uploads/[...id]': endpoint({ citizens: '404' }, upload),
	'PATCH /api/uploads/[...id]': endpoint({ citizens: '404' }, upload),
	'DELETE /api/uploads/[...id]': endpoint({ citizens: '404' }, upload),
	// What the protocol can do, and nothing of anybody.
	'OPTIONS /api/uploads/[...id]': everybody('204'),

	'GET /department': officers('200'),
	'GET /department/directions': officers('200'),
	'GET /department/directions/[id]': staff({ directedPost: '200', dc: '200' }, { at: direction }),
	'POST /department/directions/[id]': staff(
		{ directedPost: 'done /department/directions/[id]' },
		{ at: direction, form: () => ({ text: 'नाली साफ़ कर दी गई है।' }) },
	),
	'GET /department/grievances/[number]': staff(
		{ ownerPost: '200', secretary: '200', dc: '200' },
		{ at: caseA },
	),

	'GET /desk': clerks('200', '200'),
	'POST /desk?/book': clerks('done /desk', '403', {
		form: ({ numbers, freeSlotId }) => ({ case: numbers.asked, slot: freeSlotId, key: NOBODY }),
	}),
	'POST /desk?/attest': clerks('400', '400'),
	'GET /desk/register': counter('200'),
	'POST /desk/register': counter('400'),
	'GET /desk/register/code': counter('done /desk/register'),
	'POST /desk/register/code': counter('done /desk/register'),
	// The clerk's own: another's right to file is as good as none.
	'GET /desk/register/[id]': counter('404', '404', {
		at: ({ grantId }) => ({ id: grantId }),
		answers: { clerk: '200' },
	}),
	'POST /desk/register/[id]': counter('404', '404', {
		at: ({ grantId }) => ({ id: grantId }),
		answers: { clerk: '400' },
	}),
	'GET /desk/filed': counter('200'),
	'GET /desk/filed/[number]': counter('404', '404', {
		at: ({ numbers }) => ({ number: numbers.counter }),
		answers: { agent: '200' },
	}),
	'GET /desk/sittings': clerks('200', '200'),
	'GET /desk/sittings/new': clerks('200', '200'),
	'POST /desk/sittings/new?/add': clerks('400', '400'),
	// The officer sits already.
	'POST /desk/sittings/new?/soon': clerks('409', '403', {
		form: ({ staff: { dc } }) => ({ post: dc.actor.postId }),
	}),
	'GET /desk/sittings/[id]': clerks('200', '403', { at: sitting }),
	'GET /desk/sittings/[id]/live': endpoint({ clerk: '200', dc: '200' }, { at: sitting }),
	'GET /desk/tokens/[id]': clerks('200', '403', {
		at: ({ bookings }) => ({ id: bookings.waiting.booking.id }),
	}),

	'GET /officer': { answers: { others: 'staff sign in', citizens: 'staff sign in', ...homes } },
	'GET /officer/sittings': staff({ dc: '200', collectorOfOtherDistrict: '200' }),
	// Too early.
	'POST /officer/sittings?/open': staff(
		{ dc: '409' },
		{ form: ({ sittings }) => ({ sitting: sittings.later }) },
	),
	'GET /officer/sittings/[id]': staff({ dc: '200' }, { at: sitting }),
	'GET /api/sittings/[id]': endpoint({ dc: '200' }, { at: sitting }),
	'GET /api/sittings/[id]/live': endpoint({ dc: '200' }, { at: sitting }),
	'POST /officer/sittings/[id]?/open': staff({ dc: '409' }, { at: sitting }),
	'POST /officer/sittings/[id]?/call': staff({ dc: '200' }, { at: sitting }),
	'POST /officer/sittings/[id]?/direct': staff(
		{ dc: '200' },
		{
			at: sitting,
			form: ({ hearings, staff: { ddpo }, dueDate }) => ({
				hearing: hearings.waiting,
				kind: 'report',
				post: ddpo.actor.postId,
				due: dueDate,
				text: 'मौके की रिपोर्ट दें।',
			}),
		},
	),
	// Given already: nobody takes it back.
	'POST /officer/sittings/[id]?/undirect': staff(
		{ dc: '409' },
		{ at: sitting, form: ({ directions }) => ({ direction: directions.open }) },
	),
	'POST /officer/sittings/[id]?/conclude': staff(
		{ dc: '409' },
		{
			at: sitting,
			form: ({ hearings }) => ({ hearing: hearings.waiting, disposition: 'heard' }),
		},
	),
	'POST /officer/sittings/[id]?/requeue': staff({ dc: '200' }, { at: sitting, form: waiting }),
	'POST /officer/sittings/[id]?/absent': staff({ dc: '200' }, { at: sitting, form: waiting }),
	'POST /officer/sittings/[id]?/close': staff({ dc: '200' }, { at: sitting }),

	'GET /admin': administrators('200', '200'),
	'GET /admin/staff/new': administrators('200', '200'),
	'POST /admin/staff/new': administrators('400', '400'),
	'GET /admin/staff/[id]': administrators('200', '404', { at: person }),
	'POST /admin/staff/[id]?/give': administrators('done /admin/staff/[id]', '404', {
		at: person,
		form: ({ vacantPostId }) => ({ postId: vacantPostId, kind: 'additional' }),
	}),
	'POST /admin/staff/[id]?/end': administrators('done /admin/staff/[id]', '404', {
		at: person,
		form: ({ chargeId }) => ({ chargeId }),
	}),
	'POST /admin/staff/[id]?/password': administrators('200', '404', { at: person }),
	'POST /admin/staff/[id]?/factor': administrators('done /admin/staff/[id]', '404', {
		at: person,
	}),
	'POST /admin/staff/[id]?/disable': administrators('done /admin/staff/[id]', '404', {
		at: person,
	}),
	'POST /admin/staff/[id]?/enable': administrators('done /admin/staff/[id]', '404', {
		at: person,
	}),
	'GET /admin/posts': administrators('200', '200'),
	'GET /admin/posts/new': administrators('200', '200'),
	'POST /admin/posts/new': administrators('400', '400'),
	'GET /admin/posts/[id]': administrators('200', '403', { at: post }),
	'POST /admin/posts/[id]': administrators('400', '403', { at: post }),

	'GET /staff/sign-in': { answers: { others: '200', citizens: '200', ...homes } },
	'POST /staff/sign-in': { answers: { others: '400', citizens: '400', ...homes } },
	'GET /staff/sign-in/code': everybody('staff sign in'),
	'POST /staff/sign-in/code': everybody('staff sign in'),
	'GET /staff/sign-in/recovery': everybody('staff sign in'),
	'POST /staff/sign-in/recovery': everybody('staff sign in'),
	'GET /staff/sign-in/set-up': { answers: { others: 'staff sign in', ...homes } },
	'POST /staff/sign-in/set-up': everybody('staff sign in'),
	'GET /staff/security': staff({ staff: '200' }),
	'POST /staff/security?/codes': staff({ staff: '400' }),
	'POST /staff/security?/end': staff({ staff: '400' }),
	'GET /staff/post': staff({ staff: '200' }),
	// A post that is not theirs.
	'POST /staff/post': staff({ staff: '409' }, { form: () => ({ postId: NOBODY }) }),
	'GET /staff/password': staff({ staff: '200' }),
	'POST /staff/password': staff({ staff: '400' }),
	'POST /staff/security?/endOthers': staff({ staff: 'done /staff/security' }),
	'POST /citizen/sessions?/endOthers': citizens('done /citizen/sessions'),
	'GET /staff/sign-out': everybody('staff sign in'),
	'GET /sign-out': everybody('done /'),
	'POST /staff/sign-out': everybody('staff sign in'),
	'POST /sign-out': everybody('done /'),
};
