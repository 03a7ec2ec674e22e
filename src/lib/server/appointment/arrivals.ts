import { and, eq } from 'drizzle-orm';
import { mayArrive } from '#lib/domain/appointment/arrival.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, inTransaction, written } from '#lib/server/platform/db.ts';
import { once } from './idempotency.ts';
import { requireClerk } from './policy.ts';
import { bookingFacts, bookingView } from './queries.ts';
import type { BookingView } from './types.ts';

/**
 * The clerk saw the citizen come (`here`), or takes that back. Said twice it stays as it is; it may be
 * said until the sitting ends, on its own day.
 * @throws {Refusal} `forbidden` (also for cases of other districts), `not_found`, `key_reused`,
 * `booking_over`, `arrival_not_today`
 */
export async function noteArrival(
	ctx: Context,
	{ bookingId, here, key }: { bookingId: string; here: boolean; key: string },
): Promise<BookingView> {
	const clerk = requireClerk(ctx);
	const { grievanceId, districtId } = await bookingFacts(ctx.db, bookingId);
	if (districtId !== clerk.districtId) throw new Refusal('forbidden');
	const body = { command: 'noteArrival', bookingId, here };
	await inTransaction(ctx.db, (tx) =>
		once(tx, { actor: clerk, key, body }, async () => {
			await lockGrievance(tx, grievanceId);
			const before = await bookingFacts(tx, bookingId);
			const now = ctx.clock.now();
			const may = mayArrive(before, now);
			if (may !== true) throw new Refusal(may);
			if ((before.arrivedAt !== null) === here) return bookingId;
			// Who comes does not make the booking another one: whoever moves it need not look again.
			written(
				await tx
					.update(booking)
					.set({ arrivedAt: here ? now : null })
					.where(and(eq(booking.id, bookingId), eq(booking.version, before.version)))
					.returning({ id: booking.id }),
			);
			await appendEvent(tx, ctx, grievanceId, {
				type: here ? 'citizen_arrived' : 'arrival_undone',
				public: here,
				data: { bookingId, sittingId: before.sittingId, postId: before.postId },
			});
			await announce(tx, 'sitting', before.sittingId);
			return bookingId;
		}),
	);
	return bookingView(ctx, bookingId);
}
