import type { BookingState } from '#lib/domain/appointment/booking.ts';
import type { SittingState } from '#lib/domain/appointment/sitting.ts';
import type {
	ConclusionIssue,
	DirectionKind,
	Disposition,
	Order,
} from '#lib/domain/hearing/conclusion.ts';
import type { PresenceStatus } from '#lib/domain/hearing/presence.ts';
import type { HearingState } from '#lib/domain/hearing/states.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { AttachmentView } from '#lib/server/grievance/index.ts';

export type DirectionState = 'drafted' | 'open' | 'answered' | 'cancelled';
export type HearingMode = 'video' | 'in_person' | 'hybrid';

/** A sitting in a list. */
export interface SittingRow {
	id: string;
	startsAt: Date;
	endsAt: Date;
	state: SittingState;
	mode: HearingMode;
	/** Hearings on its list, and how many of them have ended. */
	total: number;
	done: number;
}

/** What the officer reads about a person on the list. */
export type CauseStatus =
	'not_here' | 'waiting' | 'called' | 'no_answer' | 'in_session' | 'paused' | 'done';

export interface CauseRow {
	bookingId: string;
	/** Null until the sitting is opened. */
	hearingId: string | null;
	grievanceId: string;
	number: string;
	title: string;
	tokenNo: number;
	startsAt: Date;
	status: CauseStatus;
	disposition: Disposition | null;
	/** Called at least once: only then may somebody be marked absent. */
	wasCalled: boolean;
	/** Place among those who wait, from 1; null for everybody else. */
	place: number | null;
}

export interface DirectionView {
	id: string;
	kind: DirectionKind;
	text: string;
	state: DirectionState;
	/** The post that was named, and the one that holds it now. */
	directedPost: { id: string; name: string };
	owner: { id: string; name: string };
	issuer: { id: string; name: string };
	dueAt: Date;
	deadline: Date;
	ownedSince: Date;
	issuedAt: Date | null;
	level: number;
	breached: boolean;
	report: { text: string; at: Date; postName: string; attachments: AttachmentView[] } | null;
}

/** The hearing that runs, or whose citizen is being called. */
export interface CurrentHearing {
	hearingId: string;
	bookingId: string;
	grievanceId: string;
	number: string;
	tokenNo: number;
	state: HearingState;
	/** The citizen is being called; they may answer until then. */
	callUntil: Date | null;
	startedAt: Date | null;
	/** Where the citizen is, as the media server and the citizen's page tell it. */
	citizenPresence: PresenceStatus;
	accusedPostId: string | null;
	drafts: DirectionView[];
	/** Free slots of this officer on days after the last due date, for an adjournment. */
	nextSlots: { id: string; startsAt: Date; free: number }[];
}

export interface DeskView {
	/** When this was true; countdowns start from it. */
	now: Date;
	sitting: {
		id: string;
		startsAt: Date;
		endsAt: Date;
		state: SittingState;
		mode: HearingMode;
		postId: string;
		postName: string;
		/** From then on it may be opened. */
		opensAt: Date;
		mayOpen: boolean;
	};
	total: number;
	done: number;
	medianMinutes: number | null;
	/** When the list will be through at this pace. */
	expectedEnd: Date;
	rows: CauseRow[];
	current: CurrentHearing | null;
	/** Who "call next" would call. */
	next: { bookingId: string; tokenNo: number; here: boolean } | null;
}

export interface DraftDirection {
	hearingId: string;
	kind: DirectionKind;
	postId: string;
	/** IST date, today to 90 days ahead. */
	dueDate: string;
	text: string;
}

export interface Conclude {
	hearingId: string;
	disposition: Disposition;
	order: Order | null;
	reasons: string | null;
	/** Slot of the next date; only for an adjournment. */
	nextSlotId: string | null;
}

export interface Concluded {
	proceedingNo: string;
	nextAt: Date | null;
}

/** The conclusion cannot stand as it is; `issues` names each reason. */
export class ConclusionRefused extends Refusal {
	readonly issues: readonly ConclusionIssue[];

	constructor(issues: readonly ConclusionIssue[]) {
		super('conclusion_incomplete');
		this.name = 'ConclusionRefused';
		this.issues = issues;
	}
}

export type WaitingState = 'too_early' | 'waiting' | 'called' | 'in_session' | 'ended';

/** The citizen's page, before, during and after the hearing. */
export interface WaitingView {
	/** When this was true; countdowns start from it. */
	now: Date;
	hearingId: string;
	sittingId: string;
	state: WaitingState;
	tokenNo: number;
	/** People before this one, the one in the room included; null when not waiting. */
	ahead: number | null;
	/** Minutes until the turn, by the sitting's own pace; null when not waiting. */
	etaMinutes: number | null;
	/** Start of the booked slot. */
	startsAt: Date;
	/** From then on the page waits. */
	opensAt: Date;
	sittingState: SittingState;
	callUntil: Date | null;
	/** Was called and did not answer: moved back, not out. */
	missedCall: boolean;
	officer: string;
	number: string;
	title: string;
	/** Pressed Leave while the hearing goes on. */
	left: boolean;
	/** Removed from the room by the officer. */
	removed: boolean;
	outcome: {
		disposition: Disposition | null;
		order: Order | null;
		/** The next date after an adjournment. */
		nextAt: Date | null;
		bookingStatus: BookingState;
		/** The proceeding can be read. */
		hasProceeding: boolean;
	} | null;
}

/** What the browser needs to enter the room. */
export interface JoinGrant {
	url: string;
	token: string;
	/** LiveKit identity of this party. */
	identity: string;
}

/** The order sheet, as citizen and staff read and print it. */
export interface Proceeding {
	hearingId: string;
	proceedingNo: string;
	grievanceNumber: string;
	title: string;
	details: string;
	relief: string;
	against: string | null;
	officer: { post: string; person: string | null };
	citizenName: string | null;
	sittingDate: Date;
	tokenNo: number;
	mode: HearingMode;
	startedAt: Date | null;
	concludedAt: Date;
	disposition: Disposition;
	order: Order | null;
	reasons: string | null;
	nextAt: Date | null;
	/** Minutes in the room by party; `estimated` when the media server's word is missing. */
	attendance: {
		kind: 'citizen' | 'hearing_officer' | 'summoned_post' | 'representative' | 'clerk' | 'observer';
		name: string;
		firstJoinedAt: Date | null;
		seconds: number;
		estimated: boolean;
	}[];
	directions: DirectionView[];
}

export interface DirectionRow {
	id: string;
	grievanceId: string;
	grievanceNumber: string;
	title: string;
	kind: DirectionKind;
	text: string;
	state: DirectionState;
	ownedSince: Date;
	deadline: Date;
	dueAt: Date;
	level: number;
	breached: boolean;
	issuer: string;
	issuedAt: Date | null;
}

export interface DirectionDetail extends DirectionView {
	grievanceId: string;
	grievanceNumber: string;
	title: string;
	hearingId: string;
	proceedingNo: string | null;
	/** The acting post holds it and may answer. */
	mayAnswer: boolean;
}

export interface AnswerDirection {
	directionId: string;
	text: string;
	photo?: { name: string; bytes: Uint8Array } | null;
}
