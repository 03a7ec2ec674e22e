import { formatDate, formatDateTime } from '#lib/domain/format/date.ts';
import type { NextStep } from '#lib/domain/grievance/next-step.ts';
import {
	GRIEVANCE_EVENTS,
	type GrievanceEvent,
	type GrievanceState,
} from '#lib/domain/grievance/states.ts';
import type { EventRow } from '#lib/server/audit/index.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import { words } from '#lib/server/platform/words.ts';
import type { PostView } from '#lib/server/masters/index.ts';

type Data = EventRow['data'];

/** Posts that an event names, to be looked up before it is put into words. */
export function postsIn(data: Data): string[] {
	return Object.entries(data).flatMap(([name, value]) =>
		name.endsWith('PostId') || name === 'postId' ? (typeof value === 'string' ? [value] : []) : [],
	);
}

/** "अधिकारी के पास" */
export function stateText(state: GrievanceState, locale: Locale): string {
	return words(`grievance_state_${state}`, locale);
}

export function isKnownEvent(type: string): type is GrievanceEvent {
	return GRIEVANCE_EVENTS.some((known) => known === type);
}

/** Title and text of an event in the reader's language. A fact that is missing drops its sentence. */
export function describeEvent(
	event: { type: GrievanceEvent; data: Data; note: string | null },
	{ posts, locale }: { posts: ReadonlyMap<string, PostView>; locale: Locale },
): { title: string; text: string | null } {
	const { type, data, note } = event;
	const string = (name: string) => {
		const value = data[name];
		return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
	};
	const post = (name: string) => posts.get(string(name) ?? '')?.name ?? null;
	const instant = (name: string, format: (at: Date, locale: Locale) => string) => {
		const text = string(name);
		const at = text === null ? null : new Date(text);
		return at === null || Number.isNaN(at.getTime()) ? null : format(at, locale);
	};
	const day = (name: string) => instant(name, formatDate);
	const time = (name: string) => instant(name, formatDateTime);
	const say = (key: string, facts: Record<string, string | null> = {}) => {
		const known: Record<string, string> = {};
		for (const [name, value] of Object.entries(facts)) {
			if (value === null) return null;
			known[name] = value;
		}
		return words(`event_${key}`, locale, known);
	};
	const told = (title: string | null, ...sentences: (string | null)[]) => ({
		title: title ?? words(`event_${type}`, locale),
		text: sentences.filter((one) => one !== null && one !== '').join(' ') || null,
	});

	switch (type) {
		case 'registered': {
			const climbed = string('climbed')?.split(',') ?? [];
			return told(
				say(type),
				say('registered_text', { owner: post('ownerPostId'), deadline: day('deadlineAt') }),
				climbed.includes('accused') ? say('registered_accused') : null,
				climbed.includes('vacant') ? say('registered_vacant') : null,
				data['ruleJurisdictionId'] === null ? say('registered_nodal') : null,
				string('basis')
					? say(`registered_by_${string('basis')}`, { post: post('filedByPostId') })
					: null,
			);
		}
		case 'escalated':
		case 'direction_escalated':
			return told(
				say(type),
				say(`${type}_text`, {
					from: post('fromPostId'),
					to: post('toPostId'),
					deadline: day('deadlineAt'),
				}),
			);
		case 'hearing_booked':
			return told(
				say(type),
				say('hearing_booked_text', {
					starts: time('startsAt'),
					post: post('postId'),
					token: string('tokenNo'),
				}),
			);
		case 'hearing_concluded':
			return told(
				string('disposition') ? say(`hearing_concluded_${string('disposition')}`) : say(type),
				say('hearing_concluded_number', { number: string('proceedingNo') }),
				say('hearing_concluded_next', { next: time('nextAt') }),
			);
		case 'direction_issued':
			return told(
				say(`direction_issued_${string('kind')}`, { to: post('toPostId') }),
				say('direction_issued_text', { due: day('dueAt') }),
				note,
			);
		case 'direction_answered':
			return told(say(type), say('direction_answered_text', { post: post('postId') }), note);
		case 'resolved_by_order':
			return told(say(`resolved_by_order_${string('order')}`));
		case 'breach_noticed':
			return told(say(type), say('breach_noticed_text', { owner: post('ownerPostId') }));
		case 'proof_attested':
			return told(say(type), say('proof_attested_text', { post: post('postId') }));
		case 'proof_checked':
			return told(say(`proof_checked_${string('answer')}`));
		case 'hearing_requested':
		case 'document_added':
		case 'erased':
			return told(say(type), note);
	}
}

/** One sentence on what happens next by itself. `breached`: the level's time is already over. */
export function describeNextStep(
	step: NextStep,
	{ toPost, breached, locale }: { toPost: PostView | null; breached: boolean; locale: Locale },
): string {
	const key = step.kind === 'stays_breached' && breached ? 'breached' : step.kind;
	const format = step.kind === 'hearing' ? formatDateTime : formatDate;
	return words(`next_step_${key}`, locale, {
		at: step.at ? format(step.at, locale) : '',
		to: toPost?.name ?? '',
	});
}
