import { randomUUID } from 'node:crypto';
import { booking, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { direction, hearing } from '#lib/server/db/schema/hearing.ts';
import { written, type Db } from '#lib/server/platform/db.ts';
import type { TestPost } from './factories.ts';

/** A direction in force from a hearing that ended, written straight into the tables. */
export async function issueDirection(
	db: Db,
	{
		grievanceId,
		issuer,
		to,
		at,
		dueAt,
	}: { grievanceId: string; issuer: TestPost; to: TestPost; at: Date; dueAt: Date },
): Promise<string> {
	return db.transaction(async (tx) => {
		const endsAt = new Date(at.getTime() + 600_000);
		const [day = ''] = at.toISOString().split('T');
		const held = written(
			await tx
				.insert(sitting)
				.values({
					postId: issuer.id,
					date: day,
					startsAt: at,
					endsAt,
					mode: 'video',
					state: 'closed',
				})
				.returning(),
		);
		const time = written(
			await tx
				.insert(slot)
				.values({
					sittingId: held.id,
					postId: issuer.id,
					startsAt: at,
					endsAt,
					state: 'closed',
				})
				.returning(),
		);
		const booked = written(
			await tx
				.insert(booking)
				.values({
					grievanceId,
					sittingId: held.id,
					slotId: time.id,
					during: rangeOf(at, endsAt),
					tokenNo: 1,
					status: 'fulfilled',
					linkCode: randomUUID(),
					icsUid: randomUUID(),
				})
				.returning(),
		);
		await tx
			.insert(seat)
			.values({ slotId: time.id, sittingId: held.id, seatNo: 1, tokenNo: 1, bookingId: booked.id });
		const heard = written(
			await tx
				.insert(hearing)
				.values({
					bookingId: booked.id,
					grievanceId,
					sittingId: held.id,
					state: 'concluded',
					queueRank: 1,
					disposition: 'heard',
					order: 'none_yet',
					concludedAt: endsAt,
					room: randomUUID(),
				})
				.returning(),
		);
		const given = written(
			await tx
				.insert(direction)
				.values({
					hearingId: heard.id,
					grievanceId,
					kind: 'action',
					text: 'नाली बनवाएँ।',
					issuerPostId: issuer.id,
					directedPostId: to.id,
					ownerPostId: to.id,
					ownedSince: at,
					state: 'open',
					dueAt,
					deadline: dueAt,
					nextScanAt: dueAt,
					issuedAt: at,
				})
				.returning(),
		);
		return given.id;
	});
}
