/**
 * Who is where, from check-ins, calls and the media server's webhooks, which come late, twice and out
 * of order. Stays are kept per participant sid (one join = one sid), so the order of arrival matters
 * neither for attendance nor for who is in the room.
 */
export const PRESENCE_STATUSES = [
	'invited',
	'checked_in',
	'called',
	'in_room',
	'dropped',
	'left',
	'removed',
] as const;
export type PresenceStatus = (typeof PRESENCE_STATUSES)[number];

export type Interval = {
	sid: string;
	/** Null while only the end is known. */
	from: Date | null;
	/** Null while it lasts. */
	to: Date | null;
	/** The last evidence of the stay. */
	lastSeenAt: Date;
	/** A beginning taken from a listing, not from the media server's word. */
	fromEstimated: boolean;
	/** An end taken from the last evidence: its webhook was lost, or the media server died. */
	toEstimated: boolean;
};

export type Presence = {
	status: PresenceStatus;
	/** Since when the status holds. */
	since: Date;
	/** The stay that the status speaks of, null before the first. */
	sid: string | null;
	checkedIn: boolean;
	intervals: readonly Interval[];
};

export type PresenceFact =
	/** Waits on the hearing's page. */
	| { type: 'checked_in'; at: Date }
	| { type: 'called'; at: Date }
	| { type: 'call_missed'; at: Date }
	/** Webhooks. */
	| { type: 'joined'; sid: string; at: Date }
	| { type: 'disconnected'; sid: string; at: Date }
	/** The Leave button: the only thing that means "left"; a broken line is "dropped". */
	| { type: 'left'; at: Date }
	| { type: 'removed'; at: Date }
	| { type: 'readmitted'; at: Date }
	/** This party's sids in the room, as the media server listed them; `at` is when it was asked. */
	| { type: 'listed'; sids: readonly string[]; at: Date };

export function initialPresence(at: Date): Presence {
	return { status: 'invited', since: at, sid: null, checkedIn: false, intervals: [] };
}

/** The presence after one more fact. Applying a fact twice changes nothing more. */
export function applyPresence(current: Presence, fact: PresenceFact): Presence {
	switch (fact.type) {
		case 'checked_in': {
			const next = { ...current, checkedIn: true };
			const outside = ['invited', 'dropped', 'left'].includes(current.status);
			return outside ? withStatus(next, 'checked_in', fact.at) : next;
		}
		case 'called':
			return ['in_room', 'removed'].includes(current.status)
				? current
				: withStatus(current, 'called', fact.at);
		case 'call_missed':
			if (current.status !== 'called') return current;
			return withStatus(current, current.checkedIn ? 'checked_in' : 'invited', fact.at);
		case 'joined':
			return joined(current, fact.sid, fact.at);
		case 'disconnected':
			return disconnected(current, fact.sid, fact.at);
		case 'left':
			return current.status === 'removed' ? current : gone(current, 'left', fact.at);
		case 'removed':
			return gone(current, 'removed', fact.at);
		case 'readmitted':
			return current.status === 'removed' ? withStatus(current, 'invited', fact.at) : current;
		case 'listed':
			return listed(current, fact.sids, fact.at);
	}
}

/** Ends the running stays for now; the webhook, when it comes, gives the exact end. */
function gone(current: Presence, status: 'left' | 'removed', at: Date): Presence {
	let next = current;
	for (const interval of current.intervals) {
		if (interval.to !== null || interval.lastSeenAt > at) continue;
		next = put(next, { ...interval, to: at, toEstimated: true, lastSeenAt: at });
	}
	return withStatus(next, status, at);
}

function joined(current: Presence, sid: string, at: Date): Presence {
	const known = current.intervals.find((interval) => interval.sid === sid);
	const next = put(current, {
		sid,
		from: at,
		to: known?.to ?? null,
		lastSeenAt: later(known?.lastSeenAt ?? at, at),
		fromEstimated: false,
		toEstimated: known?.toEstimated ?? false,
	});
	return settle(next, at);
}

function disconnected(current: Presence, sid: string, at: Date): Presence {
	const known = current.intervals.find((interval) => interval.sid === sid);
	// The media server's word stands; only an estimate gives way to it.
	if (known && known.to !== null && !known.toEstimated) return current;
	const next = put(current, {
		sid,
		from: known?.from ?? null,
		to: at,
		lastSeenAt: at,
		fromEstimated: known?.fromEstimated ?? false,
		toEstimated: false,
	});
	return settle(next, at);
}

function listed(current: Presence, sids: readonly string[], at: Date): Presence {
	let next = current;
	for (const interval of current.intervals) {
		// A list older than the last evidence of this stay says nothing about it.
		if (interval.lastSeenAt > at) continue;
		const isListed = sids.includes(interval.sid);
		if (isListed && (interval.to === null || interval.toEstimated)) {
			next = put(next, { ...interval, to: null, toEstimated: false, lastSeenAt: at });
		} else if (!isListed && interval.to === null && interval.lastSeenAt < at) {
			next = put(next, { ...interval, to: interval.lastSeenAt, toEstimated: true });
		}
	}
	for (const sid of sids) {
		if (current.intervals.some((interval) => interval.sid === sid)) continue;
		const begun = { sid, from: at, to: null, lastSeenAt: at };
		next = put(next, { ...begun, fromEstimated: true, toEstimated: false });
	}
	return settle(next, at);
}

/** Brings the status in line with the stays after one of them changed. */
function settle(next: Presence, at: Date): Presence {
	const open = next.intervals
		.filter((interval) => interval.to === null && interval.from !== null)
		.reduce<Interval | null>(
			(newest, one) => (newest && from(newest) >= from(one) ? newest : one),
			null,
		);
	// A removed person stays removed (and is put out again); a stay begun before Leave was pressed is over.
	const stale = next.status === 'left' && open !== null && from(open) <= next.since.getTime();
	if (next.status === 'removed' || stale) return next;
	if (open) {
		if (next.status === 'in_room') return { ...next, sid: open.sid };
		return { ...withStatus(next, 'in_room', at), sid: open.sid };
	}
	return next.status === 'in_room' ? withStatus(next, 'dropped', at) : next;
}

function from(interval: Interval): number {
	return interval.from?.getTime() ?? -Infinity;
}

function put(current: Presence, interval: Interval): Presence {
	const others = current.intervals.filter((one) => one.sid !== interval.sid);
	const intervals = [...others, interval].sort(
		(a, b) => from(a) - from(b) || (a.sid < b.sid ? -1 : 1),
	);
	return { ...current, intervals };
}

function withStatus(current: Presence, status: PresenceStatus, at: Date): Presence {
	return current.status === status ? current : { ...current, status, since: at };
}

function later(a: Date, b: Date): Date {
	return a > b ? a : b;
}

export type Attendance = { seconds: number; estimated: boolean };

/**
 * Whole seconds spent in the room; two devices at once count once. A stay that still lasts counts up
 * to `until`; one whose beginning never came to be known counts nothing and makes it an estimate.
 */
export function attendance(
	intervals: readonly Pick<Interval, 'from' | 'to' | 'fromEstimated' | 'toEstimated'>[],
	until: Date,
): Attendance {
	let total = 0;
	let reached = -Infinity;
	const stays = intervals
		.filter((interval) => interval.from !== null)
		.map((interval) => ({
			start: interval.from?.getTime() ?? 0,
			end: (interval.to ?? until).getTime(),
		}))
		.sort((a, b) => a.start - b.start);
	for (const { start, end } of stays) {
		const begin = Math.max(start, reached);
		if (end > begin) {
			total += end - begin;
			reached = end;
		}
	}
	const estimated = intervals.some(
		(interval) => interval.fromEstimated || interval.toEstimated || interval.from === null,
	);
	return { seconds: Math.floor(total / 1000), estimated };
}
