/** The only door of the appointment module: sittings, slots, bookings, the clerk's desk. */
export type {
	BookingFacts,
	BookingView,
	BookSlot,
	CauseListRow,
	CreateSitting,
	DeskCase,
	FreeSlot,
	HearingMode,
	HearingPost,
	SeatView,
	SittingDetail,
	SittingFacts,
	SittingView,
	SlotView,
} from './types.ts';
export { deskBoard, type DeskBoard, type DeskQuestion } from './board.ts';
export { bookFollowUp, bookSlot, setBookingStatus } from './booking.ts';
export { calendarFile } from './calendar.ts';
export { causeList, findForDesk, hearingRequests, openCauseList } from './desk.ts';
export { materialiseSchedules } from './jobs.ts';
export { hearingPosts } from './policy.ts';
export {
	bookingByLink,
	bookingView,
	freeSlotsAfter,
	listSittings,
	myHearings,
	sittingDetail,
	sittingFacts,
	watchableSitting,
} from './queries.ts';
export { createSitting, setSittingState } from './sittings.ts';
