/** Filing, routing, timeline and views of grievances. */
export {
	addReportAttachment,
	attachToReport,
	openAttachment,
	storeFile,
	type OpenedAttachment,
	type StoredFile,
} from './attachments.ts';
export { requestHearing, submitDraft } from './commands.ts';
export { addDraftAttachment, draft, removeDraftAttachment, saveDraft } from './drafts.ts';
export { appendEvent, moveGrievance, noteBreach, resolveByOrder, type NewEvent } from './events.ts';
export { grievanceFacts, hasHearing, lockGrievance, requireReader, wishStands } from './facts.ts';
export { mayStaffSee } from './policy.ts';
export { caseFile, inbox, myGrievances, tracking } from './queries.ts';
export type {
	AccessFacts,
	AttachmentView,
	CaseFile,
	Draft,
	DraftAnswers,
	EarlierCase,
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
