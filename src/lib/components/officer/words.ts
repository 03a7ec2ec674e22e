import type { Kind } from '#lib/components/ui/types.ts';
import { formatDateTime } from '#lib/domain/format/date.ts';
import { m } from '#lib/paraglide/messages.js';
import type { MoveSummary } from '#lib/server/appointment/index.ts';

export const moveStateWords: Record<MoveSummary['state'], { text: () => string; kind: Kind }> = {
	planned: { text: m.moves_state_planned, kind: 'warn' },
	running: { text: m.moves_state_running, kind: 'info' },
	done: { text: m.moves_state_done, kind: 'ok' },
	dropped: { text: m.moves_state_dropped, kind: 'info' },
};

/** Why the hearings lose their time, in one sentence. */
export function causeWords(
	{ cause, from, to }: Pick<MoveSummary, 'cause' | 'from' | 'to'>,
	locale: 'hi' | 'en',
): string {
	const at = (instant: Date | null) => (instant ? formatDateTime(instant, locale) : '');
	if (cause === 'away') return m.moves_cause_away({ from: at(from), to: at(to) });
	return cause === 'unopened'
		? m.moves_cause_unopened({ from: at(from) })
		: m.moves_cause_schedule();
}
