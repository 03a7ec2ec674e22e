import type { BookingState, SlotState } from '#lib/domain/appointment/booking.ts';
import type { SittingState } from '#lib/domain/appointment/sitting.ts';

export type HearingMode = 'video' | 'in_person' | 'hybrid';

/** What other modules need to know of a sitting. Nothing personal in it. */
export interface SittingFacts {
	id: string;
	postId: string;
	/** IST date, 'YYYY-MM-DD'. */
	date: string;
	startsAt: Date;
	endsAt: Date;
	mode: HearingMode;
	place: string | null;
	state: SittingState;
	openedAt: Date | null;
	closedAt: Date | null;
	/** Length of its first slot, for estimates of waiting time. */
	slotMinutes: number;
	version: number;
}

export interface SittingView extends SittingFacts {
	/** The hearing officer's post in the reader's language. */
	postName: string;
	slots: number;
	seats: number;
	filled: number;
	/** Seats that can still be booked: free ones of open slots that have not begun. */
	free: number;
}

export interface SeatView {
	seatNo: number;
	tokenNo: number;
	taken: boolean;
}

export interface SlotView {
	id: string;
	startsAt: Date;
	endsAt: Date;
	state: SlotState;
	seats: SeatView[];
	free: number;
	/** Token that the next booking gets; null when nothing can be booked. */
	nextToken: number | null;
	/** Why it cannot be booked now; null when it can. */
	refusal: 'slot_past' | 'slot_closed' | 'slot_full' | null;
}

export interface SittingDetail extends SittingView {
	slotList: SlotView[];
}

export interface FreeSlot {
	/** The slot's. */
	id: string;
	sittingId: string;
	startsAt: Date;
	endsAt: Date;
	mode: HearingMode;
	free: number;
	/** Token that the next booking gets. */
	tokenNo: number;
}

/** What other modules need to know of a booking. Nothing personal in it. */
export interface BookingFacts {
	id: string;
	grievanceId: string;
	grievanceNumber: string;
	citizenId: string;
	districtId: string;
	sittingId: string;
	slotId: string;
	/** The hearing officer's post. */
	postId: string;
	startsAt: Date;
	endsAt: Date;
	mode: HearingMode;
	place: string | null;
	sittingState: SittingState;
	tokenNo: number;
	status: BookingState;
	/** Path of the citizen's link is `/h/<linkCode>`. */
	linkCode: string;
	icsUid: string;
	icsSequence: number;
	supersedesId: string | null;
	createdAt: Date;
	version: number;
}

export interface BookingView extends BookingFacts {
	postName: string;
	/** The citizen's link, whole. */
	link: string;
}

/** One line of the cause list, in the order of tokens. */
export interface CauseListRow {
	bookingId: string;
	grievanceId: string;
	number: string;
	tokenNo: number;
	startsAt: Date;
	status: BookingState;
	citizenId: string;
	citizenName: string | null;
	/** Null when the citizen had everything erased. */
	maskedMobile: string | null;
	categoryName: string | null;
	placeName: string;
	/** Then name and matter are null for everybody but the hearing officer. */
	restricted: boolean;
	againstPostId: string | null;
	deadline: Date | null;
}

/**
 * One grievance as the clerk sees it. Of a restricted category only what booking needs: name and
 * matter are null.
 */
export interface DeskCase {
	grievanceId: string;
	number: string;
	citizenName: string | null;
	/** Null when the citizen had everything erased. */
	maskedMobile: string | null;
	categoryName: string | null;
	placeName: string;
	restricted: boolean;
	againstPostId: string | null;
	filedAt: Date;
	deadline: Date | null;
	hearingRequestedAt: Date | null;
	/** Whether a hearing can be booked at all in the present state of the case. */
	bookable: boolean;
	/** The live booking. */
	booking: {
		id: string;
		sittingId: string;
		startsAt: Date;
		tokenNo: number;
	} | null;
}

/** The first of the cases asked for, and how many there are in all. */
export interface DeskList {
	rows: DeskCase[];
	count: number;
}

export interface HearingPost {
	id: string;
	name: string;
	isDistrictHead: boolean;
}

export interface CreateSitting {
	postId: string;
	startsAt: Date;
	slotMinutes: number;
	slots: number;
	/** Citizens per slot. */
	capacity: number;
	mode: HearingMode;
	place?: string | null;
}

export interface BookSlot {
	grievanceNumber: string;
	slotId: string;
	/** Made once per form: the same key never books twice. */
	key: string;
}
