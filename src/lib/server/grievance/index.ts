/** Filing, routing, timeline and views of grievances. */
export {
	addReportAttachment,
	attachmentsOfReports,
	attachToReport,
	openAttachment,
	storeFile,
	type OpenedAttachment,
	type StoredFile,
} from './attachments.ts';
export type { AddressProof } from './address.ts';
export { requestHearing, submitDraft } from './commands.ts';
export {
	addDraftAttachment,
	draft,
	dropDraft,
	dropDraftProof,
	openDraft,
	removeDraftAttachment,
	saveDraft,
} from './drafts.ts';
export { dropPhotoPlaces, eraseGrievance, heldCases } from './erasure.ts';
export { appendEvent, moveGrievance, noteBreach, resolveByOrder, type NewEvent } from './events.ts';
export {
	beginIncoming,
	dropIncoming,
	finishIncoming,
	incoming,
	makeIncomingFile,
	type Incoming,
} from './incoming.ts';
export { sweepFiles } from './jobs.ts';
export { grievanceFacts, hasHearing, lockGrievance, requireReader, wishStands } from './facts.ts';
export { mayStaffSee } from './policy.ts';
export {
	askFamilyRegistry,
	attestProof,
	proofAtDesk,
	purgeProofPhoto,
	type ProofAtDesk,
} from './proof.ts';
export { caseFile, inbox, myGrievances, tracking } from './queries.ts';
export {
	counterDistrict,
	counterReceipt,
	filedByMe,
	fileForCitizen,
	type CounterAnswers,
	type CounterReceipt,
} from './registering.ts';
export type {
	AccessFacts,
	AttachmentView,
	CaseFile,
	Draft,
	DraftAnswers,
	EarlierCase,
	FiledRow,
	GrievanceFacts,
	GrievanceSummary,
	GrievanceView,
	InboxRow,
	MaskedField,
	Names,
	NextStepView,
	TimelineEntry,
	Tracking,
} from './types.ts';
