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
	TodayRow,
} from './types.ts';
export { noteArrival } from './arrivals.ts';
export { deskBoard, type DeskBoard, type DeskQuestion } from './board.ts';
export { deskBooking, swapPartner, type DeskBooking, type SwapPartner } from './booking-desk.ts';
export { acceptOffer, askOtherDay, declineOffer, leaveWaitingList } from './answers.ts';
export { addUrgentSeat, bookFollowUp, bookSlot, confirmProposal } from './booking.ts';
export { bookAtDesk, walkIn, type WalkIn } from './desk-booking.ts';
export { calendarFile } from './calendar.ts';
export { createFeed, feedView, readFeed, revokeFeed, type FeedView } from './feed.ts';
export { enterAbsence, withdrawAbsence, type EnterAbsence } from './absences.ts';
export { cancelBooking, setBookingStatus } from './ending.ts';
export { confirmHold, dropHold, holdSeat } from './holds.ts';
export { causeList, openCauseList, openToday } from './cause-list.ts';
export { findForDesk, hearingRequests } from './desk.ts';
export {
	addHearingRule,
	hearingPostFor,
	hearingPostsFor,
	hearingRulePage,
	removeHearingRule,
	type HearingRulePage,
	type HearingRuleRow,
	type NewHearingRule,
} from './hearing-rules.ts';
export { mailedInvitation, mailingsOf } from './mailing.ts';
export { materialiseSchedules } from './jobs.ts';
export { hearingPosts, schedulePosts } from './policy.ts';
export { proposeHearings } from './proposals.ts';
export { sendReminders } from './reminders.ts';
export {
	chosenSeat,
	hearingChoice,
	hearingStanding,
	type ChosenSeat,
	type HearingChoice,
	type HearingStanding,
} from './standing.ts';
export { hearingPath, offerSeats } from './waiting.ts';
export { moveBooking, swapBookings } from './moving.ts';
export { causeListPaper, tokenPaper } from './papers.ts';
export { nextFreeSlots } from './next-free.ts';
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
export {
	bookingsTouched,
	previewChange,
	saveChange,
	type ChangePreview,
	type ChangeQuestion,
	type DayTimes,
	type TouchedBooking,
} from './schedules.ts';
export { setDayLimit } from './day-limit.ts';
export {
	hearingsOfDay,
	officerCalendar,
	type CalendarDay,
	type CalendarHearing,
	type OfficerCalendar,
} from './officer-calendar.ts';
export { mySummons, releasePost, summonPost, summonsView, type Summons } from './summons.ts';
export { deskSittingIds, deskWeek, type DeskWeek } from './week.ts';
export {
	scheduleList,
	scheduleView,
	type ScheduleRow,
	type ScheduleView,
} from './schedule-pages.ts';
export { previewHoliday, saveHoliday, type HolidayChange } from './holidays.ts';
export { callAway, type CallAway } from './away.ts';
export { dropBulkMove, planScheduleMove, startBulkMove, sweepUnopened } from './bulk-move.ts';
export { runBulkMove } from './bulk-run.ts';
export {
	bulkMoveView,
	movesAtDesk,
	myBulkMoves,
	type MovesAtDesk,
	type MoveSummary,
	type MoveView,
} from './bulk-views.ts';
export { invite, invitees, uninvite, type InviteeRole, type InviteeView } from './invitees.ts';
