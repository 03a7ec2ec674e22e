import { eq } from 'drizzle-orm';
import { addDays, DAY_MS, istDate } from '#lib/domain/calendar/ist.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { addDraftAttachment, caseFile } from '#lib/server/grievance/index.ts';
import { answerDirection, deskOf, directionsFor } from '#lib/server/hearing/index.ts';
import { erasePending, requestErasure } from '#lib/server/privacy/erasure.ts';
import { listPosts, listStaff } from '#lib/server/masters/index.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { found } from '#lib/server/platform/db.ts';
import { CASE_A, CASE_B, ORDERS } from './pages-cases.ts';
import { photo } from './pages-files.ts';
import { freshMobile } from './stack.ts';
import type { Product, SignedCitizen } from './stack-product.ts';

export type StackWorld = Awaited<ReturnType<typeof makeStackWorld>>;

/**
 * A district in the middle of an afternoon, so that every page has something to show: case A adjourned
 * with a report that came, case B heard with an open direction, one citizen who waits, one whose
 * hearing is far off, one who asked and has no date.
 */
export async function makeStackWorld(product: Product) {
	const { commands } = product;
	const [clerk, agent, dc, secretary, ddpo, dmc, administrator] = [
		await product.staff('clerk'),
		await product.staff('csc-bawal'),
		await product.staff('dc'),
		await product.staff('secretary-bawal'),
		await product.staff('ddpo'),
		await product.staff('dmc'),
		await product.staff('hr-administrator'),
	];
	// Signed in at a second place too, as the page of the own sign-ins shows it.
	await product.staff('dmc');
	const person = async (name: string) => product.citizen(freshMobile(), { name });
	const [a, b, waiting, early, asked, nobody, leaving, erased] = [
		await person(CASE_A.name),
		await person(CASE_B.name),
		await person('कमला देवी'),
		await person('इमरान ख़ान'),
		await person('गुरप्रीत कौर'),
		await person('नया नागरिक'),
		await person('सलमा बेगम'),
		await person('बलबीर सिंह'),
	];
	const { name, buffer } = await photo();
	const { id: photoId } = await addDraftAttachment(a.ctx, { name, bytes: buffer });
	const numbers = {
		a: await product.file(a, CASE_A, { proof: 'aadhaar_qr' }),
		b: await product.file(b, CASE_B),
		waiting: await product.file(waiting, CASE_B),
		early: await product.file(early, CASE_A),
		asked: await product.file(asked, CASE_B, { proof: 'ppp' }),
		counter: await product.fileAtCounter(agent, CASE_B),
		leaving: await product.file(leaving, CASE_B, { proof: 'aadhaar_qr' }),
		erased: await product.file(erased, CASE_A),
	};
	await requestErasure(leaving.ctx);
	await eraseYearsLater(erased, numbers.erased);
	const sitting = await product.sitting(clerk, 'dc', { inMinutes: 5 });
	const later = await product.sitting(clerk, 'dc', { inMinutes: 240, slots: 2 });
	const [bookedA, bookedB, bookedWaiting, bookedEarly] = [
		await product.book(clerk, numbers.a, sitting.id),
		await product.book(clerk, numbers.b, sitting.id),
		await product.book(clerk, numbers.waiting, sitting.id),
		await product.book(clerk, numbers.early, later.id),
	];
	const hearings = {
		a: await product.hearingId(a, bookedA),
		b: await product.hearingId(b, bookedB),
		waiting: await product.hearingId(waiting, bookedWaiting),
		early: await product.hearingId(early, bookedEarly),
	};
	const dueDate = addDays(istDate(dc.ctx.clock.now()), 3);
	await commands.openSitting(dc.ctx, sitting.id);

	await commands.callNext(dc.ctx, sitting.id);
	await commands.joinGrant(a.ctx, hearings.a);
	await commands.draftDirection(dc.ctx, {
		hearingId: hearings.a,
		kind: 'report',
		postId: secretary.actor.postId,
		dueDate,
		text: ORDERS.report,
	});
	const { current } = await deskOf(dc.ctx, sitting.id);
	await commands.conclude(dc.ctx, {
		hearingId: hearings.a,
		disposition: 'adjourned',
		order: null,
		reasons: null,
		nextSlotId: found(found(current).nextSlots[0]).id,
	});

	await commands.callNext(dc.ctx, sitting.id);
	await commands.joinGrant(b.ctx, hearings.b);
	await commands.draftDirection(dc.ctx, {
		hearingId: hearings.b,
		kind: 'action',
		postId: ddpo.actor.postId,
		dueDate,
		text: ORDERS.action,
	});
	await commands.conclude(dc.ctx, {
		hearingId: hearings.b,
		disposition: 'heard',
		order: 'none_yet',
		reasons: null,
		nextSlotId: null,
	});

	const directions = {
		answered: found((await directionsFor(secretary.ctx))[0]).id,
		open: found((await directionsFor(ddpo.ctx))[0]).id,
	};
	await answerDirection(secretary.ctx, { directionId: directions.answered, text: ORDERS.answer });

	await caseFile(dmc.ctx, numbers.a, 'case_page');
	const [post] = await listPosts(administrator.ctx, { text: '' });
	const [employee] = await listStaff(administrator.ctx, { text: '' });
	return {
		grantId: await product.grant(clerk),
		staff: { clerk, agent, dc, secretary, ddpo, dmc, administrator },
		citizens: { a, b, waiting, early, asked, nobody, leaving },
		numbers,
		sittings: { now: sitting.id, later: later.id },
		bookings: { a: bookedA, waiting: bookedWaiting, early: bookedEarly },
		hearings,
		directions,
		photoId,
		dueDate,
		postId: found(post).id,
		personId: found(employee).id,
	};
}

/** Closed, asked to be erased, and four years on: what the retention job does then. */
async function eraseYearsLater({ ctx, actor }: SignedCitizen, number: string): Promise<void> {
	await ctx.db
		.update(grievance)
		.set({
			state: 'closed',
			outcome: 'relief_granted',
			closureBasis: 'confirmed',
			nextScanAt: null,
			ownerPostId: null,
			deadline: null,
		})
		.where(eq(grievance.number, number));
	await requestErasure(ctx);
	const then = new Date(ctx.clock.now().getTime() + 4 * 366 * DAY_MS);
	const later = { ...ctx, clock: fixedClock(then), actor: { kind: 'system' } as const };
	await erasePending(later, actor.citizenId);
}
