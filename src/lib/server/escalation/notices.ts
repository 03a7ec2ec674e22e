import type { grievance } from '#lib/server/db/schema/grievance.ts';
import { monitorPosts } from '#lib/server/masters/index.ts';
import type { Tx } from '#lib/server/platform/db.ts';
import { notify, type Template } from '#lib/server/platform/notify.ts';

export interface Breach {
	subject: 'grievance' | 'direction';
	subjectId: string;
	grievance: typeof grievance.$inferSelect;
	fromPostId: string;
	/** The deadline that passed. */
	deadline: Date;
	/** Of a direction; null for a grievance. */
	issuerPostId: string | null;
}

/** Tells the officer who lost it, the superior who got it, the citizen, and a direction's issuer. */
export async function tellOfMove(
	tx: Tx,
	breach: Breach,
	move: { level: number; toPostId: string; deadline: Date },
): Promise<void> {
	const { subject, subjectId, grievance, fromPostId, issuerPostId } = breach;
	const facts = {
		number: grievance.number,
		fromPostId,
		toPostId: move.toPostId,
		deadlineOn: move.deadline.toISOString(),
	};
	const tell = (template: Template, kind: 'citizen' | 'post', id: string) =>
		notify(tx, {
			template,
			to: { kind, id },
			grievanceId: grievance.id,
			facts,
			key: `${template}:${subjectId}:${move.level}`,
		});
	if (subject === 'grievance') {
		await tell('grievance_escalated_citizen', 'citizen', grievance.citizenId);
		await tell('grievance_escalated_officer', 'post', fromPostId);
		await tell('grievance_escalated_superior', 'post', move.toPostId);
	} else {
		await tell('direction_escalated_citizen', 'citizen', grievance.citizenId);
		await tell('direction_escalated_officer', 'post', fromPostId);
		await tell('direction_escalated_superior', 'post', move.toPostId);
		if (issuerPostId) await tell('direction_escalated_issuer', 'post', issuerPostId);
	}
}

/** Tells the holder, the citizen, a direction's issuer and the monitor that nobody is above. */
export async function tellOfBreach(tx: Tx, breach: Breach, nextNoticeAt: Date): Promise<void> {
	const { subjectId, grievance, fromPostId, issuerPostId, deadline } = breach;
	const posts = new Set([
		fromPostId,
		...(issuerPostId ? [issuerPostId] : []),
		...(await monitorPosts(tx, grievance.jurisdictionId)),
	]);
	const tell = (kind: 'citizen' | 'post', id: string) =>
		notify(tx, {
			template: 'breach_notice',
			to: { kind, id },
			grievanceId: grievance.id,
			facts: {
				number: grievance.number,
				ownerPostId: fromPostId,
				deadlineOn: deadline.toISOString(),
			},
			key: `breach_notice:${subjectId}:${id}:${nextNoticeAt.toISOString()}`,
		});
	await tell('citizen', grievance.citizenId);
	for (const id of posts) await tell('post', id);
}
