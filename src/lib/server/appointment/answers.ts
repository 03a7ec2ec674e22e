import { isDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { afterOtherDay } from '#lib/domain/appointment/proposal.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { changeWish, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { endBooking, lockForChange } from './ending.ts';
import { confirmHold } from './holds.ts';
import { once } from './idempotency.ts';
import { freedIfComing } from './placing.ts';
import { changerOf } from './policy.ts';
import { endedProposals, OTHER_DAY, proposeOne } from './proposals.ts';
import { bookingFacts } from './queries.ts';
import { change } from './retry.ts';
import { releaseSeat } from './seats.ts';
import { otherDays, ownCase } from './standing.ts';
import type { BookingView } from './types.ts';
import { endEntry, joinWaitingList, liveEntry, missOffer, tellWaiting } from './waiting.ts';

/**
 * The citizen cannot come at the proposed time and says from which IST date on: the seat goes to
 * others, and the first seat that suits is proposed, three times at the most. Otherwise, and when there
 * is none, the grievance waits on the list for such a day. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `not_found`, `stale`, `bad_transition`, `key_reused`; `other_day_date`
 * for a date that is not after the proposed one, or farther than half a year
 */
export async function askOtherDay(
	ctx: Context,
	input: { bookingId: string; version: number; notBefore: string; key: string },
): Promise<void> {
	const { key, ...wanted } = input;
	changerOf(ctx, await bookingFacts(ctx.db, input.bookingId));
	const body = { command: 'askOtherDay', ...wanted };
	const again: { id: string; postId: string }[] = [];
	await change(ctx, (tx) => {
		again.length = 0;
		return once(tx, { actor: ctx.actor, key, body }, async () => {
			const { before } = await lockForChange(tx, ctx, wanted);
			if (before.status !== 'proposed') throw new Refusal('bad_transition');
			const { first, last } = otherDays(ctx.clock.now(), before.startsAt);
			const { notBefore } = wanted;
			if (!isDate(notBefore) || notBefore < first || notBefore > last) {
				throw new Refusal('other_day_date');
			}
			const { grievanceId, postId } = before;
			await endBooking(tx, before.id, 'excused', { reason: OTHER_DAY });
			await changeWish(tx, ctx, grievanceId, {
				wish: 'renewed',
				event: {
					type: 'hearing_other_day',
					public: true,
					data: {
						postId,
						startsAt: before.startsAt.toISOString(),
						notBeforeAt: istInstant(notBefore).toISOString(),
					},
				},
			});
			const entryId = await joinWaitingList(tx, ctx, {
				grievanceId,
				postId,
				notBefore,
				event: false,
			});
			await releaseSeat(tx, before.id);
			await freedIfComing(tx, ctx, before.slotId);
			if (afterOtherDay(await endedProposals(tx, grievanceId, OTHER_DAY)) === 'propose') {
				again.push({ id: grievanceId, postId });
			} else await tellWaiting(tx, grievanceId, 'hearing_waiting', entryId);
			return before.id;
		});
	});
	// A crash in between leaves the place on the list, to which seats are offered.
	const system: Context = { ...ctx, actor: { kind: 'system' } };
	for (const wish of again) await proposeOne(system, { ...wish, notBefore: input.notBefore });
}

/**
 * The citizen takes the seat that the waiting list offers. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `not_found`, and as `confirmHold`
 */
export async function acceptOffer(
	ctx: Context,
	{ number, holdId, key }: { number: string; holdId: string; key: string },
): Promise<BookingView> {
	await ownCase(ctx, number);
	return confirmHold(ctx, { holdId, key });
}

/** The citizen does not take it: the seat goes to the next, the place on the list stays, twice. */
export async function declineOffer(
	ctx: Context,
	{ number, holdId }: { number: string; holdId: string },
): Promise<void> {
	const { id } = await ownCase(ctx, number);
	await change(ctx, async (tx) => {
		await lockGrievance(tx, id);
		const entry = await liveEntry(tx, id);
		// A second tap, or an offer that ran out meanwhile: nothing is left to decline.
		if (entry?.state !== 'offered' || entry.holdId !== holdId) return;
		await missOffer(tx, ctx, entry);
	});
}

/**
 * The citizen wants no hearing any more: off the list, the wish ends, and can be asked again.
 * @throws {Refusal} `forbidden`, `not_found`
 */
export async function leaveWaitingList(ctx: Context, number: string): Promise<void> {
	const { id } = await ownCase(ctx, number);
	await change(ctx, async (tx) => {
		await lockGrievance(tx, id);
		const entry = await liveEntry(tx, id);
		if (!entry) return;
		await endEntry(tx, ctx, entry);
		await changeWish(tx, ctx, id, {
			wish: 'ended',
			event: { type: 'hearing_wish_ended', public: true, data: {} },
		});
	});
}
