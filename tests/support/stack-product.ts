import { randomInt, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import { POSTS } from '../../src/demo/data/posts.ts';
import { PLACES } from '../../src/demo/data/places.ts';
import { SERVICES } from '../../src/demo/data/categories.ts';
import { demonstrationActor } from '../../src/demo/seed.ts';
import { MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import {
	bookSlot,
	createSitting,
	setBookingStatus,
	sittingDetail,
	sittingFacts,
	type BookingView,
	type SittingDetail,
} from '#lib/server/appointment/index.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { hearing } from '#lib/server/db/schema/hearing.ts';
import { draft, fileForCitizen, saveDraft, submitDraft } from '#lib/server/grievance/index.ts';
import {
	callNext,
	closeSitting,
	conclude,
	draftDirection,
	hearingByLink,
	joinGrant,
	openSitting,
	checkIn,
} from '#lib/server/hearing/index.ts';
import { attestActing, checkProof, openSessions } from '#lib/server/identity/index.ts';
import {
	createPost,
	createStaff,
	holdersOf,
	listCategories,
	listDistricts,
	postView,
	resetSecondFactor,
	searchPlaces,
	setCharge,
	setStaffDisabled,
} from '#lib/server/masters/index.ts';
import type { CitizenActor, Context, Locale, StaffActor } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { readEnv } from '#lib/server/platform/env.ts';
import { contextFor, openPlatform } from '#lib/server/platform/index.ts';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';
import { makeCitizen } from './factories.ts';
import type { StoryCase } from './pages-cases.ts';

/** Somebody who is signed in: for commands by `ctx`, for browsers and requests by `cookie`. */
export interface Signed<Actor> {
	actor: Actor;
	ctx: Context;
	cookie: { name: string; value: string; url: string };
}
export type SignedCitizen = Signed<CitizenActor> & { mobile: string; name: string };
export type SignedStaff = Signed<StaffActor>;

/** A booked hearing, as tests name it. */
export interface Booked {
	number: string;
	booking: BookingView;
}

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';
const PHONE_AGENT = `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Mobile Safari/537.36`;
const DESK_AGENT = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Safari/537.36`;

export type Product = Awaited<ReturnType<typeof openProduct>>;

interface Where {
	databaseUrl: string;
	origin: string;
	dataDir: string;
	livekit: { url: string; key: string; secret: string };
}

/**
 * The product's own modules on a stack's database: makes in milliseconds the state that a test begins
 * with. What the test is about goes through the browser.
 */
export async function openProduct(stack: Where) {
	const platform = await openPlatform(
		readEnv({
			...TEST_KEYS,
			PORT: '1',
			ORIGIN: stack.origin,
			DATA_DIR: stack.dataDir,
			DATABASE_URL: stack.databaseUrl,
			LIVEKIT_URL: stack.livekit.url,
			LIVEKIT_API_KEY: stack.livekit.key,
			LIVEKIT_API_SECRET: stack.livekit.secret,
			DEMO: '1',
			DEMO_PARTS: 'own',
			LOG_LEVEL: 'silent',
		}),
		'cli',
	);
	const sessions = openSessions(platform.db, { secure: false, clock: platform.clock });
	const contextOf = (actor: Context['actor'], locale: Locale = 'hi') =>
		contextFor(platform, { actor, locale, requestId: randomUUID() });
	const system = contextOf({ kind: 'system' });
	/** The clock may have been advanced by another process just now. */
	const onTime = () => platform.clock.refresh();

	async function citizen(
		mobile: string,
		{ name, locale = 'hi' }: { name: string; locale?: Locale },
	): Promise<SignedCitizen> {
		const actor = await makeCitizen(platform.db, { mobile: `+91${mobile}`, name, locale });
		const { name: cookie, value } = await sessions.start(actor, PHONE_AGENT);
		return {
			actor,
			mobile,
			name,
			ctx: contextOf(actor, locale),
			cookie: { name: cookie, value, url: stack.origin },
		};
	}

	/** Whoever holds the post of that key in the demonstration's data. */
	async function staff(postKey: string): Promise<SignedStaff> {
		await onTime();
		const actor = await demonstrationActor(system, postKey);
		const { personId, postId } = actor;
		const { name, value } = await sessions.start({ kind: 'person', personId, postId }, DESK_AGENT);
		return { actor, ctx: contextOf(actor), cookie: { name, value, url: stack.origin } };
	}

	/** A new member of staff with a first password and a post of the function, as an administrator makes one. */
	async function newStaff(userName: string, functions: StaffActor['functions'] = ['officer']) {
		const { ctx, actor } = await staff('hr-administrator');
		const made = await createStaff(ctx, {
			userName,
			nameHi: 'सरोज बाला',
			nameEn: 'Saroj Bala',
			mobile: '',
		});
		const { postId } = await createPost(ctx, {
			jurisdictionId: actor.jurisdictionId,
			designationHi: 'अधीक्षक',
			designationEn: 'Superintendent',
			departmentId: null,
			superiorId: null,
			functions,
			isDistrictHead: false,
			isNodal: false,
		});
		await setCharge(ctx, { personId: made.personId, postId, kind: 'regular' });
		return made;
	}

	/** Post as people read it, and the mobiles of those who hold it now. */
	async function post(postKey: string, locale: Locale = 'hi') {
		await onTime();
		const { postId } = await demonstrationActor(system, postKey);
		const { name } = await postView({ ...system, locale }, postId);
		const holders = await holdersOf(platform.db, postId, platform.clock.now());
		return { id: postId, name, mobile: holders[0]?.mobile ?? '' };
	}

	/** What the demonstration's rows are called in this database. */
	async function answersOf(ctx: Context, one: StoryCase) {
		const place = found(PLACES.find(({ key }) => key === one.place));
		const district = found(PLACES.find(({ key }) => key === one.district));
		const districts = await listDistricts(ctx);
		const districtId = found(
			districts.find(({ name }) => name === district.hi.normalize('NFC')),
		).id;
		const [at] = await searchPlaces(ctx, { districtId, area: one.area, text: one.search });
		const wanted = found(
			SERVICES.flatMap(({ categories }) => categories).find(({ code }) => code === one.category),
		);
		const categories = (await listCategories(ctx)).flatMap((group) => group.categories);
		if (at?.name !== place.hi.normalize('NFC'))
			throw new Error(`found ${at?.name} for ${one.place}`);
		return {
			categoryId: found(categories.find(({ code }) => code === wanted.code)).id,
			area: one.area,
			districtId,
			jurisdictionId: at.id,
			placeNote: one.placeNote,
			details: one.details,
			relief: one.relief,
			againstPostId: one.against ? (await demonstrationActor(system, one.against)).postId : null,
		};
	}

	/** Answers everything of a case but who the citizen is. */
	async function answer({ ctx }: SignedCitizen, one: StoryCase): Promise<void> {
		await onTime();
		await saveDraft(ctx, await answersOf(ctx, one));
	}

	/** Files a case; `proof` is the Aadhaar QR of a demonstration card, a family id or the mobile alone. */
	async function file(
		by: SignedCitizen,
		one: StoryCase,
		{ proof = 'mobile_only' }: { proof?: 'aadhaar_qr' | 'ppp' | 'mobile_only' } = {},
	): Promise<string> {
		const { ctx } = by;
		await answer(by, one);
		const shown = {
			aadhaar_qr: () => ({
				kind: 'aadhaar_qr' as const,
				qr: qrOf(by),
				consent: ['name', 'photo'] as const,
			}),
			ppp: () => ({ kind: 'ppp' as const, familyId: '4ABC12X9' }),
			mobile_only: () => ({ kind: 'mobile_only' as const }),
		};
		await saveDraft(ctx, {
			name: by.name,
			proof: await checkProof(ctx, shown[proof]()),
			hearingWanted: true,
			noticeAgreed: true,
		});
		const { submissionKey } = await draft(ctx);
		const { number } = await submitDraft(ctx, { submissionKey });
		return number;
	}

	/** Files a case at a counter, on the word of whoever stands behind it. */
	async function fileAtCounter({ ctx }: SignedStaff, one: StoryCase): Promise<string> {
		await onTime();
		const { districtId: _, ...answers } = await answersOf(ctx, one);
		const { number } = await fileForCitizen(ctx, await grant({ ctx }), {
			...answers,
			name: one.name,
			proof: { kind: 'mobile_only' },
			sawPaper: false,
			hearingWanted: true,
			noticeAgreed: true,
		});
		return number;
	}

	/** The right to file for some citizen. */
	async function grant({ ctx }: Pick<SignedStaff, 'ctx'>): Promise<string> {
		await onTime();
		const mobile = `+919${String(randomInt(1e9)).padStart(9, '0')}`;
		const word = { reason: 'phone_elsewhere', paperSeen: 'वोटर कार्ड' } as const;
		return (await attestActing(ctx, { mobile, ...word })).grantId;
	}

	/** A sitting of the post that starts so many minutes from now, on the whole minute. */
	async function sitting(
		clerk: SignedStaff,
		postKey: string,
		{
			inMinutes = 5,
			slots = 6,
			slotMinutes = 10,
			capacity = 1,
		}: { inMinutes?: number; slots?: number; slotMinutes?: number; capacity?: number } = {},
	): Promise<SittingDetail> {
		await onTime();
		const minute = Math.ceil(clerk.ctx.clock.now().getTime() / MINUTE_MS) + inMinutes;
		const { postId } = await demonstrationActor(system, postKey);
		const { id } = await createSitting(clerk.ctx, {
			postId,
			startsAt: new Date(minute * MINUTE_MS),
			slotMinutes,
			slots,
			capacity,
			mode: 'video',
		});
		return sittingDetail(clerk.ctx, id);
	}

	/** Books the first free slot of a sitting. */
	async function book(clerk: SignedStaff, number: string, sittingId: string): Promise<Booked> {
		const { slotList } = await sittingDetail(clerk.ctx, sittingId);
		const slot = found(slotList.find(({ refusal }) => refusal === null));
		const made = await bookSlot(clerk.ctx, {
			grievanceNumber: number,
			slotId: slot.id,
			key: randomUUID(),
		});
		return { number, booking: made };
	}

	/** The office calls a hearing off. */
	function callOff({ booking: one }: Booked): Promise<void> {
		return platform.db.transaction((tx) => setBookingStatus(tx, system, one.id, 'revoked'));
	}

	/** The citizen's hearing page for a booking. */
	async function hearingId(by: SignedCitizen, booked: Booked): Promise<string> {
		return (await hearingByLink(by.ctx, booked.booking.linkCode)).hearingId;
	}

	return {
		origin: stack.origin,
		platform,
		contextOf,
		citizen,
		staff,
		newStaff,
		post,
		answer,
		file,
		fileAtCounter,
		grant,
		sitting,
		book,
		callOff,
		hearingId,
		commands: {
			callNext,
			checkIn,
			closeSitting,
			conclude,
			draftDirection,
			joinGrant,
			openSitting,
			resetSecondFactor,
			setStaffDisabled,
		},
		sittingFacts: (id: string) => sittingFacts(platform.db, id),
		/** Tables with rows in which one of the texts stands readably, as letters or as bytes. */
		async rowsWith(texts: readonly string[]): Promise<string[]> {
			const { sql } = platform;
			const tables = await sql<{ name: string }[]>`
				select format('%I.%I', schemaname, tablename) as name from pg_tables
				where schemaname not in ('pg_catalog', 'information_schema')`;
			const needles = texts.flatMap((one) => [one, Buffer.from(one).toString('hex')]);
			const found: string[] = [];
			for (const { name } of tables) {
				for (const needle of needles) {
					const [row] = await sql.unsafe(
						`select 1 from ${name} as t where position($1 in t::text) > 0 limit 1`,
						[needle],
					);
					if (row) found.push(`${name}: ${needle}`);
				}
			}
			return found;
		},
		/** Rows of the database, for what no page shows. */
		async bookingsOfSlot(slotId: string) {
			return platform.db.select().from(booking).where(eq(booking.slotId, slotId));
		},
		async hearingRow(id: string) {
			const [row] = await platform.db.select().from(hearing).where(eq(hearing.id, id));
			return found(row);
		},
		async close() {
			await platform.close();
		},
	};
}

/** The Secure QR of a demonstration card on the mobile, as text. Cards carry Latin letters only. */
export function qrOf({ mobile }: { mobile: string }): string {
	return makeDemoQr({
		fields: {
			name: 'Ramkumari Saini',
			dob: '01-01-1970',
			gender: 'F',
			district: 'Rewari',
			state: 'Haryana',
			vtc: 'Bawal',
			pin: '123501',
		},
		last4: '4321',
		signedAt: new Date('2026-03-01T05:00:00Z'),
		mobile,
	});
}

/** A post as pages name it. */
export function postWords(postKey: string, locale: Locale): string {
	const seed = POSTS.find(({ key }) => key === postKey);
	const place = PLACES.find(({ key }) => key === seed?.place);
	if (!seed || !place) throw new Error(`The demonstration knows no post ${postKey}.`);
	return `${seed[locale]}, ${place[locale].normalize('NFC')}`;
}

/** A complaint point as pages name it. */
export function categoryWords(code: string, locale: Locale): string {
	const all = SERVICES.flatMap(({ categories }) => categories);
	const one = all.find((category) => category.code === code);
	if (!one) throw new Error(`The demonstration knows no category ${code}.`);
	return one[locale];
}

/** A place's own name. */
export function placeWords(placeKey: string, locale: Locale): string {
	const place = PLACES.find(({ key }) => key === placeKey);
	if (!place) throw new Error(`The demonstration knows no place ${placeKey}.`);
	return place[locale].normalize('NFC');
}
