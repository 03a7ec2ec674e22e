import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import {
	actionTakenReport,
	direction,
	hearing,
	livekitEvent,
} from '#lib/server/db/schema/hearing.ts';
import type { Tx } from '#lib/server/platform/db.ts';

/**
 * Empties what was written in a grievance's hearings: reasons, directions and reports, and the raw
 * events of its rooms. Who was directed when, by whom and until when stays, as does the attendance.
 */
export async function eraseHearings(tx: Tx, grievanceId: string): Promise<void> {
	await tx
		.update(hearing)
		.set({ reasons: '' })
		.where(and(eq(hearing.grievanceId, grievanceId), isNotNull(hearing.reasons)));
	const rooms = tx
		.select({ room: hearing.room })
		.from(hearing)
		.where(eq(hearing.grievanceId, grievanceId));
	await tx.delete(livekitEvent).where(inArray(livekitEvent.room, rooms));
	const directed = await tx
		.update(direction)
		.set({ text: '' })
		.where(eq(direction.grievanceId, grievanceId))
		.returning({ id: direction.id });
	if (directed.length === 0) return;
	const ids = directed.map((one) => one.id);
	await tx
		.update(actionTakenReport)
		.set({ text: '' })
		.where(inArray(actionTakenReport.directionId, ids));
}
