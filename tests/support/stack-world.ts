import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import { answerDirection, deskOf, directionsFor } from '#lib/server/hearing/index.ts';
import { listPosts, listStaff } from '#lib/server/masters/index.ts';
import { found } from '#lib/server/platform/db.ts';
import { CASE_A, CASE_B, ORDERS } from './pages-cases.ts';
import { freshMobile } from './stack.ts';
import type { Product } from './stack-product.ts';

export type StackWorld = Awaited<ReturnType<typeof makeStackWorld>>;

/**
 * A district in the middle of an afternoon, so that every page has something to show: case A adjourned
 * with a report that came, case B heard with an open direction, one citizen who waits, one whose
 * hearing is far off, one who asked and has no date.
 */
export async function makeStackWorld(product: Product) {
	const { commands } = product;
	const [clerk, dc, secretary, ddpo, dmc, administrator] = [
		await product.staff('clerk'),
		await product.staff('dc'),
		await product.staff('secretary-bawal'),
		await product.staff('ddpo'),
		await product.staff('dmc'),
		await product.staff('hr-administrator'),
	];
	const person = async (name: string) => product.citizen(freshMobile(), { name });
	const [a, b, waiting, early, asked, nobody] = [
		await person(CASE_A.name),
		await person(CASE_B.name),
		await person('कमला देवी'),
		await person('इमरान ख़ान'),
		await person('गुरप्रीत कौर'),
		await person('नया नागरिक'),
	];
	const numbers = {
		a: await product.file(a, CASE_A, { proof: 'aadhaar_qr' }),
		b: await product.file(b, CASE_B),
		waiting: await product.file(waiting, CASE_B),
		early: await product.file(early, CASE_A),
		asked: await product.file(asked, CASE_B),
	};
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

	const [post] = await listPosts(administrator.ctx, { text: '' });
	const [employee] = await listStaff(administrator.ctx, { text: '' });
	return {
		staff: { clerk, dc, secretary, ddpo, dmc, administrator },
		citizens: { a, b, waiting, early, asked, nobody },
		numbers,
		sittings: { now: sitting.id, later: later.id },
		bookings: { a: bookedA, waiting: bookedWaiting, early: bookedEarly },
		hearings,
		directions,
		postId: found(post).id,
		personId: found(employee).id,
	};
}
