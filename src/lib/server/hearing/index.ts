/** The hearing module's only door: sittings in session, rooms, conclusions, directions. */
export { callNext, closeSitting, conclude, markAbsent, openSitting, requeue } from './commands.ts';
export {
	answerDirection,
	directionDetail,
	directionsFor,
	directionsOfGrievance,
	draftDirection,
	moveDirection,
	noteDirectionBreach,
	removeDraft,
} from './directions.ts';
export { eraseHearings } from './erasure.ts';
export { closeHearingRoom, processWebhook, receiveWebhook, reconcileRooms } from './jobs.ts';
export {
	caseOnDesk,
	deskOf,
	proceedingOf,
	proceedingsOf,
	requireSitting,
	sittingsOf,
	waiting,
	watchedSitting,
} from './queries.ts';
export { linkRecipient, startSignInByLink } from './link.ts';
export { photoAtHearing } from './photo.ts';
export { checkIn, hearingByLink, joinGrant, leave, setRemoved } from './room.ts';
export { ConclusionRefused } from './types.ts';
export type {
	AnswerDirection,
	CauseRow,
	CauseStatus,
	Conclude,
	Concluded,
	CurrentHearing,
	DeskView,
	DirectionDetail,
	DirectionRow,
	DirectionView,
	DraftDirection,
	JoinGrant,
	Proceeding,
	SittingRow,
	WaitingState,
	WaitingView,
} from './types.ts';
